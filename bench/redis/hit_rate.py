"""How often a cache with too little memory has what is asked, beside redis-server.

python bench/redis/hit_rate.py [--keys 100000] [--requests 600000] [--share 10]

Both servers hold about the same number of keys, `share` percent of all: maxmemory is found by trying. Every key that
is asked for and is not there is set, as a cache does. Traces: keys by Zipf's law with exponent 0.9, and the same with
scans between, which go once over keys that nobody else asks for (a third of all requests). The figure is the share of
hits among the Zipf requests of the second half.
"""

import argparse
import itertools
import random
import socket
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from node import STELE, free_port  # noqa: E402
from redis_load import REFERENCE, reference_command, start  # noqa: E402

VALUE = b"x" * 64
BATCH = 100
KEY_BYTES = 120  # about


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.file = self.socket.makefile("rb")

    def send(self, requests):
        self.socket.sendall(b"".join(requests))

    def reply(self):
        line = self.file.readline()
        if line[:1] == b"-":
            raise SystemExit(line.decode())
        if line[:1] == b":":
            return int(line[1:])
        if line[:1] != b"$" or line == b"$-1\r\n":
            return None
        return self.file.read(int(line[1:]) + 2)[:-2]

    def ask(self, *words):
        self.send([request(*words)])
        return self.reply()


def request(*words):
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def name(number):
    return b"key:%012d" % number


def zipf(keys, count, seed):
    numbers = list(range(keys))
    weights = itertools.accumulate(1 / (rank + 1) ** 0.9 for rank in numbers)
    source = random.Random(seed)
    source.shuffle(numbers)
    return source.choices(numbers, cum_weights=list(weights), k=count)


def with_scans(trace, keys):
    """The trace, and behind each thousand of it 500 keys of a scan that never comes back: (key, is counted)."""
    scanned = itertools.count(keys)
    for begin in range(0, len(trace), 1000):
        yield from ((key, True) for key in trace[begin:begin + 1000])
        yield from ((next(scanned), False) for _ in range(500))


def used_memory(connection):
    lines = connection.ask("INFO", "memory").decode().splitlines()
    return int(next(line for line in lines if line.startswith("used_memory:")).split(":")[1])


def fill(connection, keys):
    connection.ask("FLUSHALL")
    for begin in range(0, keys, BATCH):
        connection.send([request("SET", name(10 ** 9 + i), VALUE) for i in range(begin, begin + BATCH)])
        for _ in range(BATCH):
            connection.reply()


def limit_to(connection, policy, keys):
    """Sets the maxmemory with which the server holds so many keys while more come."""
    fill(connection, keys)
    limit = used_memory(connection)
    connection.ask("CONFIG", "SET", "maxmemory-policy", policy)
    for _ in range(6):
        connection.ask("CONFIG", "SET", "maxmemory", limit)
        fill(connection, keys * 3)
        limit += (keys - connection.ask("DBSIZE")) * KEY_BYTES
    connection.ask("CONFIG", "SET", "maxmemory", limit)
    connection.ask("FLUSHALL")


def run(connection, trace):
    hits = counted = 0
    half = len(trace) // 2
    for begin in range(0, len(trace), BATCH):
        batch = trace[begin:begin + BATCH]
        connection.send([request("GET", name(key)) for key, _ in batch])
        missing = []
        for key, counts in batch:
            found = connection.reply() is not None
            if not found:
                missing.append(key)
            if counts and begin >= half:
                counted += 1
                hits += found
        connection.send([request("SET", name(key), VALUE) for key in missing])
        for _ in missing:
            connection.reply()
    return hits / counted


def hit_rate(kind, policy, trace, held):
    with tempfile.TemporaryDirectory(prefix="stele-bench-") as folder:
        port = free_port()
        command = reference_command(port) if kind == REFERENCE else [
            str(STELE), "serve", "--postgres", "off", "--data-dir", f"{folder}/data", "--redis-port", str(port),
            "--console-port", "off", "--threads", "1", "--log-level", "warn"]
        process = start(kind, command, port)
        try:
            connection = Connection(port)
            limit_to(connection, policy, held)
            return run(connection, trace), connection.ask("DBSIZE")
        finally:
            process.terminate()
            process.wait()


def best_possible(trace, held):
    """Of the keys that are asked for most often, always the same: what no policy can beat by far."""
    counts = {}
    for key, counted in trace:
        if counted:
            counts[key] = counts.get(key, 0) + 1
    return sum(sorted(counts.values(), reverse=True)[:held]) / sum(counts.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=600_000)
    parser.add_argument("--share", type=int, default=10)
    options = parser.parse_args()
    held = options.keys * options.share // 100
    drawn = zipf(options.keys, options.requests, 815)
    traces = {"Zipf": [(key, True) for key in drawn], "Zipf and scans": list(with_scans(drawn, options.keys))}
    print(f"hits in the second half, {held} of {options.keys} keys held\n")
    print("| trace | policy | redis-server (keys at the end) | stele (the same) | the best keys for ever |")
    print("|---|---|---|---|---|")
    for trace_name, trace in traces.items():
        best = best_possible(trace, held)
        for policy in ("allkeys-lru", "allkeys-lfu", "allkeys-random"):
            (redis, redis_keys), (stele, stele_keys) = (hit_rate(kind, policy, trace, held)
                                                        for kind in (REFERENCE, "stele"))
            print(f"| {trace_name} | {policy} | {redis:.4f} ({redis_keys}) | {stele:.4f} ({stele_keys}) | {best:.4f} |",
                  flush=True)


if __name__ == "__main__":
    main()
