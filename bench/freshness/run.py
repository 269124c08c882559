"""How long until an Elasticsearch search shows what SQL committed, and what waiting for it adds to a write.

    python3 bench/freshness/run.py [--probes 1000] [--rate 1000] [--rows 50000]

Beside single-row updates at `--rate` a second (pgbench through the SQL head), a probe commits a row of its own with
`stele.freshness = off` and searches for it, again and again on one keep-alive connection, from the moment the commit
is acknowledged until the search shows it. Then the same update is timed directly at PostgreSQL, through the head
without waiting, and through the head with waiting, in turns.
"""

import argparse
import http.client
import json
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from node import fresh_node, wait_for  # noqa: E402

import psycopg  # noqa: E402


class Search:
    """Counts documents of `item` by a term, on one connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def count(self, field, value):
        body = json.dumps({"query": {"term": {field: value}}})
        self.connection.request("GET", "/item/_count", body, {"Content-Type": "application/json"})
        return json.loads(self.connection.getresponse().read())["count"]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def row(name, values):
    print(f"{name:42}{percentile(values, .5) * 1e3:9.3f}{percentile(values, .9) * 1e3:9.3f}"
          f"{percentile(values, .99) * 1e3:9.3f}{max(values) * 1e3:9.3f}{len(values):8}")


def make_table(node, rows):
    node.psql("CREATE TABLE item (id bigint PRIMARY KEY, title text, counter bigint NOT NULL DEFAULT 0);"
              f"INSERT INTO item SELECT n, 'item number ' || n FROM generate_series(1, {rows}) n")
    node.psql("SELECT stele.publish('public.item')")
    search = Search(node.elastic)
    wait_for(lambda: node_ready(search), "the collection")


def node_ready(search):
    try:
        return search.count("id", 1) == 1
    except KeyError:
        return False


def start_load(node, rate, rows):
    script = node.folder / "update.sql"
    script.write_text(f"\\set n random(1000, {rows})\nUPDATE item SET counter = counter + 1 WHERE id = :n;\n")
    return subprocess.Popen(["pgbench", "-h", "127.0.0.1", "-p", str(node.sql), "-U", "postgres", "-n", "-M", "prepared",
                             "-c", "4", "-j", "1", "-R", str(rate), "-T", "3600", "-f", str(script), "postgres"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def probe(node, probes):
    """Seconds from the acknowledgement of the commit to the end of the first search that shows it."""
    search, waits, tries = Search(node.elastic), [], []
    with psycopg.connect(f"host=127.0.0.1 port={node.sql} user=postgres dbname=postgres", autocommit=True) as sql:
        sql.execute("SET stele.freshness = off")
        for n in range(probes):
            mark = 10_000_000_000 + n
            sql.execute("UPDATE item SET counter = %s WHERE id = 1", (mark,), prepare=True)
            acknowledged, searches = time.perf_counter(), 1
            while search.count("counter", mark) == 0:
                searches += 1
            waits.append(time.perf_counter() - acknowledged)
            tries.append(searches)
            time.sleep(0.002)
    return waits, tries


def time_writes(node, probes):
    """Seconds an update takes: at PostgreSQL itself, through the head, and through the head with waiting."""
    directory, port = node.server_socket()
    ways = {
        "PostgreSQL itself": f"host={directory} port={port} user=postgres dbname=postgres",
        "SQL head, stele.freshness = off": f"host=127.0.0.1 port={node.sql} user=postgres dbname=postgres "
                                           "options='-c stele.freshness=off'",
        "SQL head, waiting for the views": f"host=127.0.0.1 port={node.sql} user=postgres dbname=postgres",
    }
    connections = {name: psycopg.connect(address, autocommit=True) for name, address in ways.items()}
    times = {name: [] for name in ways}
    for _ in range(probes):
        for name, connection in connections.items():
            began = time.perf_counter()
            connection.execute("UPDATE item SET counter = counter + 1 WHERE id = 2", prepare=True)
            times[name].append(time.perf_counter() - began)
    for connection in connections.values():
        connection.close()
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--probes", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=50_000)
    arguments = parser.parse_args()
    with fresh_node() as node:
        make_table(node, arguments.rows)
        load = start_load(node, arguments.rate, arguments.rows)
        try:
            time.sleep(3)
            print(f"{'milliseconds':42}{'p50':>9}{'p90':>9}{'p99':>9}{'max':>9}{'n':>8}")
            waits, tries = probe(node, arguments.probes)
            row("commit acknowledged -> search shows it", waits)
            times = time_writes(node, arguments.probes)
            for name, values in times.items():
                row(f"update: {name}", values)
            print(f"searches until shown: median {statistics.median(tries)}, most {max(tries)}")
        finally:
            load.terminate()
            load.wait()


if __name__ == "__main__":
    main()
