"""What all HTTP requests under way may hold together: refused in each protocol's own words, given back in the end."""

import http.client
import json
import re

import pytest

from stele_node import Stele, wait_until

LIMIT_BYTES = 1 << 20


@pytest.fixture(scope="module")
def tight():
    node = Stele(["--request-memory", "1"])
    try:
        yield node.start()
    finally:
        node.stop()
        node.remove()


def held(node):
    text = node.get(f"{node.console_url}/metrics")
    return int(re.search(r"^stele_request_memory_bytes (\d+)$", text, re.MULTILINE).group(1))


def post(port, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, body=body, headers={"Content-Type": "application/json"})
    reply = connection.getresponse()
    return reply, json.loads(reply.read())


def bulk_of(bytes_min):
    line = '{"index":{}}\n{"text":"' + "x" * 1000 + '"}\n'
    return line * (bytes_min // len(line) + 1)


def test_both_heads_refuse_what_is_too_much(tight):
    reply, body = post(tight.ports["elastic"], "/films/_bulk", bulk_of(LIMIT_BYTES // 2 + 1))
    assert reply.status == 429 and body["status"] == 429
    assert reply.headers["X-elastic-product"] == "Elasticsearch"
    error = body["error"]
    assert list(error) == ["root_cause", "type", "reason", "bytes_wanted", "bytes_limit", "durability"]
    assert error["type"] == "circuit_breaking_exception" and error["bytes_limit"] == LIMIT_BYTES
    assert error["bytes_wanted"] > LIMIT_BYTES
    assert error["root_cause"] == [{key: value for key, value in error.items() if key != "root_cause"}]
    points = [{"id": n, "vector": [0.5] * 100} for n in range(LIMIT_BYTES // 1000)]
    reply, body = post(tight.ports["qdrant"], "/collections/films/points", json.dumps({"points": points}))
    assert reply.status == 429 and reply.headers["Retry-After"] == "1"
    assert body["status"]["error"].startswith("Rate limiting exceeded: ")
    assert held(tight) == 0


def test_what_one_head_holds_is_not_there_for_the_other(tight):
    half = LIMIT_BYTES // 4
    waiting = http.client.HTTPConnection("127.0.0.1", tight.ports["qdrant"], timeout=60)
    waiting.putrequest("POST", "/collections/films/points")
    waiting.putheader("Content-Length", str(half + 1))
    waiting.endheaders(b" " * half)
    wait_until(lambda: held(tight) == 2 * half, what="the half of the limit")
    reply, _ = post(tight.ports["elastic"], "/films/_bulk", bulk_of(half + 1))
    assert reply.status == 429
    waiting.close()
    wait_until(lambda: held(tight) == 0, what="the end of the request")
    reply, body = post(tight.ports["elastic"], "/films/_bulk", bulk_of(half + 1))
    assert reply.status == 200 and body["errors"] is False
    wait_until(lambda: held(tight) == 0, what="the end of the request")
