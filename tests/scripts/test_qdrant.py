"""Runs tests/scripts/qdrant/*.txt against a node, one test a file."""

import http.client
import json
import pathlib

import pytest
from exchange import difference_of_texts, parse

SCRIPTS = sorted((pathlib.Path(__file__).parent / "qdrant").glob("*.txt"))


def send(connection, method, target, body="", headers=None):
    headers = {"Content-Type": "application/json", **(headers or {})}
    connection.request(method, target, body=body.encode() or None, headers=headers)
    reply = connection.getresponse()
    return reply, reply.read().decode()


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_script(stele, script):
    connection = http.client.HTTPConnection("127.0.0.1", stele.ports["qdrant"], timeout=60)

    def clean():
        _, text = send(connection, "GET", "/collections")
        for collection in json.loads(text)["result"]["collections"]:
            if collection["name"].startswith(script.stem):
                send(connection, "DELETE", f"/collections/{collection['name']}")

    clean()
    try:
        for exchange in parse(script.read_text()):
            where = f"{script.name}:{exchange.line}: {exchange.method} {exchange.target}"
            reply, text = send(connection, exchange.method, exchange.target, exchange.body, exchange.headers)
            assert reply.status == exchange.status, f"{where}: {reply.status}\n{text}"
            for name, value in exchange.reply_headers.items():
                assert reply.headers[name] == value, f"{where}: {name}: {reply.headers[name]}"
            difference = difference_of_texts(exchange.reply, text)
            assert not difference, f"{where}: {difference}\n{text}"
    finally:
        clean()
        connection.close()
