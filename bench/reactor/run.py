"""CPU that the reactor costs per command, beside redis-server and beside bare loops.

./dev bench reactor [--rounds 5] [--requests 300000] [--pipelined-requests 3000000] [--preload 3000000]
                    [--only KIND,...] [--commands get,set]

All servers run at once, each with (at 3,000,000 random SETs) about 950,000 values of 64 bytes, pinned to
processor 0; redis-benchmark runs on processor 1. In each round every server is measured once (so that what else the machine does falls on all), and the
figure is the median over the rounds of its CPU time (user and system, /proc/PID/stat) as a ratio to redis-server's
of the same round.
"""

import argparse
import os
import socket
import statistics
import subprocess
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PROGRAM = TOP / "build/release/bench/bench_reactor"
KINDS = ["redis-server", "bare-uring", "stele-uring", "bare-epoll", "stele-epoll"]
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(kind, port):
    command = [str(PROGRAM), kind, str(port)]
    if kind == "redis-server":
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(["taskset", "-c", "0", *command], stdout=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{kind} does not listen")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def load(port, command, requests, pipeline):
    subprocess.run(
        ["taskset", "-c", "1", "redis-benchmark", "-p", str(port), "-c", "50", "-d", "64", "-r", "1000000",
         "-n", str(requests), "-P", str(pipeline), "-t", command, "--csv"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(process, port, command, requests, pipeline):
    """CPU seconds per million commands: (user, system)."""
    before = cpu_seconds(process.pid)
    load(port, command, requests, pipeline)
    after = cpu_seconds(process.pid)
    return tuple((a - b) / requests * 1e6 for a, b in zip(after, before))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300_000)
    parser.add_argument("--pipelined-requests", type=int, default=3_000_000)
    parser.add_argument("--preload", type=int, default=3_000_000, help="random SETs before the first round")
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--commands", default="get,set")
    options = parser.parse_args()
    kinds = [kind for kind in KINDS if kind in options.only.split(",") or kind == "redis-server"]
    servers = {}
    results = {}
    try:
        for kind in kinds:
            port = free_port()
            servers[kind] = (start(kind, port), port)
            load(port, "set", options.preload, 32)
        for round_number in range(options.rounds):
            for pipeline, requests in ((1, options.requests), (32, options.pipelined_requests)):
                for command in options.commands.split(","):
                    for kind in kinds:
                        cost = measure(*servers[kind], command, requests, pipeline)
                        results.setdefault((pipeline, command, kind), []).append(cost)
            print(f"round {round_number + 1} of {options.rounds}", flush=True)
    finally:
        for process, _ in servers.values():
            process.terminate()
            process.wait()
    report(kinds, results)


def report(kinds, results):
    print("\nCPU seconds per million commands (user + system), median; ratio to redis-server, median of the rounds")
    for pipeline, command in sorted({key[:2] for key in results}):
        print(f"\n| P={pipeline} {command.upper()} | CPU-s/M | user + system | / redis-server | / bare loop |")
        print("|---|---|---|---|---|")
        total = {kind: [sum(cost) for cost in results[pipeline, command, kind]] for kind in kinds}
        for kind in kinds:
            costs = results[pipeline, command, kind]
            user, system = (statistics.median(part) for part in zip(*costs))
            ratio = statistics.median(a / b for a, b in zip(total[kind], total["redis-server"]))
            bare = kind.replace("stele", "bare")
            over_bare = ""
            if bare != kind and bare in total:
                over_bare = f"{statistics.median(a / b for a, b in zip(total[kind], total[bare])):.2f}"
            print(f"| {kind} | {statistics.median(total[kind]):.2f} | {user:.2f} + {system:.2f} | {ratio:.2f} | {over_bare} |")


if __name__ == "__main__":
    main()
