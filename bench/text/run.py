"""Text search beside Lucene: the shapes of search-benchmark-game over a generated corpus, and indexing.

Both programs read the same documents and measure themselves in CPU time of the searching thread, each query's fewest
of some rounds, Stele and Lucene in turn, query by query. The number of hits must be the same. Prints, for each command
and class of queries, the median of the ratios Lucene's time / Stele's time (above 1: Stele is faster), and the quarter
points."""

import argparse
import glob
import itertools
import pathlib
import statistics
import subprocess
import sys

from queries import SIZES, make_queries

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ["TOP_10", "TOP_100_COUNT", "COUNT"]


class Peer:
    """One engine's program: what it said of indexing, and answers to queries."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.indexed = self.process.stdout.readline().split()

    def ask(self, command, query, rounds):
        """The number of hits and nanoseconds."""
        self.process.stdin.write(f"{command}\t{query}\t{rounds}\n")
        self.process.stdin.flush()
        count, nanoseconds = self.process.stdout.readline().split()
        return int(count), int(nanoseconds)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def class_path():
    """Of Debian's Lucene; ends the bench where it is not installed."""
    jars = [
        jar
        for name in ("core", "analyzers-common")
        for jar in sorted(glob.glob(f"/usr/share/java/lucene-{name}-8*.jar"))
    ]
    if len(jars) != 2:
        sys.exit("needs Debian's liblucene8-java and a JDK")
    return ":".join(jars)


def start_peers(folder, corpus):
    """Stele and Lucene, each with the corpus indexed."""
    jars = class_path()
    source = pathlib.Path(__file__).with_name("Lucene.java")
    subprocess.run(["javac", "-cp", jars, "-d", folder, source], check=True)
    stele = Peer([ROOT / "build/release/bench/bench_text", "serve", corpus])
    lucene = Peer(["java", "-Xmx2g", "-cp", f"{jars}:{folder}", "Lucene", corpus, folder / "lucene"])
    return stele, lucene


def measure(stele, lucene, queries, rounds):
    """Ratios by command and class, and the times of both in nanoseconds."""
    ratios, times = {}, {}
    for command in COMMANDS:
        # Once for the machine that compiles while it runs.
        for _, query in queries:
            lucene.ask(command, query, 30)
        for kind, query in queries:
            mine, theirs = [], []
            for _ in range(2):
                count, nanoseconds = stele.ask(command, query, rounds)
                mine.append(nanoseconds)
                other, nanoseconds = lucene.ask(command, query, rounds)
                theirs.append(nanoseconds)
                assert count == other, (command, query, count, other)
            ratios.setdefault((command, kind), []).append(min(theirs) / min(mine))
            times.setdefault((command, kind), []).append((min(mine), min(theirs)))
    return ratios, times


def print_table(ratios, times):
    """One line a command and class, and one over all classes of a command."""
    print("| | queries | Stele, us | Lucene, us | ratio, median | quarter points |\n|---|---|---|---|---|---|")
    for command, kind in itertools.product(COMMANDS, [*SIZES, "all"]):
        kinds = SIZES if kind == "all" else [kind]
        of_kind = [ratio for one in kinds for ratio in ratios[command, one]]
        pairs = [pair for one in kinds for pair in times[command, one]]
        low, middle, high = statistics.quantiles(of_kind, n=4)
        mine = statistics.median(pair[0] for pair in pairs) / 1000
        theirs = statistics.median(pair[1] for pair in pairs) / 1000
        print(
            f"| {command}, {kind} | {len(of_kind)} | {mine:.1f} | {theirs:.1f} | {middle:.2f} | {low:.2f} to {high:.2f} |"
        )


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, default=2_097_152)
    arguments.add_argument("--queries", type=int, default=100, help="a class")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    folder = ROOT / "build/bench/text"
    folder.mkdir(parents=True, exist_ok=True)
    corpus = folder / f"corpus-{options.documents}.txt"
    if not corpus.exists():
        subprocess.run(
            [ROOT / "build/release/bench/bench_text", "generate", corpus, str(options.documents)], check=True
        )
    with open(corpus, encoding="ascii") as file:
        queries = make_queries(list(itertools.islice(file, 20_000)), options.queries)
    stele, lucene = start_peers(folder, corpus)
    print(f"{options.documents} documents; Lucene {lucene.indexed[4]}")
    for name, peer in (("Stele", stele), ("Lucene", lucene)):
        documents, load, join, segments = (int(figure) for figure in peer.indexed[:4])
        print(
            f"{name}: {load / documents / 1000:.1f} us a document to searchable, {join / documents / 1000:.1f} us merging, "
            f"{segments} segments"
        )
    print_table(*measure(stele, lucene, queries, options.rounds))
    stele.end()
    lucene.end()


if __name__ == "__main__":
    main()
