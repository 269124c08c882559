"""One truth in two scripts: what SQL commits an Elasticsearch client finds at once, and what that client writes
is a row."""

import threading
import time

import elasticsearch
import psycopg
import pytest
from collection import find, is_served
from elasticsearch import ApiError, ConflictError, NotFoundError
from stele_node import wait_until


@pytest.fixture
def film(db, es, name):
    """A published table with 1,000 rows that were there before."""
    db.execute(f"CREATE TABLE {name} (id bigint PRIMARY KEY, title text, year int, rate numeric(4,2), good bool,"
               " tags text[], words real[], day date, extra jsonb)")
    db.execute(f"INSERT INTO {name} SELECT i, 'film number ' || i, 1900 + i % 120, i % 500 / 100.0, i % 2 = 0,"
               " ARRAY['t' || i % 7], ARRAY[i % 3, 1, 0]::real[], date '2020-01-01' + i, jsonb_build_object('i', i)"
               " FROM generate_series(1, 1000) i")
    db.execute("SELECT stele.publish(%s)", (name,))
    wait_until(lambda: is_served(es, name, 1000), what="the published table")
    yield name
    db.execute(f"DROP TABLE IF EXISTS {name}")


# ---- SQL writes, Elasticsearch finds

def test_a_published_table_is_a_collection(db, es, film):
    properties = es.indices.get_mapping(index=film)[film]["mappings"]["properties"]
    assert properties["title"]["type"] == "text" and properties["title"]["fields"]["keyword"]["type"] == "keyword"
    assert properties["id"]["type"] == "long" and properties["year"]["type"] == "integer"
    assert properties["good"]["type"] == "boolean" and properties["day"]["type"] == "date"
    assert properties["words"]["type"] == "dense_vector" and properties["words"]["dims"] == 3
    source = es.get(index=film, id="7")["_source"]
    assert source["id"] == 7 and source["title"] == "film number 7" and source["year"] == 1907
    assert source["good"] is False and source["tags"] == ["t0"] and source["day"] == "2020-01-08"
    assert source["words"] == [1.0, 1.0, 0.0] and source["extra"] == {"i": 7} and float(source["rate"]) == 0.07
    assert find(es, film, {"bool": {"must": {"match": {"title": "7"}}, "filter": {"term": {"year": 1907}}}}) == {"7"}


def test_a_commit_is_found_at_once(db, es, film):
    for i in range(2000, 2050):
        db.execute(f"INSERT INTO {film} (id, title) VALUES (%s, %s)", (i, f"unique{i}"))
        assert find(es, film, {"match": {"title": f"unique{i}"}}) == {str(i)}
        db.execute(f"UPDATE {film} SET title = %s WHERE id = %s", (f"changed{i}", i))
        assert find(es, film, {"match": {"title": f"unique{i}"}}) == set()
        assert es.get(index=film, id=str(i))["_source"]["title"] == f"changed{i}"
        db.execute(f"DELETE FROM {film} WHERE id = %s", (i,))
        assert find(es, film, {"match": {"title": f"changed{i}"}}) == set()
        with pytest.raises(NotFoundError):
            es.get(index=film, id=str(i))


def test_a_transaction_is_seen_whole_or_not_at_all(stele, db, es, film):
    with psycopg.connect(stele.dsn()) as connection:
        connection.execute(f"UPDATE {film} SET year = 1 WHERE id <= 500")
        assert find(es, film, {"term": {"year": 1}}) == set()
        connection.execute("SAVEPOINT s")
        connection.execute(f"UPDATE {film} SET year = 2 WHERE id <= 10")
        connection.execute("ROLLBACK TO s")
        connection.commit()
        assert es.count(index=film, query={"term": {"year": 1}})["count"] == 500
        connection.execute(f"UPDATE {film} SET year = 3")
        connection.rollback()
    assert es.count(index=film, query={"term": {"year": 3}})["count"] == 0
    assert es.count(index=film, query={"term": {"year": 1}})["count"] == 500


