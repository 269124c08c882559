"""What an Elasticsearch client sees of a collection."""

import http.client
import json

from elasticsearch import ApiError


def ids(reply):
    return [hit["_id"] for hit in reply["hits"]["hits"]]


def find(es, index, query, **more):
    return set(ids(es.search(index=index, query=query, **{"size": 1000, **more})))


def checked_error(status, body):
    """The error of a reply in Elasticsearch's form, its parts checked."""
    assert body["status"] == status
    assert body["error"]["root_cause"][0]["type"]
    assert body["error"]["reason"]
    return body["error"]


def error_of(caught):
    return checked_error(caught.value.status_code, caught.value.body)


def send(node, method, path, body=None, **headers):
    """Exactly these bytes and headers (the client would rewrite them): status, headers, body read as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", node.ports["elastic"], timeout=60)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body.encode() if body is not None else None, headers=given)
        reply = connection.getresponse()
        text = reply.read()
        return reply.status, reply.headers, json.loads(text) if text else None
    finally:
        connection.close()


def is_served(es, table, documents):
    """Whether the published table is searchable with so many documents."""
    try:
        return es.count(index=table)["count"] == documents
    except ApiError:
        return False


def documents_of(es, index, key="id"):
    """Every document's source, by search_after."""
    sources, after = [], None
    while True:
        more = {"search_after": after} if after is not None else {}
        hits = es.search(index=index, size=1000, sort=[{key: "asc"}], **more)["hits"]["hits"]
        if not hits:
            return sources
        sources += [hit["_source"] for hit in hits]
        after = hits[-1]["sort"]
