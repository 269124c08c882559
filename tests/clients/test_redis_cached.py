"""Keys that are read through PostgreSQL: what a client sees of them."""

import threading

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
    """A table that is not published; the keys `name:1` are its titles, `name-row:1` its rows."""
    db.execute(f"CREATE TABLE {name} (id bigint PRIMARY KEY, title text, year int)")
    db.execute(f"INSERT INTO {name} VALUES (1, 'Metropolis', 1927), (2, 'Playtime', 1967)")
    options = f'{{"tables": [{{"table": "{name}", "key": "id"}}], "tags": ["{name}"], "on_set": ' \
              f'"UPDATE {name} SET title = $2 WHERE id = $1"}}'
    db.execute("SELECT stele.cache_keys(%s, %s, %s)", [f"{name}:", f"SELECT title FROM {name} WHERE id = $1", options])
    db.execute("SELECT stele.cache_keys(%s, %s, %s)", [
        f"{name}-row:", f"SELECT * FROM {name} WHERE id = $1", f'{{"tables": ["{name}"]}}'])
    yield name
    db.execute("SELECT stele.uncache_keys(%s), stele.uncache_keys(%s)", [f"{name}:", f"{name}-row:"])


def test_a_key_is_what_its_statement_answers(r, table):
    wait_until(lambda: r.get(f"{table}:1") == "Metropolis", what="the first load")
    assert r.get(f"{table}:3") is None
    assert r.hgetall(f"{table}-row:2") == {"id": "2", "title": "Playtime", "year": "1967"}
    assert r.mget(f"{table}:1", f"{table}:3", f"{table}:2") == ["Metropolis", None, "Playtime"]
    assert r.exists(f"{table}-row:1") == 1
    assert 0 < r.ttl(f"{table}:1") <= 300
    assert r.execute_command("STELE", "CLASS", f"{table}:1") == "cache"


def test_what_sql_has_written_is_what_the_next_get_answers(r, db, table):
    """Both heads of one node: a read never shows less than was written."""
    wait_until(lambda: r.get(f"{table}:1") == "Metropolis", what="the first load")
    for i in range(50):
        db.execute(f"UPDATE {table} SET title = %s WHERE id = 1", [f"title {i}"])
        assert r.get(f"{table}:1") == f"title {i}"
        assert r.hget(f"{table}-row:1", "title") == f"title {i}"
    db.execute(f"DELETE FROM {table} WHERE id = 1")
    assert r.get(f"{table}:1") is None
    db.execute(f"INSERT INTO {table} VALUES (1, 'again', 2000)")
    assert r.get(f"{table}:1") == "again"


def test_readers_see_no_stale_value_while_others_write(stele, r, table):
    """What a reader gets is never older than what was committed before it asked."""
    wait_until(lambda: r.get(f"{table}:1") == "Metropolis", what="the first load")
    committed, wrong, stops = [0], [], threading.Event()

    def write():
        with psycopg.connect(stele.dsn(), autocommit=True) as own:
            for i in range(1, 300):
                own.execute(f"UPDATE {table} SET title = %s WHERE id = 1", [str(i)])
                committed[0] = i
        stops.set()

    def read():
        with redis.Redis(port=stele.ports["redis"], decode_responses=True, socket_timeout=60) as own:
            while not stops.is_set():
                before = committed[0]
                value = own.get(f"{table}:1")
                if value != "Metropolis" and int(value) < before or value == "Metropolis" and before > 0:
                    wrong.append((before, value))

    threads = [threading.Thread(target=read) for _ in range(4)] + [threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert r.get(f"{table}:1") == "299"


def test_transactions_and_scripts_find_the_keys_that_they_name(r, db, table):
    wait_until(lambda: r.get(f"{table}:2") == "Playtime", what="the first load")
    r.execute_command("STELE", "INVALIDATE", "TAG", table)
    with r.pipeline() as pipe:
        assert pipe.get(f"{table}:1").get(f"{table}:2").execute() == ["Metropolis", "Playtime"]
    r.execute_command("STELE", "INVALIDATE", "PREFIX", f"{table}:")
    assert r.eval("return redis.call('GET', KEYS[1])", 1, f"{table}:1") == "Metropolis"
    # What a script does not name is absent, where it is not there already.
    r.execute_command("STELE", "INVALIDATE", "PREFIX", f"{table}:")
    assert r.eval("return redis.call('GET', ARGV[1])", 0, f"{table}:1") is None


def test_writes_go_through_or_are_refused(r, db, table):
    wait_until(lambda: r.get(f"{table}:1") == "Metropolis", what="the first load")
    assert r.set(f"{table}:1", "written")
    assert db.execute(f"SELECT title FROM {table} WHERE id = 1").fetchone() == ("written",)
    assert r.get(f"{table}:1") == "written"
    with pytest.raises(redis.ResponseError, match="takes no options"):
        r.set(f"{table}:1", "x", ex=5)
    with pytest.raises(redis.ResponseError, match="on_set"):
        r.set(f"{table}-row:1", "x")
    for command in (["APPEND", f"{table}:1", "x"], ["EXPIRE", f"{table}:1", "1000000"], ["RENAME", f"{table}:1", "y"],
                    ["EVAL", "return redis.call('SET', KEYS[1], 'x')", "1", f"{table}:1"]):
        with pytest.raises(redis.ResponseError, match="is read from PostgreSQL"):
            r.execute_command(*command)
    with pytest.raises(redis.ResponseError, match="invalid input syntax"):
        r.get(f"{table}-row:none")
    assert r.delete(f"{table}:1") == 1
    assert r.get(f"{table}:1") == "written"


def test_invalidations_reach_clients_that_track(stele, r, db, table):
    wait_until(lambda: r.get(f"{table}:1") == "Metropolis", what="the first load")
    with redis.Redis(port=stele.ports["redis"], decode_responses=True, socket_timeout=60, protocol=3) as tracking:
        connection = tracking.connection_pool.get_connection()
        connection.send_command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", f"{table}:")
        assert connection.read_response() == "OK"
        told = []
        connection._parser.set_invalidation_push_handler(told.append)
        db.execute(f"UPDATE {table} SET title = 'other' WHERE id = 1")

        def is_told():
            connection.send_command("PING")
            connection.read_response()
            return any(f"{table}:1" in str(message) for message in told)

        wait_until(is_told, what="the invalidation")
        tracking.connection_pool.release(connection)


def test_clients_tag_keys_of_their_own(r, name):
    for i in range(5):
        r.set(f"{name}:{i}", i)
        assert r.execute_command("STELE", "TAG", f"{name}:{i}", name, f"{name}-{i % 2}") == "OK"
    assert r.execute_command("STELE", "INVALIDATE", "TAG", f"{name}-1") == 2
    assert r.exists(*[f"{name}:{i}" for i in range(5)]) == 3
    assert r.execute_command("STELE", "INVALIDATE", "TAG", name) == 3
    assert r.execute_command("STELE", "INVALIDATE", "TAG", name) == 0
    with pytest.raises(redis.ResponseError, match="TAG, PREFIX or TABLE"):
        r.execute_command("STELE", "INVALIDATE", "WHAT", name)
