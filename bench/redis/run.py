"""CPU that a command of the Redis head costs, for keys in memory, beside redis-server.

./dev bench redis [--rounds 5] [--requests 300000] [--pipelined-requests 2000000] [--preload 2000000]
                  [--keys 1000000] [--commands get,set,incr,hset,lpush,rpop,sadd,zadd,mset,lrange_100,xadd,evalsha]
                  [--threads 1]

Both servers are loaded with the same keys of 64 bytes (bench/redis_load.py says how they run). The figure is the
median over the rounds of CPU time (user and system), and of its ratio to redis-server's of the same round.
How well keys are evicted: `python bench/redis/hit_rate.py`. What keys take: `./dev bench keyspace_memory`.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from node import STELE  # noqa: E402
from redis_load import REFERENCE, Medians, measure, parser, reference_command  # noqa: E402


def print_memory(kind, pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    print(f"{kind}: {pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB resident", flush=True)


def main():
    arguments = parser(preload=2_000_000, pipelined_requests=2_000_000)
    arguments.add_argument("--threads", type=int, default=1, help="reactors of stele")
    options = arguments.parse_args()

    def stele_command(port, folder):
        return [str(STELE), "serve", "--postgres", "off", "--data-dir", f"{folder}/data", "--redis-port", str(port),
                "--console-port", "off", "--threads", str(options.threads), "--log-level", "warn"]

    commands = {REFERENCE: lambda port, _: reference_command(port), "stele": stele_command}
    report(measure(commands, options, print_memory))


def report(results):
    print("\nCPU seconds per million commands (user + system), median; ratio to redis-server, median of the rounds")
    print("\n| command | server | CPU-s/M | user + system | / redis-server |")
    print("|---|---|---|---|---|")
    for pipeline, command in sorted({key[:2] for key in results}):
        medians = Medians(results, pipeline, command)
        for kind in medians.costs:
            print(f"| {command.upper()} P={pipeline} | {kind} | {medians.cells(kind)} |")


if __name__ == "__main__":
    main()
