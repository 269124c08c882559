"""CPU that Redis servers use under redis-benchmark, side by side.

The servers run at once, pinned to processor 0; redis-benchmark runs on processor 1. In each round each server is
measured once, one after the other, so that what else the machine does falls on all of them.
"""

import argparse
import hashlib
import shutil
import statistics
import subprocess
import tempfile

from node import accepts, cpu_parts, free_port, wait_for

REFERENCE = "redis-server"


def reference_command(port):
    return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]


def parser(preload, pipelined_requests):
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--requests", type=int, default=300_000)
    options.add_argument("--pipelined-requests", type=int, default=pipelined_requests)
    options.add_argument("--preload", type=int, default=preload, help="random SETs before the first round")
    options.add_argument("--keys", type=int, default=1_000_000)
    options.add_argument("--commands", default="get,set")
    return options


def start(kind, command, port):
    process = subprocess.Popen(["taskset", "-c", "0", *command], stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: accepts(port) or process.poll() is not None, kind, 10)
    except SystemExit:
        process.kill()
        raise
    if process.poll() is not None:
        raise SystemExit(f"{kind} ended with status {process.returncode}")
    return process


SCRIPT = "return redis.call('set', KEYS[1], ARGV[1])"
# What redis-benchmark has no test of, or one with a preparation of its own.
REQUESTS = {
    "lrange_100": ["lrange", "bench:list", "0", "99"],
    "xadd": ["xadd", "bench:stream", "*", "field", "x" * 64],
    "evalsha": ["evalsha", hashlib.sha1(SCRIPT.encode()).hexdigest(), "1", "key:__rand_int__", "x" * 64],
}


def prepare(port):
    """What the requests of REQUESTS find."""
    subprocess.run(["redis-cli", "-p", str(port), "script", "load", SCRIPT], check=True, stdout=subprocess.DEVNULL)
    elements = ["x" * 64] * 100
    subprocess.run(["redis-cli", "-p", str(port), "rpush", "bench:list", *elements], check=True,
                   stdout=subprocess.DEVNULL)


def load(port, command, requests, pipeline, keys):
    what = REQUESTS.get(command, ["-t", command])
    subprocess.run(
        ["taskset", "-c", "1", "redis-benchmark", "-p", str(port), "-c", "50", "-d", "64", "-r", str(keys),
         "-n", str(requests), "-P", str(pipeline), "--csv", *what],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def cost(pid, port, command, requests, pipeline, keys):
    """CPU seconds per million commands: (user, system)."""
    before = cpu_parts(pid)
    load(port, command, requests, pipeline, keys)
    return tuple((after - begun) / requests * 1e6 for after, begun in zip(cpu_parts(pid), before))


def measure(commands, options, loaded=lambda kind, pid: None):
    """The costs of each (pipeline, command, kind), one a round.

    `commands`: for each kind, what starts it, of its port and a folder that goes in the end. `loaded` is called with
    each server once it has the keys.
    """
    folder = tempfile.mkdtemp(prefix="stele-bench-")
    servers = {}
    results = {}
    try:
        for kind, command in commands.items():
            port = free_port()
            servers[kind] = (start(kind, command(port, folder), port), port)
            load(port, "set", options.preload, 32, options.keys)
            if REQUESTS.keys() & set(options.commands.split(",")):
                prepare(port)
            loaded(kind, servers[kind][0].pid)
        for round_number in range(options.rounds):
            for pipeline, requests in ((1, options.requests), (32, options.pipelined_requests)):
                for command in options.commands.split(","):
                    for kind, (process, port) in servers.items():
                        one = cost(process.pid, port, command, requests, pipeline, options.keys)
                        results.setdefault((pipeline, command, kind), []).append(one)
            print(f"round {round_number + 1} of {options.rounds}", flush=True)
    finally:
        for process, _ in servers.values():
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    return results


class Medians:
    """Of one command and pipeline, over the rounds: CPU seconds per million commands, and their ratios."""

    def __init__(self, results, pipeline, command):
        self.costs = {key[2]: costs for key, costs in results.items() if key[:2] == (pipeline, command)}
        self.totals = {kind: [sum(one) for one in costs] for kind, costs in self.costs.items()}

    def total(self, kind):
        return statistics.median(self.totals[kind])

    def parts(self, kind):
        return tuple(statistics.median(part) for part in zip(*self.costs[kind]))

    def ratio(self, kind, other=REFERENCE):
        """Of the same rounds."""
        return statistics.median(a / b for a, b in zip(self.totals[kind], self.totals[other]))

    def cells(self, kind):
        user, system = self.parts(kind)
        return f"{self.total(kind):.2f} | {user:.2f} + {system:.2f} | {self.ratio(kind):.2f}"
