"""A day's work of a psycopg user through the SQL head, which must be as if PostgreSQL itself answered."""

import concurrent.futures
import datetime
import decimal
import threading
import uuid

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb


@pytest.fixture
def table(db, name):
    db.execute(f"CREATE TABLE {name} (id bigint PRIMARY KEY, title text, price numeric(10,2), tags text[],"
               " extra jsonb, made timestamptz DEFAULT now())")
    yield name
    db.execute(f"DROP TABLE IF EXISTS {name}")


def count(db, table):
    return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_server_identifies_itself(stele, db):
    assert db.info.server_version >= 140000
    assert db.info.parameter_status("server_encoding") == "UTF8"
    assert db.info.encoding == "utf-8"
    assert db.execute("SELECT current_user, current_database()").fetchone() == ("postgres", "postgres")


def test_ddl(db, table):
    db.execute(f"ALTER TABLE {table} ADD COLUMN stars int CHECK (stars BETWEEN 1 AND 5)")
    db.execute(f"CREATE INDEX ON {table} (title)")
    db.execute(f"CREATE VIEW {table}_view AS SELECT id, title FROM {table}")
    db.execute(f"INSERT INTO {table} (id, title, stars) VALUES (1, 'a', 5)")
    assert db.execute(f"SELECT * FROM {table}_view").fetchall() == [(1, "a")]
    with pytest.raises(errors.CheckViolation):
        db.execute(f"INSERT INTO {table} (id, stars) VALUES (2, 6)")
    db.execute(f"DROP VIEW {table}_view")
    assert count(db, table) == 1


def test_types_come_back_as_they_went(db, table):
    made = datetime.datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc)
    row = (2**62, "Grüße, \U0001f5ff 'quoted' \\ \n", decimal.Decimal("12345678.90"), ["a", "b,c", '"', None],
           Jsonb({"deep": [1, None, {"x": "y"}]}), made)
    db.execute(f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s, %s)", row)
    for binary in (False, True):
        got = db.cursor(binary=binary).execute(f"SELECT * FROM {table}").fetchone()
        assert got[:4] == row[:4] and got[4] == {"deep": [1, None, {"x": "y"}]} and got[5] == made


def test_parameters_of_many_types(db):
    value = uuid.uuid4()
    row = db.execute("SELECT %s::uuid, %s::bytea, %s::date, %s::interval, %s::float8, %s::bool, %s::int4range",
                     (value, b"\x00\xff\\", datetime.date(2026, 11, 22), datetime.timedelta(hours=30), 0.1, True,
                      psycopg.types.range.Range(1, 5))).fetchone()
    assert row == (value, b"\x00\xff\\", datetime.date(2026, 11, 22), datetime.timedelta(hours=30), 0.1, True,
                   psycopg.types.range.Range(1, 5))
    assert db.execute("SELECT %s::text", (None,)).fetchone() == (None,)


def test_prepared_statements(db, table):
    insert = f"INSERT INTO {table} (id, title) VALUES (%s, %s)"
    for i in range(20):
        db.execute(insert, (i, f"t{i}"), prepare=True)
    assert count(db, table) == 20
    prepared = db.execute("SELECT statement FROM pg_prepared_statements").fetchall()
    assert any(table in statement for (statement,) in prepared)
    db.execute(f"ALTER TABLE {table} ADD COLUMN later int")
    query = f"SELECT * FROM {table} WHERE id = %s"
    assert db.execute(query, (3,), prepare=True).fetchone()[1] == "t3"


def test_named_sql_prepare_and_deallocate(db):
    db.execute("PREPARE plus(int, int) AS SELECT $1 + $2")
    assert db.execute("EXECUTE plus(2, 3)").fetchone() == (5,)
    db.execute("DEALLOCATE plus")
    with pytest.raises(errors.InvalidSqlStatementName):
        db.execute("EXECUTE plus(2, 3)")


def test_executemany_and_returning(db, table):
    cursor = db.cursor()
    cursor.executemany(f"INSERT INTO {table} (id, title) VALUES (%s, %s) RETURNING id",
                       [(i, str(i)) for i in range(500)], returning=True)
    ids = []
    while True:
        ids.append(cursor.fetchone()[0])
        if not cursor.nextset():
            break
    assert ids == list(range(500))


