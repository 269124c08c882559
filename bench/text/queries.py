"""Queries in the shapes of search-benchmark-game's, out of a corpus' own words, so that each finds something."""

import random

# Its mixture: how many words a query has, by class (the counts of its queries.txt, rounded).
SIZES = {
    "intersection": [2, 2, 2, 2, 3, 3, 4],
    "union": [2, 2, 2, 2, 3, 3, 4],
    "phrase": [2, 2, 2, 2, 3],
    "negation": [2, 2, 3],
    "term": [1],
}


def spell(kind, words):
    """A query of these words as both engines' programs read it."""
    if kind == "phrase":
        return '"' + " ".join(words) + '"'
    if kind == "intersection":
        return " ".join("+" + word for word in words)
    if kind == "negation":
        return " ".join("+" + word for word in words[:-1]) + " -" + words[-1]
    return " ".join(words)


def make_queries(lines, count, seed=5):
    """`count` queries a class, as pairs (class, query)."""
    dice = random.Random(seed)
    queries = []
    for kind, sizes in SIZES.items():
        for _ in range(count):
            size = dice.choice(sizes)
            words = dice.choice(lines).split()
            if kind == "phrase":
                begin = dice.randrange(len(words) - size + 1)
                chosen = words[begin : begin + size]
            else:
                chosen = dice.sample(sorted(set(words)), size)
            queries.append((kind, spell(kind, chosen)))
    return queries
