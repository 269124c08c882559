"""What became of each test, and the report of them all."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass
class Outcome:
    name: str
    state: str
    detail: str = ""  # why it failed or was skipped


class Report:
    def __init__(self):
        self.outcomes = []

    def add_all(self, outcomes):
        self.outcomes.extend(outcomes)

    def of(self, state):
        return [o for o in self.outcomes if o.state == state]

    def close(self):
        """Prints the summary and returns the exit status."""
        passed, failed, skipped = self.of(PASSED), self.of(FAILED), self.of(SKIPPED)
        for outcome in skipped:
            print(f"skipped {outcome.name}: {first_line(outcome.detail)}")
        for outcome in failed:
            print(f"FAILED  {outcome.name}: {first_line(outcome.detail)}")
        if not passed and not failed:
            print("nothing ran")
        sys.stdout.flush()
        tail = f", {len(skipped)} skipped" if skipped else ""
        print(f"{len(passed)} passed, {len(failed)} failed{tail}", flush=True)
        return 1 if failed or not passed else 0


def first_line(text):
    return text.strip().split("\n", 1)[0][:200]


def show(title, outcomes, seconds, output=""):
    """The line of one program: how many of its tests did what; its output where one failed."""
    count = {state: sum(o.state == state for o in outcomes) for state in (PASSED, FAILED, SKIPPED)}
    counts = ", ".join(f"{n} {state}" for state, n in count.items() if n)
    word = "FAILED " if count[FAILED] else "ok     "
    text = f"{word} {title}: {counts or 'no tests'} ({seconds:.1f} s)"
    if count[FAILED] and output:
        text += "\n" + indented(output)
    print(text, flush=True)


def indented(output, lines_max=300):
    lines = output.rstrip().split("\n")
    if len(lines) > lines_max:
        lines = lines[: lines_max // 3] + [f"... {len(lines) - lines_max} lines ..."] + lines[-2 * lines_max // 3 :]
    return "\n".join("    " + line for line in lines)


def run(command, timeout_s, env=None, on_line=None):
    """(exit status, output). The whole process group ends with the command or with its time. `on_line` sees each line
    as it comes."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **environment(), **(env or {})},
        start_new_session=True,
        text=True,
        errors="replace",
    )
    late = threading.Event()

    def end():
        late.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(timeout_s, end)
    timer.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if on_line:
            on_line(line.rstrip())
    status = process.wait()
    timer.cancel()
    if late.is_set():
        lines.append(f"\nended after {timeout_s} s, which is the limit\n")
    return status, "".join(lines)


def environment():
    """Sanitizers print named stacks and end the program at the first finding."""
    symbolizer = "/usr/bin/llvm-symbolizer-19"
    common = f"external_symbolizer_path={symbolizer}:" if os.path.exists(symbolizer) else ""
    return {
        "ASAN_OPTIONS": common + "detect_stack_use_after_return=1:strict_string_checks=1",
        "UBSAN_OPTIONS": common + "print_stacktrace=1",
        "TSAN_OPTIONS": common + "halt_on_error=1:second_deadlock_stack=1",
    }
