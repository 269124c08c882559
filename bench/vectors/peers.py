"""Stele, hnswlib and faiss as processes that take orders (peer.h), and what is measured with them."""

import statistics
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench" / "vectors"
HERE = Path(__file__).resolve().parent
HNSWLIB = "hnswlib==0.8.0"
FAISS = "faiss-cpu"


def install():
    """Peers from the package registry: never needed to build or to test. Returns the Python that has faiss."""
    BUILD.mkdir(parents=True, exist_ok=True)
    python = BUILD / "venv" / "bin" / "python"
    if not (BUILD / "venv" / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(BUILD / "venv")], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", FAISS, "numpy"], check=True)
        (BUILD / "venv" / ".ready").touch()
    program = BUILD / "bench_hnswlib"
    source = HERE / "hnswlib" / "main.cc"
    if not program.exists() or program.stat().st_mtime < max(path.stat().st_mtime for path in (source, HERE / "peer.h")):
        subprocess.run([python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "hnswlib", HNSWLIB, "-d", BUILD],
                       check=True)
        with tarfile.open(next(BUILD.glob("hnswlib-*.tar.gz"))) as archive:
            archive.extractall(BUILD, filter="data")
        headers = next(path for path in BUILD.glob("hnswlib-*") if path.is_dir())
        subprocess.run(["clang++-19", "-std=c++20", "-O3", "-DNDEBUG", "-march=native", f"-I{headers}", source, "-o", program],
                       check=True)
    return python


class Peer:
    def __init__(self, name, command, folder, dimension):
        self.name = name
        self.index = f"{folder}/{name}.index"
        self.out = f"{folder}/{name}.out"
        self.process = subprocess.Popen([*command, str(folder), str(dimension)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, order):
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.name} ended")
        return [float(word) for word in answer.split()]

    def build(self, links, effort):
        return self.ask(f"build {links} {effort} {self.index}")

    def search(self, effort, filter_file="-", way="-"):
        """Seconds, and the rows found."""
        import numpy
        seconds = self.ask(f"search {effort} {filter_file} {way} {self.out}")[0]
        return seconds, numpy.fromfile(self.out, dtype=numpy.int32).reshape(-1, 10)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def start(folder, dimension, names):
    commands = {"stele": [str(ROOT / "build" / "release" / "bench" / "bench_vectors")],
                "hnswlib": [str(BUILD / "bench_hnswlib")],
                "faiss": [str(BUILD / "venv" / "bin" / "python"), str(HERE / "faiss" / "main.py")]}
    return [Peer(name, commands[name], folder, dimension) for name in names]


def recall(found, truth):
    wanted = (truth >= 0).sum()
    same = sum(len(set(a) & set(b[b >= 0])) for a, b in zip(found.tolist(), truth))
    return same / max(wanted, 1)


def curves(peers, asked, truth, rounds, filter_file="-"):
    """{(peer, way, effort): (recall, queries a second)}: each round asks each peer each question, one after the other;
    seconds are medians."""
    seconds, recalls = {}, {}
    for _ in range(rounds):
        for peer in peers:
            for way, effort in asked[peer.name]:
                took, found = peer.search(effort, filter_file, way)
                key = peer.name, way, effort
                seconds.setdefault(key, []).append(took)
                recalls[key] = recall(found, truth)
    return {key: (recalls[key], len(truth) / statistics.median(took)) for key, took in seconds.items()}


def rate_at(curve, name, wanted):
    """Queries a second at a recall, between the two efforts around it; the best of the ways. None: not reached."""
    best = None
    for way in {key[1] for key in curve if key[0] == name}:
        points = sorted((key[2], *value) for key, value in curve.items() if key[0] == name and key[1] == way)
        rate = None
        for i, (_, found, at) in enumerate(points):
            if found < wanted:
                continue
            rate = at
            if i > 0 and points[i - 1][1] < found:
                share = (wanted - points[i - 1][1]) / (found - points[i - 1][1])
                rate = points[i - 1][2] + max(share, 0) * (at - points[i - 1][2])
            break
        if rate is not None and (best is None or rate > best):
            best = rate
    return best
