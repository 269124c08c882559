"""Writes a second through each head until they are durable and visible, and what they cost.

    ./dev bench writes [--rounds 5] [--seconds 2] [--rows 50000] [--sets 60000] [--synced-sets 30000] [--sustain 10]

A node with its private PostgreSQL. SQL writes single rows of a published table by prepared statements, and so does
HSET of mapped keys; Elasticsearch and Qdrant write to an index and a collection of their own; each is answered when
committed and visible through every head. Peers of the same round: the same statements on PostgreSQL's own socket and
a table that nobody follows, and redis-server with a file of commands. The client of all but the SETs is one Python
thread on raw keep-alive sockets, with 8 connections for single writes and 4 for batches, each sending when the last
answer came; it takes from the two processors what the servers then lack. SETs come from redis-benchmark with 50
connections; those of durable keys are counted until the last one is committed. Every round runs every way once;
figures are medians of the rounds. CPU is user and system time of the processes.
"""

import argparse
import contextlib
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from node import cpu_seconds, family_cpu_seconds, fresh_node  # noqa: E402
from writes.redis_load import Backlog, Sets, redis_server  # noqa: E402
from writes.sustained import sustain  # noqa: E402
from writes.ways import make_ways  # noqa: E402


def measure(way, seconds, stele, postgres):
    """One round of one way: writes/s, p50 and p99 in ms, and CPU us a write of its server and of PostgreSQL."""
    processes = [way.server or stele, postgres]
    before = [read() for read in processes]
    writes, spent, latencies = way.run(seconds)
    cpu = [(read() - former) / writes * 1e6 for read, former in zip(processes, before)]
    latencies.sort()
    marks = [latencies[min(len(latencies) - 1, int(len(latencies) * share))] * 1e3 for share in (.5, .99)]
    return [writes / spent, *marks, *cpu]


def report(ways, results):
    print("\n| way | writes/s | p50 ms of a request | p99 | CPU us/write: server | PostgreSQL | / its peer |")
    print("|---|---|---|---|---|---|---|")
    for way in ways:
        rate, p50, p99, *cpu = (statistics.median(column) for column in zip(*results[way.name]))
        own = " | ".join(f"{each:.1f}" for each in cpu)
        ratio = ""
        if way.peer:
            pairs = zip(results[way.name], results[way.peer])
            ratio = f"{statistics.median(mine[0] / theirs[0] for mine, theirs in pairs):.2f}"
        print(f"| {way.name} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {own} | {ratio} |")


def make_sets(node, backlog, stack, options):
    everysec, always = (stack.enter_context(redis_server(node.folder, fsync)) for fsync in ("everysec", "always"))
    return [Sets("Redis: SET, durable, until committed", node.redis, "key", options.sets, backlog=backlog,
                 peer="redis-server, appendfsync everysec: SET"),
            Sets("redis-server, appendfsync everysec: SET", everysec[0], "key", options.sets, server=everysec[1]),
            Sets("Redis: SET, durable sync", node.redis, "sync", options.synced_sets,
                 peer="redis-server, appendfsync always: SET"),
            Sets("redis-server, appendfsync always: SET", always[0], "sync", options.synced_sets, server=always[1])]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--sets", type=int, default=60_000, help="SETs of durable keys a round")
    parser.add_argument("--synced-sets", type=int, default=30_000)
    parser.add_argument("--sustain", type=float, default=10, help="seconds of SETs without a pause, at the end")
    options = parser.parse_args()
    flags = ("--redis-port", "0", "--qdrant-port", "0", "--redis-key-classes", "durable,sync:=durable-sync")
    with fresh_node(*flags) as node, contextlib.ExitStack() as stack:
        backlog = Backlog(node.redis)
        ways = [*make_ways(node, options.rows), *make_sets(node, backlog, stack, options)]
        postgres_pid = node.postgres_pid()

        def stele():
            return cpu_seconds(node.pid)

        def postgres():
            return family_cpu_seconds(postgres_pid)

        results = {way.name: [] for way in ways}
        for number in range(options.rounds):
            for way in ways:
                results[way.name].append(measure(way, options.seconds, stele, postgres))
            print(f"round {number + 1} of {options.rounds}", flush=True)
        report(ways, results)
        for pipeline in (1, 16):
            sustain(node, backlog, pipeline, options.sustain, [stele, postgres])


if __name__ == "__main__":
    main()
