"""Kills Stele, its PostgreSQL or both with -9 while clients of all four heads write, and compares everything.

    python3 bench/crash/run.py [--kills 200 | --minutes 60] [--seed N] [--one-truth SECONDS]

The same as tests/crash/test_kill.py, for as long as it is told. A line a kill, then a report. At the first difference
it ends with status 1 and leaves the node's folder as it is. With --one-truth it does what
tests/crash/test_one_truth.py does instead, for that many seconds.
"""

import argparse
import collections
import pathlib
import random
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/crash")]

import stage  # noqa: E402
from one_truth import OneTruth  # noqa: E402
from stele_node import Stele  # noqa: E402
from trial import Round, Trial  # noqa: E402
from victim import WEIGHTS  # noqa: E402


class Report:
    """What the rounds came to, all together."""

    def __init__(self, seed):
        self.seed = seed
        self.began = time.monotonic()
        self.rounds: list[Round] = []

    def add(self, round: Round):
        self.rounds.append(round)
        print(f"{round.number:4} {round.kill.value:42} {sum(round.acknowledged.values()):6} acknowledged,"
              f" {round.writes.unanswered:3} unanswered of which {round.writes.unanswered_found:3} are there,"
              f" {sum(round.compared.values()):6} compared, lost behind {round.lost_answered:4} in"
              f" {round.lost_s:5.3f} s, served again after {round.away_s:6.2f} s, {len(round.differences)} differences",
              flush=True)

    def print(self):
        kills = collections.Counter(round.kill for round in self.rounds)
        print(f"\nseed {self.seed}, {len(self.rounds)} kills in {time.monotonic() - self.began:.0f} s")
        for kill, count in kills.most_common():
            away = [round.away_s for round in self.rounds if round.kill is kill]
            print(f"  {kill.value:42} {count:5} kills; served again after {statistics.median(away):.2f} s"
                  f" (median), {max(away):.2f} s (most)")
        self.print_sums("acknowledged", lambda round: round.acknowledged)
        self.print_sums("rows and keys compared", lambda round: round.compared)
        print(f"  sent and not answered: {sum(round.writes.unanswered for round in self.rounds)}, of which there:"
              f" {sum(round.writes.unanswered_found for round in self.rounds)}, none in part")
        lossy = [round for round in self.rounds if round.lost_answered]
        print(f"  durable, written behind: {sum(round.lost_answered for round in lossy)} answered commands lost in"
              f" {len(lossy)} kills, the oldest {max((round.lost_s for round in lossy), default=0):.3f} s before the kill")
        print(f"  differences: {sum(len(round.differences) for round in self.rounds)}")

    def print_sums(self, title, part):
        sums = collections.Counter()
        for round in self.rounds:
            sums.update(part(round))
        print(f"  {title}: {sum(sums.values())} ({', '.join(f'{name} {n}' for name, n in sums.items())})")


def run_kills(arguments):
    rng = random.Random(arguments.seed)
    end = time.monotonic() + arguments.minutes * 60 if arguments.minutes else float("inf")
    kills = arguments.kills or (10**9 if arguments.minutes else 20)
    report = Report(arguments.seed)
    node = Stele(stage.FLAGS)
    failed = True
    try:
        node.start()
        trial = Trial(node, arguments.seed)
        while len(report.rounds) < kills and time.monotonic() < end:
            report.add(trial.round(rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]))
            if report.rounds[-1].differences:
                print("\n".join(report.rounds[-1].differences))
                break
        else:
            failed = node.stop() != 0
    finally:
        report.print()
        if failed:
            print(f"the node's folder: {node.folder}")
            if node.process.poll() is None:
                node.kill()
        else:
            node.remove()
    return 1 if failed else 0


def run_one_truth(arguments):
    node = Stele()
    try:
        node.start()
        outcome = OneTruth(node, arguments.seed).run(arguments.one_truth)
        print("\n".join(outcome.lines()))
        return 1 if outcome.differences else 0
    finally:
        node.remove()


def main():
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--one-truth", type=float, metavar="SECONDS")
    arguments = parser.parse_args()
    sys.exit(run_one_truth(arguments) if arguments.one_truth else run_kills(arguments))


if __name__ == "__main__":
    main()
