"""How many filtered searches for vectors a second, at which recall, beside hnswlib and faiss?

./dev bench filters [--small] [--rounds 3] [--dimension 128] [--shares 0.5 0.1 0.01 0.001 0.0001]

The clusters of `./dev bench vectors`, and bit sets given to all: hnswlib walks with a functor over the bits, faiss walks
or scans with an IDSelectorBitmap, Stele chooses. Random sets of some shares, and sets of whole clusters: those of the
queries (with), and those that no query is of (against). The rate is that of the least effort with a recall of 0.95.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "vectors"))
import peers as bench  # noqa: E402
import run as vectors  # noqa: E402

EFFORTS = [10, 16, 32, 64, 128, 256, 512]
WANTED = 0.95


def filters(folder, count, queries, shares):
    """[(name, rows)]"""
    import numpy
    random = numpy.random.default_rng(9)
    made = [(f"random, {share:.4%}".rstrip("0%").rstrip(".") + "%", numpy.flatnonzero(random.random(count) < share))
            for share in shares]
    of = numpy.load(folder / "clusters.npy")
    asked = numpy.unique(of[count:])
    others = numpy.setdiff1d(numpy.unique(of[:count]), asked)
    if len(others) == 0:  # each cluster has a query: those with the fewest stand for them
        others = numpy.argsort(numpy.bincount(of[count:]))[:max(len(asked) // 20, 1)]
        asked = numpy.setdiff1d(asked, others)
    few = random.choice(asked, max(len(asked) // 20, 1), replace=False)
    made.append(("against: clusters that few ask for", numpy.flatnonzero(numpy.isin(of[:count], others))))
    made.append(("with: a twentieth of the clusters", numpy.flatnonzero(numpy.isin(of[:count], few))))
    return [(name, rows) for name, rows in made if len(rows) >= 10]


def write_bits(path, rows, count):
    import numpy
    bits = numpy.zeros((count + 63) // 64 * 64, dtype=bool)
    bits[rows] = True
    numpy.packbits(bits, bitorder="little").tofile(path)


def least_effort(peer, truth, bits):
    """The first of EFFORTS that is sure enough: a greater one is only slower."""
    for effort in EFFORTS:
        _, found = peer.search(effort, bits)
        if bench.recall(found, truth) >= WANTED:
            break
    return effort


def best(curve, name):
    """(queries/s, recall, how) of the fastest question that is sure enough, else of the surest."""
    rows = [(rate, found, f"{way if way != '-' else 'ef'} {effort}") for (peer, way, effort), (found, rate) in curve.items()
            if peer == name]
    sure = [row for row in rows if row[1] >= WANTED]
    return max(sure) if sure else max(rows, key=lambda row: row[1])


def measure(arguments):
    import sets
    folder, dimension = vectors.prepare(f"clusters{arguments.dimension}", arguments)
    base, queries, _ = sets.load(folder, dimension)
    running = bench.start(folder, dimension, arguments.peers)
    for peer in running:
        peer.build(vectors.LINKS, vectors.BUILD_EFFORT)
    names = [peer.name for peer in running]
    print(f"\n## {folder.name}\n\n| filter | rows | " + " | ".join(f"{name}: queries/s, recall, how" for name in names) +
          " | stele / the better |")
    print("|---" * (len(names) + 3) + "|")
    for name, rows in filters(folder, len(base), queries, arguments.shares):
        bits = folder / "filter.bits"
        write_bits(bits, rows, len(base))
        truth = sets.exact(base, queries, rows)
        asked = {peer.name: [("-", least_effort(peer, truth, str(bits)))] for peer in running}
        asked.setdefault("faiss", []).append(("scan", 0))
        if arguments.ways:
            asked["stele"] += [(way, effort) for way in ("walk", "walk-allowed") for effort in EFFORTS] + [("scan", 0)]
        curve = bench.curves(running, asked, truth, arguments.rounds, str(bits))
        chosen = {peer: best(curve, peer) for peer in names}
        others = [chosen[peer][0] for peer in names if peer != "stele" and chosen[peer][1] >= WANTED]
        ratio = f"{chosen['stele'][0] / max(others):.2f}" if others else ""
        print(f"| {name} | {len(rows):,} | " +
              " | ".join(f"{rate:,.0f}, {found:.4f}, {how}" for rate, found, how in chosen.values()) + f" | {ratio} |", flush=True)
        if arguments.ways:
            for (peer, way, effort), (found, rate) in curve.items():
                if peer == "stele":
                    print(f"    {way} {effort}: {found:.4f}, {rate:,.0f}")
    for peer in running:
        peer.close()


def main():
    python = bench.install()
    if Path(sys.prefix) != bench.BUILD / "venv":
        os.execv(python, [str(python), *sys.argv])
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--ways", action="store_true", help="each of Stele's ways by itself, too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.5, 0.1, 0.01, 0.001, 0.0001])
    parser.add_argument("--peers", nargs="+", default=["stele", "hnswlib", "faiss"])
    measure(parser.parse_args())


if __name__ == "__main__":
    main()
