"""Fuzz corpora: each fuzzer runs once over fuzz/corpus/NAME in the debug build. One fuzzer is one test."""

import os
import time

from testing.googletest import listed
from testing.outcome import FAILED, PASSED, Outcome, run, show

TIMEOUT_S = 600


def jobs(path, wanted):
    return [lambda n=name, p=program: replay(n, p) for name, program in listed(path).items() if wanted in f"fuzz/{name}"]


def replay(name, program):
    title = f"fuzz/{name}"
    folder = os.path.join("fuzz", "corpus", name.removesuffix("_fuzz"))
    seeds = sorted(e.path for e in os.scandir(folder)) if os.path.isdir(folder) else []
    lacking = f"{folder} has no seeds" if not seeds else f"{name} is not built" if not os.path.exists(program) else ""
    if lacking:
        outcomes, output, seconds = [Outcome(title, FAILED, lacking)], lacking, 0
    else:
        start = time.monotonic()
        status, output = run([program, *seeds], TIMEOUT_S)
        seconds = time.monotonic() - start
        good = status == 0 and f"replayed {len(seeds)} files" in output
        detail = "" if good else f"status {status} while replaying {folder}"
        outcomes = [Outcome(title, PASSED if good else FAILED, detail)]
    show(title, outcomes, seconds, output)
    return outcomes
