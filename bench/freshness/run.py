"""How long until a head shows what another one has acknowledged, for all pairs of heads.

    ./dev bench freshness [--probes 1000] [--rate 1000] [--rows 50000]

Beside single-row updates of a published table at `--rate` a second (pgbench through the SQL head), a probe writes a
number into row 1 through one head and, from the moment that this is acknowledged, asks another head on another
connection, again and again, until it shows the number. SQL also writes with `stele.freshness = off`, which does not
wait for the views. The pairs take turns, probe by probe. Beside them stands the round trip of the same question when
nothing was written: what the reader's own answer takes. The client is one Python thread on raw keep-alive sockets,
which costs 0.03 to 0.1 ms a round trip, on the processors that the servers use.
"""

import argparse
import gc
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from freshness.heads import HEADS, SqlHead  # noqa: E402
from freshness.table import load, make_table  # noqa: E402
from node import fresh_node  # noqa: E402

# Between a probe and the next: what the one caused is over.
PAUSE_SECONDS = 0.002


class Series:
    """Seconds that something took, and how often the reader had to be asked."""

    def __init__(self, name):
        self.name = name
        self.seconds = []
        self.asked_again = 0

    def row(self):
        values = sorted(self.seconds)
        marks = [values[min(len(values) - 1, int(len(values) * share))] for share in (.5, .9, .99)] + [values[-1]]
        first = 1 - self.asked_again / len(values)
        return f"| {self.name} | " + " | ".join(f"{mark * 1e3:.2f}" for mark in marks) + f" | {first:.0%} |"


class Pair(Series):
    def __init__(self, name, writer, reader):
        super().__init__(name)
        self.writer, self.reader = writer, reader

    def probe(self, mark):
        write, read = self.writer.write_request(mark), self.reader.read_request(mark)
        self.writer.connection.ask(write)
        acknowledged = time.perf_counter()
        asked = 1
        while not self.reader.shows(self.reader.connection.ask(read), mark):
            asked += 1
        self.seconds.append(time.perf_counter() - acknowledged)
        self.asked_again += asked > 1


class RoundTrip(Series):
    """The reader's question about what was shown before."""

    def __init__(self, name, reader):
        super().__init__(name)
        self.reader = reader

    def probe(self, mark):
        read = self.reader.read_request(mark)
        began = time.perf_counter()
        shown = self.reader.shows(self.reader.connection.ask(read), mark)
        self.seconds.append(time.perf_counter() - began)
        assert shown, f"{self.name}: what was shown is gone"


def make_series(node):
    series = []
    for reader in HEADS:
        series += [Pair(f"{writer} → {reader}", HEADS[writer](node), HEADS[reader](node))
                   for writer in HEADS if writer != reader]
        if reader != "SQL":
            series.append(Pair(f"SQL, freshness off → {reader}", SqlHead(node, "off"), HEADS[reader](node)))
        series.append(RoundTrip(f"{reader}, a round trip alone", HEADS[reader](node)))
    return series


def measure(series, probes):
    mark = 1_000_000_000
    for _ in range(probes):
        for each in series:
            mark += isinstance(each, Pair)
            each.probe(mark)
            time.sleep(PAUSE_SECONDS)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--probes", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=50_000)
    options = parser.parse_args()
    with fresh_node("--redis-port", "0", "--qdrant-port", "0") as node:
        make_table(node, options.rows)
        series = make_series(node)
        with load(node, options.rate, options.rows):
            time.sleep(3)
            gc.disable()
            measure(series, options.probes)
    print(f"milliseconds, {options.probes} probes each, beside {options.rate} single-row updates/s\n")
    print("| acknowledged by → shown by | p50 | p90 | p99 | most | by the first answer |\n|---|---|---|---|---|---|")
    for each in series:
        print(each.row())


if __name__ == "__main__":
    main()
