"""Keys and their PostgreSQL: what is durable, what is a row, and who sees what was written."""

import psycopg
import pytest
import redis
from stele_node import wait_until


@pytest.fixture
def r(stele):
    with redis.Redis(port=stele.ports["redis"], decode_responses=True, socket_timeout=60) as client:
        yield client


@pytest.fixture
def table(db, name):
    """A published table whose rows are keys: `film:1`."""
    db.execute(f"CREATE TABLE {name} (id bigint PRIMARY KEY, title text NOT NULL, year int CHECK (year > 1800))")
    db.execute(f"INSERT INTO {name} VALUES (1, 'Metropolis', 1927), (2, 'Playtime', 1967)")
    db.execute("SELECT stele.publish(%s)", [name])
    db.execute("SELECT stele.map_keys(%s, %s, %s)", [f"{name}:", name, '{"insert": true, "delete": true}'])
    return name


def test_a_durable_key_becomes_a_row_within_a_second(r, db, name):
    assert r.execute_command("STELE", "CLASS", name) == "durable"
    assert r.set(name, "v", ex=1000)
    assert r.hset(f"{name}:h", mapping={"a": 1, "b": 2}) == 2
    query = "SELECT value FROM redis.string WHERE key = %s"
    wait_until(lambda: db.execute(query, [name]).fetchall() == [("v",)], 10, "the row of a string")
    query = "SELECT field, value FROM redis.hash WHERE key = %s ORDER BY field"
    wait_until(lambda: db.execute(query, [f"{name}:h"]).fetchall() == [("a", "1"), ("b", "2")], 10, "a hash's rows")
    assert r.delete(name) == 1
    query = "SELECT count(*) FROM redis.string WHERE key = %s"
    wait_until(lambda: db.execute(query, [name]).fetchone() == (0,), 10, "the removal")


def test_a_transaction_with_a_refused_key_is_stored_whole_or_not_at_all(r, db, name):
    counter, bad, other, alone = (f"{name}:{key}" for key in ("counter", "bad", "other", "alone"))

    def stored(key):
        return db.execute("SELECT value FROM redis.string WHERE key = %s", [key]).fetchone()

    r.set(counter, 1)
    wait_until(lambda: stored(counter) == ("1",), what="the row")
    db.execute(f"ALTER TABLE redis.key ADD CONSTRAINT {name} CHECK (name <> '{bad}')")
    try:
        with r.pipeline() as pipe:
            pipe.set(counter, 2).set(bad, "v").set(other, "v").execute()
        wait_until(lambda: r.info()["stele_refused_keys"] == 3, what="the refusal")
        r.set(alone, 1)
        wait_until(lambda: stored(alone) == ("1",), what="the row of another")
        assert stored(counter) == ("1",) and stored(other) is None
        with r.pipeline() as pipe, pytest.raises(redis.exceptions.ExecAbortError, match=name):
            pipe.set(counter, 3).set(alone, 2).execute()
        assert r.mget(counter, alone) == ["2", "1"]
        r.delete(bad)
        wait_until(lambda: stored(other) == ("v",), what="what was written with it")
        assert stored(counter) == ("2",)
    finally:
        db.execute(f"ALTER TABLE redis.key DROP CONSTRAINT {name}")


def test_durable_keys_come_back_after_a_restart(new_stele):
    node = new_stele()
    with redis.Redis(port=node.ports["redis"]) as client, client.pipeline() as pipe:
        for i in range(1000):
            pipe.set(f"k{i}", i)
        pipe.hset("h", mapping={"f": b"\x00\xff"})
        pipe.set("gone", "v", px=1)
        pipe.execute()
        assert client.execute_command("ACL", "SETUSER", "reader", "on", ">secret", "+get", "~k*", "%R~\xe4*")
        assert client.execute_command("ACL", "SETUSER", "gone", "on")
        assert client.acl_deluser("gone") == 1
        rules = client.acl_getuser("reader")
        with pytest.raises(redis.ResponseError, match="MULTI"):
            client.pipeline().execute_command("ACL", "SETUSER", "x").execute()
    assert node.stop() == 0
    node.start()
    with redis.Redis(port=node.ports["redis"]) as client:
        assert client.acl_users() == ["default", "reader"]
        assert client.acl_getuser("reader") == rules
        with redis.Redis(port=node.ports["redis"], username="reader", password="secret") as reader:
            assert reader.get("k1") == b"1"
            with pytest.raises(redis.exceptions.NoPermissionError):
                reader.get("h")
        assert client.mget([f"k{i}" for i in range(1000)]) == [str(i).encode() for i in range(1000)]
        assert client.hgetall("h") == {b"f": b"\x00\xff"}
        assert client.exists("gone") == 0


def test_a_mapped_key_is_a_row(r, db, table):
    first = f"{table}:1"
    wait_until(lambda: r.execute_command("STELE", "CLASS", first) == "mapped", what="the mapping")
    wait_until(lambda: r.exists(first) == 1, what="the rows")
    assert r.hgetall(first) == {"id": "1", "title": "Metropolis", "year": "1927"}
    assert r.ttl(first) == -1
    # What SQL commits is there for the next one who asks, and the other way round.
    db.execute(f"UPDATE {table} SET title = 'Metropolis (restored)' WHERE id = 1")
    assert r.hget(first, "title") == "Metropolis (restored)"
    assert r.hset(first, mapping={"title": "M", "year": 1931}) == 0
    assert db.execute(f"SELECT title, year FROM {table} WHERE id = 1").fetchone() == ("M", 1931)
    assert r.hget(first, "title") == "M"
    assert r.hdel(first, "year") == 1
    assert r.hgetall(first) == {"id": "1", "title": "M"}
    assert r.hset(f"{table}:3", mapping={"title": "Brazil"}) >= 1
    assert r.delete(f"{table}:2") == 1
    assert db.execute(f"SELECT id FROM {table} ORDER BY id").fetchall() == [(1,), (3,)]


