"""CPU that a command of the Redis head costs, for keys in memory, beside redis-server.

./dev bench redis [--rounds 5] [--requests 300000] [--pipelined-requests 2000000] [--preload 2000000]
                  [--keys 1000000] [--commands get,set] [--threads 1]

Both servers run at once, pinned to processor 0 and loaded with the same keys of 64 bytes; redis-benchmark runs on
processor 1. In each round each server is measured once, one after the other (so that what else the machine does
falls on both), and the figure is the median over the rounds of its CPU time (user and system, /proc/PID/stat), and
of its ratio to redis-server's of the same round.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PROGRAM = TOP / "build/release/stele"
KINDS = ["redis-server", "stele"]
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(kind, port, folder, threads):
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    if kind == "stele":
        command = [str(PROGRAM), "serve", "--postgres", "off", "--data-dir", f"{folder}/data", "--redis-port",
                   str(port), "--console-port", "off", "--threads", str(threads), "--log-level", "warn"]
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


def resident_mb(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def load(port, command, requests, pipeline, keys):
    subprocess.run(
        ["taskset", "-c", "1", "redis-benchmark", "-p", str(port), "-c", "50", "-d", "64", "-r", str(keys),
         "-n", str(requests), "-P", str(pipeline), "-t", command, "--csv"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(process, port, command, requests, pipeline, keys):
    """CPU seconds per million commands: (user, system)."""
    before = cpu_seconds(process.pid)
    load(port, command, requests, pipeline, keys)
    after = cpu_seconds(process.pid)
    return tuple((a - b) / requests * 1e6 for a, b in zip(after, before))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300_000)
    parser.add_argument("--pipelined-requests", type=int, default=2_000_000)
    parser.add_argument("--preload", type=int, default=2_000_000, help="random SETs before the first round")
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--commands", default="get,set")
    parser.add_argument("--threads", type=int, default=1, help="reactors of stele")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="stele-bench-")
    servers = {}
    results = {}
    try:
        for kind in KINDS:
            port = free_port()
            servers[kind] = (start(kind, port, folder, options.threads), port)
            load(port, "set", options.preload, 32, options.keys)
            print(f"{kind}: {resident_mb(servers[kind][0].pid):.0f} MB resident", flush=True)
        for round_number in range(options.rounds):
            for pipeline, requests in ((1, options.requests), (32, options.pipelined_requests)):
                for command in options.commands.split(","):
                    for kind in KINDS:
                        cost = measure(*servers[kind], command, requests, pipeline, options.keys)
                        results.setdefault((pipeline, command, kind), []).append(cost)
            print(f"round {round_number + 1} of {options.rounds}", flush=True)
    finally:
        for process, _ in servers.values():
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    report(results)


def report(results):
    print("\nCPU seconds per million commands (user + system), median; ratio to redis-server, median of the rounds")
    print("\n| command | server | CPU-s/M | user + system | / redis-server |")
    print("|---|---|---|---|---|")
    for pipeline, command in sorted({key[:2] for key in results}):
        total = {kind: [sum(cost) for cost in results[pipeline, command, kind]] for kind in KINDS}
        for kind in KINDS:
            user, system = (statistics.median(part) for part in zip(*results[pipeline, command, kind]))
            ratio = statistics.median(a / b for a, b in zip(total[kind], total["redis-server"]))
            print(f"| {command.upper()} P={pipeline} | {kind} | {statistics.median(total[kind]):.2f} | "
                  f"{user:.2f} + {system:.2f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
