"""The demo: this machine's package catalogue, through both scripts, and the lines that it offers to paste. Where
apt has no lists it must say how to get them, and the rest runs."""

import glob
import os
import subprocess
import time
import threading

import elasticsearch
import psycopg
import pytest
from stele_node import Stele, wait_until

HAS_LISTS = bool(glob.glob("/var/lib/apt/lists/*_Packages*"))


@pytest.fixture(scope="module")
def demo():
    node = Stele(["--demo"])
    try:
        yield node.start()
        assert node.stop() == 0
    finally:
        node.remove()


@pytest.fixture
def rows(demo):
    """Runs a query and gives its rows."""
    with psycopg.connect(demo.dsn(), autocommit=True) as connection:
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture
def search(demo):
    with elasticsearch.Elasticsearch(demo.elastic_url, request_timeout=60, max_retries=0) as client:
        yield lambda **request: client.search(index="package", **request)["hits"]


def pasteable(demo):
    """The command lines that the node printed."""
    lines = [line.strip() for line in demo.log(1 << 20).splitlines() if line.startswith("  ")]
    return [line for line in lines if line.startswith(("psql ", "curl ", "redis-cli "))]


def test_without_lists_it_says_how_to_get_them(demo):
    if HAS_LISTS:
        assert "apt-get update" not in demo.log(1 << 20)
    else:
        assert "apt-get update" in demo.log(1 << 20)
    with psycopg.connect(demo.dsn()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


lists = pytest.mark.skipif(not HAS_LISTS, reason="apt has no lists here")


@lists
def test_ctrl_c_ends_the_loading():
    node = Stele(["--demo"])
    try:
        begun = threading.Thread(target=lambda: pytest.raises(AssertionError, node.start))
        begun.start()
        wait_until(lambda: node.log_path.exists() and "loading the package catalogue" in node.log(), what="the load")
        assert node.stop() == 0
        begun.join()
        assert "Try it" not in node.log()
        node.flags = []
        node.start()
        with psycopg.connect(node.dsn()) as connection:
            assert connection.execute("SELECT to_regclass('package')").fetchone() == (None,)
        assert node.stop() == 0
    finally:
        node.remove()


@lists
def test_the_schema_is_normalised(rows):
    counts = dict(rows("SELECT relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', oid"
                       "::regclass), false, true, '')))[1]::text::int FROM pg_class WHERE relkind = 'r' AND"
                       " relnamespace = 'public'::regnamespace"))
    assert set(counts) == {"section", "maintainer", "package", "tag", "package_tag", "dependency", "translation"}
    assert min(counts[table] for table in ("section", "maintainer", "package", "dependency")) > 0
    assert rows("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
                ) == [(7,)]
    assert rows("SELECT count(*) FROM package p LEFT JOIN section s ON s.id = section_id WHERE p.section IS DISTINCT"
                " FROM s.name") == [(0,)]
    assert rows("SELECT count(*) FROM package p WHERE cardinality(tags) <> (SELECT count(*) FROM package_tag WHERE"
                " package_id = p.id)") == [(0,)]
    (description,) = rows("SELECT col_description('package'::regclass, attnum) FROM pg_attribute WHERE attrelid ="
                          " 'package'::regclass AND attname = 'words'")[0]
    assert "bag of words" in description.lower()


@lists
def test_every_package_is_found_by_both(rows, search):
    assert search(size=0, track_total_hits=True)["total"]["value"] == rows("SELECT count(*) FROM package")[0][0]
    by_section = rows("SELECT section, count(*) FROM package GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5")
    for section, count in by_section:
        found = search(size=0, track_total_hits=True, query={"term": {"section.keyword": section}})
        assert found["total"]["value"] == count


@lists
def test_the_small_vectors_are_searchable(rows, search):
    id, words = rows("SELECT id, words FROM package WHERE words IS NOT NULL ORDER BY id LIMIT 1")[0]
    hits = search(size=5, knn={"field": "words", "query_vector": words, "k": 5, "num_candidates": 50})["hits"]
    assert hits[0]["_score"] == pytest.approx(1.0, abs=1e-5)
    same = rows(f"SELECT count(*) FROM package WHERE words = (SELECT words FROM package WHERE id = {id})")[0][0]
    assert same > 5 or str(id) in {hit["_id"] for hit in hits[:same]}


def run_line(line):
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "PAGER": "cat"})


@lists
def test_the_offered_lines_answer(demo):
    lines = pasteable(demo)
    assert any(line.startswith("psql") for line in lines) and any("_search" in line for line in lines)
    assert any("package:postgresql" in line for line in lines)
    assert any("/points/query" in line for line in lines)
    for line in lines:
        done = run_line(line)
        limit = time.monotonic() + 60
        while "redis.string" in line and "(0 rows)" in done.stdout and time.monotonic() < limit:
            done = run_line(line)  # written behind, within a second
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout.strip(), line
        assert not line.startswith("redis-cli") or not done.stdout.startswith(("ERR", "(error)")), (line, done.stdout)
        assert '"error"' not in done.stdout and "(0 rows)" not in done.stdout, (line, done.stdout)
        assert '"hits" : [ ]' not in done.stdout and '"hits":[]' not in done.stdout, (line, done.stdout)
        assert '"points":[]' not in done.stdout, (line, done.stdout)