def test_keys_by_another_column(r, db, name):
    db.execute(f"CREATE TABLE {name} (id bigint PRIMARY KEY, title text NOT NULL UNIQUE, year int)")
    db.execute(f"INSERT INTO {name} VALUES (1, 'Metropolis', 1927), (2, 'Playtime', 1967)")
    db.execute("SELECT stele.publish(%s)", [name])
    for options in ('{"key": "title"}', '{"key": "year"}', '{"key": "nonsense"}', '{"key": 1}'):
        with pytest.raises(psycopg.Error):
            db.execute("SELECT stele.map_keys(%s, %s, %s)", [f"{name}:", name, options])
    db.execute(f"ALTER TABLE {name} REPLICA IDENTITY FULL")
    db.execute("SELECT stele.map_keys(%s, %s, %s)", [f"{name}:", name, '{"key": "title"}'])
    key = f"{name}:Metropolis"
    wait_until(lambda: r.execute_command("STELE", "CLASS", key) == "mapped", what="the mapping")
    wait_until(lambda: r.exists(key) == 1, what="the rows")
    assert r.hgetall(key) == {"id": "1", "title": "Metropolis", "year": "1927"}
    assert r.hset(key, "year", 1931) == 0
    db.execute(f"UPDATE {name} SET title = 'M' WHERE id = 1")
    assert r.exists(key) == 0
    assert r.hgetall(f"{name}:M") == {"id": "1", "title": "M", "year": "1931"}
    db.execute(f"DELETE FROM {name} WHERE id = 1")
    assert r.exists(f"{name}:M", f"{name}:Playtime") == 1


def test_what_a_row_does_not_take_is_the_callers_error(r, table):
    first = f"{table}:1"
    wait_until(lambda: r.exists(first) == 1, what="the rows")
    for refused in (lambda: r.hset(first, "year", 1700), lambda: r.hdel(first, "title"),
                    lambda: r.hset(first, "nonsense", 1), lambda: r.set(first, "x"), lambda: r.expire(first, 10),
                    lambda: r.rename(first, "other"), lambda: r.hincrby(first, "year", 1)):
        with pytest.raises(redis.ResponseError):
            refused()
    assert r.hget(first, "year") == "1927"
    assert r.ping()


def test_rows_and_keys_of_one_transaction(r, db, table, name):
    first = f"{table}:1"
    wait_until(lambda: r.exists(first) == 1, what="the rows")
    with r.pipeline() as pipe:
        pipe.hset(first, "title", "T")
        pipe.incr(name)
        pipe.hget(first, "title")
        assert pipe.execute() == [0, 1, "T"]
    assert db.execute(f"SELECT title FROM {table} WHERE id = 1").fetchone() == ("T",)
    with r.pipeline() as pipe:
        pipe.watch(first)
        db.execute(f"UPDATE {table} SET title = 'by SQL' WHERE id = 1")
        pipe.multi()
        pipe.hset(first, "title", "lost")
        with pytest.raises(redis.WatchError):
            pipe.execute()
    assert r.hget(first, "title") == "by SQL"


def test_a_multi_of_rows_and_keys_is_refused_whole(r, db, table, name):
    first = f"{table}:1"
    wait_until(lambda: r.exists(first) == 1, what="the rows")
    with r.pipeline() as pipe:
        pipe.set(name, "v")
        pipe.hset(first, "title", "T")
        pipe.hset(f"{table}:2", "year", 1700)
        with pytest.raises(redis.exceptions.ExecAbortError):
            pipe.execute()
    assert r.get(name) is None
    assert db.execute(f"SELECT title, year FROM {table} ORDER BY id").fetchall() == [
        ("Metropolis", 1927), ("Playtime", 1967)]


def test_in_a_multi_rows_are_written_before_all_else(r, table, name):
    first = f"{table}:1"
    wait_until(lambda: r.exists(first) == 1, what="the rows")
    with r.pipeline() as pipe:
        pipe.hget(first, "title")
        pipe.set(name, "v")
        pipe.hset(first, "title", "one")
        pipe.hset(first, "title", "two")
        pipe.get(name)
        assert pipe.execute() == ["two", True, 0, 0, "v"]


def test_lsn(r, db, name, stele):
    db.execute(f"CREATE TABLE {name} (id int)")
    (position,) = db.execute("SHOW stele.lsn").fetchone()
    assert r.execute_command("STELE", "WAIT", position) == "OK"
    assert "/" in r.execute_command("STELE", "LSN")
    with pytest.raises(redis.ResponseError, match="did not reach"):
        r.execute_command("STELE", "WAIT", "FFFFFF/0", 10)
    with pytest.raises(redis.ResponseError, match="invalid position"):
        r.execute_command("STELE", "WAIT", "nonsense")
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        connection.execute(f"DROP TABLE {name}")
