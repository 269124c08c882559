"""Durable keys that come faster than PostgreSQL takes them: answers wait, so that a kill loses a second at most."""

import bisect
import socket
import threading
import time

import psycopg
from stele_node import wait_until

PIPELINE = 500
FLOOD_S = 3  # of answers: three times what may be lost
OK = b"+OK\r\n"


class Flood:
    """SETs of ever new keys, by number, and when how many were answered."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.answered = 0
        self.moments: list[float] = []  # of each full pipeline
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            for first in range(0, 10**9, PIPELINE):
                self.socket.sendall(b"".join(b"*3\r\n$3\r\nSET\r\n$14\r\nflood:%08d\r\n$8\r\n%08d\r\n" % (n, n)
                                             for n in range(first, first + PIPELINE)))
                left = len(OK) * PIPELINE
                while left > 0:
                    part = self.socket.recv(left)
                    if not part:
                        return
                    assert part.strip(b"+OK\r\n") == b"", part
                    left -= len(part)
                self.answered = first + PIPELINE
                self.moments.append(time.monotonic())
        except OSError:
            return  # the node is gone, which is the test
        finally:
            self.socket.close()

    def answered_before(self, moment):
        return bisect.bisect_left(self.moments, moment) * PIPELINE


def test_a_flood_of_durable_keys(new_stele):
    node = new_stele()
    flood = Flood(node.ports["redis"])
    wait_until(lambda: len(flood.moments) > 1 and flood.moments[-1] - flood.moments[0] > FLOOD_S, what="the flood")
    node.kill()
    flood.thread.join()
    node.start()
    with psycopg.connect(node.dsn(), autocommit=True) as sql:
        count, last = sql.execute("SELECT count(*), max(key) FROM redis.string").fetchone()
    needed = flood.answered_before(flood.moments[-1] - 1.0)
    print(f"{flood.answered} answered, {count} there, {needed} promised")
    assert count > 0 and last == f"flood:{count - 1:08d}", "no prefix"
    assert count >= needed, f"{flood.answered} answered, {count} there, of the last second {flood.answered - needed}"
    assert count <= flood.answered + PIPELINE
    assert node.stop() == 0