def test_pipeline(stele, table):
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        with connection.pipeline() as pipeline:
            for i in range(200):
                connection.execute(f"INSERT INTO {table} (id) VALUES (%s)", (i,))
            total = connection.execute(f"SELECT count(*) FROM {table}")
            pipeline.sync()
            assert total.fetchone() == (200,)
        with pytest.raises(errors.UniqueViolation):
            with connection.pipeline():
                connection.execute(f"INSERT INTO {table} (id) VALUES (1000)")
                connection.execute(f"INSERT INTO {table} (id) VALUES (1)")
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_transactions(stele, db, table):
    with psycopg.connect(stele.dsn()) as connection:
        with connection.transaction():
            connection.execute(f"INSERT INTO {table} (id) VALUES (1)")
            with pytest.raises(ZeroDivisionError):
                with connection.transaction():
                    connection.execute(f"INSERT INTO {table} (id) VALUES (2)")
                    1 / 0
        with pytest.raises(RuntimeError):
            with connection.transaction():
                connection.execute(f"INSERT INTO {table} (id) VALUES (3)")
                raise RuntimeError
        connection.execute(f"INSERT INTO {table} (id) VALUES (4)")
        connection.rollback()
    assert db.execute(f"SELECT array_agg(id) FROM {table}").fetchone() == ([1],)


def test_a_failed_transaction_says_so(stele, table):
    with psycopg.connect(stele.dsn()) as connection:
        with pytest.raises(errors.UndefinedColumn):
            connection.execute(f"SELECT nothing FROM {table}")
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR
        with pytest.raises(errors.InFailedSqlTransaction):
            connection.execute("SELECT 1")
        connection.rollback()
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_serialization_failure_reaches_the_client(stele, db, table):
    db.execute(f"INSERT INTO {table} (id, price) VALUES (1, 1)")
    with psycopg.connect(stele.dsn()) as one, psycopg.connect(stele.dsn()) as two:
        for connection in (one, two):
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute(f"SELECT * FROM {table}")
        one.execute(f"UPDATE {table} SET price = 2")
        one.commit()
        with pytest.raises(errors.SerializationFailure):
            two.execute(f"UPDATE {table} SET price = 3")


def test_advisory_locks_are_the_sessions(stele, db):
    with psycopg.connect(stele.dsn(), autocommit=True) as other:
        assert db.execute("SELECT pg_try_advisory_lock(42)").fetchone() == (True,)
        assert other.execute("SELECT pg_try_advisory_lock(42)").fetchone() == (False,)
        db.execute("SELECT pg_advisory_unlock(42)")
        assert other.execute("SELECT pg_try_advisory_lock(42)").fetchone() == (True,)


def test_errors_carry_their_fields(db, table):
    db.execute(f"INSERT INTO {table} (id) VALUES (1)")
    with pytest.raises(errors.UniqueViolation) as caught:
        db.execute(f"INSERT INTO {table} (id) VALUES (1)")
    diag = caught.value.diag
    assert diag.sqlstate == "23505"
    assert diag.table_name == table
    assert diag.constraint_name == f"{table}_pkey"
    assert diag.message_detail == "Key (id)=(1) already exists."
    with pytest.raises(errors.SyntaxError) as caught:
        db.execute("SELEC 1")
    assert caught.value.diag.statement_position == "1"
    with pytest.raises(errors.RaiseException) as caught:
        db.execute("DO $$ BEGIN RAISE EXCEPTION 'why' USING HINT = 'because', DETAIL = 'so'; END $$")
    assert (caught.value.diag.message_hint, caught.value.diag.message_detail) == ("because", "so")


def test_connection_errors_are_postgresqls(stele):
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(stele.dsn(dbname="no_such_database"))
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(stele.dsn(user="no_such_role"))


def test_notices(stele, db):
    notices = []
    db.add_notice_handler(lambda diag: notices.append((diag.severity, diag.message_primary)))
    db.execute("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$")
    db.execute("DROP TABLE IF EXISTS no_such_table_at_all")
    assert notices[:2] == [("NOTICE", "one"), ("WARNING", "two")]
    assert "does not exist, skipping" in notices[2][1]


