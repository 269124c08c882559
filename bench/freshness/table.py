"""The table `item`: published, its rows keys `item:<id>`, and single-row transactions on it as a load."""

import contextlib
import subprocess

from node import wait_for
from wires import http, resp
from wires.connection import Connection

SCHEMA = """
CREATE TABLE item (id bigint PRIMARY KEY, title text NOT NULL, counter bigint NOT NULL DEFAULT 0, vec real[] NOT NULL);
INSERT INTO item SELECT n, 'item number ' || n, 0, ARRAY[1, 0, n % 7, n % 3]::real[]
  FROM generate_series(1, {rows}) n;
"""


def make_table(node, rows):
    node.psql(SCHEMA.format(rows=rows))
    node.psql("SELECT stele.publish('public.item')")
    node.psql("SELECT stele.map_keys('item:', 'public.item')")
    wait_for(lambda: is_served(node), "the collection and its keys")


def is_served(node):
    connections = Connection(node.elastic, http), Connection(node.redis, resp)
    try:
        counted = connections[0].ask(http.request("POST", "/item/_count", {"query": {"term": {"id": 1}}}))
        key = connections[1].ask(resp.request("HGET", "item:1", "counter"))
        return http.body(counted)["count"] == 1 and resp.value(key) == b"0"
    except RuntimeError:
        return False
    finally:
        for connection in connections:
            connection.close()


@contextlib.contextmanager
def load(node, rate, rows):
    """So many updates of single rows a second through the SQL head, waiting for the views as by default."""
    script = node.folder / "update.sql"
    script.write_text(f"\\set n random(1000, {rows})\nUPDATE item SET counter = counter + 1 WHERE id = :n;\n")
    process = subprocess.Popen(
        ["pgbench", "-h", "127.0.0.1", "-p", str(node.sql), "-U", "postgres", "-n", "-M", "prepared", "-c", "4",
         "-j", "1", "-R", str(rate), "-T", "3600", "-f", str(script), "postgres"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
