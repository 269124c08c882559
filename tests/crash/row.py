"""What is written and read: a row of a table, whichever protocol it came by."""

import random
from dataclasses import dataclass

WORDS_DIMENSION = 3


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    owner: int  # the writer whose row it is
    version: int
    body: str
    words: tuple[float, ...] | None  # a vector

    def document(self):
        """All but its key, as JSON has it."""
        return {"owner": self.owner, "version": self.version, "body": self.body,
                "words": list(self.words) if self.words is not None else None}


# What an operation makes of rows: None is "gone".
Change = dict[int, Row | None]
# Rows by their keys.
Rows = dict[int, Row]

LETTERS = "abcdefghijklmnopqrstuvwxyz äß€𝄞\"'\\{},:\n"


def text(rng: random.Random, length: int) -> str:
    return "".join(rng.choices(LETTERS, k=length))


def new_row(rng: random.Random, id: int, owner: int, version: int) -> Row:
    """One in ten is too long for its page: PostgreSQL keeps such a text elsewhere, and an update that leaves it as it
    is does not tell it again."""
    length = rng.randint(3000, 6000) if rng.random() < 0.1 else rng.randint(0, 60)
    words = tuple(rng.randint(-8, 8) / 4 for _ in range(WORDS_DIMENSION)) if rng.random() < 0.9 else None
    return Row(id, owner, version, text(rng, length), words)


def from_document(id: int, document: dict) -> Row:
    words = document.get("words")
    return Row(id, document.get("owner"), document.get("version"), document.get("body"),
               tuple(words) if words is not None else None)
