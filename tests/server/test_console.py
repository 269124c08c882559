"""The console port: health, readiness, metrics, status."""

import json
import re
import socket
import urllib.error
import urllib.request

import psycopg
import pytest

from stele_node import wait_until


def test_health_and_readiness(stele):
    assert stele.get(f"{stele.console_url}/healthz") == "ok\n"
    assert stele.get(f"{stele.console_url}/readyz") == "ready\n"
    assert "/metrics" in stele.get(f"{stele.console_url}/")


def test_unknown_paths_and_methods_are_refused(stele):
    with pytest.raises(urllib.error.HTTPError) as missing:
        stele.get(f"{stele.console_url}/nothing")
    assert missing.value.code == 404
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{stele.console_url}/healthz", method="POST", data=b""))
    assert refused.value.code == 405
    assert refused.value.headers["Allow"] == "GET, HEAD"


def metric(text, name, labels=""):
    found = re.search(rf"^{re.escape(name + labels)} ([0-9.e+-]+)$", text, re.MULTILINE)
    assert found, f"{name}{labels} is not among the metrics"
    return float(found.group(1))


def test_metrics_count_what_happens(stele):
    before = metric(stele.get(f"{stele.console_url}/metrics"), "stele_requests_total", '{head="sql"}')
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        for _ in range(10):
            connection.execute("SELECT 1")
        text = stele.get(f"{stele.console_url}/metrics")
        assert metric(text, "stele_connections", '{head="sql"}') >= 1
    assert metric(text, "stele_requests_total", '{head="sql"}') >= before + 10
    assert metric(text, "stele_request_seconds_count", '{head="sql"}') >= 10
    stele.get(f"{stele.elastic_url}/")
    text = stele.get(f"{stele.console_url}/metrics")
    assert metric(text, "stele_requests_total", '{head="elastic"}') >= 1
    for name in ("stele_stream_connected", "stele_stream_lag_bytes", "stele_stream_lag_seconds",
                 "stele_stream_visible_lsn", "stele_documents", "stele_views_memory_bytes", "stele_keys_backlog_bytes",
                 "stele_keys_backlog_seconds", "stele_keys_refused"):
        metric(text, name)
    assert metric(text, "stele_stream_connected") == 1
    assert metric(text, "stele_keys_owner") == 1


def test_every_metric_family_has_one_help_and_type(stele):
    lines = stele.get(f"{stele.console_url}/metrics").splitlines()
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types))
    for line in lines:
        if not line.startswith("#"):
            assert re.match(r'^[a-z_]+(\{[^}]*\})? \S+$', line), line


def heads_of(text, name):
    return set(re.findall(rf'^{name}{{head="([a-z]+)"}} ', text, re.MULTILINE))


def test_every_head_has_its_rows(stele):
    text = stele.get(f"{stele.console_url}/metrics")
    for name in ("stele_connections", "stele_requests_total", "stele_request_errors_total",
                 "stele_request_seconds_count"):
        assert heads_of(text, name) == {"sql", "redis", "elastic", "qdrant"}, name
    status = json.loads(stele.get(f"{stele.console_url}/status"))
    assert {head["name"]: head["port"] for head in status["heads"]} == {
        name: stele.ports[name] for name in ("sql", "redis", "elastic", "qdrant")}


def test_errors_and_connections_are_counted_by_head(stele):
    def figures(head):
        text = stele.get(f"{stele.console_url}/metrics")
        return [metric(text, name, f'{{head="{head}"}}') for name in ("stele_connections", "stele_request_errors_total")]

    get = b"GET /_nothing/at/all/here HTTP/1.1\r\nHost: h\r\n\r\n"
    for head, wrong in (("redis", b"NOTHING\r\n"), ("elastic", get), ("qdrant", get)):
        errors = figures(head)[1]
        with socket.create_connection(("127.0.0.1", stele.ports[head]), 60) as connection:
            wait_until(lambda: figures(head)[0] >= 1, what=f"{head}: a connection")
            connection.sendall(wrong)
            wait_until(lambda: figures(head)[1] == errors + 1, what=f"{head}: an error")
        wait_until(lambda: figures(head)[0] == 0, what=f"{head}: nobody is connected")
    errors = figures("sql")[1]
    with psycopg.connect(stele.dsn(), autocommit=True) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM nothing_at_all")
    assert figures("sql")[1] == errors + 1


def test_status_is_json_with_the_stream(stele):
    status = json.loads(stele.get(f"{stele.console_url}/status"))
    assert status["ready"] is True
    assert status["stream"]["connected"] is True
    assert re.fullmatch(r"[0-9A-F]+/[0-9A-F]+", status["stream"]["visible_lsn"])
