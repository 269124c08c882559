"""pytest over tests/: system tests with the official clients, text scripts, crash tests."""

import glob
import os
import sys
import time
import xml.etree.ElementTree as xml

from testing.outcome import FAILED, PASSED, SKIPPED, Outcome, run, show

TIMEOUT_S = 1500
REPORT = "build/logs/pytest.xml"
NOTHING_COLLECTED = 5  # pytest's exit status


def jobs(wanted):
    files = glob.glob("tests/**/test_*.py", recursive=True) + glob.glob("tools/**/test_*.py", recursive=True)
    return [lambda: run_pytest(sorted(f for f in files if "node_modules" not in f), wanted)] if files else []


def run_pytest(files, wanted):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=" + REPORT]
    env = {"STELE_BINARY": os.path.abspath("build/release/stele")}
    selected = files
    if wanted:
        _, listing = run([sys.executable, "-m", "pytest", "-q", "--collect-only", *files], TIMEOUT_S, env)
        selected = [line for line in listing.split("\n") if "::" in line and wanted in "pytest/" + line]
        if not selected:
            return []
    if os.path.exists(REPORT):
        os.remove(REPORT)
    start = time.monotonic()
    status, output = run(command + selected, TIMEOUT_S, env)
    outcomes = parse(status)
    show("pytest", outcomes, time.monotonic() - start, output)
    return outcomes


def parse(status):
    outcomes = []
    if os.path.exists(REPORT):
        for case in xml.parse(REPORT).iter("testcase"):
            outcomes.append(outcome(case))
    if status not in (0, NOTHING_COLLECTED) and not any(o.state == FAILED for o in outcomes):
        outcomes.append(Outcome("pytest/(exit)", FAILED, f"pytest ended with status {status}"))
    return outcomes


def outcome(case):
    name = f"pytest/{case.get('classname', '').replace('.', '/')}::{case.get('name')}"
    for tag, state in (("failure", FAILED), ("error", FAILED), ("skipped", SKIPPED)):
        found = case.find(tag)
        if found is not None:
            return Outcome(name, state, found.get("message") or found.text or "")
    return Outcome(name, PASSED)
