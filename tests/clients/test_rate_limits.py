"""The scripts of docs/rate-limiting.md, as they stand there."""

import pathlib
import re
import threading

import pytest
import redis
from stele_node import wait_until

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/rate-limiting.md"
BLOCK = re.compile(r"^```lua\n(-- (\w+)\.lua: .*?)^```$", re.MULTILINE | re.DOTALL)
SCRIPTS = {name: text for text, name in BLOCK.findall(PAGE.read_text())}

HOUR_MS = 3_600_000
# A moment at which a window of a minute and one of an hour begin.
NOW_MS = 500_000 * HOUR_MS
# What stands between the window and the moment in ARGV.
BEFORE_NOW = {"sliding_log": [], "sliding_counter": [], "token_bucket": [1], "stream_log": ["GET /"]}


@pytest.fixture
def r(redis_alone):
    client = redis.Redis(port=redis_alone.ports["redis"], decode_responses=True, socket_timeout=60)
    client.flushall()
    yield client
    client.close()


def limit_of(r, script, limit, span_ms):
    """A function that asks as one client at a moment."""
    run = r.register_script(SCRIPTS[script])
    return lambda now_ms: run(["limit:ann"], [limit, span_ms, *BEFORE_NOW[script], now_ms])


def test_the_page_has_the_five_scripts():
    assert sorted(SCRIPTS) == sorted(["fixed_window", *BEFORE_NOW])


@pytest.mark.parametrize("script", SCRIPTS)
def test_exactly_the_limit_passes_among_threads(r, script):
    """By the server's time, in windows of an hour."""
    threads_count, asked_each, limit = 8, 12, 37
    run = r.register_script(SCRIPTS[script])
    r.script_load(run.script)
    begin = threading.Barrier(threads_count)
    answers = []

    def ask():
        begin.wait(60)
        answers.extend([run(["limit:ann"], [limit, HOUR_MS]) for _ in range(asked_each)])

    threads = [threading.Thread(target=ask) for _ in range(threads_count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == threads_count * asked_each
    passed = [answer for answer in answers if answer[0] == 1]
    assert sorted(left for _, left, _ in passed) == list(range(limit))
    assert all(wait_ms == 0 for _, _, wait_ms in passed)
    refused = [answer for answer in answers if answer[0] == 0]
    assert len(refused) == len(answers) - limit
    assert all(left == 0 and 0 < wait_ms <= 2 * HOUR_MS for _, left, wait_ms in refused)
    assert 0 < r.pttl("limit:ann") <= limit * HOUR_MS
    # Another client has a limit of its own.
    assert run(["limit:bob"], [limit, HOUR_MS]) == [1, limit - 1, 0]


def test_a_fixed_window_ends_with_its_key(r):
    run = r.register_script(SCRIPTS["fixed_window"])
    assert [run(["limit:ann"], [2, HOUR_MS])[0] for _ in range(3)] == [1, 1, 0]
    r.pexpire("limit:ann", 1)
    wait_until(lambda: not r.exists("limit:ann"), what="the end of the window")
    assert run(["limit:ann"], [2, HOUR_MS]) == [1, 1, 0]
    # A count that somebody left without an end does not shut a client out for good.
    r.set("limit:ann", 100)
    assert run(["limit:ann"], [2, HOUR_MS]) == [1, 1, 0]
    assert 0 < r.pttl("limit:ann") <= HOUR_MS


@pytest.mark.parametrize("script", ["sliding_log", "stream_log"])
def test_a_sliding_window_holds_the_limit_in_every_stretch(r, script):
    ask = limit_of(r, script, 3, 60_000)
    assert [ask(NOW_MS + ms) for ms in (0, 10_000, 10_000)] == [[1, 2, 0], [1, 1, 0], [1, 0, 0]]
    assert ask(NOW_MS + 50_000) == [0, 0, 10_000]
    assert ask(NOW_MS + 59_999) == [0, 0, 1]
    assert ask(NOW_MS + 60_000) == [1, 0, 0]
    assert ask(NOW_MS + 60_000) == [0, 0, 10_000]
    assert [ask(NOW_MS + 70_000) for _ in range(3)] == [[1, 1, 0], [1, 0, 0], [0, 0, 50_000]]
    # A clock that goes back opens nothing; what was refused left nothing.
    assert ask(NOW_MS) == [0, 0, 50_000]
    assert ask(NOW_MS + 500_000) == [1, 2, 0]
    # A limit that was lowered meanwhile counts what must leave until one place is free.
    assert [ask(NOW_MS + 510_000)[0], ask(NOW_MS + 520_000)[0]] == [1, 1]
    assert limit_of(r, script, 1, 60_000)(NOW_MS + 530_000) == [0, 0, 50_000]


def test_a_stream_tells_who_asked_for_what(r):
    run = r.register_script(SCRIPTS["stream_log"])
    for what in ("GET /a", "GET /b", "GET /refused"):
        run(["limit:ann"], [2, HOUR_MS, what, NOW_MS])
    assert r.xrange("limit:ann") == [(f"{NOW_MS}-0", {"what": "GET /a"}), (f"{NOW_MS}-1", {"what": "GET /b"})]


def test_a_sliding_counter_weighs_the_former_window(r):
    ask = limit_of(r, "sliding_counter", 10, 60_000)
    assert [ask(NOW_MS + 30_000)[0] for _ in range(11)] == [1] * 10 + [0]
    # One of the ten has gone out of the sliding window after a tenth of the next.
    assert ask(NOW_MS + 30_000) == [0, 0, 36_000]
    assert ask(NOW_MS + 65_999) == [0, 0, 1]
    assert ask(NOW_MS + 66_000) == [1, 0, 0]
    assert ask(NOW_MS + 66_000) == [0, 0, 6_000]
    assert [ask(NOW_MS + 90_000)[:2] for _ in range(5)] == [[1, 3], [1, 2], [1, 1], [1, 0], [0, 0]]
    # A clock that goes back opens nothing.
    assert ask(NOW_MS + 59_000) == [0, 0, 36_000]
    # Two windows later nothing is left of it.
    assert ask(NOW_MS + 180_000) == [1, 9, 0]


def test_a_token_bucket_fills_with_time(r):
    run = r.register_script(SCRIPTS["token_bucket"])

    def take(tokens, now_ms):
        return run(["limit:ann"], [10, 60_000, tokens, NOW_MS + now_ms])

    assert take(10, 0) == [1, 0, 0]
    assert take(1, 0) == [0, 0, 60_000]
    assert take(1, 59_999) == [0, 0, 1]
    assert take(1, 60_000) == [1, 0, 0]
    # A refusal takes none, and says when there are enough.
    assert take(4, 180_000) == [0, 2, 120_000]
    assert take(2, 180_000) == [1, 0, 0]
    # A clock that goes back opens nothing, and a full bucket gains nothing.
    assert take(1, 120_000)[0] == 0
    assert take(1, 180_000 + 100 * 60_000) == [1, 9, 0]
    assert 0 < r.pttl("limit:ann") <= 60_000
    with pytest.raises(redis.ResponseError, match="cost is above the capacity"):
        take(11, 0)
