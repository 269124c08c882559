"""What one connection asked of its own keys, in order, and what a Redis would make of it."""

import dataclasses
import random
import time
from dataclasses import dataclass, field

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    expires_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Members:
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scores:
    of: tuple[tuple[str, float], ...] = ()  # by name


@dataclass(frozen=True, slots=True)
class Stream:
    entries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # ids and fields, these by name


Value = Text | dict[str, str] | tuple[str, ...] | Members | Scores | Stream  # the second a hash, the third a list
Keys = dict[str, Value]


@dataclass(slots=True)
class Entry:
    """A command, or a MULTI of several: whole or absent."""
    commands: tuple[Words, ...]
    sent: float
    answered: float | None = None

    def keys(self) -> set[str]:
        return {key for words in self.commands
                for key in (words[1:3] if words[0] in ("RENAME", "RPOPLPUSH") else words[1:2])}


@dataclass
class CommandLog:
    """Of keys that nobody else writes. `keys` is their state before the first entry."""
    name: str
    synchronous: bool  # answered when committed
    keys: Keys = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    refusals: list[tuple[float, str]] = field(default_factory=list)

    def answered(self) -> int:
        return sum(entry.answered is not None for entry in self.entries)


def apply(keys: Keys, words: Words):
    """As Redis does, for the few commands that are written here."""
    verb, key, *rest = words
    old = keys.get(key)
    if verb == "SET":
        keys[key] = Text(rest[0], int(rest[2]) if len(rest) > 1 else None)
    elif verb == "APPEND":
        keys[key] = dataclasses.replace(old, value=old.value + rest[0]) if old is not None else Text(rest[0])
    elif verb == "INCRBY":
        keys[key] = dataclasses.replace(old, value=str(int(old.value) + int(rest[0]))) if old else Text(rest[0])
    elif verb == "HSET":
        keys[key] = {**(old or {}), **dict(zip(rest[::2], rest[1::2], strict=True))}
    elif verb == "HDEL":
        left = {name: value for name, value in (old or {}).items() if name not in rest}
        keys.pop(key, None)
        if left:
            keys[key] = left
    elif verb == "PERSIST":
        if isinstance(old, Text):
            keys[key] = dataclasses.replace(old, expires_at_ms=None)
    elif verb == "RENAME":
        keys[rest[0]] = keys.pop(key)
    elif verb == "DEL":
        keys.pop(key, None)
    elif verb in OTHER_VERBS:
        changed = OTHER_VERBS[verb](old, *rest)
        keys.pop(key, None)
        if changed not in (Members(), Scores()):
            keys[key] = changed
    elif verb in LIST_VERBS:
        changed = LIST_VERBS[verb](old or (), *rest)
        if verb == "RPOPLPUSH" and old:
            keys[rest[0]] = (old[-1], *(keys.get(rest[0], ()) if rest[0] != key else changed))
            changed = changed if rest[0] != key else keys[key]
        keys.pop(key, None)
        if changed:
            keys[key] = changed
    else:
        raise AssertionError(f"no model of {words}")


def inserted(old: tuple[str, ...], where: str, pivot: str, value: str) -> tuple[str, ...]:
    if pivot not in old:
        return old
    at = old.index(pivot) + (where == "AFTER")
    return (*old[:at], value, *old[at:])


LIST_VERBS = {
    "RPUSH": lambda old, *values: (*old, *values),
    "LPUSH": lambda old, *values: (*values[::-1], *old),
    "LPOP": lambda old: old[1:],
    "RPOP": lambda old: old[:-1],
    "RPOPLPUSH": lambda old, _: old[:-1],
    "LINSERT": inserted,
    "LSET": lambda old, index, value: (*old[:int(index)], value, *old[int(index) + 1:]),
    "LREM": lambda old, count, value: tuple(each for each in old if each != value),
    "LTRIM": lambda old, first, last: old[int(first):len(old) + int(last) + 1],
}


def scored(old: Scores | None, *words: str) -> Scores:
    scores = dict(old.of if old else ()) | {name: float(score) for score, name in zip(words[::2], words[1::2], strict=True)}
    return Scores(tuple(sorted(scores.items())))


def appended(old: Stream | None, *words: str) -> Stream:
    """Those of ours begin with MAXLEN = n."""
    fields = tuple(sorted(zip(words[4::2], words[5::2], strict=True)))
    return Stream(((old or Stream()).entries + ((words[3], fields),))[-int(words[2]):])


OTHER_VERBS = {
    "SADD": lambda old, *names: Members((old or Members()).names | set(names)),
    "SREM": lambda old, *names: Members((old or Members()).names - set(names)),
    "ZADD": scored,
    "ZREM": lambda old, *names: Scores(tuple(each for each in (old or Scores()).of if each[0] not in names)),
    "XADD": appended,
    "XDEL": lambda old, *ids: Stream(tuple(each for each in old.entries if each[0] not in ids)),
}


