"""Rows by Redis, where a key is a row: HSET, HDEL, DEL, and MULTI of several."""

from draft import is_touch
from redis_connection import RedisConnection
from row import Change, Row
from writer import RowWriter

PREFIX = "item:"


def array(words: tuple[float, ...]) -> str:
    return "{" + ",".join(str(word) for word in words) + "}"


class MappedWriter(RowWriter):
    """A MULTI is one transaction."""

    ERRORS = RedisConnection.ERRORS

    def connect(self):
        self.redis = RedisConnection(self.node)

    def disconnect(self):
        self.redis.close()

    def perform(self, change: Change):
        commands = [command for id, row in change.items() for command in self.commands(id, row)]
        self.ledger.send([change])
        if len(commands) == 1:
            self.redis.call(*commands)
        else:
            self.redis.call(("MULTI",), *commands, ("EXEC",))
        self.ledger.acknowledge_all()

    def commands(self, id: int, row: Row | None) -> list[tuple[str, ...]]:
        key = PREFIX + str(id)
        old = self.ledger.rows.get(id)
        if row is None:
            return [("DEL", key)]
        if is_touch(old, row):
            return [("HSET", key, "version", str(row.version))]
        fields = ["owner", str(row.owner), "version", str(row.version), "body", row.body]
        if row.words is not None:
            return [("HSET", key, *fields, "words", array(row.words))]
        removal = [("HDEL", key, "words")] if old is not None and old.words is not None else []
        return [("HSET", key, *fields), *removal]