def test_two_tables_change_in_one_moment(stele, db, es, name):
    one, two = name + "_a", name + "_b"
    for table in (one, two):
        db.execute(f"CREATE TABLE {table} (id int PRIMARY KEY, n bigint)")
        db.execute(f"INSERT INTO {table} VALUES (1, 0)")
        db.execute("SELECT stele.publish(%s)", (table,))
        wait_until(lambda: is_served(es, table, 1), what="the published table")
    stop = threading.Event()

    def write():
        with psycopg.connect(stele.dsn()) as connection:
            while not stop.is_set():
                connection.execute(f"UPDATE {one} SET n = n + 1")
                connection.execute(f"UPDATE {two} SET n = n + 1")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen, end = [], time.monotonic() + 60
        while len(seen) < 200 or (seen[-1] == seen[0] and time.monotonic() < end):
            hits = es.search(index=f"{one},{two}", size=10)["hits"]["hits"]
            values = {hit["_source"]["n"] for hit in hits}
            assert len(hits) == 2 and len(values) == 1
            seen += values
        assert seen == sorted(seen) and seen[-1] > seen[0]
    finally:
        stop.set()
        writer.join()
        db.execute(f"DROP TABLE {one}, {two}")


def test_keys_move_and_tables_are_emptied(db, es, film):
    db.execute(f"UPDATE {film} SET id = 5001 WHERE id = 1")
    with pytest.raises(NotFoundError):
        es.get(index=film, id="1")
    assert es.get(index=film, id="5001")["_source"]["title"] == "film number 1"
    db.execute(f"TRUNCATE {film}")
    assert es.count(index=film)["count"] == 0
    db.execute(f"INSERT INTO {film} (id) VALUES (1)")
    assert es.count(index=film)["count"] == 1


def test_copy_and_large_transactions(stele, db, es, film):
    with psycopg.connect(stele.dsn()) as connection:
        with connection.cursor().copy(f"COPY {film} (id, title) FROM STDIN") as copy:
            for i in range(10_000, 60_000):
                copy.write_row((i, "loaded " + "x" * 50))
        connection.commit()
    wait_until(lambda: is_served(es, film, 51_000), what="the loaded rows")
    db.execute(f"DELETE FROM {film} WHERE id >= 10000")
    wait_until(lambda: is_served(es, film, 1000), what="the deletion")


def test_an_unchanged_toasted_value_survives_an_update(db, es, film):
    long = " ".join(f"word{i}" for i in range(20_000))
    db.execute(f"INSERT INTO {film} (id, title) VALUES (9000, %s)", (long,))
    db.execute(f"UPDATE {film} SET year = 7 WHERE id = 9000")
    source = es.get(index=film, id="9000")["_source"]
    assert source["title"] == long and source["year"] == 7
    assert find(es, film, {"match": {"title": "word19999"}}) == {"9000"}
    db.execute(f"UPDATE {film} SET id = 9001 WHERE id = 9000")
    assert es.get(index=film, id="9001")["_source"]["title"] == long


def test_a_new_column_is_noticed(db, es, film):
    db.execute(f"ALTER TABLE {film} ADD COLUMN director text")
    db.execute(f"UPDATE {film} SET director = 'Varda' WHERE id = 3")
    wait_until(lambda: find(es, film, {"match": {"director": "varda"}}) == {"3"}, what="the new column")
    db.execute(f"ALTER TABLE {film} ALTER COLUMN year TYPE text USING 'y' || year")
    wait_until(lambda: es.get(index=film, id="3")["_source"].get("year") == "y1903", what="the changed type")


def test_a_dropped_table_is_gone(db, es, film):
    db.execute(f"DROP TABLE {film}")
    wait_until(lambda: not es.indices.exists(index=film), what="the end of the collection")


def test_values_that_do_not_fit_stop_nothing(db, es, film):
    db.execute(f"INSERT INTO {film} (id, title, words) VALUES (7001, 'short', '{{1,2}}'), (7002, 'nan', '{{1,NaN,3}}'),"
               " (7003, 'none', NULL), (7004, 'empty', '{}')")
    assert find(es, film, {"range": {"id": {"gte": 7001}}}) == {"7001", "7002", "7003", "7004"}
    hits = es.search(index=film, knn={"field": "words", "query_vector": [1, 2, 3], "k": 1000, "num_candidates": 1000},
                     size=1000)["hits"]["hits"]
    assert len(hits) == 1000 and not {"7001", "7002", "7003", "7004"} & {hit["_id"] for hit in hits}


