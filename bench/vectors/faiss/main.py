"""faiss beside Stele: takes the orders that ../peer.h tells of. A batch of queries on one thread, so that Python's part
of it is small."""

import os
import sys
import time
from pathlib import Path

import faiss
import numpy

folder, dimension = sys.argv[1], int(sys.argv[2])
base = numpy.fromfile(f"{folder}/base.f32", dtype=numpy.float32).reshape(-1, dimension)
queries = numpy.fromfile(f"{folder}/queries.f32", dtype=numpy.float32).reshape(-1, dimension)
faiss.omp_set_num_threads(1)
flat = faiss.IndexFlatL2(dimension)
flat.add(base)
graph = None


def build(links, effort, path):
    global graph
    known = Path(path + ".built")
    if known.exists():
        graph = faiss.read_index(path)
        return known.read_text()
    graph = faiss.IndexHNSWFlat(dimension, links)
    graph.hnsw.efConstruction = effort
    start = time.process_time()
    graph.add(base)
    seconds = time.process_time() - start
    faiss.write_index(graph, path)
    known.write_text(f"{seconds} {os.path.getsize(path) / len(base)}")
    return known.read_text()


def search(effort, filter_file, way, out):
    index = flat if way == "scan" else graph
    parameters = faiss.SearchParameters() if way == "scan" else faiss.SearchParametersHNSW(efSearch=effort)
    if filter_file != "-":
        bits = numpy.fromfile(filter_file, dtype=numpy.uint8)
        parameters.sel = faiss.IDSelectorBitmap(bits)
    start = time.process_time()
    _, rows = index.search(queries, 10, params=parameters)
    seconds = time.process_time() - start
    rows.astype(numpy.int32).tofile(out)
    return seconds


for line in sys.stdin:
    order = line.split()
    if order[0] == "build":
        print(build(int(order[1]), int(order[2]), order[3]), flush=True)
    else:
        print(search(int(order[1]), *order[2:]), flush=True)
