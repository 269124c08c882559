"""pytest over tests/: system tests with the official clients, text scripts, crash tests."""

import glob
import json
import os
import re
import sys
import time

from testing.outcome import FAILED, Outcome, run, show

TIMEOUT_S = 1500
REPORT = "build/logs/pytest.jsonl"
NOTHING_COLLECTED = 5  # pytest's exit status
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "testing.pytest_report"]
FILE_LINE = re.compile(r"^\S+\.py [.FEsxX]+")


def jobs(wanted):
    files = glob.glob("tests/**/test_*.py", recursive=True) + glob.glob("tools/**/test_*.py", recursive=True)
    return [lambda: run_pytest(sorted(f for f in files if "node_modules" not in f), wanted)] if files else []


def environment():
    return {
        "STELE_BINARY": os.path.abspath("build/debug/stele"),
        "STELE_TEST_REPORT": os.path.abspath(REPORT),
        "PYTHONPATH": os.path.abspath("tools"),
        "COLUMNS": "120",
    }


def run_pytest(files, wanted):
    selected = files
    if wanted:
        _, listing = run([*PYTEST, "-q", "--collect-only", *files], TIMEOUT_S, environment())
        selected = [line for line in listing.split("\n") if "::" in line and wanted in "pytest/" + line]
        if not selected:
            return []
    if os.path.exists(REPORT):
        os.remove(REPORT)
    start = time.monotonic()
    status, output = run([*PYTEST, "--tb=short", *selected], TIMEOUT_S, environment(), progress)
    outcomes = parse(status, REPORT)
    show("pytest", outcomes, time.monotonic() - start, output)
    return outcomes


def progress(line):
    if FILE_LINE.match(line):
        print("   " + line, flush=True)


def parse(status, report):
    """What failed in its set-up or clean-up has failed, whatever else was said of it."""
    outcomes = {}
    if os.path.exists(report):
        with open(report) as lines:
            for line in map(json.loads, lines):
                name = "pytest/" + line["name"]
                if name not in outcomes or line["outcome"] == FAILED:
                    outcomes[name] = Outcome(name, line["outcome"], line["detail"])
    outcomes = list(outcomes.values())
    if status not in (0, NOTHING_COLLECTED) and not any(o.state == FAILED for o in outcomes):
        outcomes.append(Outcome("pytest/(exit)", FAILED, f"pytest ended with status {status}"))
    return outcomes
