"""The kill test's own judgement: it sees what it is there to see."""

import random

from command_log import CommandLog, Commands, Entry, Text, apply
from ledger import Ledger, Tally
from prefix import Promise, judge
from row import Row

DEATH = 100.0


def row(id, version):
    return Row(id, 1, version, "", None)


def ledger_of(*changes, unanswered=()):
    ledger = Ledger("item 1", 1, range(10))
    for change in changes:
        ledger.send([change])
        ledger.acknowledge_all()
    for change in unanswered:
        ledger.send([change])
        ledger.give_up("gone")
    return ledger


def test_a_row_that_is_lost_or_old_or_back_is_seen():
    for found in ({}, {1: row(1, 1)}, {1: row(1, 2), 2: row(2, 1)}, {1: row(1, 2), 3: row(3, 9)}):
        ledger = ledger_of({1: row(1, 1), 2: row(2, 1)}, {1: row(1, 2)}, {2: None})
        assert ledger.settle(found, Tally())
    assert ledger_of({1: row(1, 1), 2: row(2, 1)}, {1: row(1, 2)}, {2: None}).settle({1: row(1, 2)}, Tally()) == []


def test_what_was_not_answered_is_whole_or_absent():
    def judged(found):
        return ledger_of({1: row(1, 1)}, unanswered=[{1: row(1, 2), 2: row(2, 1)}]).settle(found, Tally())
    assert judged({1: row(1, 1)}) == []
    assert judged({1: row(1, 2), 2: row(2, 1)}) == []
    assert judged({1: row(1, 2)})
    assert judged({1: row(1, 1), 2: row(2, 1)})


def log_of(name, *entries, synchronous=False):
    return CommandLog(name, synchronous, {}, [Entry(*each) for each in entries])


def sets(*pairs):
    return tuple(("SET", key, value) for key, value in pairs)


def test_a_prefix_is_found_and_what_is_none_is_seen():
    def judged(found):
        log = log_of("a:", (sets(("a:1", "x")), 99.8, 99.8), (sets(("a:2", "y"), ("a:3", "y")), 99.9, 99.9),
                     (sets(("a:1", "z")), 99.9, None))
        return judge([log], {key: Text(value) for key, value in found.items()}, Promise(DEATH, 1.0))
    assert judged({"a:1": "x"}).kept == {"a:": 1}
    assert judged({"a:1": "x"}).lost_answered == 1
    assert judged({"a:1": "z", "a:2": "y", "a:3": "y"}).kept == {"a:": 3}
    assert judged({}).kept == {"a:": 0}
    assert judged({"a:1": "x", "a:2": "y"}).differences, "half of a MULTI"
    assert judged({"a:2": "y", "a:3": "y"}).differences, "a hole"
    assert judged({"a:1": "x", "b": "1"}).differences == []


def test_lists_as_redis_has_them():
    keys = {}
    for words in (("RPUSH", "l", "a", "b", "c"), ("LPUSH", "l", "2", "1"), ("LINSERT", "l", "AFTER", "a", "x"),
                  ("LREM", "l", "0", "b"), ("LSET", "l", "1", "two"), ("RPOPLPUSH", "l", "m"),
                  ("RPOPLPUSH", "l", "l"), ("LTRIM", "l", "1", "-2"), ("RPUSH", "gone", "a"), ("LPOP", "gone")):
        apply(keys, words)
    assert keys == {"l": ("1", "two"), "m": ("c",)}


def test_the_promises_of_the_classes():
    def judged(answered, synchronous=False, all_kept=False, last=99.95):
        log = log_of("a:", (sets(("a:1", "x")), answered, answered), synchronous=synchronous)
        other = log_of("b:", (sets(("b:1", "x")), 98.0, last))
        found = {"b:1": Text("x")} if all_kept else {}
        return judge([log, other], found, Promise(DEATH, 1.0, all_kept)).differences
    assert judged(99.5) == []
    assert judged(98.9)
    assert judged(98.9, last=99.5) == [], "nothing was answered in between"
    assert judged(99.5, synchronous=True)
    assert judged(99.5, all_kept=True)


def test_the_order_between_connections():
    """What was answered before a kept command was sent is kept as well."""
    def judged(sent):
        first = log_of("a:", (sets(("a:1", "x")), 99.5, 99.6))
        second = log_of("b:", (sets(("b:1", "x")), sent, sent + 0.1))
        return judge([first, second], {"b:1": Text("x")}, Promise(DEATH, 1.0)).differences
    assert judged(99.55) == []
    assert judged(99.65)


def test_what_changes_nothing_says_nothing_of_the_order():
    def judged(second_command):
        first = log_of("a:", (sets(("a:1", "x")), 99.5, 99.6))
        second = log_of("b:", (sets(("b:1", "x")), 99.4, 99.5), ((second_command,), 99.65, 99.7), synchronous=True)
        return judge([first, second], {"b:1": Text("x", 5 if "PXAT" in second_command else None)},
                     Promise(DEATH, 1.0)).differences
    assert judged(("PERSIST", "b:1")) == []
    assert judged(("RENAME", "b:1", "b:1")) == []
    assert judged(("SET", "b:1", "x", "PXAT", "5"))


def test_made_commands_are_a_prefix_of_themselves_only():
    made = Commands(random.Random(1), "a:", {})
    log = log_of("a:", *((made.entry(), 99.5, 99.5) for _ in range(300)))
    state = {}
    for count, entry in enumerate(log.entries, 1):
        for words in entry.commands:
            apply(state, words)
        verdict = judge([log], dict(state), Promise(DEATH, 1.0))
        assert verdict.differences == [] and verdict.kept["a:"] <= count
    name = next(name for name in state if isinstance(state[name], Text))
    assert judge([log], {**state, name: Text("other")}, Promise(DEATH, 1.0)).differences
