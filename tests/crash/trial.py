"""Rounds of writing, killing and comparing, on one node."""

import dataclasses
import random
import time
from dataclasses import dataclass, field

import stage
from command_log import CommandLog, Keys
from durable_writer import DurableWriter
from elastic_writer import ElasticWriter
from ledger import Ledger, Tally
from mapped_writer import MappedWriter
from prefix import Promise, Verdict, judge
from qdrant_writer import QdrantWriter
from reading import Reading, patiently, read_all, read_stored_keys
from row import Rows
from sql_writer import TABLE, SqlWriter
from stele_node import wait_until
from victim import Kill, Victim
from writer import Writer

SLOTS = 100            # rows of a writer
LOST_S_MAX = 1.0       # of the class durable
SHOWN_DIFFERENCES = 20


@dataclass
class Round:
    """What one kill came to."""
    number: int
    kill: Kill
    acknowledged: dict[str, int] = field(default_factory=dict)  # by head
    compared: dict[str, int] = field(default_factory=dict)      # rows and keys, by head
    writes: Tally = field(default_factory=Tally)
    lost_answered: int = 0
    lost_s: float = 0.0
    away_s: float = 0.0  # from the first kill until all is served
    differences: list[str] = field(default_factory=list)


class Trial:
    """One node with its writers' ledgers, from kill to kill."""

    def __init__(self, node, seed: int, still_rows: int = 1500):
        self.node = node
        self.rng = random.Random(seed)
        self.victim = Victim(node, self.rng)
        self.still = stage.build(node, self.rng, still_rows)
        self.ledgers: list[tuple[str, Ledger]] = []  # with the table that they are of
        self.logs = [CommandLog(name, synchronous) for name, synchronous in
                     (("a:", False), ("b:", False), ("c:", False), ("sync:a:", True), ("sync:b:", True))]
        for number, table in enumerate([TABLE] * 7 + [stage.INDEX] * 2 + [stage.COLLECTION] * 2, 1):
            ledger = Ledger(f"{table} {number}", number, range(number * 1000, number * 1000 + SLOTS))
            self.ledgers.append((table, ledger))
        self.number = 0

    def writers(self) -> dict[str, list[Writer]]:
        """New ones on the ledgers, by head."""
        of = [ledger for _, ledger in self.ledgers]
        seed = lambda: self.rng.randrange(2**62)  # noqa: E731
        return {
            "SQL": [SqlWriter(self.node, ledger, seed()) for ledger in of[0:2]],
            "Redis, mapped": [MappedWriter(self.node, ledger, seed()) for ledger in of[2:4]],
            "Elasticsearch": [ElasticWriter(self.node, of[4], seed(), TABLE, False),
                              ElasticWriter(self.node, of[7], seed(), stage.INDEX, True),
                              ElasticWriter(self.node, of[8], seed(), stage.INDEX, True)],
            "Qdrant": [QdrantWriter(self.node, of[5], seed(), TABLE, False),
                       QdrantWriter(self.node, of[6], seed(), TABLE, False),
                       QdrantWriter(self.node, of[9], seed(), stage.COLLECTION, True),
                       QdrantWriter(self.node, of[10], seed(), stage.COLLECTION, True)],
            "Redis, durable": [DurableWriter(self.node, log, seed(), 60) for log in self.logs if not log.synchronous],
            "Redis, durable sync": [DurableWriter(self.node, log, seed(), 5) for log in self.logs if log.synchronous],
        }

    def round(self, kill: Kill) -> Round:
        self.number += 1
        result = Round(self.number, kill)
        writers = self.writers()
        every = [writer for group in writers.values() for writer in group]
        for writer in every:
            writer.start()
        try:
            wait_until(lambda: all(writer.writes > 3 or not writer.thread.is_alive() for writer in every),
                       what="writes through every head")
            time.sleep(self.rng.uniform(0, 1.5))
            death = self.victim.strike(kill)
            if kill.stele_lives:
                time.sleep(self.rng.uniform(0, 1.0))
        finally:
            for writer in every:
                writer.stop()
            for writer in every:
                writer.join()
        result.acknowledged = {head: sum(writer.writes for writer in group) for head, group in writers.items()}
        result.differences += self.refused_before(death)
        self.victim.revive(kill)
        if kill.stele_lives:
            self.wait_flushed()
        reading = read_all(self.node)
        result.away_s = time.monotonic() - death
        self.compare(result, reading, Promise(death, LOST_S_MAX, all_kept=kill.stele_lives))
        return result

    def refused_before(self, death: float) -> list[str]:
        """Errors of a good day."""
        rows = [f"{ledger.name}: refused before the kill: {refusal.reason}" for _, ledger in self.ledgers
                for refusal in ledger.refusals if refusal.at < death]
        keys = [f"{log.name}: refused before the kill: {reason}" for log in self.logs
                for at, reason in log.refusals if at < death]
        return rows + keys

    def wait_flushed(self):
        """A keyspace that lived on writes behind what PostgreSQL missed."""
        last: list[Keys] = []

        def settled() -> bool:
            last.append(patiently(lambda: read_stored_keys(self.node)))
            return self.matches_all(last[-1])

        wait_until(settled, limit_s=60, what="the flush of all that was answered")

    def matches_all(self, stored: Keys) -> bool:
        return not judge(self.logs, stored, Promise(0, 0, all_kept=True)).differences

    def compare(self, result: Round, reading: Reading, promise: Promise):
        self.compare_ledgers(result, reading)
        self.compare_views(result, reading)
        if reading.keys != reading.stored_keys:
            result.differences += different("keys in Redis and in SQL", reading.keys, reading.stored_keys)
        verdict: Verdict = judge(self.logs, reading.keys, promise)
        result.differences += verdict.differences
        result.lost_answered, result.lost_s = verdict.lost_answered, verdict.lost_s
        result.compared["Redis, durable"] = len(reading.keys)
        for log in self.logs:
            log.keys = {key: value for key, value in reading.keys.items() if key.startswith(log.name)}
            log.entries, log.refusals = [], []

    def compare_ledgers(self, result: Round, reading: Reading):
        for table, ledger in self.ledgers:
            rows = {id: row for id, row in reading.tables[table].items() if id in ledger.slots}
            result.differences += ledger.settle(rows, result.writes)
        for table, rows in reading.tables.items():
            known: Rows = {id: row for name, ledger in self.ledgers if name == table for id, row in ledger.rows.items()}
            if table == TABLE:
                known |= self.still
            result.differences += different(f"{table} as written and as SQL tells it", known, rows)
            result.compared["SQL"] = result.compared.get("SQL", 0) + len(rows)

    def compare_views(self, result: Round, reading: Reading):
        for (head, table), view in reading.views.items():
            rows = reading.tables[table]
            if (head, table) == ("Elasticsearch", stage.COLLECTION):  # a point's document has no vectors
                rows = {id: dataclasses.replace(row, words=None) for id, row in rows.items()}
            result.differences += different(f"{table} as SQL and as {head} tells it", rows, view)
            result.compared[head] = result.compared.get(head, 0) + len(view)


def different(what: str, ones: dict, others: dict) -> list[str]:
    if ones == others:
        return []
    keys = sorted(key for key in ones.keys() | others.keys() if ones.get(key) != others.get(key))
    return [f"{what}: {len(keys)} differ"] + [
        f"{what}: {key}: {str(ones.get(key))[:200]} and {str(others.get(key))[:200]}"
        for key in keys[:SHOWN_DIFFERENCES]]
