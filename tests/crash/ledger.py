"""What was promised to one writer: rows as acknowledged, and what was sent without an answer."""

import time
from dataclasses import dataclass, field

from row import Change, Row, Rows


@dataclass
class Refusal:
    at: float
    reason: str


@dataclass
class Tally:
    """How much of a ledger was put to the test."""
    acknowledged: int = 0
    unanswered: int = 0
    unanswered_found: int = 0


@dataclass
class Ledger:
    """Of the rows `slots`, which nobody else writes. One writer's; read when it has ended."""
    name: str
    owner: int
    slots: range
    rows: Rows = field(default_factory=dict)
    version: int = 0
    pending: list[Change] = field(default_factory=list)  # of the request under way, each whole or absent
    unanswered: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    acknowledged: int = 0
    uncertain: set[int] = field(default_factory=set)

    def next_version(self) -> int:
        self.version += 1
        return self.version

    def send(self, changes: list[Change]):
        """These are about to be sent; each will be there whole or not at all."""
        self.pending = changes

    def acknowledge(self, change: Change):
        self.pending = [each for each in self.pending if each is not change]
        self.acknowledged += 1
        for id, row in change.items():
            put(self.rows, id, row)

    def acknowledge_all(self):
        for change in list(self.pending):
            self.acknowledge(change)

    def give_up(self, reason: str):
        """What was sent and not acknowledged may be there or not: nobody touches it again before it is known."""
        self.refusals.append(Refusal(time.monotonic(), reason))
        for change in self.pending:
            self.unanswered.append(change)
            self.uncertain.update(change)
        self.pending = []

    def settle(self, found: Rows, tally: Tally) -> list[str]:
        """Holds what is there against what was promised, and takes it for the truth from here on."""
        differences = []
        tally.acknowledged += self.acknowledged
        expected = dict(self.rows)
        for change in self.unanswered:
            tally.unanswered += 1
            applied = dict(expected)
            for id, row in change.items():
                put(applied, id, row)
            if all(found.get(id) == applied.get(id) for id in change):
                tally.unanswered_found += 1
                expected = applied
            elif not all(found.get(id) == expected.get(id) for id in change):
                differences.append(f"{self.name}: in part there: {shown(change, found, expected)}")
        certain = (found.keys() | expected.keys()) - self.uncertain
        for id in sorted(certain):
            if found.get(id) != expected.get(id):
                differences.append(f"{self.name}: acknowledged {expected.get(id)}, there is {found.get(id)}")
        self.rows = dict(found)
        self.unanswered, self.refusals, self.uncertain, self.acknowledged = [], [], set(), 0
        return differences


def put(rows: Rows, id: int, row: Row | None):
    if row is None:
        rows.pop(id, None)
    else:
        rows[id] = row


def shown(change: Change, found: Rows, before: Rows) -> str:
    return "; ".join(f"{id}: was {before.get(id)}, written {row}, there is {found.get(id)}"
                     for id, row in change.items())
