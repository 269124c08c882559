"""Node's own test runner over tests/clients/node/*.test.js: the official JavaScript clients."""

import glob
import os
import re
import time

from testing.outcome import FAILED, PASSED, SKIPPED, Outcome, run, show

TIMEOUT_S = 600
LINE = re.compile(r"^( *)(not ok|ok) \d+ - (.*?)( # (SKIP|T[O]DO)\b.*)?$")


def jobs(wanted):
    files = sorted(glob.glob("tests/clients/node/*.test.js"))
    return [lambda f=file: run_file(f, wanted) for file in files]


def run_file(file, wanted):
    title = "node/" + os.path.basename(file).removesuffix(".test.js")
    command = ["node", "--test-reporter=tap"]
    if wanted and wanted not in title:
        command.append("--test-name-pattern=" + re.escape(wanted))
    env = {"STELE_BINARY": os.path.abspath("build/debug/stele")}
    start = time.monotonic()
    status, output = run([*command, file], TIMEOUT_S, env)
    outcomes = [o for o in parse(title, status, output) if wanted in o.name]
    if outcomes or not wanted:
        show(title, outcomes, time.monotonic() - start, output)
    return outcomes


def parse(title, status, output):
    """The innermost tests of the TAP report. A suite's line comes after those of its tests, less indented."""
    outcomes, deepest = [], []
    for line in output.split("\n"):
        found = LINE.match(line)
        if not found:
            continue
        indent, word, name, _, skip = found.groups()
        if deepest and len(indent) < deepest[-1]:
            deepest = [d for d in deepest if d <= len(indent)]
            continue  # the suite of what came before
        if not deepest or deepest[-1] != len(indent):
            deepest.append(len(indent))
        state = SKIPPED if skip else PASSED if word == "ok" else FAILED
        outcomes.append(Outcome(f"{title}/{name}", state, "" if state == PASSED else skip or "see the output above"))
    if status != 0 and not any(o.state == FAILED for o in outcomes):
        outcomes.append(Outcome(f"{title}/(exit)", FAILED, f"node ended with status {status}"))
    return outcomes