def test_notifications(stele, db, name):
    received = []
    with psycopg.connect(stele.dsn(), autocommit=True) as listener:
        listener.execute(f"LISTEN {name}")
        sender = db.info.backend_pid
        db.execute(f"NOTIFY {name}, 'hello'")
        db.execute("SELECT pg_notify(%s, %s)", (name, "x" * 7999))
        for notification in listener.notifies(timeout=30, stop_after=2):
            received.append(notification)
    assert [n.payload for n in received] == ["hello", "x" * 7999]
    assert {n.pid for n in received} == {sender}


def test_notifications_come_to_an_idle_connection(stele, db, name):
    with psycopg.connect(stele.dsn(), autocommit=True) as listener:
        listener.execute(f"LISTEN {name}")
        timer = threading.Timer(0.2, lambda: db.execute(f"NOTIFY {name}, 'later'"))
        timer.start()
        (notification,) = list(listener.notifies(timeout=30, stop_after=1))
        timer.join()
    assert notification.payload == "later"


def test_cancel(stele):
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            running = pool.submit(connection.execute, "SELECT pg_sleep(600)")
            with psycopg.connect(stele.dsn(), autocommit=True) as watcher:
                for _ in range(3000):
                    found = watcher.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND state = 'active'"
                                            " AND wait_event = 'PgSleep'", (connection.info.backend_pid,)).fetchone()[0]
                    if found:
                        break
                assert found
            connection.cancel_safe(timeout=30)
            with pytest.raises(errors.QueryCanceled):
                running.result(timeout=60)
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_statement_timeout_keeps_the_connection(db):
    db.execute("SET statement_timeout = 50")
    with pytest.raises(errors.QueryCanceled):
        db.execute("SELECT pg_sleep(60)")
    db.execute("RESET statement_timeout")
    assert db.execute("SELECT 1").fetchone() == (1,)


def test_copy_in_text(db, table):
    with db.cursor().copy(f"COPY {table} (id, title, tags) FROM STDIN") as copy:
        for i in range(10000):
            copy.write_row((i, f"tab\there {i}", ["x", None]))
    assert count(db, table) == 10000
    assert db.execute(f"SELECT title, tags FROM {table} WHERE id = 77").fetchone() == ("tab\there 77", ["x", None])


