"""googletest programs: CMake lists them in build/<preset>/unit_tests.txt, one `NAME PATH` a line."""

import os
import re
import time

from testing.outcome import FAILED, PASSED, SKIPPED, Outcome, run, show

TIMEOUT_S = 900
STATES = {"OK": PASSED, "FAILED": FAILED, "SKIPPED": SKIPPED}
MARK = re.compile(r"\[ +(RUN|OK|FAILED|SKIPPED) +\] ([\w/]+\.[\w/]+)")


def listed(path):
    with open(path) as lines:
        return dict(line.split() for line in lines if line.strip())


def jobs(group, path, wanted, names=None):
    """Of all programs that are listed, or of `names`; one that is not there is a failed test."""
    programs = listed(path)
    return [lambda n=n: run_program(f"{group}/{n}", programs.get(n, ""), wanted) for n in names or programs]


def run_program(title, program, wanted):
    if not os.path.exists(program):
        outcomes = [Outcome(f"{title}/(build)", FAILED, f"{title} is not built")]
        show(title, outcomes, 0, "")
        return outcomes
    command = [program, "--gtest_color=no"]
    if wanted and wanted not in title:
        names = [name for name in tests_of(program) if wanted in f"{title}/{name}"]
        if not names:
            return []
        command.append("--gtest_filter=" + ":".join(names))
    start = time.monotonic()
    status, output = run(command, TIMEOUT_S)
    outcomes = parse(title, status, output)
    show(title, outcomes, time.monotonic() - start, output)
    return outcomes


def tests_of(program):
    _, output = run([program, "--gtest_list_tests"], TIMEOUT_S)
    suite, names = "", []
    for line in output.split("\n"):
        text = line.split("#")[0].rstrip()
        if text.startswith("  "):
            names.append(suite + text.strip())
        elif text.endswith("."):
            suite = text
    return names


def parse(title, status, output):
    """A test that began and did not end took the program with it. A program that failed though no test did (a leak
    at its exit) is a failed test of its own."""
    states, details, running = {}, {}, None
    for line in output.split("\n"):
        mark = MARK.search(line)
        if not mark:
            if running:
                details.setdefault(running, []).append(line)
            continue
        word, name = mark.groups()
        running = name if word == "RUN" else None
        states[name] = None if word == "RUN" else STATES[word]
    outcomes = []
    for name, state in states.items():
        detail = "\n".join(details.get(name, []))
        if state is None:
            detail = f"the program ended here with status {status}\n" + detail
        outcomes.append(Outcome(f"{title}/{name}", state or FAILED, detail if state != PASSED else ""))
    if status != 0 and not any(o.state == FAILED for o in outcomes):
        outcomes.append(Outcome(f"{title}/(exit)", FAILED, f"the program ended with status {status}"))
    return outcomes
