"""What the tests of the official clients share."""

import ssl
import subprocess
import uuid

import elasticsearch
import psycopg
import pytest
import qdrant_client
from library import BOOKS


@pytest.fixture
def db(stele):
    """A connection of the SQL head, in autocommit."""
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def es(stele):
    """A client of the Elasticsearch head that reports what goes wrong at once."""
    with elasticsearch.Elasticsearch(stele.elastic_url, request_timeout=60, max_retries=0) as client:
        yield client


@pytest.fixture
def qdrant(stele):
    """A client of the Qdrant head over REST, which compares versions as it connects."""
    client = qdrant_client.QdrantClient(url=stele.qdrant_url, prefer_grpc=False, timeout=60)
    yield client
    client.close()


@pytest.fixture
def name():
    """A name that no other test has: for tables, indices, channels."""
    return "t_" + uuid.uuid4().hex[:12]


@pytest.fixture(scope="module")
def library(stele):
    """An index of five books that no test changes."""
    with elasticsearch.Elasticsearch(stele.elastic_url, request_timeout=60, max_retries=0) as client:
        client.indices.create(index="library", mappings={"properties": {
            "title": {"type": "text"},
            "author": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
            "year": {"type": "integer"}, "price": {"type": "double"}, "stock": {"type": "boolean"},
            "tags": {"type": "keyword"}, "published": {"type": "date"}}})
        for id, book in BOOKS.items():
            client.index(index="library", id=id, document=book)
        yield "library"
        client.indices.delete(index="library")


@pytest.fixture
def index(es, name):
    yield name
    es.options(ignore_status=404).indices.delete(index=name)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A folder with cert.pem and key.pem for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    assert ssl.create_default_context(cafile=folder / "cert.pem")
    return folder
