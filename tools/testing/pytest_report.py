"""A pytest plugin: one JSON line for each test into $STELE_TEST_REPORT, with the name that selects it."""

import json
import os


def pytest_runtest_logreport(report):
    # A test is its call; what fails before or after it fails it too, and what is skipped never comes to the call.
    if report.when != "call" and report.outcome == "passed":
        return
    line = {"name": report.nodeid, "when": report.when, "outcome": report.outcome, "detail": detail(report)}
    write(line)


def pytest_collectreport(report):
    if report.failed:
        write({"name": report.nodeid, "when": "collect", "outcome": "failed", "detail": str(report.longrepr)})


def detail(report):
    if report.outcome == "passed":
        return ""
    if isinstance(report.longrepr, tuple):  # path, line, reason of a skip
        return report.longrepr[2]
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message if crash else str(report.longrepr)


def write(line):
    with open(os.environ["STELE_TEST_REPORT"], "a") as file:
        file.write(json.dumps(line) + "\n")