def test_what_cannot_be_published_says_why(db, name):
    db.execute(f"CREATE VIEW {name}_v AS SELECT 1 AS id")
    with pytest.raises(psycopg.Error, match="view"):
        db.execute("SELECT stele.publish(%s)", (name + "_v",))
    db.execute(f"CREATE TABLE {name}_k (id int)")
    with pytest.raises(psycopg.Error, match="primary key"):
        db.execute("SELECT stele.publish(%s)", (name + "_k",))
    with pytest.raises(psycopg.Error, match="does not exist"):
        db.execute("SELECT stele.publish('no_such_table')")
    db.execute(f"DROP VIEW {name}_v; DROP TABLE {name}_k")


def test_unpublish(db, es, film):
    db.execute("SELECT stele.unpublish(%s)", (film,))
    wait_until(lambda: not es.indices.exists(index=film), what="the end of the collection")
    assert db.execute(f"SELECT count(*) FROM {film}").fetchone() == (1000,)
    db.execute("SELECT stele.publish(%s)", (film,))
    wait_until(lambda: is_served(es, film, 1000), what="the table, published again")


def test_status_shows_the_collection(db, es, film):
    def ready():
        return db.execute("SELECT state, documents, kind FROM stele.status WHERE collection = %s",
                          (film,)).fetchone() == ("ready", 1000, "published")
    wait_until(ready, what="the line of stele.status")


# ---- Elasticsearch writes, SQL reads

def test_an_index_is_a_table(db, es, name):
    made = es.index(index=name, id="a", document={"title": "hello", "stars": 5})
    row = db.execute(f"SELECT _id, _source->>'title', (_source->>'stars')::int, _version, _seq_no"
                     f" FROM elastic.{name}").fetchone()
    assert row == ("a", "hello", 5, 1, made["_seq_no"])
    es.update(index=name, id="a", doc={"stars": 4})
    assert db.execute(f"SELECT (_source->>'stars')::int, _version FROM elastic.{name}").fetchone() == (4, 2)
    es.delete(index=name, id="a")
    assert db.execute(f"SELECT count(*) FROM elastic.{name}").fetchone() == (0,)
    es.indices.delete(index=name)
    assert db.execute("SELECT to_regclass(%s)", (f"elastic.{name}",)).fetchone() == (None,)


def test_sql_writes_documents(db, es, name):
    es.indices.create(index=name, mappings={"properties": {"title": {"type": "text"}}})
    db.execute(f"""INSERT INTO elastic.{name} (_id, _source) VALUES ('1', '{{"title": "from sql", "n": 1}}')""")
    got = es.get(index=name, id="1")
    assert got["_source"] == {"title": "from sql", "n": 1} and got["_version"] == 1
    assert find(es, name, {"match": {"title": "sql"}}) == {"1"}
    db.execute(f"""UPDATE elastic.{name} SET _source = '{{"title": "again"}}'""")
    changed = es.get(index=name, id="1")
    assert changed["_version"] == 2 and changed["_seq_no"] > got["_seq_no"]
    with pytest.raises(ConflictError):
        es.index(index=name, id="1", document={}, if_seq_no=got["_seq_no"], if_primary_term=1)
    db.execute(f"DELETE FROM elastic.{name}")
    assert es.count(index=name)["count"] == 0
    es.indices.delete(index=name)


