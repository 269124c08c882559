"""Values that move in and out: DUMP, RESTORE, libraries of functions, import."""

import signal
import subprocess
import time

import pytest
import redis
from master import Master, rdb_file, request
from stele_node import binary, wait_until

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
    for i in range(250):
        fields = {"name": f"value {i}", "odd": i} if i % 2 else {"name": f"value {i}"}
        client.xadd("stream", fields, id=f"{1000 + i}-{i % 3}")
    client.xgroup_create("stream", "group", 0)
    client.xreadgroup("group", "first", {"stream": ">"}, count=120)
    client.xreadgroup("group", "second", {"stream": ">"}, count=20)
    client.xack("stream", "group", "1003-0", "1005-2")
    client.xdel("stream", "1001-1", "1004-1", "1130-1")


def stream_facts(client, name):
    """But how many nodes there are: they are made anew."""
    facts = client.execute_command("XINFO", "STREAM", name, "FULL", "COUNT", 0)
    return {fact: value for fact, value in facts.items() if "radix" not in str(fact)}


def digest(client):
    """All that is there, whatever it is."""
    read = {
        b"string": client.get,
        b"list": lambda name: client.lrange(name, 0, -1),
        b"set": client.smembers,
        b"hash": client.hgetall,
        b"zset": lambda name: client.zrange(name, 0, -1, withscores=True),
        b"stream": lambda name: stream_facts(client, name),
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


LIBRARY = "#!lua name=moving\nredis.register_function('answer', function() return 42 end)"


def test_libraries_are_dumped_and_restored(client):
    client.function_flush()
    client.function_load(LIBRARY)
    dumped = client.function_dump()
    assert "Library moving already exists" in refusal(client, "FUNCTION", "RESTORE", dumped)
    assert client.function_restore(dumped, "REPLACE")
    client.function_flush()
    assert client.function_restore(dumped)
    assert client.fcall("answer", 0) == 42
    client.function_delete("moving")
    other = LIBRARY.replace("moving", "other")
    client.function_load(other)
    assert "Function answer already exists" in refusal(client, "FUNCTION", "RESTORE", dumped)
    assert client.function_restore(dumped, "FLUSH")
    assert [each[1] for each in client.function_list()] == [b"moving"]
    assert "Wrong restore policy" in refusal(client, "FUNCTION", "RESTORE", dumped, "ANY")
    client.function_flush()


def test_libraries_are_rows_and_there_at_the_next_start(stele, db, new_stele):
    with redis.Redis(port=stele.ports["redis"]) as r:
        r.function_flush()
        r.function_load(LIBRARY)
        query = "SELECT name, convert_from(code, 'UTF8') FROM redis.library"
        wait_until(lambda: db.execute(query).fetchall() == [("moving", LIBRARY)], what="the row")
        assert r.save()
        assert abs(r.lastsave().timestamp() - time.time()) < 100
        assert r.bgsave()
        assert r.info()["rdb_bgsave_in_progress"] == 0
        other = new_stele("--postgres", f"postgres://postgres@127.0.0.1:{stele.ports['sql']}/postgres")
        with redis.Redis(port=other.ports["redis"]) as second:
            assert second.fcall("answer", 0) == 42
        assert other.stop() == 0
        r.function_delete("moving")
        wait_until(lambda: db.execute(query).fetchall() == [], what="its removal")


def test_nothing_is_saved_without_a_postgresql(client):
    assert "nothing is kept" in refusal(client, "SAVE")
    assert "nothing is kept" in refusal(client, "BGSAVE")
    assert client.lastsave().timestamp() <= time.time()


def start_import(node, source, *words):
    command = [binary(), "import", source, *words, "--redis-port", str(node.ports["redis"])]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def dumped_values(client):
    fill(client)
    values = digest(client)
    payloads = {name: client.dump(name) for name in values}
    client.flushall()
    return values, payloads


def test_an_rdb_file_is_imported(client, redis_alone, tmp_path):
    values, payloads = dumped_values(client)
    # A library, and a value that is none: the first is loaded, the second told.
    code = LIBRARY.encode()
    file = rdb_file({b"broken": b"\x0b\x01x" + bytes(10), **payloads},
                    b"\xf5\x40" + bytes([len(code)]) + code)
    path = tmp_path / "dump.rdb"
    path.write_bytes(file)
    run = start_import(redis_alone, str(path))
    _, told = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 1
    assert 'refused: key "broken" of database 0: ERR Bad data format' in told
    assert digest(client) == values
    assert client.fcall("answer", 0) == 42
    client.function_flush()
    path.write_bytes(file[:-20])
    run = start_import(redis_alone, str(path))
    _, told = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 1 and "ends in the middle" in told


def test_a_redis_is_followed_until_the_end(client, redis_alone):
    values, payloads = dumped_values(client)
    commands = [request("SELECT", 0), request("SET", "after", "1"), request("PING"), request("MULTI"),
                request("INCR", "after"), request("RPUSH", "after", "x"), request("EXEC"),
                request("REPLCONF", "GETACK", "*"), request("NOSUCH", "key")]
    master = Master(rdb_file(payloads), commands)
    run = start_import(redis_alone, f"redis://user:pass%77ord@127.0.0.1:{master.port}")
    wait_until(lambda: master.acknowledged == Master.OFFSET + len(master.commands), PATIENCE_SECONDS,
               "the acknowledgement of all commands")
    assert client.get("after") == b"2"
    client.delete("after")
    assert digest(client) == values
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=PATIENCE_SECONDS)
    master.close()
    # What the node refused is told: the push onto a string, and what nobody knows.
    assert run.returncode == 1 and "WRONGTYPE" in told and "NOSUCH key" in told, told
    # Once: it ends by itself.
    master = Master(rdb_file(payloads), [])
    run = start_import(redis_alone, f"redis://127.0.0.1:{master.port}/0", "once")
    _, told = run.communicate(timeout=PATIENCE_SECONDS)
    master.close()
    assert run.returncode == 0 and f"keys {len(payloads)}, " in told, told


def test_an_import_says_what_is_missing(redis_alone, tmp_path):
    for source, problem in ((str(tmp_path / "none"), "cannot be read"),
                            ("redis://127.0.0.1:1", "no Redis at"), ("redis://127.0.0.1/x", "no number")):
        run = start_import(redis_alone, source)
        _, told = run.communicate(timeout=PATIENCE_SECONDS)
        assert run.returncode == 1 and problem in told, told
