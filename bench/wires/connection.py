"""One keep-alive connection on which requests and replies take turns, in as few steps as Python allows.

The official clients take up to a millisecond of CPU a request, much more than what is measured here.
"""

import socket

READ_BYTES = 1 << 18


def open_socket(address):
    """`address` is a port of this machine, or the path of a Unix socket."""
    if isinstance(address, str):
        opened = socket.socket(socket.AF_UNIX)
        opened.connect(address)
        return opened
    opened = socket.create_connection(("127.0.0.1", address))
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


class Connection:
    """`wire` is the module of the protocol: wire.length(buffer) is that of the first whole reply, or 0, and
    wire.check(reply) raises where it is an error. `greetings` are asked first."""

    def __init__(self, address, wire, *greetings):
        self.socket = open_socket(address)
        self.wire = wire
        for greeting in greetings:
            self.ask(greeting)

    def ask(self, request):
        self.socket.sendall(request)
        reply = self.socket.recv(READ_BYTES)
        while not self.wire.length(reply):
            more = self.socket.recv(READ_BYTES)
            if not more:
                raise ConnectionError(f"the server ended the connection after {reply[-300:]!r}")
            reply += more
        self.wire.check(reply)
        return reply

    def close(self):
        self.socket.close()
