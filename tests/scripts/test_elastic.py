"""Runs tests/scripts/elastic/*.txt against a node, one test a file."""

import http.client
import pathlib

import pytest
from exchange import difference_of_texts, parse

SCRIPTS = sorted((pathlib.Path(__file__).parent / "elastic").glob("*.txt"))


def send(connection, method, target, body="", headers=None):
    headers = dict(headers or {})
    data = body.encode()
    path = target.split("?")[0]
    if body:
        lines = path.endswith(("_bulk", "_msearch"))
        if lines:
            data += b"\n"
        headers.setdefault("Content-Type", "application/x-ndjson" if lines else "application/json")
    connection.request(method, target, body=data or None, headers=headers)
    reply = connection.getresponse()
    return reply, reply.read().decode()


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_script(stele, script):
    connection = http.client.HTTPConnection("127.0.0.1", stele.ports["elastic"], timeout=60)

    def clean():
        send(connection, "DELETE", f"/{script.stem}*")

    clean()
    try:
        for exchange in parse(script.read_text()):
            where = f"{script.name}:{exchange.line}: {exchange.method} {exchange.target}"
            reply, text = send(connection, exchange.method, exchange.target, exchange.body, exchange.headers)
            assert reply.status == exchange.status, f"{where}: {reply.status}\n{text}"
            assert reply.headers["X-elastic-product"] == "Elasticsearch", where
            for name, value in exchange.reply_headers.items():
                assert reply.headers[name] == value, f"{where}: {name} is {reply.headers[name]!r}"
            found = difference_of_texts(exchange.reply, text)
            assert found is None, f"{where}: {found}"
    finally:
        clean()
        connection.close()
