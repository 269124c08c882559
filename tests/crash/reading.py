"""Everything that is there, read through each head, at one position of the log or later."""

import time
from dataclasses import dataclass

import psycopg
import redis as redis_py
from command_log import Keys, Members, Scores, Stream, Text
from json_http import JsonHttp, Refused
from mapped_writer import PREFIX
from redis_connection import RedisConnection
from row import Row, Rows, from_document
from sql_writer import TABLE
from stage import COLLECTION, INDEX

PAGE = 2000
PATIENCE_S = 120  # for a head to come back


@dataclass
class Reading:
    tables: dict[str, Rows]            # as SQL tells them
    views: dict[tuple[str, str], Rows]  # (head, table) as the other heads tell them
    keys: Keys                          # durable keys, as Redis tells them
    stored_keys: Keys                   # the same, as SQL tells them


def patiently(read):
    """What read() answers once its head is there. An error may pass; what was read is not asked again."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return read()
        except (OSError, redis_py.RedisError, psycopg.Error) as error:
            failure = error
        except Refused as refused:
            if refused.status not in (404, 408, 429, 503):
                raise
            failure = refused
        if time.monotonic() > end:
            raise AssertionError(f"not served in {PATIENCE_S} s: {failure}") from failure
        time.sleep(0.02)


def read_all(node) -> Reading:
    lsn, tables = patiently(lambda: read_tables(node))
    views = {}
    for table in (TABLE, INDEX, COLLECTION):
        views["Elasticsearch", table] = patiently(lambda name=table: read_elastic(node, name, lsn))
        views["Qdrant", table] = patiently(lambda name=table: read_qdrant(node, name, lsn))
    views["Redis", TABLE], keys = patiently(lambda: read_redis(node, lsn))
    return Reading(tables, views, keys, patiently(lambda: read_stored_keys(node)))


def read_tables(node) -> tuple[str, dict[str, Rows]]:
    with psycopg.connect(node.dsn(), autocommit=True) as sql:
        found = {
            TABLE: [Row(id, owner, version, body, tuple(words) if words is not None else None)
                    for id, owner, version, body, words in
                    sql.execute(f"SELECT id, owner, version, body, words FROM {TABLE}")],
            INDEX: [from_document(int(id), source) for id, source in
                    sql.execute(f"SELECT _id, _source FROM elastic.{INDEX}")],
            COLLECTION: [from_document(int(id), {**payload, "words": words}) for id, payload, words in
                         sql.execute(f"SELECT id, payload, words FROM qdrant.{COLLECTION}")],
        }
        (lsn,) = sql.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
    return lsn, {name: by_id(rows) for name, rows in found.items()}


def by_id(rows: list[Row]) -> Rows:
    found = {row.id: row for row in rows}
    assert len(found) == len(rows), "the same key twice"
    return found


def read_elastic(node, index: str, lsn: str) -> Rows:
    """The source of a point has no vectors: Qdrant tells them."""
    rows, after = [], None
    with JsonHttp(node.ports["elastic"], x_stele_min_lsn=lsn) as http:
        while True:
            page = {"size": PAGE, "sort": [{"id": "asc"}], **({"search_after": after} if after is not None else {})}
            hits = http.call("POST", f"/{index}/_search", page)["hits"]["hits"]
            if not hits:
                return by_id(rows)
            for hit in hits:
                assert str(hit["_source"]["id"]) == hit["_id"]
                rows.append(from_document(hit["_source"]["id"], hit["_source"]))
            after = hits[-1]["sort"]


def read_qdrant(node, collection: str, lsn: str) -> Rows:
    rows, offset = [], None
    with JsonHttp(node.ports["qdrant"], x_stele_min_lsn=lsn) as http:
        while True:
            page = {"limit": PAGE, "with_vector": True, "with_payload": True,
                    **({"offset": offset} if offset is not None else {})}
            result = http.call("POST", f"/collections/{collection}/points/scroll", page)["result"]
            for point in result["points"]:
                payload = point["payload"]
                vectors = point.get("vector") or {}
                rows.append(from_document(payload["id"], {**payload, "words": vectors.get("words")}))
            offset = result.get("next_page_offset")
            if offset is None:
                return by_id(rows)


def read_redis(node, lsn: str) -> tuple[Rows, Keys]:
    with RedisConnection(node) as redis:
        redis.call(("STELE", "WAIT", lsn, "30000"))
        redis.call(("EXISTS", PREFIX))  # LOADING while rows are still copied, of which SCAN says nothing
        names, cursor = [], "0"
        while True:
            ((cursor, page),) = redis.call(("SCAN", cursor, "COUNT", "5000"))
            names += page
            if str(cursor) == "0":
                break
        mapped = [name for name in names if name.startswith(PREFIX)]
        rows = [from_hash(pairs(reply)) for reply in redis.call(*[("HGETALL", name) for name in mapped])]
        others = [name for name in names if not name.startswith(PREFIX)]
        return by_id(rows), read_keys(redis, others)


def pairs(reply) -> dict[str, str]:
    return reply if isinstance(reply, dict) else dict(zip(reply[::2], reply[1::2], strict=True))


def from_hash(fields: dict[str, str]) -> Row:
    words = fields.get("words")
    return Row(int(fields["id"]), int(fields["owner"]), int(fields["version"]), fields.get("body"),
               tuple(float(word) for word in words.strip("{}").split(",")) if words is not None else None)


def read_keys(redis: RedisConnection, names: list[str]) -> Keys:
    keys: Keys = {}
    types = redis.call(*[("TYPE", name) for name in names])
    of_type = {type: [name for name, each in zip(names, types, strict=True) if each == type] for type in types}
    hashes, strings, lists = (of_type.get(type, []) for type in ("hash", "string", "list"))
    for type, (words, read) in OTHER_TYPES.items():
        found = of_type.get(type, [])
        replies = redis.call(*[(words[0], name, *words[1:]) for name in found])
        keys.update({name: read(reply) for name, reply in zip(found, replies, strict=True)})
    assert set(of_type) <= {"hash", "string", "list", *OTHER_TYPES}, types
    ranges = redis.call(*[("LRANGE", name, "0", "-1") for name in lists])
    keys.update({name: tuple(reply) for name, reply in zip(lists, ranges, strict=True)})
    for name, reply in zip(hashes, redis.call(*[("HGETALL", name) for name in hashes]), strict=True):
        keys[name] = pairs(reply)
    values = redis.call(*[("GET", name) for name in strings])
    moments = redis.call(*[("PEXPIRETIME", name) for name in strings])
    for name, value, moment in zip(strings, values, moments, strict=True):
        keys[name] = Text(value, moment if moment >= 0 else None)
    return keys


def stream_of(reply) -> Stream:
    return Stream(tuple((id, tuple(sorted(zip(words[::2], words[1::2], strict=True)))) for id, words in reply))


def scores_of(reply) -> Scores:
    flat = reply and not isinstance(reply[0], list)  # RESP3 has pairs
    found = zip(reply[::2], reply[1::2], strict=True) if flat else reply
    return Scores(tuple(sorted((name, float(score)) for name, score in found)))


# What is asked, and what the reply says.
OTHER_TYPES = {
    "set": (("SMEMBERS",), lambda reply: Members(frozenset(reply))),
    "zset": (("ZRANGE", "0", "-1", "WITHSCORES"), scores_of),
    "stream": (("XRANGE", "-", "+"), stream_of),
}


def read_stored_keys(node) -> Keys:
    keys: Keys = {}
    with psycopg.connect(node.dsn(), autocommit=True) as sql:
        for name, field, value in sql.execute("SELECT key, field, value FROM redis.hash WHERE db = 0"):
            keys.setdefault(name, {})[field] = value
        for name, value, moment in sql.execute(
                "SELECT key, value, (extract(epoch FROM expires_at) * 1000)::bigint FROM redis.string WHERE db = 0"):
            keys[name] = Text(value, moment)
        for name, value in sql.execute("SELECT key, value FROM redis.list WHERE db = 0 ORDER BY key, index"):
            keys[name] = (*keys.get(name, ()), value)
        for name, members in sql.execute("SELECT key, array_agg(member) FROM redis.set WHERE db = 0 GROUP BY key"):
            keys[name] = Members(frozenset(members))
        for name, scores in sql.execute(
                "SELECT key, jsonb_object_agg(member, score) FROM redis.zset WHERE db = 0 GROUP BY key"):
            keys[name] = Scores(tuple(sorted((member, float(score)) for member, score in scores.items())))
        for name, id, fields in sql.execute(
                "SELECT key, id, fields FROM redis.stream WHERE db = 0 "
                "ORDER BY key, split_part(id, '-', 1)::numeric, split_part(id, '-', 2)::numeric"):
            entries = keys.get(name, Stream()).entries
            keys[name] = Stream((*entries, (id, tuple(sorted(fields.items())))))
    return keys