def test_documents_written_to_a_published_table_are_rows(db, es, film):
    made = es.index(index=film, id="3000", document={"title": "written", "year": 2026, "tags": ["a", "b"]})
    assert made["result"] == "created"
    assert db.execute(f"SELECT title, year, tags, rate FROM {film} WHERE id = 3000").fetchone() == (
        "written", 2026, ["a", "b"], None)
    es.update(index=film, id="3000", doc={"year": 2027})
    assert db.execute(f"SELECT title, year FROM {film} WHERE id = 3000").fetchone() == ("written", 2027)
    es.delete(index=film, id="3000")
    assert db.execute(f"SELECT count(*) FROM {film} WHERE id = 3000").fetchone() == (0,)
    with pytest.raises(ConflictError):
        es.create(index=film, id="5", document={"title": "there already"})
    with pytest.raises(ApiError) as caught:
        es.index(index=film, id="3001", document={"no_such_column": 1})
    assert caught.value.status_code == 400 and "no_such_column" in str(caught.value.body)
    with pytest.raises(ApiError) as caught:
        es.index(index=film, id="not a number", document={"title": "x"})
    assert caught.value.status_code == 400


def test_constraints_are_the_writers_answer(db, es, film):
    db.execute(f"ALTER TABLE {film} ADD CHECK (year <> 13)")
    with pytest.raises(ApiError) as caught:
        es.update(index=film, id="5", doc={"year": 13})
    assert caught.value.status_code == 400 and "check" in str(caught.value.body).lower()
    reply = es.bulk(index=film, operations=[{"index": {"_id": "4001"}}, {"year": 12}, {"index": {"_id": "4002"}},
                                            {"year": 13}, {"index": {"_id": "4003"}}, {"year": 14}])
    assert [item["index"]["status"] for item in reply["items"]] == [201, 400, 201]
    assert db.execute(f"SELECT array_agg(id ORDER BY id) FROM {film} WHERE id > 4000").fetchone() == ([4001, 4003],)


# ---- freshness in figures

def lsn_value(text):
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)


def test_replies_carry_the_lsn(db, es, name):
    first = es.index(index=name, id="1", document={"n": 1}).meta.headers["x-stele-lsn"]
    second = es.index(index=name, id="2", document={"n": 2}).meta.headers["x-stele-lsn"]
    assert lsn_value(second) > lsn_value(first)
    (shown,) = db.execute("SHOW stele.lsn").fetchone()
    assert lsn_value(shown) >= lsn_value(second)
    assert lsn_value(es.search(index=name).meta.headers["x-stele-lsn"]) >= lsn_value(second)
    es.indices.delete(index=name)


def test_reads_can_wait_for_an_lsn(db, es, film):
    db.execute(f"UPDATE {film} SET year = 11 WHERE id = 11")
    (shown,) = db.execute("SHOW stele.lsn").fetchone()
    waiting = es.options(headers={"x-stele-min-lsn": shown})
    assert find(waiting, film, {"term": {"year": 11}}) == {"11"}
    with pytest.raises(ApiError) as caught:
        es.options(headers={"x-stele-min-lsn": "nonsense"}).search(index=film)
    assert caught.value.status_code == 400
    db.execute(f"SET stele.min_lsn = '{shown}'")
    assert db.execute(f"SELECT year FROM {film} WHERE id = 11").fetchone() == (11,)
    db.execute("RESET stele.min_lsn")


def test_freshness_can_be_switched_off(stele, es, film):
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        connection.execute("SET stele.freshness = off")
        for i in range(100):
            connection.execute(f"UPDATE {film} SET year = %s WHERE id = 12", (i,))
        wait_until(lambda: es.get(index=film, id="12")["_source"]["year"] == 99, what="the last write")
        connection.execute("SET stele.freshness = on")
        connection.execute(f"UPDATE {film} SET year = 1000 WHERE id = 12")
        assert find(es, film, {"term": {"year": 1000}}) == {"12"}


def test_each_writer_reads_its_own_writes_on_other_connections(stele, es, film):
    failures = []

    def work(worker):
        try:
            with psycopg.connect(stele.dsn(), autocommit=True) as connection, \
                    elasticsearch.Elasticsearch(stele.elastic_url, request_timeout=60, max_retries=0) as client:
                for i in range(40):
                    id = 100_000 + worker * 1000 + i
                    connection.execute(f"INSERT INTO {film} (id, title) VALUES (%s, %s)", (id, f"w{worker}x{i}"))
                    assert find(client, film, {"match": {"title": f"w{worker}x{i}"}}) == {str(id)}
        except BaseException as error:  # noqa: BLE001: shown by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
