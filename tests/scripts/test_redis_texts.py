"""Runs tests/scripts/redis/*.txt against a node, one test a file, once in RESP2 and once in RESP3."""

import json
import pathlib
import shlex
import socket

import pytest
from exchange import difference

SCRIPTS = sorted((pathlib.Path(__file__).parent / "redis").glob("*.txt"))


class Connection:
    """RESP by hand: what comes is what the server sent."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.replies = self.socket.makefile("rb")

    def send(self, words):
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            data = word.encode("latin-1")
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        self.socket.sendall(b"".join(parts))

    def read(self):
        line = self.replies.readline()
        if not line:
            return "(closed)"
        kind, rest = line[:1], line[1:-2].decode("latin-1")
        if kind in b"+-:":
            return int(rest) if kind == b":" else kind.decode() + rest
        if kind == b",":
            return rest  # a double, as RESP2 writes it
        if kind == b"_" or rest == "-1":
            return None
        if kind in b"$=":
            data = self.replies.read(int(rest) + 2)[:-2].decode("latin-1")
            return data[4:] if kind == b"=" else data
        if kind == b"%":
            return [self.read() for _ in range(2 * int(rest))]
        if kind in b"*~>":
            return [self.read() for _ in range(int(rest))]
        raise AssertionError(f"what is {line!r}?")

    def close(self):
        self.socket.close()


def flat(value):
    """RESP3's pairs as RESP2 has them."""
    if isinstance(value, list) and value and all(isinstance(each, list) and len(each) == 2 for each in value):
        return [part for pair in value for part in pair]
    return value


def parse(text):
    """(line number, connection, words, expected) of each exchange."""
    exchanges = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, separator, rest = line.partition(">")
        if separator and (name == "" or name.isdigit()):
            words = [word.encode().decode("unicode_escape") for word in shlex.split(rest)]
            exchanges.append([number, name, words, None])
        else:
            exchanges[-1][3] = line
    return exchanges


def expected_of(line):
    if line[:1] in "+-" and not line[1:2].isdigit():
        return line
    return json.loads(line)


@pytest.mark.parametrize("protocol", ["2", "3"])
@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_script(redis_alone, script, protocol):
    connections = {}
    try:
        for number, name, words, line in parse(script.read_text()):
            if name not in connections:
                connections[name] = Connection(redis_alone.ports["redis"])
                connections[name].send(["HELLO", protocol])
                connections[name].read()
            connection = connections[name]
            if not words:
                got = connection.read()
            else:
                connection.send(words)
                if line == "(nothing)":
                    continue
                got = connection.read()
            where = f"{script.name}:{number}: {' '.join(words)}"
            assert line is not None, f"{where}: no reply is written down"
            if line.startswith("-") and line.endswith("…"):
                assert isinstance(got, str) and got.startswith(line[:-1]), f"{where}: {got!r}"
                continue
            wanted = expected_of(line)
            found = difference(wanted, got) and difference(wanted, flat(got))
            assert found is None, f"{where}: {found}"
    finally:
        for connection in connections.values():
            connection.send(["FLUSHALL"])
            connection.close()
