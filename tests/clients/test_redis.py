"""A day's work with redis-py."""

import os
import socket
import threading
import time

import pytest
import redis
from stele_node import wait_until


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def r(redis_alone, request):
    client = redis.Redis(port=redis_alone.ports["redis"], protocol=request.param, decode_responses=True,
                         client_name="tests", socket_timeout=60)
    client.flushall()
    yield client
    client.close()


def raw(node, data, limit_s=30):
    """What comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", node.ports["redis"]), limit_s) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        parts = []
        while part := client.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_a_session_cache(r):
    assert r.set("session:1", "alice", ex=3600)
    assert r.get("session:1") == "alice"
    assert 3590 < r.ttl("session:1") <= 3600
    assert r.set("session:1", "bob", nx=True) is None
    assert r.set("session:1", "bob", xx=True, keepttl=True)
    assert r.set("session:1", "carol", get=True) == "bob"
    assert r.getex("session:1", px=50_000) == "carol"
    assert r.getdel("session:1") == "carol"
    assert r.mset({"a": 1, "b": 2})
    assert r.mget("a", "none", "b") == ["1", None, "2"]
    assert r.incrby("hits", 5) == 5
    assert r.incrbyfloat("price", "1.5") == 1.5
    assert r.append("a", "23") == 3


def test_a_user_profile(r):
    assert r.hset("user:1", mapping={"name": "Ann", "age": 41}) == 2
    assert r.hgetall("user:1") == {"name": "Ann", "age": "41"}
    assert r.hincrby("user:1", "age") == 42
    assert r.hincrbyfloat("user:1", "score", 0.5) == 0.5
    assert r.hmget("user:1", "name", "none") == ["Ann", None]
    assert sorted(r.hkeys("user:1")) == ["age", "name", "score"]
    assert r.hlen("user:1") == 3
    assert r.hdel("user:1", "score", "none") == 1
    assert dict(r.hscan_iter("user:1")) == {"name": "Ann", "age": "42"}
    assert r.hrandfield("user:1", -5, withvalues=True) is not None
    with pytest.raises(redis.ResponseError, match="WRONGTYPE|wrong kind"):
        r.get("user:1")


def test_connections_and_introspection(r):
    assert r.ping()
    assert r.client_getname() == "tests"
    me = r.client_info()
    assert me["name"] == "tests"
    assert me["lib-name"].startswith("redis-py")
    assert any(each["id"] == str(me["id"]) for each in r.client_list())
    info = r.info()
    assert info["redis_version"] == "7.0.15"
    assert info["connected_clients"] >= 1
    r.set("k", "v")
    assert r.info("keyspace")["db0"]["keys"] == 1
    assert r.info("commandstats")["cmdstat_set"]["calls"] >= 1
    assert r.config_get("maxmemory")["maxmemory"] == "0"
    commands = r.command()
    assert "get" in commands and "hset" in commands
    assert r.command_count() == len(commands)
    assert r.time()[0] > 1_600_000_000
    assert r.object("encoding", "k") == "embstr"
    with pytest.raises(redis.ResponseError, match="not supported by Stele yet"):
        r.execute_command("PSYNC", "a", "b")


def test_keys_expire_by_access_and_in_the_background(r):
    r.set("short", "v", px=30)
    with r.pipeline(transaction=False) as pipe:
        for i in range(2000):
            pipe.set(f"many:{i}", "v", px=40)
        pipe.execute()
    r.set("stays", "v", ex=100)
    wait_until(lambda: r.get("short") is None, what="the expiry of a key that is asked for")
    # Nobody asks for these.
    wait_until(lambda: r.dbsize() == 1, what="the expiry of keys that nobody asks for")
    assert r.info("stats")["expired_keys"] >= 2001
    assert r.keys() == ["stays"]


def test_messages_reach_their_subscribers_in_order(r):
    subscriber = r.pubsub(ignore_subscribe_messages=True)
    subscriber.subscribe("news", "other")
    subscriber.psubscribe("n*")
    wait_until(lambda: r.pubsub_numsub("news") == [("news", 1)] and r.pubsub_numpat() == 1, what="subscriptions")
    with r.pipeline(transaction=False) as pipe:
        for i in range(500):
            pipe.publish("news", i)
        assert pipe.execute() == [2] * 500
    seen = {"message": [], "pmessage": []}

    def all_came():
        while (message := subscriber.get_message(timeout=0.1)) is not None:
            seen[message["type"]].append(int(message["data"]))
        return len(seen["message"]) == len(seen["pmessage"]) == 500
    wait_until(all_came, what="1000 messages")
    assert seen["message"] == seen["pmessage"] == list(range(500))
    subscriber.unsubscribe("news")
    wait_until(lambda: r.publish("news", "x") == 1, what="the end of a subscription")
    subscriber.close()
    wait_until(lambda: r.publish("news", "x") == 0, what="the end of a subscriber")


TOKEN_BUCKET = """
local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens') or ARGV[1])
if tokens < 1 then return 0 end
redis.call('HSET', KEYS[1], 'tokens', tokens - 1)
return 1
"""


def test_a_rate_limiter_lets_nobody_through_twice(redis_alone, r):
    take = r.register_script(TOKEN_BUCKET)
    assert take(keys=["bucket"], args=[100]) == 1
    taken = []

    def worker():
        client = redis.Redis(port=redis_alone.ports["redis"], socket_timeout=60)
        taken.append(sum(take(keys=["bucket"], args=[100], client=client) for _ in range(50)))
        client.close()
    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 99
    assert r.script_exists(take.sha) == [True]
    assert r.eval("return redis.call('HGET', KEYS[1], 'tokens')", 1, "bucket") == "0"
    with pytest.raises(redis.ResponseError, match="user_script:1: oh"):
        r.eval("error('oh')", 0)


def test_a_lock_and_a_function(r):
    lock = r.lock("lock", timeout=10)
    assert lock.acquire()
    assert not r.lock("lock").acquire(blocking=False)
    lock.extend(5)
    lock.release()
    assert not r.exists("lock")
    r.function_load("#!lua name=tests\nredis.register_function('double', function(k, a) return a[1] * 2 end)",
                    replace=True)
    assert r.fcall("double", 0, 21) == 42
    r.function_delete("tests")


def test_a_pipeline_of_ten_thousand(r):
    with r.pipeline(transaction=False) as pipe:
        for i in range(10_000):
            pipe.set(f"p:{i}", i)
            pipe.get(f"p:{i}")
        replies = pipe.execute()
    assert replies[0::2] == [True] * 10_000
    assert replies[1::2] == [str(i) for i in range(10_000)]
    with r.pipeline(transaction=True) as pipe:
        for i in range(10_000):
            pipe.incr(f"p:{i}")
        assert pipe.execute() == [i + 1 for i in range(10_000)]


def test_big_values(redis_alone, r):
    value = os.urandom(8 << 20)
    binary = redis.Redis(port=redis_alone.ports["redis"], socket_timeout=60)
    assert binary.set("big", value)
    assert binary.get("big") == value
    assert binary.getrange("big", 4_000_000, 4_000_009) == value[4_000_000:4_000_010]
    # Replies of 160 MB, asked for before one is read.
    with binary.pipeline(transaction=False) as pipe:
        for _ in range(20):
            pipe.get("big")
        assert all(each == value for each in pipe.execute())
    binary.close()


def test_a_client_that_sends_all_before_it_reads(redis_alone):
    """Requests and replies of 30 MB each: the server must take the former while nobody takes the latter."""
    value = b"v" * 30_000
    with socket.create_connection(("127.0.0.1", redis_alone.ports["redis"]), 60) as client:
        for i in range(1000):
            client.sendall(b"*3\r\n$3\r\nSET\r\n$4\r\nk%03d\r\n$30000\r\n%s\r\n*2\r\n$3\r\nGET\r\n$4\r\nk%03d\r\n"
                           % (i, value, i))
        replies = client.makefile("rb")
        for _ in range(1000):
            assert replies.readline() == b"+OK\r\n"
            assert replies.readline() == b"$30000\r\n"
            assert replies.read(30_002) == value + b"\r\n"


def test_scan_finds_all_that_stays(redis_alone, r):
    stay = {f"stay:{i}" for i in range(3000)}
    r.mset(dict.fromkeys(stay, "v"))
    stop = threading.Event()

    def disturb():
        other = redis.Redis(port=redis_alone.ports["redis"])
        i = 0
        while not stop.is_set():
            other.set(f"goes:{i}", "v")
            other.delete(f"goes:{i - 50}")
            i += 1
        other.close()

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(5):
            found = [name for name in r.scan_iter(count=37) if name.startswith("stay:")]
            assert len(found) == len(stay)
            assert set(found) == stay
            assert stay <= set(r.keys("*"))
    finally:
        stop.set()
        thread.join()
    assert set(r.scan_iter(match="stay:1?")) == {f"stay:{i}" for i in range(10, 20)}


def test_watch_lets_no_increment_go_astray(redis_alone, r):
    """Four clients add one at a time by WATCH, GET, MULTI, SET, EXEC."""
    r.set("counter", 0)
    lost = []

    def add():
        client = redis.Redis(port=redis_alone.ports["redis"])
        for _ in range(100):
            while True:
                with client.pipeline() as pipe:
                    try:
                        pipe.watch("counter")
                        value = int(pipe.get("counter"))
                        pipe.multi()
                        pipe.set("counter", value + 1)
                        pipe.execute()
                        break
                    except redis.WatchError:
                        lost.append(1)
        client.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert r.get("counter") == "400"


def test_a_transaction_is_seen_whole(redis_alone, r):
    r.mset({"left": 0, "right": 0})
    stop = threading.Event()

    def write():
        client = redis.Redis(port=redis_alone.ports["redis"])
        while not stop.is_set():
            with client.pipeline() as pipe:
                pipe.incr("left")
                pipe.incr("right")
                pipe.execute()
        client.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(2000):
            left, right = r.mget("left", "right")
            assert left == right
    finally:
        stop.set()
        thread.join()


def test_a_watched_key_that_expires_is_a_change(r):
    r.set("k", "v", px=60)
    with r.pipeline() as pipe:
        pipe.watch("k")
        wait_until(lambda: r.exists("k") == 0, what="the expiry")
        pipe.multi()
        pipe.set("other", 1)
        with pytest.raises(redis.WatchError):
            pipe.execute()


@pytest.mark.parametrize(("sent", "reply"), [
    (b"*x\r\n", b"-ERR Protocol error: invalid multibulk length\r\n"),
    (b"*1\r\nGET\r\n", b"-ERR Protocol error: expected '$', got 'G'\r\n"),
    (b"*1\r\n$-5\r\n", b"-ERR Protocol error: invalid bulk length\r\n"),
    (b"*1\r\n$600000000\r\n", b"-ERR Protocol error: invalid bulk length\r\n"),
    (b'SET k "a\r\n', b"-ERR Protocol error: unbalanced quotes in request\r\n"),
    (b"PING\r\n" + b"x" * 70_000, b"+PONG\r\n-ERR Protocol error: too big inline request\r\n"),
    (b"QUIT\r\nPING\r\n", b"+OK\r\n"),
    (b"POST / HTTP/1.1\r\nHost: here\r\n\r\n", b""),
])
def test_what_is_no_request_closes_the_connection(redis_alone, sent, reply):
    assert raw(redis_alone, sent) == reply


def test_limits(new_stele):
    node = new_stele("--postgres", "off", "--connections-max", "3")
    clients = [redis.Redis(port=node.ports["redis"], single_connection_client=True) for _ in range(3)]
    with socket.create_connection(("127.0.0.1", node.ports["redis"]), 30) as fourth:
        assert fourth.makefile("rb").read() == b"-ERR max number of clients reached\r\n"
    first = clients[0]
    first.config_set("proto-max-bulk-len", "1mb")
    with pytest.raises(redis.ResponseError, match="exceeds maximum allowed size"):
        first.setrange("k", 1 << 20, "x")
    clients[2].close()
    wait_until(lambda: first.info("clients")["connected_clients"] == 2, what="the end of a client")
    assert raw(node, b"*2\r\n$3\r\nGET\r\n$1048577\r\n") == b"-ERR Protocol error: invalid bulk length\r\n"
    first.config_set("client-query-buffer-limit", "1mb")
    # Closed without a word, as Redis does.
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", node.ports["redis"]), 30) as endless:
        endless.sendall(b"*1000\r\n")
        for _ in range(1000):
            endless.sendall(b"$100000\r\n%s\r\n" % (b"x" * 100_000))
    first.config_set("maxmemory", "100kb")
    with pytest.raises(redis.ResponseError, match="OOM|maxmemory"):
        for i in range(1000):
            first.set(f"k{i}", "x" * 1000)
    assert first.get("k0") == b"x" * 1000
    first.config_set("maxmemory", "0")
    first.config_set("timeout", "1")
    idle = socket.create_connection(("127.0.0.1", node.ports["redis"]), 30)
    assert idle.recv(1) == b""
    for client in clients:
        client.close()


def test_a_password(new_stele):
    node = new_stele("--postgres", "off", "--redis-password", "open sesame")
    assert raw(node, b"GET k\r\n") == b"-NOAUTH Authentication required.\r\n"
    assert raw(node, b"*11\r\n").startswith(b"-ERR Protocol error: unauthenticated multibulk length")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=node.ports["redis"], password="open barley").ping()
    with redis.Redis(port=node.ports["redis"], password="open sesame") as client:
        assert client.set("k", "v")
    with redis.Redis(port=node.ports["redis"], username="default", password="open sesame", protocol=3) as client:
        assert client.get("k") == b"v"


def test_a_configuration_file(new_stele, tmp_path):
    file = tmp_path / "redis.conf"
    file.write_text("# ours\nport 1\nmaxmemory 100mb\nuser writer on nopass ~* +set\n")
    options = ("--postgres", "off", "--redis-config", str(file))
    node = new_stele(*options)
    with redis.Redis(port=node.ports["redis"]) as client:
        assert client.config_get("maxmemory") == {"maxmemory": "104857600"}
        client.config_set("latency-monitor-threshold", 7)
        client.config_set("requirepass", "a b")
        client.config_rewrite()
    assert node.stop() == 0
    lines = file.read_text().splitlines()
    assert lines[:3] == ["# ours", "port 1", "maxmemory 104857600"]
    assert 'requirepass "a b"' in lines and "latency-monitor-threshold 7" in lines
    assert "user writer on nopass ~* resetchannels -@all +set" in lines
    node.start()
    with redis.Redis(port=node.ports["redis"], password="a b") as client:
        assert client.config_get("latency-monitor-threshold") == {"latency-monitor-threshold": "7"}
        assert client.acl_users() == ["default", "writer"]


def test_an_acl_file(new_stele, tmp_path):
    file = tmp_path / "users.acl"
    file.write_text("user default on nopass ~* &* +@all\nuser other on nopass +ping\n")
    node = new_stele("--postgres", "off", "--redis-acl-file", str(file))
    with redis.Redis(port=node.ports["redis"]) as client:
        assert client.acl_users() == ["default", "other"]
        other = redis.Redis(port=node.ports["redis"], username="other", password="any", retry=None)
        assert other.ping()
        assert client.acl_setuser("third", enabled=True, nopass=True)
        assert client.acl_save()
        assert "user third on nopass" in file.read_text()
        file.write_text("user default on nopass ~* &* +@all\nnonsense\n")
        with pytest.raises(redis.ResponseError, match="should start with user keyword"):
            client.acl_load()
        assert client.acl_users() == ["default", "other", "third"]
        file.write_text("user third off\n")
        assert client.acl_load()
        assert client.acl_users() == ["default", "third"]
        # Who was logged in as a user of before is gone.
        wait_until(lambda: len(client.client_list()) == 1, what="the end of the other's connection")
        other.close()


def test_tls_and_plain_on_one_port(new_stele, certificate):
    node = new_stele("--postgres", "off", "--tls-certificate", str(certificate / "cert.pem"), "--tls-key",
                     str(certificate / "key.pem"))
    with redis.Redis(port=node.ports["redis"], host="127.0.0.1", ssl=True,
                     ssl_ca_certs=str(certificate / "cert.pem")) as client:
        assert client.set("k", b"v" * 3_000_000)
        assert client.get("k") == b"v" * 3_000_000
    with redis.Redis(port=node.ports["redis"]) as client:
        assert client.strlen("k") == 3_000_000
    assert node.stop() == 0


def test_a_client_that_is_killed(redis_alone, r):
    victim = redis.Redis(port=redis_alone.ports["redis"], single_connection_client=True, retry=None)
    number = victim.client_id()
    assert r.client_kill_filter(_id=number) == 1
    wait_until(lambda: all(each["id"] != str(number) for each in r.client_list()), what="the end of the client")
    assert r.client_kill_filter(_id=number) == 0
    victim.close()


def test_many_clients_at_once(redis_alone, r):
    def work(number):
        client = redis.Redis(port=redis_alone.ports["redis"])
        for i in range(200):
            client.hset(f"w:{number}", f"f{i}", i)
            client.incr("all")
        client.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begin < 60
    assert r.get("all") == "3200"
    assert all(r.hlen(f"w:{number}") == 200 for number in range(16))
