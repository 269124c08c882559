"""Runs every test of the tree that ./dev has built, and closes with `N passed, N failed`.

    tools/run_tests.py [FILTER]

A test is one googletest case, one fuzzer's corpus, one rule of tools/tidy, one pytest item, one Node test. Names
look like `unit/io_test/SpillFile.is_bounded`; with FILTER only those that have it in their name run. What was
skipped is counted apart and never as passed. The exit status is 0 only if something ran and nothing failed.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__))))

from testing import googletest, node, python, replay, rules  # noqa: E402
from testing.outcome import FAILED, PASSED, SKIPPED, Report  # noqa: E402


# What ./dev builds with ThreadSanitizer: the libraries whose objects are used by several threads.
WITH_THREADS = ("engine_test", "keyspace_test", "net_test")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filter", nargs="?", default="")
    wanted = parser.parse_args().filter
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

    report = Report()
    # The rules run beside the tests, with the time that these leave: they wait much, and clang-tidy computes.
    with ThreadPoolExecutor(1) as beside:
        rules_run = [beside.submit(job) for job in rules.jobs(wanted)]
        for title, width, jobs in stages(wanted):
            if not jobs:
                continue
            start = time.monotonic()
            print(f"== {title}", flush=True)
            with ThreadPoolExecutor(width) as pool:
                for results in pool.map(lambda job: job(), jobs):
                    report.add_all(results)
            print(f"== {title}: {time.monotonic() - start:.1f} s", flush=True)
        if rules_run:
            print("== rules of the house: what is left of them", flush=True)
        for rule in rules_run:
            report.add_all(rule.result())
    return report.close()


def stages(wanted):
    """Title, how many jobs at once, jobs. Whole-system tests run alone, so that they own the machine."""
    workers = os.cpu_count() or 1
    yield "unit tests (ASan, UBSan)", workers, googletest.jobs("unit", "build/debug/unit_tests.txt", wanted)
    yield "fuzz corpora", workers, replay.jobs("build/debug/fuzzers.txt", wanted)
    yield "unit tests (TSan)", workers, googletest.jobs("tsan", "build/tsan/unit_tests.txt", wanted, WITH_THREADS)
    yield "system tests (Python)", 1, python.jobs(wanted)
    yield "system tests (Node)", 1, node.jobs(wanted)


if __name__ == "__main__":
    sys.exit(main())
