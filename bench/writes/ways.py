"""The ways of writing, each with the connections and requests that it takes."""

import itertools
import json
import random

from wires import http, pgwire, resp
from wires.connection import Connection
from writes.drive import drive

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau".split()
SINGLE_CONNECTIONS = 8
BATCH_CONNECTIONS = 4
BULK_DOCUMENTS = 500
BATCH_POINTS = 100
DIMENSIONS = 64
TEXTS = 200
ITSELF = "PostgreSQL itself"

TABLES = """
CREATE TABLE {name} (id bigint PRIMARY KEY, title text NOT NULL, counter bigint NOT NULL DEFAULT 0);
INSERT INTO {name} SELECT n, 'item number ' || n, 0 FROM generate_series(1, {rows}) n;
"""


class Way:
    """Requests of one kind on connections of their own. `peer` names the way that it is compared with."""

    server = None  # whose CPU is measured: Stele's

    def __init__(self, name, connections, next_request, writes=1, peer=None):
        self.name, self.peer, self.writes = name, peer, writes
        self.connections, self.next_request = connections, next_request

    def run(self, seconds):
        """Writes, the seconds that they took, and latencies of requests."""
        driven = drive(self.connections, self.next_request, seconds)
        return driven.requests * self.writes, driven.seconds, driven.latencies


def random_words(rng, count):
    return " ".join(rng.choices(WORDS, k=count))


def sql_ways(name, address, table, rows, numbers, options=""):
    """Insert and update, prepared, of one row each."""
    rng = random.Random(1)
    connections = [Connection(address, pgwire, pgwire.greeting(options),
                              pgwire.prepare("insert", f"INSERT INTO {table} VALUES ($1, $2, $3)"),
                              pgwire.prepare("update", f"UPDATE {table} SET counter = $2 WHERE id = $1"))
                   for _ in range(SINGLE_CONNECTIONS)]

    def insert():
        return pgwire.execute("insert", next(numbers), random_words(rng, 8), 0)

    def update():
        return pgwire.execute("update", rng.randint(1, rows), next(numbers))

    return [Way(f"{name}: {statement}", connections, request,
                peer=None if name == ITSELF else f"{ITSELF}: {statement}")
            for statement, request in (("INSERT", insert), ("UPDATE", update))]


def make_documents(rng):
    """Of about 250 bytes."""
    return [json.dumps({"title": random_words(rng, 8), "genre": rng.choice(WORDS), "year": rng.randint(1900, 2026),
                        "body": random_words(rng, 25)}) for _ in range(TEXTS)]


def elastic_ways(node, numbers):
    rng = random.Random(2)
    documents = itertools.cycle(make_documents(rng))
    Connection(node.elastic, http).ask(http.request("PUT", "/written", {"mappings": {"properties": {
        "title": {"type": "text"}, "genre": {"type": "keyword"}, "year": {"type": "integer"},
        "body": {"type": "text"}}}}))

    def bulk():
        lines = [f'{{"index":{{"_id":"{next(numbers)}"}}}}\n{next(documents)}\n' for _ in range(BULK_DOCUMENTS)]
        return http.request("POST", "/written/_bulk", "".join(lines), http.NDJSON)

    def single():
        return http.request("PUT", f"/written/_doc/{next(numbers)}", next(documents))

    return [Way(f"Elasticsearch: _bulk of {BULK_DOCUMENTS}", connect(node.elastic, http, BATCH_CONNECTIONS), bulk,
                writes=BULK_DOCUMENTS),
            Way("Elasticsearch: one document", connect(node.elastic, http, SINGLE_CONNECTIONS), single)]


def qdrant_ways(node, numbers):
    rng = random.Random(3)
    Connection(node.qdrant, http).ask(http.request("PUT", "/collections/points", {
        "vectors": {"size": DIMENSIONS, "distance": "Dot"}}))
    vectors = itertools.cycle([json.dumps([round(rng.random(), 6) for _ in range(DIMENSIONS)]) for _ in range(TEXTS)])
    path = "/collections/points/points?wait=true"

    def upsert(count):
        points = ",".join(f'{{"id":{next(numbers)},"vector":{next(vectors)},"payload":{{"genre":"{rng.choice(WORDS)}",'
                          f'"year":{rng.randint(1900, 2026)}}}}}' for _ in range(count))
        return http.request("PUT", path, f'{{"points":[{points}]}}')

    return [Way(f"Qdrant: upsert of {BATCH_POINTS}", connect(node.qdrant, http, BATCH_CONNECTIONS),
                lambda: upsert(BATCH_POINTS), writes=BATCH_POINTS),
            Way("Qdrant: upsert of one", connect(node.qdrant, http, SINGLE_CONNECTIONS), lambda: upsert(1))]


def mapped_ways(node, rows, numbers):
    rng = random.Random(4)
    return [Way("Redis: HSET of a mapped key", connect(node.redis, resp, SINGLE_CONNECTIONS),
                lambda: resp.request("HSET", f"item:{rng.randint(1, rows)}", "counter", next(numbers)),
                peer=f"{ITSELF}: UPDATE")]


def connect(port, wire, count):
    return [Connection(port, wire) for _ in range(count)]


def make_ways(node, rows):
    """The tables and collections, too. Numbers are never used twice, so that ids are new."""
    numbers = itertools.count(rows + 1)
    for table in ("item", "plain"):
        node.psql(TABLES.format(name=table, rows=rows))
    node.psql("SELECT stele.publish('public.item')")
    node.psql("SELECT stele.map_keys('item:', 'public.item')")
    directory, port = node.server_socket()
    return [*sql_ways("SQL", node.sql, "item", rows, numbers),
            *sql_ways("SQL, freshness off", node.sql, "item", rows, numbers, "-c stele.freshness=off"),
            *sql_ways(ITSELF, f"{directory}/.s.PGSQL.{port}", "plain", rows, numbers),
            *elastic_ways(node, numbers), *mapped_ways(node, rows, numbers), *qdrant_ways(node, numbers)]
