"""What a writer does next: a random change of rows of its own."""

import dataclasses
import random

from ledger import Ledger
from row import Change, Row, new_row


def draft(rng: random.Random, ledger: Ledger, rows: int, delete_share: float = 0.2) -> Change:
    """New rows, rows written anew, rows of which the version alone is another, rows deleted: at most so many, sorted by
    key as all writers do, so that none waits for another for ever."""
    change: Change = {}
    for id in sorted(rng.sample(ledger.slots, min(rows, len(ledger.slots)))):
        if id in ledger.uncertain:
            continue
        old = ledger.rows.get(id)
        change[id] = next_row(rng, ledger, id, old, delete_share)
    return change


def next_row(rng: random.Random, ledger: Ledger, id: int, old: Row | None, delete_share: float) -> Row | None:
    if old is None:
        return new_row(rng, id, ledger.owner, ledger.next_version())
    if rng.random() < delete_share:
        return None
    if rng.random() < 0.4:
        return dataclasses.replace(old, version=ledger.next_version())
    return new_row(rng, id, ledger.owner, ledger.next_version())


def is_touch(old: Row | None, new: Row | None) -> bool:
    """Whether the version alone is another."""
    return old is not None and new is not None and dataclasses.replace(old, version=new.version) == new
