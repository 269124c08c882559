"""CPU that the reactor costs per command, beside redis-server and beside bare loops.

./dev bench reactor [--rounds 5] [--requests 300000] [--pipelined-requests 3000000] [--preload 3000000]
                    [--keys 1000000] [--only KIND,...] [--commands get,set]

Each server has (at 3,000,000 random SETs) about 950,000 values of 64 bytes; bench/redis_load.py says how they run.
The figure is the median over the rounds of CPU time (user and system) as a ratio to redis-server's of the same round.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from node import ROOT  # noqa: E402
from redis_load import REFERENCE, Medians, measure, parser, reference_command  # noqa: E402

PROGRAM = ROOT / "build/release/bench/bench_reactor"
KINDS = [REFERENCE, "bare-uring", "stele-uring", "bare-epoll", "stele-epoll"]


def command_of(kind):
    if kind == REFERENCE:
        return lambda port, _: reference_command(port)
    return lambda port, _: [str(PROGRAM), kind, str(port)]


def main():
    arguments = parser(preload=3_000_000, pipelined_requests=3_000_000)
    arguments.add_argument("--only", default=",".join(KINDS))
    options = arguments.parse_args()
    wanted = {REFERENCE, *options.only.split(",")}
    report(measure({kind: command_of(kind) for kind in KINDS if kind in wanted}, options))


def report(results):
    print("\nCPU seconds per million commands (user + system), median; ratio to redis-server, median of the rounds")
    for pipeline, command in sorted({key[:2] for key in results}):
        medians = Medians(results, pipeline, command)
        print(f"\n| P={pipeline} {command.upper()} | CPU-s/M | user + system | / redis-server | / bare loop |")
        print("|---|---|---|---|---|")
        for kind in medians.costs:
            bare = kind.replace("stele", "bare")
            over_bare = f"{medians.ratio(kind, bare):.2f}" if bare != kind and bare in medians.costs else ""
            print(f"| {kind} | {medians.cells(kind)} | {over_bare} |")


if __name__ == "__main__":
    main()
