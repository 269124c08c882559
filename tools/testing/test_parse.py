"""The runner's own readers of reports: what crashed, failed or was skipped is never counted as passed."""

from testing import googletest, node, python, replay
from testing.outcome import FAILED, PASSED, SKIPPED, Outcome, Report


def states(outcomes):
    return {outcome.name: outcome.state for outcome in outcomes}


def test_googletest_counts_each_test_once():
    output = """[ RUN      ] Lsn.parses
[       OK ] Lsn.parses (0 ms)
[ RUN      ] Texts/Refused.place/3
file.cc:1: Failure
[  FAILED  ] Texts/Refused.place/3, where GetParam() = x (0 ms)
[ RUN      ] Net.ipv6
[  SKIPPED ] Net.ipv6 (0 ms)
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Texts/Refused.place/3, where GetParam() = x
"""
    assert states(googletest.parse("unit/p", 1, output)) == {
        "unit/p/Lsn.parses": PASSED,
        "unit/p/Texts/Refused.place/3": FAILED,
        "unit/p/Net.ipv6": SKIPPED,
    }


def test_googletest_blames_the_test_that_took_the_program_with_it():
    output = "[ RUN      ] A.one\n[       OK ] A.one (0 ms)\n[ RUN      ] A.two\n==1==ERROR: AddressSanitizer\n"
    outcomes = googletest.parse("unit/p", -6, output)
    assert states(outcomes) == {"unit/p/A.one": PASSED, "unit/p/A.two": FAILED}
    assert "AddressSanitizer" in outcomes[1].detail


def test_googletest_sees_a_failure_outside_of_tests():
    output = "[ RUN      ] A.one\n[       OK ] A.one (0 ms)\n==1==ERROR: LeakSanitizer\n"
    assert states(googletest.parse("unit/p", 1, output))["unit/p/(exit)"] == FAILED


def test_a_program_that_is_not_built_is_a_failure(tmp_path):
    programs = tmp_path / "unit_tests.txt"
    programs.write_text(f"a_test {tmp_path}/a_test\n")
    for names in (None, ["a_test"], ["b_test"]):
        (job,) = googletest.jobs("unit", programs, "", names)
        assert list(states(job()).values()) == [FAILED]
    (job,) = replay.jobs(programs, "")
    assert list(states(job()).values()) == [FAILED]


TAP = """TAP version 13
# Subtest: pg
    # Subtest: selects
    ok 1 - selects
      ---
      duration_ms: 1
      ...
    # Subtest: fails
    not ok 2 - fails
    # Subtest: later
    ok 3 - later # SKIP no server
    1..3
not ok 1 - pg
# Subtest: alone
ok 2 - alone
1..2
"""


def test_node_counts_tests_and_not_suites():
    assert states(node.parse("node/pg", 1, TAP)) == {
        "node/pg/selects": PASSED,
        "node/pg/fails": FAILED,
        "node/pg/later": SKIPPED,
        "node/pg/alone": PASSED,
    }


def test_node_sees_a_failure_outside_of_tests():
    assert states(node.parse("node/pg", 1, "TAP version 13\n")) == {"node/pg/(exit)": FAILED}


def test_pytest_reports_failures_around_a_test(tmp_path):
    report = tmp_path / "report"
    line = '{"name": "t.py::%s", "when": "%s", "outcome": "%s", "detail": ""}\n'
    report.write_text(
        line % ("one", "call", "passed")
        + line % ("two", "call", "passed")
        + line % ("two", "teardown", "failed")
        + line % ("three", "setup", "skipped")
    )
    assert states(python.parse(1, report)) == {
        "pytest/t.py::one": PASSED,
        "pytest/t.py::two": FAILED,
        "pytest/t.py::three": SKIPPED,
    }
    assert states(python.parse(2, tmp_path / "none")) == {"pytest/(exit)": FAILED}


def closed(capsys, *outcomes):
    report = Report()
    for number, state in enumerate(outcomes):
        report.add_all([Outcome(f"t{number}", state)])
    status = report.close()
    return status, capsys.readouterr().out.rstrip().split("\n")[-1]


def test_the_report_ends_with_the_counts(capsys):
    assert closed(capsys, PASSED, PASSED) == (0, "2 passed, 0 failed")
    assert closed(capsys, PASSED, FAILED, SKIPPED) == (1, "1 passed, 1 failed, 1 skipped")
    assert closed(capsys) == (1, "0 passed, 0 failed")
    assert closed(capsys, SKIPPED) == (1, "0 passed, 0 failed, 1 skipped")
