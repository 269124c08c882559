"""Rows a second from PostgreSQL to searchable, by copy and by stream, and the time from start to ready.

    python3 bench/sync/run.py [--rounds 5]

Loads the machine's Debian package catalogue (about 63,000 packages). Copy: publishes the table and waits until the
collection is ready. Stream: updates every row in one transaction, and every row in transactions of 1,000, and waits
until the views have applied them. Start: restarts the node with the catalogue loaded, to its ready file with the
collection ready. Medians of the rounds; CPU is the Stele process's own.
"""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from node import Node, cpu_seconds, wait_for  # noqa: E402

import psycopg  # noqa: E402


def status(node):
    with urllib.request.urlopen(f"http://127.0.0.1:{node.console}/status") as reply:
        return json.load(reply)


def is_ready(node):
    return any(entry["name"] == "package" and entry["state"] == "ready" for entry in status(node)["collections"])


def timed(node, work):
    """Wall seconds and CPU seconds of the node for `work`."""
    wall, cpu = time.monotonic(), cpu_seconds(node.pid)
    work()
    return time.monotonic() - wall, cpu_seconds(node.pid) - cpu


def copy(node):
    node.psql("SELECT stele.unpublish('public.package')")
    wait_for(lambda: not any(e["name"] == "package" for e in status(node)["collections"]), "unpublication")

    def publish():
        node.psql("SELECT stele.publish('public.package')")
        wait_for(lambda: is_ready(node), "the collection")
    return timed(node, publish)


def stream_one(node):
    """Every row in one transaction; answered once the views have applied it."""
    with psycopg.connect(f"host=127.0.0.1 port={node.sql} user=postgres dbname=postgres", autocommit=True) as sql:
        def update():
            sql.execute("UPDATE package SET depends_count = depends_count + 1")
            lsn = sql.execute("SELECT pg_current_wal_flush_lsn()").fetchone()[0]
            sql.execute(f"SET stele.min_lsn = '{lsn}'")
        return timed(node, update)


def stream_batches(node, rows):
    with psycopg.connect(f"host=127.0.0.1 port={node.sql} user=postgres dbname=postgres", autocommit=True,
                         options="-c stele.freshness=off") as sql:
        def update():
            for first in range(1, rows + 1, 1000):
                sql.execute("UPDATE package SET depends_count = depends_count + 1 WHERE id BETWEEN %s AND %s",
                            (first, first + 999))
            lsn = sql.execute("SELECT pg_current_wal_flush_lsn()").fetchone()[0]
            sql.execute(f"SET stele.min_lsn = '{lsn}'")
        return timed(node, update)


def report(name, values, rows):
    wall = statistics.median(value[0] for value in values)
    cpu = statistics.median(value[1] for value in values)
    print(f"{name:36}{wall:9.2f}{rows / wall:12.0f}{cpu * 1e6 / rows:14.1f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stele-bench-") as folder:
        pathlib.Path(folder).chmod(0o755)
        node = Node(folder, "--demo")
        try:
            rows = int(node.psql("SELECT count(*) FROM package"))
            results = {"copy": [], "stream, one transaction": [], "stream, transactions of 1,000": []}
            for _ in range(arguments.rounds):
                results["copy"].append(copy(node))
                results["stream, one transaction"].append(stream_one(node))
                results["stream, transactions of 1,000"].append(stream_batches(node, rows))
            starts = []
            for _ in range(arguments.rounds):
                node.stop()
                began = time.monotonic()
                node = Node(folder)
                wait_for(lambda: is_ready(node), "the collection")
                starts.append(time.monotonic() - began)
            print(f"{rows} rows")
            print(f"{'':36}{'seconds':>9}{'rows/s':>12}{'CPU us/row':>14}")
            for name, values in results.items():
                report(name, values, rows)
            print(f"{'start to ready':36}{statistics.median(starts):9.2f}")
        finally:
            node.stop()


if __name__ == "__main__":
    main()
