"""Clients of four kinds write the same rows at once, while others watch through every head."""

import collections
import random
import time
from dataclasses import dataclass, field

import history
import psycopg
import shared_rows
from history import History
from shared_rows import ALONE, HEADS, TOGETHER, Snapshot, Sql
from writer import Writer

WRITERS_PER_HEAD = 2
PAUSE_S = 0.001  # of a watcher, so that writers get on


@dataclass(slots=True)
class OwnRead:
    """A row that a writer wrote, as it read it through another head when it was told that it is written."""
    written_by: str
    read_by: str
    id: int
    tag: str
    version: int


class SharedWriter(Writer):
    """Writes by one head; reads what it wrote by the others in turn, on connections of its own."""

    def __init__(self, node, head, number: int, seed: int):
        super().__init__(f"{head.NAME} {number}", seed)
        self.head = head
        self.connection = head(node)
        self.others = [other(node) for other in HEADS if other is not head]
        self.reads: list[OwnRead] = []

    def ids(self) -> tuple[int, ...]:
        way = self.rng.random()
        if way < 0.5:
            return (self.rng.choice(ALONE),)
        if not self.head.WHOLE:
            return ALONE
        return TOGETHER if way < 0.9 else TOGETHER + ALONE

    def run(self):
        while not self.stopping.is_set():
            ids, tag = self.ids(), f"{self.name}: {self.writes}"
            self.connection.write(self.rng, ids, tag)
            other = self.others[self.writes % len(self.others)]
            snapshot = other.snapshot()
            self.reads += [OwnRead(self.head.NAME, other.NAME, id, tag, snapshot[id][0]) for id in ids]
            self.writes += 1
        for connection in (self.connection, *self.others):
            connection.close()


class Watcher(Writer):
    """Takes snapshots through one head, one after the other, on one connection; keeps those that say something new."""

    def __init__(self, node, head):
        super().__init__(f"watcher of {head.NAME}", 0)
        self.head = head
        self.connection = head(node)
        self.snapshots: list[Snapshot] = []
        self.taken = 0

    def run(self):
        while not self.stopping.is_set():
            snapshot = self.connection.snapshot()
            self.taken += 1
            if not self.snapshots or snapshot != self.snapshots[-1]:
                self.snapshots.append(snapshot)
            time.sleep(PAUSE_S)
        self.connection.close()


@dataclass
class Outcome:
    commits: int = 0
    writes: dict[str, int] = field(default_factory=dict)
    snapshots: dict[str, tuple[int, int]] = field(default_factory=dict)  # taken, and new
    own_reads: dict[tuple[str, str], int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [f"{self.commits} commits; writes: {self.writes}",
                *(f"snapshots through {head}: {taken}, {new} of them new" for head, (taken, new)
                  in self.snapshots.items()),
                *(f"written by {one}, read by {other}: {count} rows" for (one, other), count
                  in sorted(self.own_reads.items())),
                f"differences: {len(self.differences)}", *self.differences[:50]]


class OneTruth:
    def __init__(self, node, seed: int):
        self.node = node
        self.rng = random.Random(seed)
        shared_rows.build(node)

    def run(self, seconds: float) -> Outcome:
        with psycopg.connect(self.node.dsn(), autocommit=True) as sql:
            history.begin(sql)
            first = Sql(self.node).snapshot()
            writers = [SharedWriter(self.node, head, number, self.rng.randrange(2**62))
                       for head in HEADS for number in range(WRITERS_PER_HEAD)]
            watchers = [Watcher(self.node, head) for head in HEADS]
            work(writers + watchers, seconds)
            return judge(History.read(sql, first), writers, watchers)


def work(clients: list[Writer], seconds: float):
    for client in clients:
        client.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end and all(client.thread.is_alive() for client in clients):
        time.sleep(0.05)
    for client in clients:
        client.stop()
    for client in clients:
        client.join()


def judge(told: History, writers: list[SharedWriter], watchers: list[Watcher]) -> Outcome:
    outcome = Outcome(commits=len(told.commits))
    for watcher in watchers:
        outcome.snapshots[watcher.head.NAME] = (watcher.taken, len(watcher.snapshots))
        judged = told.judge_sql if watcher.head is Sql else told.judge_views
        outcome.differences += [f"{watcher.name}: {line}" for line in judged(watcher.snapshots)]
    reads = collections.Counter()
    for writer in writers:
        outcome.writes[writer.head.NAME] = outcome.writes.get(writer.head.NAME, 0) + writer.writes
        for read in writer.reads:
            reads[read.written_by, read.read_by] += 1
            written = told.versions.get((read.id, read.tag))
            if written is None or read.version < written:
                outcome.differences.append(f"{read}: it wrote version {written}")
    outcome.own_reads = dict(reads)
    return outcome
