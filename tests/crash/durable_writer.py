"""Keys of the classes durable and durable sync: pipelines of commands and MULTIs."""

import random
import time

from command_log import CommandLog, Commands, Entry, Words
from redis_connection import RedisConnection
from writer import Writer

PAUSE_S = 0.005  # or these writers leave the others, threads of one Python, no time


def flat(commands: tuple[Words, ...]) -> list[Words]:
    return list(commands) if len(commands) == 1 else [("MULTI",), *commands, ("EXEC",)]


class DurableWriter(Writer):
    """Ends at its first error: what comes after one that may or may not be there has no known place in the order."""

    ERRORS = RedisConnection.ERRORS

    def __init__(self, node, log: CommandLog, seed: int, entries_max: int):
        super().__init__(log.name, seed)
        self.node = node
        self.log = log
        self.entries_max = entries_max  # of a pipeline

    def run(self):
        commands = Commands(random.Random(self.rng.random()), self.log.name, self.log.keys)
        commands.number = self.rng.randrange(10**9)
        try:
            with RedisConnection(self.node) as redis:
                while not self.stopping.is_set():
                    self.step(redis, commands)
                    time.sleep(PAUSE_S)
        except self.ERRORS as error:
            self.log.refusals.append((time.monotonic(), f"{type(error).__name__}: {error}"))

    def step(self, redis: RedisConnection, commands: Commands):
        made = [commands.entry() for _ in range(self.rng.randint(1, self.entries_max))]
        lines = [flat(each) for each in made]
        now = time.monotonic()
        entries = [Entry(each, now) for each in made]
        self.log.entries += entries
        redis.send([words for each in lines for words in each])
        for entry, each in zip(entries, lines, strict=True):
            for _ in each:
                redis.read()
            entry.answered = time.monotonic()
            self.writes += 1
