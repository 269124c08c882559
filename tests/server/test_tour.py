"""`stele tour`: every step against a live node, and the evidence in the table stele.tour."""

import subprocess

import psycopg
import pytest
from stele_node import Stele, binary


@pytest.fixture(scope="module")
def node():
    node = Stele(["--redis-port", "0", "--qdrant-port", "0"])
    try:
        yield node.start()
        assert node.stop() == 0
    finally:
        node.remove()


def tour(node, level):
    heads = [part for name in ("sql", "redis", "elastic", "qdrant") for part in (f"--{name}-port", str(node.ports[name]))]
    return subprocess.run([binary(), "tour", level, *heads], capture_output=True, text=True, timeout=120)


def evidence(node):
    with psycopg.connect(node.dsn(), autocommit=True) as connection:
        return connection.execute("SELECT item, protocol, passed, problem, took_us > 0 FROM stele.tour WHERE run ="
                                  " (SELECT run FROM stele.tour ORDER BY id DESC LIMIT 1) ORDER BY step").fetchall()


def test_level_1_passes_and_leaves_its_evidence(node):
    for _ in range(2):  # a second run finds what the first left, which is nothing
        done = tour(node, "1")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "4 of 4 items passed" in done.stdout
        rows = evidence(node)
        assert len({item for item, *_ in rows}) == 4
        assert {protocol for _, protocol, *_ in rows} == {"sql", "redis", "elastic", "qdrant"}
        assert all(passed and problem is None and took for _, _, passed, problem, took in rows)


def test_a_level_that_fails_says_so(node, tmp_path):
    level = tmp_path / "level.yaml"
    level.write_text("""
level: 99
title: what is not so
items:
  - name: wrong
    teaches: nothing
    steps:
      - sql: SELECT 1
        expect: "2"
      - redis: ECHO "a b"
        expect: a b
  - name: right
    teaches: something
    steps:
      - elastic: GET /
        expect: {status: 200, version.number: {contains: "8."}}
""")
    done = tour(node, str(level))
    assert done.returncode == 1
    assert "1 of 2 items passed" in done.stderr
    assert "expected 2, found 1" in done.stdout
    assert [passed for _, _, passed, _, _ in evidence(node)] == [False, True, True]


def test_mistakes_are_named(node, tmp_path):
    (tmp_path / "broken.yaml").write_text("level: 1\nitems: [")
    for level, named in (("77", "no level 77"), ("/none.yaml", "/none.yaml"), (str(tmp_path / "broken.yaml"), "line ")):
        refused = tour(node, level)
        assert refused.returncode == 1
        assert named in refused.stderr
