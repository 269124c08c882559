"""A Redis that has one replica: as much of one as `stele import` talks to."""

import socket
import threading

MARK = b"m" * 40


def rdb_file(values, extra=b""):
    """An RDB file of what DUMP answers, by name; without a checksum, as Redis writes it when told so."""
    file = b"REDIS0010" + extra + b"\xfe\x00"
    for name, payload in values.items():
        file += payload[:1] + bytes([len(name)]) + name + payload[1:-10]
    return file + b"\xff" + bytes(8)


def request(*words):
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


class Master:
    """Takes one replica, gives it the file and the commands, and notes what it acknowledges."""

    OFFSET = 1000

    def __init__(self, file, commands):
        self.file = file
        self.commands = b"".join(commands)
        self.acknowledged = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        replica, _ = self.listener.accept()
        with replica, replica.makefile("rb") as lines:
            while b"PSYNC" not in (words := self.read_request(lines)):
                assert words[0] in (b"REPLCONF", b"AUTH"), words
                replica.sendall(b"+OK\r\n")
            replica.sendall(b"+FULLRESYNC %s %d\r\n" % (b"0" * 40, self.OFFSET))
            replica.sendall(b"\n$EOF:" + MARK + b"\r\n")
            # In two pieces, the second with the beginning of the commands.
            half = len(self.file) // 2
            replica.sendall(self.file[:half])
            replica.sendall(self.file[half:] + MARK + self.commands)
            while words := self.read_request(lines):
                if words[:2] == [b"REPLCONF", b"ACK"]:
                    self.acknowledged = int(words[2])

    @staticmethod
    def read_request(lines):
        """None at the end; empty lines are signs of life."""
        while (line := lines.readline()) == b"\n":
            pass
        if not line:
            return None
        words = []
        for _ in range(int(line[1:])):
            size = int(lines.readline()[1:])
            words.append(lines.read(size + 2)[:-2])
        return words

    def close(self):
        self.listener.close()
        self.thread.join(20)
        assert not self.thread.is_alive()