FAR_MS = 4_000_000_000_000  # the year 2096


class Commands:
    """Makes commands that fit what is there, over keys that begin with `prefix`."""

    def __init__(self, rng: random.Random, prefix: str, keys: Keys, kinds: int = 12):
        self.rng, self.prefix, self.kinds = rng, prefix, kinds
        self.keys = dict(keys)  # as it will be when all that was made is done
        self.number = 0

    def entry(self) -> tuple[Words, ...]:
        count = 1 if self.rng.random() < 0.7 else self.rng.randint(2, 6)
        made = []
        for _ in range(count):
            words = self.words()
            apply(self.keys, words)
            made.append(words)
        return tuple(made)

    def words(self) -> Words:
        self.number += 1
        kind = self.rng.choice((self.text, self.text, self.counter, self.hash, self.hash, self.long, self.name,
                                self.list, self.list, self.set, self.sorted_set, self.stream, self.stream))
        return kind(self.rng.randrange(self.kinds), str(self.number))

    def key(self, kind: str, number: int) -> str:
        return f"{self.prefix}{kind}{number}"

    def text(self, number: int, value: str) -> Words:
        key = self.key("text", number)
        if key in self.keys and self.rng.random() < 0.2:
            return ("DEL", key)
        if self.rng.random() < 0.2:
            return ("SET", key, value, "PXAT", str(FAR_MS + int(value)))
        return ("PERSIST", key) if self.rng.random() < 0.1 and key in self.keys else ("SET", key, value)

    def counter(self, number: int, value: str) -> Words:
        return ("INCRBY", self.key("counter", number), str(self.rng.randint(1, 9)))

    def hash(self, number: int, value: str) -> Words:
        key = self.key("hash", number)
        fields = [f"f{self.rng.randrange(8)}" for _ in range(self.rng.randint(1, 4))]
        if key in self.keys and self.rng.random() < 0.3:
            return ("DEL", key) if self.rng.random() < 0.2 else ("HDEL", key, *fields)
        return ("HSET", key, *(word for name in dict.fromkeys(fields) for word in (name, value)))

    def long(self, number: int, value: str) -> Words:
        """Longer than a chunk of redis.string_chunk, at times."""
        key = self.key("long", number % 2)
        old = self.keys.get(key)
        if old is not None and len(old.value) < 200_000:
            return ("APPEND", key, value * self.rng.choice((1, 1, 1, 2000)))
        return ("SET", key, value * self.rng.choice((1, 15_000)))

    def list(self, number: int, value: str) -> Words:
        """At its ends and inside; one of them grows long."""
        key = self.key("list", number % 4)
        old = self.keys.get(key, ())
        push = (self.rng.choice(("RPUSH", "LPUSH")), key,
                *(f"{value}.{each}" for each in range(self.rng.choice((1, 2, 200 if number == 0 else 3)))))
        if not old:
            return push
        if len(old) > 2000:
            return ("LTRIM", key, "3", "-500")
        at = self.rng.randrange(len(old))
        return self.rng.choice((
            push, push, push, ("LPOP", key), ("RPOP", key), ("LREM", key, "0", old[at]),
            ("LSET", key, str(at), value), ("LINSERT", key, self.rng.choice(("BEFORE", "AFTER")), old[at], value),
            ("LTRIM", key, "1", "-2"), ("RPOPLPUSH", key, self.key("list", self.rng.randrange(4)))))

    def set(self, number: int, value: str) -> Words:
        names = dict.fromkeys(f"m{self.rng.randrange(30)}" for _ in range(self.rng.randint(1, 4)))
        return (self.rng.choice(("SADD", "SADD", "SREM")), self.key("set", number % 4), *names)

    def sorted_set(self, number: int, value: str) -> Words:
        key, name = self.key("zset", number % 4), f"m{self.rng.randrange(30)}"
        return ("ZREM", key, name) if self.rng.random() < 0.3 else ("ZADD", key, str(self.rng.randrange(99)), name)

    def stream(self, number: int, value: str) -> Words:
        """Never empty, since what is empty no view of SQL shows."""
        key = self.key("stream", number % 4)
        old = self.keys.get(key)
        if old is not None and len(old.entries) > 5 and self.rng.random() < 0.2:
            return ("XDEL", key, self.rng.choice(old.entries)[0])
        return ("XADD", key, "MAXLEN", "=", self.rng.choice(("300", "300", "20")),
                f"{int(time.time() * 1000)}-{value}", "f", value, "g", "x")

    def name(self, number: int, value: str) -> Words:
        """A value that goes from name to name."""
        here = [key for key in (self.key("name", n) for n in range(4)) if key in self.keys]
        if not here:
            return ("SET", self.key("name", 0), value)
        return ("RENAME", self.rng.choice(here), self.key("name", self.rng.randrange(4)))
