"""The sets of vectors that benches search: MNIST from a folder of data, and generated clusters. Each is a folder with
base.f32, queries.f32 and truth.i32 (ten rows a query)."""

import gzip
from pathlib import Path

import faiss
import numpy

COUNT = 10


def exact(base, queries, rows=None):
    """The ten nearest rows of each query, among `rows` where they are given; -1 where there are fewer."""
    index = faiss.IndexFlatL2(base.shape[1])
    index.add(base if rows is None else base[rows])
    _, found = index.search(queries, COUNT)
    if rows is not None:
        found = numpy.where(found >= 0, rows[found], -1)
    return found.astype(numpy.int32)


def write(folder, base, queries):
    folder.mkdir(parents=True, exist_ok=True)
    base.astype(numpy.float32).tofile(folder / "base.f32")
    queries.astype(numpy.float32).tofile(folder / "queries.f32")
    exact(base, queries).tofile(folder / "truth.i32")


def images(path):
    raw = gzip.decompress(path.read_bytes())
    return numpy.frombuffer(raw, dtype=numpy.uint8, offset=16).reshape(-1, 784).astype(numpy.float32)


def mnist(folder, data, queries):
    write(folder, images(Path(data) / "train-images-idx3-ubyte.gz"),
          images(Path(data) / "t10k-images-idx3-ubyte.gz")[:queries])


def clusters(folder, count, dimension, queries):
    """Clusters of about 1,000 rows, each flat: 24 directions of its own that fade, and a little noise in all."""
    random = numpy.random.default_rng(5)
    centres = random.standard_normal((max(count // 1000, 1), dimension), dtype=numpy.float32)
    rows = count + queries
    of = random.integers(0, len(centres), rows)
    points = 0.1 * random.standard_normal((rows, dimension), dtype=numpy.float32)
    fading = (0.9 ** numpy.arange(24)).astype(numpy.float32)
    for i, centre in enumerate(centres):
        here = numpy.flatnonzero(of == i)
        directions = random.standard_normal((24, dimension), dtype=numpy.float32) * 0.6
        spread = random.standard_normal((len(here), 24), dtype=numpy.float32) * fading
        points[here] += centre + spread @ directions
    write(folder, points[:count], points[count:])
    numpy.save(folder / "clusters.npy", of)


def load(folder, dimension):
    base = numpy.fromfile(folder / "base.f32", dtype=numpy.float32).reshape(-1, dimension)
    queries = numpy.fromfile(folder / "queries.f32", dtype=numpy.float32).reshape(-1, dimension)
    truth = numpy.fromfile(folder / "truth.i32", dtype=numpy.int32).reshape(-1, COUNT)
    return base, queries, truth
