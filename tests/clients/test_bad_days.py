"""What is acknowledged survives a kill, and views equal their tables afterwards, row for row."""

import os
import signal
import subprocess
import tempfile
import threading
import time

import elasticsearch
import psycopg
from collection import documents_of, find, is_served
from elasticsearch import ApiError, TransportError, helpers
from stele_node import binary, wait_until


class Writers:
    """Writes by SQL and by Elasticsearch until the node is gone, and remembers what was acknowledged."""

    def __init__(self, node, table, index):
        self.node, self.table, self.index = node, table, index
        self.stop = threading.Event()
        self.rows, self.documents = set(), set()
        self.threads = [threading.Thread(target=self.guarded, args=(work, number))
                        for work in (self.write_sql, self.write_elastic) for number in range(2)]
        for thread in self.threads:
            thread.start()

    def guarded(self, work, number):
        try:
            work(number)
        except (psycopg.Error, ApiError, TransportError):
            return  # the node is gone, which is the test

    def write_sql(self, number):
        with psycopg.connect(self.node.dsn(), autocommit=True) as connection:
            id = 1_000_000 * (number + 1) + int(time.time() * 1000) % 900_000
            while not self.stop.is_set():
                id += 1
                connection.execute(f"INSERT INTO {self.table} VALUES (%s, %s) ON CONFLICT DO NOTHING", (id, f"row {id}"))
                self.rows.add(id)
                if id % 3 == 0:
                    connection.execute(f"UPDATE {self.table} SET title = title || '!' WHERE id = %s", (id,))

    def write_elastic(self, number):
        with elasticsearch.Elasticsearch(self.node.elastic_url, request_timeout=30, max_retries=0) as client:
            for i in range(10**9):
                if self.stop.is_set():
                    return
                id = f"{number}-{os.urandom(4).hex()}-{i}"
                client.index(index=self.index, id=id, document={"k": i, "id": id})
                self.documents.add(id)

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def assert_views_equal_tables(node, table, index):
    with psycopg.connect(node.dsn(), autocommit=True) as connection, \
            elasticsearch.Elasticsearch(node.elastic_url, request_timeout=60) as client:
        # What was committed before the kill may still be on its way into the views.
        (lsn,) = connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
        connection.execute(f"SET stele.min_lsn = '{lsn}'")
        rows = [{"id": id, "title": title} for id, title in
                connection.execute(f"SELECT id, title FROM {table} ORDER BY id").fetchall()]
        wait_until(lambda: is_served(client, table, len(rows)), what="the published table after the kill")
        assert documents_of(client, table) == rows
        sources = {id: source for id, source in
                   connection.execute(f"SELECT _id, _source FROM elastic.{index}").fetchall()}
        wait_until(lambda: is_served(client, index, len(sources)), what="the index after the kill")
        found = {source["id"]: source for source in documents_of(client, index, "id.keyword")}
        assert found == sources
        return {row["id"] for row in rows}, set(sources)


def serve_two(node):
    with psycopg.connect(node.dsn(), autocommit=True) as connection, \
            elasticsearch.Elasticsearch(node.elastic_url, request_timeout=60) as client:
        connection.execute("CREATE TABLE film (id bigint PRIMARY KEY, title text)")
        connection.execute("SELECT stele.publish('film')")
        wait_until(lambda: is_served(client, "film", 0), what="the published table")
        client.indices.create(index="note")
    return "film", "note"


def test_kill_of_stele(new_stele):
    node = new_stele()
    table, index = serve_two(node)
    rows, documents = set(), set()
    for _ in range(3):
        writers = Writers(node, table, index)
        wait_until(lambda: len(writers.rows) > 50 and len(writers.documents) > 50, what="writes")
        node.kill()
        writers.end()
        rows |= writers.rows
        documents |= writers.documents
        node.start()
        there, sources = assert_views_equal_tables(node, table, index)
        assert rows <= there, "an acknowledged row is lost"
        assert documents <= sources, "an acknowledged document is lost"
    assert node.stop() == 0


def test_kill_of_its_postgresql(new_stele):
    node = new_stele()
    table, index = serve_two(node)
    writers = Writers(node, table, index)
    wait_until(lambda: len(writers.rows) > 50 and len(writers.documents) > 50, what="writes")
    os.kill(node.postmaster_pid(), signal.SIGKILL)
    # SQL connections end with their backends; documents may be held until PostgreSQL is back.
    wait_until(lambda: not any(thread.is_alive() for thread in writers.threads[:2]), what="the writers' errors")
    writers.end()

    def answers():
        assert node.process.poll() is None, "the node ended with its PostgreSQL"
        try:
            with psycopg.connect(node.dsn(), autocommit=True) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.Error:
            return False

    wait_until(answers, limit_s=120, what="SQL after the kill")
    there, sources = assert_views_equal_tables(node, table, index)
    assert writers.rows <= there and writers.documents <= sources
    with psycopg.connect(node.dsn(), autocommit=True) as connection, \
            elasticsearch.Elasticsearch(node.elastic_url, request_timeout=60) as client:
        connection.execute("INSERT INTO film VALUES (1, 'after the kill')")
        assert find(client, "film", {"match": {"title": "kill"}}) == {"1"}
    assert node.stop() == 0


def children(pid):
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(entry))
    return found


def test_ctrl_c_leaves_nothing_and_a_restart_finds_all(new_stele):
    node = new_stele()
    table, index = serve_two(node)
    with psycopg.connect(node.dsn(), autocommit=True) as connection:
        connection.execute(f"INSERT INTO {table} SELECT i, 'row ' || i FROM generate_series(1, 5000) i")
    with elasticsearch.Elasticsearch(node.elastic_url, request_timeout=60) as client:
        helpers.bulk(client, ({"_index": index, "_id": str(i), "id": str(i), "k": i} for i in range(500)))
    postmaster = node.postmaster_pid()
    family = [postmaster, *children(postmaster)]
    assert node.stop() == 0
    wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in family), what="the end of PostgreSQL")
    node.start()
    there, sources = assert_views_equal_tables(node, table, index)
    assert len(there) == 5000 and len(sources) == 500
    assert node.stop() == 0


def test_a_second_node_on_the_same_directory_is_refused(stele):
    second = subprocess.run([binary(), "serve", "--data-dir", str(stele.data_dir), "--sql-port", "0", "--elastic-port",
                             "0", "--redis-port", "off", "--qdrant-port", "off", "--qdrant-grpc-port", "off",
                             "--console-port", "0"], capture_output=True, text=True, timeout=60)
    assert second.returncode != 0
    assert str(stele.data_dir) in second.stderr + second.stdout
    assert stele.get(stele.console_url + "/healthz")


def test_a_port_in_use_is_named(stele):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        second = subprocess.run([binary(), "serve", "--data-dir", folder + "/data", "--sql-port", str(stele.ports["sql"]),
                                 "--elastic-port", "0", "--redis-port", "off", "--qdrant-port", "off",
                                 "--qdrant-grpc-port", "off", "--console-port", "0"],
                                capture_output=True, text=True, timeout=120)
    assert second.returncode != 0
    assert str(stele.ports["sql"]) in second.stderr + second.stdout
    assert "--sql-port" in second.stderr + second.stdout
