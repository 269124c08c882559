"""How many documents of 1 KB a second does _bulk take, until searches show them?

./dev bench elastic_bulk [--documents N] [--batch N] [--connections N] [--port PORT]
Starts a node of its own with a private PostgreSQL, unless --port names one that runs. Prints documents/s, the
latency of a batch, and the latency of single documents.
"""

import argparse
import http.client
import json
import pathlib
import random
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests"))
from stele_node import Stele  # noqa: E402

WORDS = ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon "
         "phi chi psi omega").split()


def document(rng, number):
    body = {"title": " ".join(rng.choices(WORDS, k=8)), "genre": rng.choice(WORDS), "year": 1900 + number % 120,
            "seen": f"2024-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00Z", "body": ""}
    body["body"] = " ".join(rng.choices(WORDS, k=(1000 - len(json.dumps(body))) // 6))
    return json.dumps(body)


def post(connection, method, path, body, kind="application/x-ndjson"):
    connection.request(method, path, body=body, headers={"Content-Type": kind})
    reply = connection.getresponse()
    text = reply.read()
    assert reply.status < 300, text[:500]
    return json.loads(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    node = None if options.port else Stele().start()
    port = options.port or node.ports["elastic"]
    try:
        run(options, port)
    finally:
        if node:
            node.stop()
            node.remove()


def run(options, port):
    rng = random.Random(1)
    bodies, size = [], 0
    for start in range(0, options.documents, options.batch):
        lines = []
        for number in range(start, min(start + options.batch, options.documents)):
            source = document(rng, number)
            size += len(source)
            lines.append(f'{{"index":{{"_id":"{number}"}}}}\n{source}\n')
        bodies.append("".join(lines).encode())
    admin = http.client.HTTPConnection("127.0.0.1", port)
    admin.request("DELETE", "/bench-bulk?ignore_unavailable=true")
    admin.getresponse().read()
    post(admin, "PUT", "/bench-bulk", json.dumps({"mappings": {"properties": {
        "title": {"type": "text"}, "genre": {"type": "keyword"}, "year": {"type": "integer"},
        "seen": {"type": "date"}, "body": {"type": "text"}}}}), "application/json")
    lock, latencies = threading.Lock(), []

    def load():
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while True:
            with lock:
                if not bodies:
                    return
                body = bodies.pop()
            begin = time.perf_counter()
            answer = post(connection, "POST", "/bench-bulk/_bulk", body)
            assert not answer["errors"], answer
            with lock:
                latencies.append(time.perf_counter() - begin)

    begin = time.perf_counter()
    threads = [threading.Thread(target=load) for _ in range(options.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - begin
    count = post(admin, "POST", "/bench-bulk/_count", "{}", "application/json")["count"]
    assert count == options.documents, f"{count} of {options.documents} are searched"
    latencies.sort()
    print(f"_bulk: {options.documents} documents of {size / options.documents:.0f} bytes in {spent:.2f} s = "
          f"{options.documents / spent:.0f}/s, {options.connections} connections, batches of {options.batch}: "
          f"p50 {latencies[len(latencies) // 2] * 1e3:.0f} ms, max {latencies[-1] * 1e3:.0f} ms")
    singles = []
    for number in range(500):
        source = document(rng, number)
        begin = time.perf_counter()
        post(admin, "PUT", f"/bench-bulk/_doc/{number}", source, "application/json")
        singles.append(time.perf_counter() - begin)
    singles.sort()
    print(f"single documents, one connection: p50 {statistics.median(singles) * 1e3:.2f} ms, "
          f"p99 {singles[int(len(singles) * 0.99)] * 1e3:.2f} ms")
    admin.request("DELETE", "/bench-bulk")
    admin.getresponse().read()


main()
