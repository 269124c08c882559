"""Writers that each send their next request when the last one is answered, all of them on one thread."""

import select
import time
from dataclasses import dataclass, field

from wires.connection import READ_BYTES


@dataclass
class Driven:
    requests: int = 0
    seconds: float = 0.0
    latencies: list = field(default_factory=list)


class Writer:
    def __init__(self, connection):
        self.connection = connection
        self.reply = b""
        self.sent = 0.0

    def send(self, request):
        self.reply = b""
        self.sent = time.perf_counter()
        self.connection.socket.sendall(request)

    def receive(self):
        """Whether the reply is whole."""
        more = self.connection.socket.recv(READ_BYTES)
        if not more:
            raise ConnectionError(f"the server ended the connection after {self.reply[-300:]!r}")
        self.reply = self.reply + more if self.reply else more
        if not self.connection.wire.length(self.reply):
            return False
        self.connection.wire.check(self.reply)
        return True


def drive(connections, next_request, seconds):
    """Requests for so long; those under way at the end are awaited and counted."""
    writers = {connection.socket.fileno(): Writer(connection) for connection in connections}
    driven, waiting = Driven(), len(writers)
    with select.epoll() as ready:
        began = time.perf_counter()
        for number, writer in writers.items():
            ready.register(number, select.EPOLLIN)
            writer.send(next_request())
        while waiting:
            for number, _ in ready.poll():
                writer = writers[number]
                if not writer.receive():
                    continue
                now = time.perf_counter()
                driven.requests += 1
                driven.latencies.append(now - writer.sent)
                if now - began < seconds:
                    writer.send(next_request())
                else:
                    waiting -= 1
    driven.seconds = time.perf_counter() - began
    return driven
