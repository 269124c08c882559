"""Memory that a key takes in the Redis head, for keys in memory, beside redis-server.

./dev bench keyspace_memory [--keys 1000000]

Resident memory of a fresh server after so many different keys of 16 bytes, less that before, by size of the value,
with and without a time to live. Then the same for an element of a hash, set, sorted set and list: of many small ones
with ten elements each, and of one that has them all.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from node import STELE, free_port  # noqa: E402

PLAIN = b"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$%d\r\n%s\r\n"
WITH_TTL = b"*5\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$%d\r\n%s\r\n$2\r\nEX\r\n$5\r\n86400\r\n"


def start(kind, port, folder):
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    if kind == "stele":
        command = [str(STELE), "serve", "--postgres", "off", "--data-dir", f"{folder}/data", "--redis-port", str(port),
                   "--console-port", "off", "--threads", "1", "--log-level", "warn"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{kind} does not listen")


def resident(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def load(port, keys, value_bytes, ttl):
    value = b"x" * value_bytes
    form = WITH_TTL if ttl else PLAIN
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for begin in range(0, keys, 1000):
            connection.sendall(b"".join(form % (i, value_bytes, value) for i in range(begin, begin + 1000)))
            awaited = 1000 * len(b"+OK\r\n")
            while awaited > 0:
                awaited -= len(connection.recv(65536))


def request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


# A command that adds elements of about 20 bytes, and the words of the i-th.
ELEMENTS = {
    "hash": (b"HSET", lambda i: [b"field:%08d" % i, b"v%07d" % i]),
    "set": (b"SADD", lambda i: [b"member:%012d" % i]),
    "sorted set": (b"ZADD", lambda i: [b"%d" % (i * 7919 % 1000003), b"member:%012d" % i]),
    "list": (b"RPUSH", lambda i: [b"element:%012d" % i]),
}


def load_elements(port, form, count, each):
    command, words_of = ELEMENTS[form]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        replies = connection.makefile("rb")
        for begin in range(0, count, 1000):
            requests = [request(command, b"key:%012d" % (i // each),
                                *(word for j in range(i, i + 10) for word in words_of(j)))
                        for i in range(begin, begin + 1000, 10)]
            connection.sendall(b"".join(requests))
            for _ in requests:
                if replies.readline()[:1] == b"-":
                    raise SystemExit(f"{form} was refused")


def measure(kind, fill, count):
    """Resident bytes for each of the `count` things that fill(port) brings."""
    with tempfile.TemporaryDirectory(prefix="stele-bench-") as folder:
        port = free_port()
        process = start(kind, port, folder)
        try:
            before = resident(process.pid)
            fill(port)
            return (resident(process.pid) - before) / count
        finally:
            process.terminate()
            process.wait()


def print_row(name, fill, count):
    redis, stele = (measure(kind, fill, count) for kind in ("redis-server", "stele"))
    print(f"| {name} | {redis:.1f} | {stele:.1f} | {stele / redis:.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=1_000_000)
    options = parser.parse_args()
    print(f"resident bytes a key, {options.keys} keys of 16 bytes\n")
    print("| value | redis-server | stele | / redis-server |")
    print("|---|---|---|---|")
    for value_bytes in (8, 64, 256):
        for ttl in (False, True):
            name = f"{value_bytes} bytes{', with TTL' if ttl else ''}"
            print_row(name, partial(load, keys=options.keys, value_bytes=value_bytes, ttl=ttl), options.keys)
    print(f"\nresident bytes an element of about 20 bytes, {options.keys} elements\n")
    print("| element of a | redis-server | stele | / redis-server |")
    print("|---|---|---|---|")
    for form in ELEMENTS:
        for each in (10, options.keys):
            print_row(f"{form} with {each}", partial(load_elements, form=form, count=options.keys, each=each), options.keys)


if __name__ == "__main__":
    main()
