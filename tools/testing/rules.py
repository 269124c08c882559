"""The rules of tools/tidy, each a test. They run beside the others, which have the right of way."""

import time

from testing.outcome import FAILED, PASSED, Outcome, run, show

TIMEOUT_S = 1800
# The rules that compile every file look at what so many commits touched; `./dev tidy` looks at all.
COMMITS = 20


def jobs(wanted):
    status, output = run(["python3", "tools/tidy", "--list"], TIMEOUT_S)
    names = output.split() if status == 0 else ["(start)"]
    return [lambda n=name: run_rule(n) for name in names if wanted in f"tidy/{name}"]


def run_rule(name):
    title = f"tidy/{name}"
    start = time.monotonic()
    status, output = run(["nice", "-n", "19", "env", f"STELE_TIDY_COMMITS={COMMITS}", "python3", "tools/tidy", name], TIMEOUT_S)
    good = status == 0
    outcome = Outcome(title, PASSED if good else FAILED, "" if good else output)
    show(title, [outcome], time.monotonic() - start, output)
    return [outcome]
