"""PostgreSQL's protocol 3.0 without passwords: prepared statements with text values, one at a time."""

import struct

SETTINGS = ("user", "postgres", "database", "postgres")


def greeting(options=""):
    words = [*SETTINGS, "options", options]
    body = struct.pack("!i", 196608) + b"".join(word.encode() + b"\0" for word in words) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def message(kind, body=b""):
    return kind + struct.pack("!i", len(body) + 4) + body


SYNC = message(b"S")


def prepare(name, sql):
    return message(b"P", name.encode() + b"\0" + sql.encode() + b"\0" + b"\0\0") + SYNC


def execute(name, *values):
    body = [b"\0" + name.encode() + b"\0" + b"\0\0" + struct.pack("!h", len(values))]
    for value in values:
        text = str(value).encode()
        body.append(struct.pack("!i", len(text)) + text)
    return message(b"B", b"".join(body) + b"\0\0") + message(b"E", b"\0" + b"\0\0\0\0") + SYNC


def messages(buffer):
    """Kind, and where it begins and ends, of each whole message."""
    at = 0
    while len(buffer) >= at + 5:
        end = at + 1 + struct.unpack_from("!i", buffer, at + 1)[0]
        if len(buffer) < end:
            return
        yield buffer[at:at + 1], at, end
        at = end


def length(buffer):
    # The last six bytes of a reply are a ReadyForQuery: seen without walking through it.
    if buffer[-6:-1] == b"Z\0\0\0\5":
        return len(buffer)
    for kind, _, end in messages(buffer):
        if kind == b"Z":
            return end
    return 0


def check(reply):
    if b"E\0" not in reply:
        return
    for kind, begin, end in messages(reply):
        if kind == b"E":
            raise RuntimeError(f"refused: {bytes(reply[begin:end])!r}")


def value(reply):
    """Of the first column of the first row; None without one."""
    for kind, begin, _ in messages(reply):
        if kind == b"D":
            size = struct.unpack_from("!i", reply, begin + 7)[0]
            return reply[begin + 11:begin + 11 + size] if size >= 0 else None
    return None
