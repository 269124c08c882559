"""Is what was found of durable keys a prefix of the order in which commands were done?"""

import bisect
from dataclasses import dataclass

from command_log import CommandLog, Keys, apply


@dataclass
class Promise:
    """Of what was answered before `death`, only that of the last `lost_s_max` may be lost: of the last in which anything
    was answered, since a keyspace that is too far behind answers nothing."""
    death: float
    lost_s_max: float
    all_kept: bool = False  # the keyspace lived on


@dataclass
class Verdict:
    """How many entries of each log there are, by its name, or why no such numbers exist."""
    kept: dict[str, int]
    differences: list[str]
    lost_answered: int = 0
    lost_s: float = 0.0  # how long before the death the first lost one was answered


def matching_prefixes(log: CommandLog, found: Keys) -> list[int]:
    """After how many entries the keys are as they were found; more than one where commands changed nothing."""
    state: Keys = dict(log.keys)
    different = {key for key in state.keys() | found.keys() if state.get(key) != found.get(key)}
    matches = [] if different else [0]
    for count, entry in enumerate(log.entries, 1):
        for words in entry.commands:
            apply(state, words)
        for key in entry.keys():
            if state.get(key) == found.get(key):
                different.discard(key)
            else:
                different.add(key)
        if not different:
            matches.append(count)
    return matches


def last_that_changed(matches: list[int], kept: int) -> int:
    """The last of the kept entries without which the keys would be others. What changes nothing is answered at once,
    also where answers wait for a commit, and says nothing of what came before."""
    at = bisect.bisect_left(matches, kept)
    while at > 0 and matches[at - 1] == matches[at] - 1:
        at -= 1
    return matches[at]


def answered_before(log: CommandLog, moment: float) -> int:
    """Answers come in order, and what has none came last."""
    return bisect.bisect_left(log.entries, moment,
                              key=lambda entry: entry.answered if entry.answered is not None else float("inf"))


def last_answer_of(logs: list[CommandLog]) -> float:
    return max((entry.answered for log in logs if not log.synchronous for entry in log.entries
                if entry.answered is not None), default=float("inf"))


def least_kept(log: CommandLog, promise: Promise, last_answer: float) -> int:
    if log.synchronous or promise.all_kept:
        return log.answered()
    return answered_before(log, min(promise.death, last_answer) - promise.lost_s_max)


def judge(logs: list[CommandLog], found: Keys, promise: Promise) -> Verdict:
    """`found` by the logs' names as prefixes. Looks for the fewest entries of each log that fit what was found, such
    that whatever was answered before a kept one was sent is kept too."""
    parts = {log.name: {key: value for key, value in found.items() if key.startswith(log.name)} for log in logs}
    matches = {log.name: matching_prefixes(log, parts[log.name]) for log in logs}
    verdict = Verdict({}, [])
    for log in logs:
        if not matches[log.name]:
            verdict.differences.append(f"{log.name}: its keys are as after no number of its commands: "
                                       + closest(log, parts[log.name]))
    if verdict.differences:
        return verdict
    last_answer = last_answer_of(logs)
    at_least = {log.name: least_kept(log, promise, last_answer) for log in logs}
    why = {log.name: "the promise of its class" for log in logs}
    changed = True
    while changed:
        changed = False
        for log in logs:
            fitting = [count for count in matches[log.name] if count >= at_least[log.name]]
            if not fitting:
                verdict.differences.append(lost(log, matches[log.name][-1], at_least[log.name], why[log.name], promise))
                return verdict
            if verdict.kept.get(log.name) == fitting[0]:
                continue
            verdict.kept[log.name] = fitting[0]
            changed = True
            last = last_that_changed(matches[log.name], fitting[0])
            if last == 0:
                continue
            sent = log.entries[last - 1].sent
            for other in logs:
                needed = answered_before(other, sent)
                if needed > at_least[other.name]:
                    at_least[other.name] = needed
                    why[other.name] = f"entry {last} of {log.name}, which was sent later"
    for log in logs:
        measure_loss(log, verdict, min(promise.death, last_answer))
    return verdict


def measure_loss(log: CommandLog, verdict: Verdict, end: float):
    lost_entries = [entry for entry in log.entries[verdict.kept[log.name]:] if entry.answered is not None]
    if lost_entries:
        verdict.lost_answered += len(lost_entries)
        verdict.lost_s = max(verdict.lost_s, end - lost_entries[0].answered)


def lost(log: CommandLog, kept: int, needed: int, why: str, promise: Promise) -> str:
    entry = log.entries[kept]
    age = f", answered {promise.death - entry.answered:.3f} s before the death" if entry.answered is not None else ""
    return (f"{log.name}: {kept} of {log.answered()} answered entries are there and {needed} must be, for {why}; the"
            f" first that is not: {str(entry.commands)[:300]}{age}")


def closest(log: CommandLog, found: Keys) -> str:
    """Which keys differ after all that was answered, for the reader of a report."""
    state: Keys = dict(log.keys)
    for entry in log.entries[:log.answered()]:
        for words in entry.commands:
            apply(state, words)
    different = sorted(key for key in state.keys() | found.keys() if state.get(key) != found.get(key))
    return "; ".join(f"{key}: answered {str(state.get(key))[:100]}, there is {str(found.get(key))[:100]}"
                     for key in different[:10])
