"""HTTP/1.1 with JSON, as Elasticsearch's and Qdrant's heads speak it; replies with Content-Length alone."""

import json

JSON = "application/json"
NDJSON = "application/x-ndjson"
END_OF_HEAD = b"\r\n\r\n"


def request(method, path, body="", kind=JSON):
    text = body.encode() if isinstance(body, str) else json.dumps(body, separators=(",", ":")).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


def length(buffer):
    end = buffer.find(END_OF_HEAD)
    if end < 0:
        return 0
    head = bytes(buffer[:end]).lower()
    at = head.find(b"content-length:")
    if at < 0:
        raise ValueError(f"a reply without Content-Length: {head!r}")
    size = end + len(END_OF_HEAD) + int(head[at + 15:].split(b"\r\n", 1)[0])
    return size if len(buffer) >= size else 0


def check(reply):
    if reply[9:10] != b"2":
        raise RuntimeError(f"refused: {bytes(reply[:2000])!r}")
    # A _bulk whose items fail is a success.
    if b'"errors":true' in reply:
        raise RuntimeError(f"items are refused: {bytes(reply[:2000])!r}")


def body(reply):
    return json.loads(reply[reply.find(END_OF_HEAD) + len(END_OF_HEAD):])
