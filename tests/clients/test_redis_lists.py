"""Lists by redis-py, and clients that wait for their elements on connections of their own."""

import threading
import time

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_SECONDS = 20


def client_of(node):
    # Who is cut off does not come again.
    return redis.Redis(
        port=node.ports["redis"],
        decode_responses=True,
        socket_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


@pytest.fixture
def client(redis_alone):
    client = client_of(redis_alone)
    client.flushall()
    yield client
    client.flushall()
    client.close()


class Waiting:
    """One call on a connection of its own, which waits."""

    def __init__(self, node, call):
        self.client = client_of(node)
        self.id = self.client.client_id()
        self.outcome = None
        self.thread = threading.Thread(target=self.run, args=(call,))
        self.thread.start()

    def run(self, call):
        try:
            self.outcome = call(self.client)
        except redis.RedisError as error:
            self.outcome = error

    def result(self):
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()
        self.client.close()
        return self.outcome


def until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def blocked(client):
    return client.info("clients")["blocked_clients"]


def wait_in_turn(node, client, calls):
    waiting = []
    for call in calls:
        waiting.append(Waiting(node, call))
        until(lambda: blocked(client) == len(waiting))
    return waiting


def test_elements_of_all_sizes(client):
    values = ["x" * size for size in (0, 1, 63, 64, 253, 254, 300, 5000, 70_000)] * 40
    for value in values:
        client.rpush("large", value)
    assert client.lrange("large", 0, -1) == values
    assert client.linsert("large", "BEFORE", "x" * 300, "inserted") == len(values) + 1
    assert client.lindex("large", 6) == "inserted"
    assert client.lrem("large", 0, "") == 40
    assert client.lpop("large", len(values)) == [v for v in values[:6] + ["inserted"] + values[6:] if v]
    assert not client.exists("large")


def test_first_come_first_served(redis_alone, client):
    waiting = wait_in_turn(redis_alone, client, [lambda c: c.blpop(["q", "p"], 0)] * 5)
    # All at once: one element each, in the order in which they came.
    assert client.rpush("q", *range(7)) == 7
    assert [each.result() for each in waiting] == [("q", str(i)) for i in range(5)]
    assert client.lrange("q", 0, -1) == ["5", "6"]
    assert blocked(client) == 0


def test_nobody_comes_between(redis_alone, client):
    [waiting] = wait_in_turn(redis_alone, client, [lambda c: c.blpop("q", 0)])
    pipeline = client.pipeline(transaction=False)
    assert pipeline.rpush("q", "a").llen("q").lpop("q").execute() == [1, 0, None]
    assert waiting.result() == ("q", "a")


def test_a_transaction_serves_at_its_end(redis_alone, client):
    [waiting] = wait_in_turn(redis_alone, client, [lambda c: c.blpop("q", 0)])
    client.pipeline().rpush("q", "a").delete("q").execute()
    assert blocked(client) == 1
    client.pipeline().rpush("q", "b", "c").lset("q", 0, "B").execute()
    assert waiting.result() == ("q", "B")
    assert client.lrange("q", 0, -1) == ["c"]


def test_moves_from_list_to_list(redis_alone, client):
    waiting = wait_in_turn(
        redis_alone,
        client,
        [
            lambda c: c.brpop("third", 0),
            lambda c: c.blmove("second", "third", 0, "LEFT", "LEFT"),
            lambda c: c.brpoplpush("first", "second", 0),
        ],
    )
    client.lpush("first", "a")
    assert [each.result() for each in waiting] == [("third", "a"), "a", "a"]
    assert client.dbsize() == 0


def test_a_target_of_another_type_is_the_waiting_clients_error(redis_alone, client):
    client.set("target", "x")
    [waiting] = wait_in_turn(redis_alone, client, [lambda c: c.brpoplpush("q", "target", 0)])
    assert client.lpush("q", "a") == 1
    assert "WRONGTYPE" in str(waiting.result())
    assert client.lrange("q", 0, -1) == ["a"]


def test_unblock(redis_alone, client):
    waiting = wait_in_turn(redis_alone, client, [lambda c: c.blpop("q", 0), lambda c: c.blpop("q", 0)])
    assert client.client_unblock(waiting[0].id) == 1
    assert waiting[0].result() is None
    assert client.client_unblock(waiting[1].id, error=True) == 1
    assert "UNBLOCKED" in str(waiting[1].result())
    assert client.client_unblock(client.client_id()) == 0
    assert client.rpush("q", "a") == 1
    assert client.llen("q") == 1


def test_who_is_gone_is_forgotten(redis_alone, client):
    waiting = wait_in_turn(redis_alone, client, [lambda c: c.blpop("q", 0), lambda c: c.blpop("q", 0)])
    client.client_kill_filter(_id=waiting[0].id)
    until(lambda: blocked(client) == 1)
    client.rpush("q", "a")
    assert waiting[1].result() == ("q", "a")
    assert isinstance(waiting[0].result(), (redis.RedisError, OSError))


def test_each_element_goes_to_one(redis_alone, client):
    """Workers and producers on all reactors at once."""
    workers, each = 6, 200

    def work(connection):
        got = []
        while True:
            name, value = connection.blpop(["jobs", "jobs2"], 0)
            if value == "end":
                return got
            got.append(value)

    waiting = [Waiting(redis_alone, work) for _ in range(workers)]
    producers = [client_of(redis_alone) for _ in range(3)]

    def produce(number):
        for i in range(each):
            producers[number].rpush("jobs" if i % 2 else "jobs2", f"{number}-{i}")

    threads = [threading.Thread(target=produce, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: client.llen("jobs") + client.llen("jobs2") == 0)
    client.rpush("jobs", *["end"] * workers)
    got = [value for each_waiting in waiting for value in each_waiting.result()]
    assert sorted(got) == sorted(f"{number}-{i}" for number in range(3) for i in range(each))
    for producer in producers:
        producer.close()
