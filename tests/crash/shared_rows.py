"""The same few rows, written and read by each of the four heads."""

import contextlib
import json
import random

import psycopg
from json_http import JsonHttp, Refused
from reading import pairs
from redis_connection import RedisConnection
from stele_node import wait_until

TABLE = "shared"
TOGETHER = (1, 2, 3)  # always written in one transaction
ALONE = (4, 5, 6)     # mostly one by one
KEY = "shared:"

# A row as one snapshot has it: its version, which the table counts, and what its writer said, twice.
Content = tuple[int, str, str]
Snapshot = dict[int, Content]


def build(node):
    with psycopg.connect(node.dsn(), autocommit=True) as sql:
        sql.execute(f"CREATE TABLE {TABLE} (id int PRIMARY KEY, version bigint NOT NULL DEFAULT 0,"
                    " tag text NOT NULL, echo text NOT NULL)")
        sql.execute(f"""CREATE FUNCTION {TABLE}_version() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN NEW.version := OLD.version + 1; RETURN NEW; END $$""")
        sql.execute(f"CREATE TRIGGER version BEFORE UPDATE ON {TABLE} FOR EACH ROW"
                    f" EXECUTE FUNCTION {TABLE}_version()")
        sql.execute(f"INSERT INTO {TABLE} SELECT i, 0, 'first', 'first' FROM generate_series(1, %s) i",
                    (len(TOGETHER + ALONE),))
        sql.execute("SELECT stele.publish(%s)", (TABLE,))
        sql.execute("SELECT stele.map_keys(%s, %s)", (KEY, TABLE))

    def is_served():
        for head in HEADS:
            with contextlib.closing(head(node)) as connection:
                try:
                    if len(connection.snapshot()) != len(TOGETHER + ALONE):
                        return False
                except (Refused, KeyError, *RedisConnection.ERRORS):
                    return False
        return True

    wait_until(is_served, what="the shared rows at every head")


class Sql:
    NAME = "SQL"
    WHOLE = True  # whether rows written together are one transaction

    def __init__(self, node):
        self.connection = psycopg.connect(node.dsn(), autocommit=True)

    def write(self, rng: random.Random, ids: tuple[int, ...], tag: str):
        with self.connection.transaction():
            for id in ids:
                self.connection.execute(f"UPDATE {TABLE} SET tag = %s, echo = %s WHERE id = %s", (tag, tag, id))

    def snapshot(self) -> Snapshot:
        return {id: (version, tag, echo) for id, version, tag, echo in
                self.connection.execute(f"SELECT id, version, tag, echo FROM {TABLE}")}

    def close(self):
        self.connection.close()


class Elastic:
    NAME = "Elasticsearch"
    WHOLE = False

    def __init__(self, node):
        self.http = JsonHttp(node.ports["elastic"])

    def write(self, rng: random.Random, ids: tuple[int, ...], tag: str):
        document = {"tag": tag, "echo": tag}
        if len(ids) > 1:
            lines = [line for id in ids for line in ({"index": {"_id": str(id)}}, document)]
            reply = self.http.call("POST", f"/{TABLE}/_bulk", "".join(json.dumps(x) + "\n" for x in lines).encode())
            if reply["errors"]:
                raise Refused(200, reply)
        elif rng.random() < 0.5:
            self.http.call("PUT", f"/{TABLE}/_doc/{ids[0]}", document)
        else:
            self.http.call("POST", f"/{TABLE}/_update/{ids[0]}?retry_on_conflict=100", {"doc": document})

    def snapshot(self) -> Snapshot:
        hits = self.http.call("POST", f"/{TABLE}/_search", {"size": 100})["hits"]["hits"]
        sources = [hit["_source"] for hit in hits]
        return {each["id"]: (each["version"], each["tag"], each["echo"]) for each in sources}

    def close(self):
        self.http.close()


class Qdrant:
    NAME = "Qdrant"
    WHOLE = True

    def __init__(self, node):
        self.http = JsonHttp(node.ports["qdrant"])

    def write(self, rng: random.Random, ids: tuple[int, ...], tag: str):
        payload = {"tag": tag, "echo": tag}
        path = f"/collections/{TABLE}/points"
        if len(ids) > 1 or rng.random() < 0.5:
            self.http.call("PUT", path, {"points": [{"id": id, "vector": {}, "payload": payload} for id in ids]})
        else:
            # A payload is read, changed and written if nobody wrote between: "nothing is lost, try again".
            while "result" not in self.http.call("POST", path + "/payload", {"payload": payload, "points": list(ids)},
                                                 accepted=(409,)):
                pass

    def snapshot(self) -> Snapshot:
        reply = self.http.call("POST", f"/collections/{TABLE}/points/scroll", {"limit": 100})
        payloads = [point["payload"] for point in reply["result"]["points"]]
        return {each["id"]: (each["version"], each["tag"], each["echo"]) for each in payloads}

    def close(self):
        self.http.close()


class Redis:
    NAME = "Redis"
    WHOLE = True

    def __init__(self, node):
        self.redis = RedisConnection(node)

    def write(self, rng: random.Random, ids: tuple[int, ...], tag: str):
        commands = [("HSET", f"{KEY}{id}", "tag", tag, "echo", tag) for id in ids]
        self.redis.call(*(commands if len(ids) == 1 else [("MULTI",), *commands, ("EXEC",)]))

    def snapshot(self) -> Snapshot:
        *_, replies = self.redis.call(("MULTI",), *[("HGETALL", f"{KEY}{id}") for id in TOGETHER + ALONE], ("EXEC",))
        rows = [pairs(reply) for reply in replies]
        return {int(row["id"]): (int(row["version"]), row["tag"], row["echo"]) for row in rows}

    def close(self):
        self.redis.close()


HEADS = (Sql, Elastic, Qdrant, Redis)
