"""What was committed, in the order of the commits, and whether what readers saw are states of it in that order."""

import bisect
import re
from dataclasses import dataclass, field

import psycopg
from shared_rows import TABLE, Content, Snapshot

SLOT = "commits"
CHANGE = re.compile(rf"table public\.{TABLE}: UPDATE: id\[integer\]:(\d+) version\[bigint\]:(\d+)"
                    r" tag\[text\]:'(.*)' echo\[text\]:'(.*)'$")


def begin(sql: psycopg.Connection):
    """From here on PostgreSQL keeps what is committed, for the test alone."""
    sql.execute("SELECT pg_create_logical_replication_slot(%s, 'test_decoding')", (SLOT,))


@dataclass
class History:
    """`states[id]`: the versions of a row, each with the number of the commit that made it."""
    commits: list[Snapshot]  # what each changed
    states: dict[int, list[tuple[int, Content]]] = field(default_factory=dict)
    # The version that a write made, also where a later one of its transaction made another of it before any saw it.
    versions: dict[tuple[int, str], int] = field(default_factory=dict)

    @staticmethod
    def read(sql: psycopg.Connection, first: Snapshot) -> "History":
        commits, changes, versions = [first], {}, {}
        for (data,) in sql.execute("SELECT data FROM pg_logical_slot_get_changes(%s, NULL, NULL)", (SLOT,)):
            if match := CHANGE.match(data):
                id, version, tag, echo = match.groups()
                changes[int(id)] = (int(version), tag, echo)
                versions[int(id), tag] = int(version)
            elif data.startswith("COMMIT") and changes:
                commits.append(changes)
                changes = {}
            else:
                assert f".{TABLE}:" not in data, data
        sql.execute("SELECT pg_drop_replication_slot(%s)", (SLOT,))
        history = History(commits, versions=versions)
        for number, commit in enumerate(commits):
            for id, content in commit.items():
                history.states.setdefault(id, []).append((number, content))
        return history

    def span(self, id: int, content: Content) -> tuple[int, int] | None:
        """From which commit until which the row was so; None: never."""
        states = self.states.get(id, [])
        at = bisect.bisect_left(states, content[0], key=lambda state: state[1][0])
        if at == len(states) or states[at][1] != content:
            return None
        return states[at][0], states[at + 1][0] if at + 1 < len(states) else len(self.commits)

    def judge_views(self, snapshots: list[Snapshot]) -> list[str]:
        """Each the state after some commit, none before the one that was seen before."""
        differences, seen = [], 0
        for number, snapshot in enumerate(snapshots):
            spans = {id: self.span(id, content) for id, content in snapshot.items()}
            if spans.keys() != self.states.keys() or None in spans.values():
                differences.append(f"snapshot {number} has what was never committed: {snapshot}")
                continue
            begins = max(begin for begin, _ in spans.values())
            ends = min(end for _, end in spans.values())
            if begins >= ends:
                differences.append(f"snapshot {number} is no state between two commits: {snapshot}, {spans}")
            elif ends <= seen:
                differences.append(f"snapshot {number} is older than one seen before: {snapshot}, {spans}, seen {seen}")
            seen = max(seen, begins)
        return differences

    def judge_sql(self, snapshots: list[Snapshot]) -> list[str]:
        """PostgreSQL itself lets two transactions that change different rows become visible in another order than
        they have in its log. So: committed contents, each transaction whole, no row going back."""
        needs = self.needs()
        differences = []
        seen = {id: -1 for id in self.states}
        for number, snapshot in enumerate(snapshots):
            for id, content in snapshot.items():
                if self.span(id, content) is None:
                    differences.append(f"snapshot {number} has what was never committed: {id} {content}")
                    continue
                if content[0] < seen[id]:
                    differences.append(f"snapshot {number} is older than one seen before: {id} {content}")
                seen[id] = content[0]
                for other, version in needs[id, content[0]].items():
                    if snapshot[other][0] < version:
                        differences.append(f"snapshot {number} has a part of a transaction: {snapshot}")
        return differences

    def needs(self) -> dict[tuple[int, int], dict[int, int]]:
        """Who sees this version of this row sees at least those of the others."""
        needs, last = {}, {}
        for commit in self.commits:
            for id, (version, _, _) in commit.items():
                least = dict(last.get(id, {}))
                for other, (other_version, _, _) in commit.items():
                    least[other] = max(least.get(other, -1), other_version)
                needs[id, version] = last[id] = least
        return needs