def test_copy_binary_both_ways(db, table):
    with db.cursor().copy(f"COPY {table} (id, title) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "text"])
        for i in range(1000):
            copy.write_row((i, str(i)))
    with db.cursor().copy(f"COPY (SELECT id, title FROM {table} ORDER BY id) TO STDOUT (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "text"])
        rows = list(copy.rows())
    assert rows == [(i, str(i)) for i in range(1000)]


def test_copy_out_and_its_end(db, table):
    db.execute(f"INSERT INTO {table} (id, title) SELECT i, repeat('x', 100) FROM generate_series(1, 50000) i")
    with db.cursor().copy(f"COPY {table} (id, title) TO STDOUT") as copy:
        rows = sum(1 for _ in copy.rows())
    assert rows == 50000
    assert db.execute("SELECT 1").fetchone() == (1,)


def test_copy_that_fails(db, table):
    with pytest.raises(errors.InvalidTextRepresentation) as caught:
        with db.cursor().copy(f"COPY {table} (id) FROM STDIN") as copy:
            copy.write("1\nnot a number\n2\n")
    assert "line 2" in caught.value.diag.context
    assert count(db, table) == 0


def test_copy_that_the_client_gives_up(db, table):
    with pytest.raises(errors.QueryCanceled):
        with db.cursor().copy(f"COPY {table} (id) FROM STDIN") as copy:
            copy.write("1\n")
            raise errors.QueryCanceled("the client changed its mind")
    assert count(db, table) == 0


def test_server_side_cursor(stele):
    with psycopg.connect(stele.dsn()) as connection:
        with connection.cursor("large") as cursor:
            cursor.itersize = 5000
            cursor.execute("SELECT i, repeat('y', 200) FROM generate_series(1, 100000) i")
            total = sum(i for i, _ in cursor)
        assert total == 100000 * 100001 // 2
        with connection.cursor("scroll", scrollable=True) as cursor:
            cursor.execute("SELECT generate_series(1, 100)")
            cursor.scroll(50)
            assert cursor.fetchone() == (51,)


def test_large_result_row_by_row(stele):
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        rows = 0
        for number, text in connection.cursor().stream(
                "SELECT i, repeat('z', 1000) FROM generate_series(1, 60000) i"):
            rows += 1
            assert len(text) == 1000
        assert (rows, number) == (60000, 60000)


def resident_kb(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_a_result_that_nobody_reads_is_not_gathered(stele):
    """400 MB wait in PostgreSQL while the client sleeps, not in Stele."""
    before = resident_kb(stele.process.pid)
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        stream = connection.cursor().stream("SELECT repeat('w', 100000) FROM generate_series(1, 4000)")
        sizes = 0
        for i, (text,) in enumerate(stream):
            sizes += len(text)
            if i in (10, 2000, 3900):
                assert resident_kb(stele.process.pid) - before < 100_000
    assert sizes == 4000 * 100000


def test_one_huge_value(db):
    (value,) = db.execute("SELECT repeat('v', 50 * 1024 * 1024)").fetchone()
    assert len(value) == 50 * 1024 * 1024
    assert db.execute("SELECT length(%s)", ("u" * (20 << 20),)).fetchone() == (20 << 20,)


def test_several_statements_in_one_query(db):
    cursor = db.execute("SELECT 1; SELECT 2, 'b'; CREATE TEMP TABLE gone (i int) ON COMMIT DROP")
    assert cursor.fetchall() == [(1,)]
    assert cursor.nextset() and cursor.fetchall() == [(2, "b")]
    assert cursor.nextset() and cursor.statusmessage == "CREATE TABLE"


def test_session_state_is_the_clients(stele, db):
    db.execute("SET application_name = 'day''s work'")
    assert db.info.parameter_status("application_name") == "day's work"
    db.execute("CREATE TEMP TABLE scratch (i int)")
    db.execute("INSERT INTO scratch VALUES (7)")
    assert db.execute("SELECT * FROM scratch").fetchone() == (7,)
    with psycopg.connect(stele.dsn(), autocommit=True) as other:
        with pytest.raises(errors.UndefinedTable):
            other.execute("SELECT * FROM scratch")
    with psycopg.connect(stele.dsn(application_name="given", options="'-c statement_timeout=1234'")) as other:
        assert other.execute("SHOW application_name").fetchone() == ("given",)
        assert other.execute("SHOW statement_timeout").fetchone() == ("1234ms",)


def test_many_connections_at_once(stele, table):
    def work(i):
        with psycopg.connect(stele.dsn(), autocommit=True) as connection:
            for j in range(20):
                connection.execute(f"INSERT INTO {table} (id) VALUES (%s)", (i * 100 + j,))
            return connection.execute("SELECT pg_backend_pid()").fetchone()[0]

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        pids = list(pool.map(work, range(20)))
    assert len(set(pids)) == 20
    with psycopg.connect(stele.dsn()) as connection:
        assert count(connection, table) == 400


def test_a_backend_that_is_terminated_ends_its_client(stele, db):
    with psycopg.connect(stele.dsn(), autocommit=True) as victim:
        db.execute("SELECT pg_terminate_backend(%s)", (victim.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            for _ in range(1000):
                victim.execute("SELECT 1")
    assert db.execute("SELECT 1").fetchone() == (1,)


def test_dict_rows_and_client_side_composition(db, table):
    db.execute(sql.SQL("INSERT INTO {} (id, title) VALUES ({}, {})").format(
        sql.Identifier(table), sql.Literal(1), sql.Literal("o'clock")))
    row = db.cursor(row_factory=dict_row).execute(f"SELECT id, title FROM {table}").fetchone()
    assert row == {"id": 1, "title": "o'clock"}


def test_tls_is_refused_in_the_protocols_way_where_it_is_not_offered(stele):
    with psycopg.connect(stele.dsn(sslmode="prefer")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError, match="SSL"):
        psycopg.connect(stele.dsn(sslmode="require"))


def test_tls(new_stele, certificate):
    node = new_stele("--tls-certificate", str(certificate / "cert.pem"), "--tls-key", str(certificate / "key.pem"))
    with psycopg.connect(node.dsn(sslmode="verify-full", sslrootcert=certificate / "cert.pem")) as connection:
        assert connection.pgconn.ssl_in_use
        (text,) = connection.execute("SELECT repeat('t', 3000000)").fetchone()
        assert len(text) == 3000000
    with psycopg.connect(node.dsn(sslmode="disable")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert node.stop() == 0
