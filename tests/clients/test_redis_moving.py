"""Values that move in and out: DUMP, RESTORE, libraries of functions, import."""

import pytest
import redis

PATIENCE_SECONDS = 20

# What redis-server 7.0.15 answers to DUMP.
HASH_OF_REDIS = bytes.fromhex("1012120000000400816602817602816e021101ff0a00a180dda23510453b")


@pytest.fixture
def client(redis_alone):
    client = redis.Redis(port=redis_alone.ports["redis"], socket_timeout=PATIENCE_SECONDS)
    client.flushall()
    yield client
    client.flushall()
    client.close()


def fill(client):
    client.set("string", b"bytes \x00\xff" * 100)
    client.set("number", 1234567)
    client.rpush("list", *[f"element {i}" * (i % 40) for i in range(500)])
    client.sadd("integers", *range(-300, 300, 7))
    client.sadd("set", *[f"member {i}" for i in range(700)])
    client.hset("hash", mapping={"field": "value", "number": 17, "long": "x" * 50})
    client.hset("table", mapping={f"field {i}": f"value {i}" * 3 for i in range(600)})
    client.zadd("sorted", {"a": 1, "b": 2.5, "c": float("-inf"), "d": 1e300})
    client.zadd("tree", {f"member {i}": i * 0.1 for i in range(400)})


def digest(client):
    """All that is there, whatever it is."""
    read = {
        b"string": client.get,
        b"list": lambda name: client.lrange(name, 0, -1),
        b"set": client.smembers,
        b"hash": client.hgetall,
        b"zset": lambda name: client.zrange(name, 0, -1, withscores=True),
    }
    return {name: read[client.type(name)](name) for name in client.keys()}


def test_a_value_is_the_same_after_dump_and_restore(client):
    fill(client)
    before = digest(client)
    dumped = {name: client.dump(name) for name in before}
    client.flushall()
    for name, payload in dumped.items():
        client.restore(name, 0, payload)
    assert digest(client) == before
    # In place of another value, with an expiry.
    client.restore("hash", 100_000, HASH_OF_REDIS, replace=True)
    assert client.hgetall("hash") == {b"f": b"v", b"n": b"17"}
    assert 90_000 < client.pttl("hash") <= 100_000
    assert client.dump("hash") == HASH_OF_REDIS
    assert client.dump("nothing") is None


def refusal(client, *words):
    with pytest.raises(redis.ResponseError) as caught:
        client.execute_command(*words)
    return str(caught.value)


def test_restore_refuses_what_is_no_value(client):
    client.set("taken", "x")
    assert "BUSYKEY" in refusal(client, "RESTORE", "taken", 0, HASH_OF_REDIS)
    checksum = "DUMP payload version or checksum are wrong"
    assert checksum in refusal(client, "RESTORE", "k", 0, b"no payload")
    assert checksum in refusal(client, "RESTORE", "k", 0, HASH_OF_REDIS[:-1] + b"\0")
    assert "Invalid TTL" in refusal(client, "RESTORE", "k", -1, HASH_OF_REDIS)
    assert "syntax error" in refusal(client, "RESTORE", "k", 0, HASH_OF_REDIS, "ANY")
    assert "Invalid FREQ" in refusal(client, "RESTORE", "k", 0, HASH_OF_REDIS, "FREQ", 256)
    # A moment that is past: nothing comes, and what was there is gone.
    assert client.execute_command("RESTORE", "taken", 1, HASH_OF_REDIS, "ABSTTL", "REPLACE") == b"OK"
    assert client.keys() == []
