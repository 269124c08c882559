"""A node that is told to stop does so, whatever its requests wait for."""

import http.client
import socket
import threading
import urllib.error

import psycopg
import pytest

from stele_node import Stele, wait_until

# Far more than a stop takes, far less than the requests below would wait for.
STOP_LIMIT_S = 25


@pytest.fixture
def node():
    node = Stele(["--redis-key-classes", "durable-sync"])
    try:
        yield node.start()
    finally:
        node.remove()


def private_url(node):
    return (node.data_dir / "postgres" / "postgres.url").read_text().strip()


@pytest.fixture
def blocker(node):
    """A session at the private PostgreSQL itself: it goes on while the node stops."""
    connection = psycopg.connect(private_url(node))
    yield connection
    connection.close()


def ask(node, head, method, path, body="", headers=()):
    def run():
        connection = http.client.HTTPConnection("127.0.0.1", node.ports[head], timeout=300)
        try:
            connection.request(method, path, body=body, headers={"Content-Type": "application/json", **dict(headers)})
            connection.getresponse().read()
        except (http.client.HTTPException, OSError):
            pass  # the node has gone

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def wait_for_a_lock(node):
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with psycopg.connect(private_url(node), autocommit=True) as watcher:
        wait_until(lambda: watcher.execute(waiting).fetchone()[0] > 0, what="somebody waits for the lock")


def is_served(node):
    """An index that is listed may still be copied, and refuses what is asked of it."""
    try:
        return "Metropolis" in node.get(f"{node.elastic_url}/film/_search")
    except urllib.error.HTTPError:
        return False


def publish(node):
    with psycopg.connect(node.dsn(), autocommit=True) as sql:
        sql.execute("CREATE TABLE film (id int PRIMARY KEY, title text)")
        sql.execute("INSERT INTO film VALUES (1, 'Metropolis')")
        sql.execute("SELECT stele.publish('film')")
    wait_until(lambda: is_served(node), what="the index")


def test_while_a_write_waits_for_a_row(node, blocker):
    publish(node)
    blocker.execute("UPDATE film SET title = 'locked'")
    ask(node, "elastic", "PUT", "/film/_doc/1", '{"title":"M"}')
    wait_for_a_lock(node)
    assert node.stop(STOP_LIMIT_S) == 0


def test_while_a_definition_waits_for_a_table(node, blocker):
    blocker.execute("LOCK TABLE stele.collection")
    ask(node, "qdrant", "PUT", "/collections/films", '{"vectors":{"size":4,"distance":"Dot"}}')
    wait_for_a_lock(node)
    assert node.stop(STOP_LIMIT_S) == 0


def test_while_a_synchronous_key_waits(node, blocker):
    blocker.execute("LOCK TABLE stele.key_owner")
    with socket.create_connection(("127.0.0.1", node.ports["redis"]), 60) as client:
        client.sendall(b"SET k v\r\n")
        wait_for_a_lock(node)
        assert node.stop(STOP_LIMIT_S) == 0


def test_while_requests_wait_for_what_does_not_come(node):
    threads = [
        ask(node, "elastic", "GET", "/_cluster/health?wait_for_nodes=7&timeout=300s"),
        ask(node, "elastic", "GET", "/_cat/indices", headers=[("x-stele-min-lsn", "FFFFFFFF/0")]),
        ask(node, "qdrant", "GET", "/collections", headers=[("x-stele-min-lsn", "FFFFFFFF/0")]),
    ]
    rows = 'stele_connections{head="elastic"} 2\nstele_connections{head="qdrant"} 1\n'
    wait_until(lambda: rows in node.get(f"{node.console_url}/metrics"), what="the requests")
    assert node.stop(STOP_LIMIT_S) == 0
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
