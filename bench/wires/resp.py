"""RESP2, as far as replies that are one line or one bulk string."""


def request(*words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        text = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(text), text))
    return b"".join(parts)


def length(buffer):
    end = buffer.find(b"\r\n") + 2
    if end < 2:
        return 0
    if buffer[:1] != b"$" or buffer[:2] == b"$-":
        return end
    size = end + int(buffer[1:end - 2]) + 2
    return size if len(buffer) >= size else 0


def check(reply):
    if reply[:1] == b"-":
        raise RuntimeError(f"refused: {bytes(reply[:2000])!r}")


def value(reply):
    """Of a bulk string; None for none."""
    if reply[:2] == b"$-":
        return None
    return reply[reply.find(b"\r\n") + 2:-2]
