"""How many vectors a second are searched at which recall, beside hnswlib and faiss?

./dev bench vectors [--mnist FOLDER] [--small] [--rounds 5] [--sets mnist clusters128 clusters768]

Recall of the ten nearest against an exact scan, Euclidean distance, one thread, all indexes with 16 links and an effort
of building of 200. A round asks every peer at every effort; seconds are medians over the rounds. Sets: MNIST (FOLDER as
published: gzip of the four files), clusters of 1,000,000 × 128 and 200,000 × 768 (--small: a tenth). Indexes are kept in
build/bench/vectors.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import peers as bench  # noqa: E402

EFFORTS = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
LINKS, BUILD_EFFORT = 16, 200


def prepare(name, arguments):
    """The set's folder and dimension."""
    import sets
    tenth = 10 if arguments.small else 1
    folder = bench.BUILD / (name + ("-small" if arguments.small and name != "mnist" else ""))
    dimension = {"mnist": 784, "clusters128": 128, "clusters768": 768}[name]
    if not (folder / "truth.i32").exists():
        print(f"making {folder.name} ...", flush=True)
        if name == "mnist":
            sets.mnist(folder, arguments.mnist, 2000)
        else:
            sets.clusters(folder, (1_000_000 if dimension == 128 else 200_000) // tenth, dimension, 1000)
    return folder, dimension


def measure(name, arguments):
    import sets
    folder, dimension = prepare(name, arguments)
    truth = sets.load(folder, dimension)[2]
    running = bench.start(folder, dimension, arguments.peers)
    print(f"\n## {folder.name}\n\n| index | build, CPU s | bytes a vector |\n|---|---|---|")
    for peer in running:
        seconds, size = peer.build(LINKS, BUILD_EFFORT)
        print(f"| {peer.name} | {seconds:.1f} | {size:.0f} |", flush=True)
    asked = {peer.name: [("-", effort) for effort in EFFORTS] for peer in running}
    curve = bench.curves(running, asked, truth, arguments.rounds)
    print("\n| effort | " + " | ".join(f"{peer.name}: recall, queries/s" for peer in running) + " |")
    print("|---" * (len(running) + 1) + "|")
    for effort in EFFORTS:
        cells = [curve[peer.name, "-", effort] for peer in running]
        print(f"| {effort} | " + " | ".join(f"{found:.4f}, {rate:,.0f}" for found, rate in cells) + " |")
    print("\n| queries/s at recall | " + " | ".join(peer.name for peer in running) + " | stele / hnswlib |")
    print("|---" * (len(running) + 2) + "|")
    for wanted in (0.95, 0.99):
        rates = {peer.name: bench.rate_at(curve, peer.name, wanted) for peer in running}
        cells = [f"{rate:,.0f}" if rate else "not reached" for rate in rates.values()]
        both = rates.get("stele") and rates.get("hnswlib")
        ratio = f"{rates['stele'] / rates['hnswlib']:.2f}" if both else ""
        print(f"| {wanted} | " + " | ".join(cells) + f" | {ratio} |", flush=True)
    for peer in running:
        peer.close()


def main():
    python = bench.install()
    if Path(sys.prefix) != bench.BUILD / "venv":
        os.execv(python, [str(python), *sys.argv])
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", default=None)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sets", nargs="+", default=["mnist", "clusters128", "clusters768"])
    parser.add_argument("--peers", nargs="+", default=["stele", "hnswlib", "faiss"])
    arguments = parser.parse_args()
    for name in arguments.sets:
        if name == "mnist" and arguments.mnist is None:
            print("mnist: left out, --mnist names no folder")
            continue
        measure(name, arguments)


if __name__ == "__main__":
    main()
