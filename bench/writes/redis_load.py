"""SETs by redis-benchmark: of durable keys, and on redis-server with its file of commands."""

import contextlib
import csv
import io
import subprocess
import time

from node import accepts, cpu_seconds, free_port, wait_for
from wires import resp
from wires.connection import Connection

VALUE_BYTES = 64
CONNECTIONS = 50
KEYS = 1_000_000


def start_sets(port, prefix, requests, pipeline=1):
    """SETs of 64 bytes to random keys."""
    return subprocess.Popen(
        ["redis-benchmark", "-p", str(port), "-c", str(CONNECTIONS), "-P", str(pipeline), "-n", str(requests), "-r",
         str(KEYS), "--csv", "SET", f"{prefix}:__rand_int__", "v" * VALUE_BYTES], stdout=subprocess.PIPE, text=True)


def run_sets(port, prefix, requests):
    """Its p50 and p99 in seconds."""
    process = start_sets(port, prefix, requests)
    output, _ = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"redis-benchmark failed: {output}")
    (row,) = csv.DictReader(io.StringIO(output))
    return [float(row["p50_latency_ms"]) / 1e3, float(row["p99_latency_ms"]) / 1e3]


class Backlog:
    """What a node says of its durable keys."""

    def __init__(self, port):
        self.connection = Connection(port, resp)

    def read(self):
        text = resp.value(self.connection.ask(resp.request("INFO", "persistence"))).decode()
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        return {name: int(fields[f"stele_backlog_{name}"]) for name in ("objects", "bytes", "age_ms")}

    def calls(self, command):
        text = resp.value(self.connection.ask(resp.request("INFO", "commandstats"))).decode()
        (counted,) = [line for line in text.splitlines() if line.startswith(f"cmdstat_{command}:")]
        return int(counted.split("calls=")[1].split(",")[0])

    def wait_until_empty(self):
        while self.read()["bytes"]:
            time.sleep(0.002)


class Sets:
    """A way of writing, as in ways.py: a fixed number of SETs, until PostgreSQL has them."""

    writes = 1

    def __init__(self, name, port, prefix, requests, backlog=None, peer=None, server=None):
        self.name, self.peer, self.server = name, peer, server
        self.port, self.prefix, self.requests, self.backlog = port, prefix, requests, backlog

    def run(self, _):
        began = time.perf_counter()
        latencies = run_sets(self.port, self.prefix, self.requests)
        if self.backlog:
            self.backlog.wait_until_empty()
        return self.requests, time.perf_counter() - began, latencies


@contextlib.contextmanager
def redis_server(folder, fsync):
    """Its port and what reads its CPU seconds; with a file of commands that is synced as asked."""
    port = free_port()
    directory = folder / f"redis-{fsync}"
    directory.mkdir()
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory), "--save", "",
         "--appendonly", "yes", "--appendfsync", fsync, "--auto-aof-rewrite-percentage", "0"],
        stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: accepts(port), "redis-server")
        yield port, lambda: cpu_seconds(process.pid)
    finally:
        process.terminate()
        process.wait()
