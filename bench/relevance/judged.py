"""Test collections as they are handed on: documents, topics and judgments."""

import collections
import csv
import gzip
import io
import json
import re
import tarfile


class Collection:
    """Documents as id -> text, topics as id -> question, judgments as topic -> document -> grade."""

    def __init__(self, documents, topics, judgments):
        self.documents = documents
        self.judgments = judgments
        self.topics = {topic: text for topic, text in topics.items() if topic in judgments}


def read_judgments(path):
    """Lines `topic 0 document grade`."""
    judgments = collections.defaultdict(dict)
    for line in path.read_text().splitlines():
        topic, _, document, grade = line.split()
        if int(grade) > 0:
            judgments[topic][document] = int(grade)
    return judgments


def read_beir(folder):
    """corpus.jsonl.gz with _id, title and text, topics.test.tsv.gz, qrels.test.txt; title and text are one text."""
    documents, topics = {}, {}
    with gzip.open(folder / "corpus.jsonl.gz", "rt") as lines:
        for line in lines:
            document = json.loads(line)
            documents[document["_id"]] = f"{document['title']} {document['text']}"
    with gzip.open(folder / "topics.test.tsv.gz", "rt") as lines:
        for topic, text in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            topics[topic] = text
    return Collection(documents, topics, read_judgments(folder / "qrels.test.txt"))


def read_cacm(folder):
    """cacm.tar.gz of HTML files, topics in TREC's form, qrels."""
    documents = {}
    with tarfile.open(folder / "cacm.tar.gz") as archive:
        for member in archive:
            if member.name.endswith(".html"):
                text = io.TextIOWrapper(archive.extractfile(member), encoding="latin-1").read()
                documents[member.name.rsplit("/", 1)[-1].removesuffix(".html")] = re.sub(r"<[^>]*>", " ", text)
    form = re.compile(r"<DOCNO>\s*(\d+)\s*</DOCNO>(.*?)</DOC>", re.DOTALL)
    topics = {topic: " ".join(text.split()) for topic, text in form.findall((folder / "topics.cacm.txt").read_text())}
    return Collection(documents, topics, read_judgments(folder / "qrels.cacm.txt"))
