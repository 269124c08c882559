"""How good are the first answers? Collections with judged questions, searched through the Elasticsearch head.

    ./dev bench relevance FOLDER     with scifact/ (as BEIR) and cacm/ in it, either may be missing

Each collection becomes an index of one text field with the analyzer `english` and BM25 with k1 0.9 and b 0.4, which
are the parameters of the published figures (Anserini, flat index); every question is one `match`, the first 1,000
hits count. nDCG@10, average precision and recall as trec_eval defines them, hits of one score in the order of their
ids, means over the questions that have judgments.
"""

import argparse
import json
import math
import pathlib
import statistics
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from node import fresh_node  # noqa: E402
from relevance.judged import read_beir, read_cacm  # noqa: E402

DEPTH = 1000
BULK = 500
# Folder, reader, and the published figures of this ranking.
SETS = (("scifact", read_beir, {"nDCG@10": 0.6789, "R@100": 0.9253, "R@1000": 0.9767}),
        ("cacm", read_cacm, {"MAP": 0.3123, "P@30": 0.1942}))


class Index:
    """One index of a node's Elasticsearch head."""

    def __init__(self, port, name):
        self.url = f"http://127.0.0.1:{port}/"
        self.name = name
        self.ask("PUT", name, {
            "settings": {"similarity": {"default": {"type": "BM25", "k1": 0.9, "b": 0.4}}},
            "mappings": {"properties": {"contents": {"type": "text", "analyzer": "english"}}}})

    def ask(self, method, path, body):
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "application/x-ndjson" if isinstance(body, str) else "application/json"
        request = urllib.request.Request(self.url + path, text.encode(), {"Content-Type": kind}, method=method)
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def fill(self, documents):
        items = list(documents.items())
        for first in range(0, len(items), BULK):
            lines = [json.dumps({"index": {"_id": key}}) + "\n" + json.dumps({"contents": text}) + "\n"
                     for key, text in items[first:first + BULK]]
            if self.ask("POST", f"{self.name}/_bulk", "".join(lines))["errors"]:
                sys.exit("documents were refused")

    def search(self, text):
        """Ids, best first."""
        found = self.ask("POST", f"{self.name}/_search",
                         {"query": {"match": {"contents": text}}, "size": DEPTH, "_source": False})
        hits = sorted(found["hits"]["hits"], key=lambda hit: (-hit["_score"], hit["_id"]))
        return [hit["_id"] for hit in hits]


def ndcg(found, grades, depth):
    gain = sum(grades.get(key, 0) / math.log2(place + 2) for place, key in enumerate(found[:depth]))
    best = sum(grade / math.log2(place + 2)
               for place, grade in enumerate(sorted(grades.values(), reverse=True)[:depth]))
    return gain / best


def average_precision(found, grades):
    hits, total = 0, 0.0
    for place, key in enumerate(found, 1):
        if key in grades:
            hits += 1
            total += hits / place
    return total / len(grades)


def share(found, grades, depth, of):
    return sum(key in grades for key in found[:depth]) / of


MEASURES = {"nDCG@10": lambda found, grades: ndcg(found, grades, 10),
            "MAP": average_precision,
            "P@30": lambda found, grades: share(found, grades, 30, 30),
            "R@100": lambda found, grades: share(found, grades, 100, len(grades)),
            "R@1000": lambda found, grades: share(found, grades, 1000, len(grades))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    print("| collection | documents | questions | measure | Stele | published |\n|---|---|---|---|---|---|")
    with fresh_node() as node:
        for name, read, published in SETS:
            if not (folder / name).is_dir():
                continue
            data = read(folder / name)
            index = Index(node.elastic, name)
            index.fill(data.documents)
            found = {topic: index.search(text) for topic, text in data.topics.items()}
            for measure, of in MEASURES.items():
                mean = statistics.mean(of(found[topic], data.judgments[topic]) for topic in data.topics)
                print(f"| {name} | {len(data.documents)} | {len(data.topics)} | {measure} | {mean:.4f} |"
                      f" {published.get(measure, '')} |", flush=True)


if __name__ == "__main__":
    main()
