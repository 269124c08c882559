"""One truth, concurrently: committed states alone, in commit order, and never less than one has written.

STELE_ONE_TRUTH_SECONDS says for how long; `./dev bench crash --one-truth 60` does the same for a minute."""

import os

from history import History
from one_truth import OneTruth
from shared_rows import HEADS

SECONDS = float(os.environ.get("STELE_ONE_TRUTH_SECONDS", "12"))


def test_four_kinds_of_clients_and_one_truth(new_stele):
    node = new_stele()
    outcome = OneTruth(node, seed=1).run(SECONDS)
    print("\n".join(outcome.lines()))
    assert outcome.differences == []
    assert len(outcome.own_reads) == len(HEADS) * (len(HEADS) - 1)
    assert all(new > 10 for _, new in outcome.snapshots.values())
    assert node.stop() == 0


def history_of(*commits):
    told = History(list(commits))
    for number, commit in enumerate(commits):
        for id, content in commit.items():
            told.states.setdefault(id, []).append((number, content))
    return told


def test_what_is_no_state_is_seen():
    """The judgement itself."""
    old, new, newer = (0, "", ""), (1, "a", "a"), (2, "b", "b")
    told = history_of({1: old, 2: old, 3: old}, {1: new, 2: new}, {3: new}, {1: newer})
    first, second, last = {1: old, 2: old, 3: old}, {1: new, 2: new, 3: old}, {1: newer, 2: new, 3: new}
    for judge in (told.judge_views, told.judge_sql):
        assert judge([first, second, last]) == []
        assert judge([{1: new, 2: old, 3: old}]), "half of a transaction"
        assert judge([{1: (1, "a", "b"), 2: new, 3: old}]), "half of a write"
        assert judge([second, first]), "back again"
        assert judge([{1: newer, 2: old, 3: new}]), "half of an earlier transaction"
    hole = {1: newer, 2: new, 3: old}
    assert told.judge_views([hole]), "a commit left out"
    assert told.judge_sql([hole]) == []
