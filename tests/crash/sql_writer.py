"""Rows by SQL: transactions, savepoints, keys that move, changes of many rows at once."""

import dataclasses

import psycopg
from draft import draft, is_touch
from row import Change, Row
from writer import RowWriter

TABLE = "item"
UPSERT = (f"INSERT INTO {TABLE} (id, owner, version, body, words) VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id)"
          " DO UPDATE SET owner = EXCLUDED.owner, version = EXCLUDED.version, body = EXCLUDED.body,"
          " words = EXCLUDED.words")


def values(row: Row):
    return (row.id, row.owner, row.version, row.body, list(row.words) if row.words is not None else None)


class SqlWriter(RowWriter):
    ERRORS = (psycopg.Error,)

    def connect(self):
        self.connection = psycopg.connect(self.node.dsn(), autocommit=True)

    def disconnect(self):
        self.connection.close()

    def step(self):
        way = self.rng.random()
        if way < 0.1:
            self.change_all()
        elif way < 0.2:
            self.move()
        else:
            super().step()

    def perform(self, change: Change):
        self.ledger.send([change])
        if len(change) == 1:
            for id, row in change.items():
                self.write(id, row)
        else:
            with self.connection.transaction():
                for id, row in change.items():
                    self.write(id, row)
                if self.rng.random() < 0.3:
                    self.undo_something()
        self.ledger.acknowledge_all()

    def write(self, id: int, row: Row | None):
        if row is None:
            self.connection.execute(f"DELETE FROM {TABLE} WHERE id = %s", (id,))
        elif is_touch(self.ledger.rows.get(id), row):
            self.connection.execute(f"UPDATE {TABLE} SET version = %s WHERE id = %s", (row.version, id))
        else:
            self.connection.execute(UPSERT, values(row))

    def undo_something(self):
        """Rows of a savepoint that is rolled back never were."""
        self.connection.execute("SAVEPOINT s")
        for id, row in draft(self.rng, self.ledger, 3).items():
            self.write(id, row)
        self.connection.execute("ROLLBACK TO s")

    def change_all(self):
        """One statement for every row that this writer has."""
        if self.ledger.uncertain:
            return
        version = self.ledger.next_version()
        change = {id: dataclasses.replace(row, version=version) for id, row in self.ledger.rows.items()}
        self.ledger.send([change])
        self.connection.execute(f"UPDATE {TABLE} SET version = %s WHERE owner = %s", (version, self.ledger.owner))
        self.ledger.acknowledge_all()

    def move(self):
        """A row gets another key."""
        free = [id for id in self.ledger.slots if id not in self.ledger.rows and id not in self.ledger.uncertain]
        taken = [id for id in self.ledger.rows if id not in self.ledger.uncertain]
        if not free or not taken:
            return
        old, new = self.rng.choice(taken), self.rng.choice(free)
        row = dataclasses.replace(self.ledger.rows[old], id=new)
        self.ledger.send([{old: None, new: row}])
        self.connection.execute(f"UPDATE {TABLE} SET id = %s WHERE id = %s", (new, old))
        self.ledger.acknowledge_all()
