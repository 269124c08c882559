"""What stands on the node before anything is killed: a table that is published and mapped to keys, an index, a
collection."""

import json
import random

import psycopg
from json_http import JsonHttp
from redis_connection import RedisConnection
from row import WORDS_DIMENSION, Row, Rows, new_row
from sql_writer import TABLE, UPSERT, values
from stele_node import wait_until

INDEX = "note"
COLLECTION = "place"
STILL_ID = 1_000_000  # from here on rows that nobody writes
FLAGS = ("--redis-key-classes", "durable,sync:=durable-sync")


def build(node, rng: random.Random, still_rows: int) -> Rows:
    """The rows of the table that nobody writes."""
    still = {id: new_row(rng, id, 0, 1) for id in range(STILL_ID, STILL_ID + still_rows)}
    with psycopg.connect(node.dsn(), autocommit=True) as sql, JsonHttp(node.ports["elastic"]) as elastic, \
            JsonHttp(node.ports["qdrant"]) as qdrant:
        sql.execute(f"CREATE TABLE {TABLE} (id bigint PRIMARY KEY, owner int NOT NULL, version bigint NOT NULL,"
                    " body text, words real[])")
        insert(sql, list(still.values()))
        options = json.dumps({"vector": {"words": {"dimension": WORDS_DIMENSION}}})
        sql.execute("SELECT stele.publish(%s, %s)", (TABLE, options))
        sql.execute("SELECT stele.map_keys('item:', %s, %s)", (TABLE, '{"insert": true, "delete": true}'))
        elastic.call("PUT", f"/{INDEX}", {"mappings": {"properties": {
            "id": {"type": "long"}, "version": {"type": "long"}, "body": {"type": "text"},
            "words": {"type": "dense_vector", "dims": WORDS_DIMENSION}}}})
        qdrant.call("PUT", f"/collections/{COLLECTION}",
                    {"vectors": {"words": {"size": WORDS_DIMENSION, "distance": "Dot"}}})
    wait_until(lambda: is_served(node, len(still)), what="the published table")
    return still


def insert(sql: psycopg.Connection, rows: list[Row]):
    with sql.cursor() as cursor:
        cursor.executemany(UPSERT, [values(row) for row in rows])


def is_served(node, rows: int) -> bool:
    with JsonHttp(node.ports["elastic"]) as elastic, JsonHttp(node.ports["qdrant"]) as qdrant, \
            RedisConnection(node) as redis:
        counted = elastic.call("GET", f"/{TABLE}/_count", accepted=(404, 503)).get("count")
        collection = qdrant.call("GET", f"/collections/{TABLE}", accepted=(404, 503))
        (key_class,) = redis.call(("STELE", "CLASS", "item:1"))
        return counted == rows and "result" in collection and key_class == "mapped"
