"""Which reactors listen where."""

import pathlib

import psycopg

LISTENING = "0A"


def listeners(port):
    """How many sockets listen on a port of 127.0.0.1."""
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[3] == LISTENING and int(row[1].split(":")[1], 16) == port for row in rows)


def test_beside_its_postgresql_half_of_the_reactors_serve_sql(new_stele):
    node = new_stele("--threads", "4")
    assert listeners(node.ports["elastic"]) == 4
    assert listeners(node.ports["sql"]) == 2
    sessions = [psycopg.connect(node.dsn()) for _ in range(8)]
    assert [s.execute("SELECT 1").fetchone() for s in sessions] == [(1,)] * 8
    for session in sessions:
        session.close()
