"""The row 1 of `item`, written and read through each head, each on a connection of its own."""

from wires import http, pgwire, resp
from wires.connection import Connection

TITLE = "item number 1"
VECTOR = [1.0, 0.0, 0.0, 0.0]


class SqlHead:
    def __init__(self, node, freshness="on"):
        self.connection = Connection(
            node.sql, pgwire, pgwire.greeting(f"-c stele.freshness={freshness}"),
            pgwire.prepare("write", "UPDATE item SET counter = $1 WHERE id = 1"),
            pgwire.prepare("read", "SELECT counter FROM item WHERE id = 1"))
        self.reading = pgwire.execute("read")

    def write_request(self, mark):
        return pgwire.execute("write", mark)

    def read_request(self, mark):
        return self.reading

    def shows(self, reply, mark):
        return int(pgwire.value(reply)) == mark


class ElasticHead:
    def __init__(self, node):
        self.connection = Connection(node.elastic, http)

    def write_request(self, mark):
        return http.request("PUT", "/item/_doc/1", {"id": 1, "title": TITLE, "counter": mark, "vec": VECTOR})

    def read_request(self, mark):
        return http.request("POST", "/item/_count", {"query": {"term": {"counter": mark}}})

    def shows(self, reply, mark):
        return http.body(reply)["count"] == 1


class RedisHead:
    def __init__(self, node):
        self.connection = Connection(node.redis, resp)
        self.reading = resp.request("HGET", "item:1", "counter")

    def write_request(self, mark):
        return resp.request("HSET", "item:1", "counter", mark)

    def read_request(self, mark):
        return self.reading

    def shows(self, reply, mark):
        return resp.value(reply) == b"%d" % mark


class QdrantHead:
    def __init__(self, node):
        self.connection = Connection(node.qdrant, http)

    def write_request(self, mark):
        point = {"id": 1, "vector": {"vec": VECTOR}, "payload": {"title": TITLE, "counter": mark}}
        return http.request("PUT", "/collections/item/points?wait=true", {"points": [point]})

    def read_request(self, mark):
        condition = {"key": "counter", "match": {"value": mark}}
        return http.request("POST", "/collections/item/points/count", {"filter": {"must": [condition]}})

    def shows(self, reply, mark):
        return http.body(reply)["result"]["count"] == 1


HEADS = {"SQL": SqlHead, "Elasticsearch": ElasticHead, "Redis": RedisHead, "Qdrant": QdrantHead}
