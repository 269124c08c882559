"""A day's work of an elasticsearch-py user: searches, and what goes wrong."""

import math
import threading

import elasticsearch
import pytest
from collection import checked_error, error_of, find, ids, send
from elasticsearch import BadRequestError, NotFoundError, helpers
from library import BOOKS
from stele_node import wait_until


# ---- searches

def test_match(es, library):
    assert find(es, library, {"match": {"title": "stone"}}) == {"1", "2"}
    assert find(es, library, {"match": {"title": {"query": "Stone HISTORY"}}}) == {"1", "2", "4"}
    assert find(es, library, {"match": {"title": {"query": "one stone", "operator": "and"}}}) == {"2"}
    assert find(es, library, {"match": {"title": {"query": "three one rosetta", "minimum_should_match": 2}}}) == {"2"}
    assert find(es, library, {"match": {"year": 1990}}) == {"3"}
    assert find(es, library, {"match": {"title": "nothingofthis"}}) == set()


def test_multi_match(es, library):
    query = {"multi_match": {"query": "jones rosetta", "fields": ["title", "author^2"]}}
    assert find(es, library, query) == {"1", "5"}
    assert find(es, library, {"multi_match": {"query": "standing stones", "fields": ["title"],
                                              "type": "phrase"}}) == {"3"}


def test_a_multi_match_type_that_is_not_there_is_named(es, library):
    query = {"multi_match": {"query": "champollion stone", "fields": ["title", "author"], "type": "cross_fields",
                             "operator": "and"}}
    with pytest.raises(BadRequestError) as refused:
        find(es, library, query)
    assert "cross_fields" in refused.value.body["error"]["root_cause"][0]["reason"]


def test_match_phrase(es, library):
    assert find(es, library, {"match_phrase": {"title": "rosetta stone"}}) == {"1"}
    assert find(es, library, {"match_phrase": {"title": "stone rosetta"}}) == set()
    assert find(es, library, {"match_phrase": {"title": {"query": "three on", "slop": 1}}}) == {"2"}


def test_term_level(es, library):
    assert find(es, library, {"term": {"tags": "script"}}) == {"1", "2", "4"}
    assert find(es, library, {"term": {"author.raw": {"value": "Anne Jones"}}}) == {"5"}
    assert find(es, library, {"term": {"author": "Anne"}}) == set()
    assert find(es, library, {"term": {"stock": False}}) == {"2", "5"}
    assert find(es, library, {"terms": {"tags": ["egypt", "france"]}}) == {"1", "3"}
    assert find(es, library, {"terms": {"year": [1822, 2015, 9]}}) == {"1", "5"}
    assert find(es, library, {"ids": {"values": ["1", "none", "4"]}}) == {"1", "4"}
    assert find(es, library, {"exists": {"field": "published"}}) == {"1", "2", "3"}
    assert find(es, library, {"exists": {"field": "tags"}}) == {"1", "2", "3", "4"}
    assert find(es, library, {"prefix": {"author.raw": "Anne"}}) == {"3", "5"}
    assert find(es, library, {"prefix": {"title": {"value": "stand"}}}) == {"3"}
    assert find(es, library, {"prefix": {"author.raw": {"value": "anne", "case_insensitive": True}}}) == {"3", "5"}


def test_range(es, library):
    assert find(es, library, {"range": {"year": {"gte": 1824, "lt": 2001}}}) == {"2", "3"}
    assert find(es, library, {"range": {"price": {"gt": 18.0}}}) == {"2", "4"}
    assert find(es, library, {"range": {"published": {"gte": "2021-01-01", "lte": "2023-12-31"}}}) == {"2", "3"}
    assert find(es, library, {"range": {"published": {"gte": "2021-06-01||/M", "lt": "2021-06-01||+1M/M"}}}) == {"2"}
    assert find(es, library, {"range": {"published": {"gt": "now"}}}) == set()
    assert find(es, library, {"range": {"published": {"gte": "31/12/2023", "format": "dd/MM/yyyy"}}}) == {"3"}


def test_bool(es, library):
    assert find(es, library, {"bool": {"must": [{"match": {"title": "stone"}}],
                                       "filter": [{"term": {"stock": True}}]}}) == {"1"}
    assert find(es, library, {"bool": {"must_not": {"term": {"tags": "script"}}}}) == {"3", "5"}
    assert find(es, library, {"bool": {"should": [{"term": {"year": 1822}}, {"term": {"tags": "france"}}]}}) == {"1", "3"}
    assert find(es, library, {"bool": {"filter": {"term": {"tags": "script"}},
                                       "should": [{"match": {"title": "history"}}]}}) == {"1", "2", "4"}
    assert find(es, library, {"bool": {"should": [{"term": {"tags": "script"}}, {"term": {"tags": "history"}},
                                                  {"term": {"stock": True}}], "minimum_should_match": 3}}) == {"4"}
    assert find(es, library, {"bool": {}}) == set(BOOKS)


def test_filters_do_not_score(es, library):
    hits = es.search(index=library, query={"bool": {"filter": {"term": {"tags": "script"}}}})["hits"]
    assert [hit["_score"] for hit in hits["hits"]] == [0.0, 0.0, 0.0] and hits["max_score"] == 0.0
    hits = es.search(index=library, query={"constant_score": {"filter": {"term": {"tags": "script"}}, "boost": 2.5}})
    assert [hit["_score"] for hit in hits["hits"]["hits"]] == [2.5, 2.5, 2.5]
    hits = es.search(index=library, query={"match_all": {"boost": 3.0}})["hits"]["hits"]
    assert {hit["_score"] for hit in hits} == {3.0}
    assert es.search(index=library)["hits"]["total"] == {"value": 5, "relation": "eq"}


def test_scores_are_bm25(es, index):
    """k1 = 1.2, b = 0.75; the lengths are short enough to be exact in one byte."""
    texts = {"1": "stone", "2": "stone stone paper", "3": "paper scissors", "4": "a long text about one stone and paper"}
    es.indices.create(index=index, mappings={"properties": {"t": {"type": "text"}}})
    for id, text in texts.items():
        es.index(index=index, id=id, document={"t": text})
    lengths = {id: len(text.split()) for id, text in texts.items()}
    average = sum(lengths.values()) / len(lengths)
    matching = [id for id, text in texts.items() if "stone" in text]
    idf = math.log(1 + (len(texts) - len(matching) + 0.5) / (len(matching) + 0.5))
    expected = {}
    for id in matching:
        frequency = texts[id].split().count("stone")
        expected[id] = 2.2 * idf * frequency / (frequency + 1.2 * (0.25 + 0.75 * lengths[id] / average))
    hits = es.search(index=index, query={"match": {"t": "stone"}})["hits"]
    got = {hit["_id"]: hit["_score"] for hit in hits["hits"]}
    assert got == pytest.approx(expected, rel=1e-5)
    assert [hit["_id"] for hit in hits["hits"]] == sorted(expected, key=lambda id: -expected[id])
    assert hits["max_score"] == pytest.approx(max(expected.values()), rel=1e-5)


def test_paging_and_sorting(es, library):
    by_year = dict(index=library, sort=[{"year": "desc"}], size=2)
    assert ids(es.search(**by_year)) == ["5", "4"]
    assert ids(es.search(**by_year, from_=2)) == ["3", "2"]
    assert ids(es.search(**by_year, from_=4)) == ["1"]
    assert ids(es.search(index=library, sort=["stock", {"price": {"order": "asc"}}])) == ["5", "2", "1", "3", "4"]
    first = es.search(**by_year)["hits"]["hits"]
    assert first[-1]["sort"] == [2001] and first[-1]["_score"] is None
    assert ids(es.search(**by_year, search_after=first[-1]["sort"])) == ["3", "2"]
    hits = es.search(index=library, sort=[{"published": {"order": "asc"}}, {"year": "asc"}])["hits"]["hits"]
    assert [hit["_id"] for hit in hits] == ["1", "2", "3", "4", "5"]
    hits = es.search(index=library, sort=[{"published": {"order": "asc", "missing": "_first"}}, {"year": "asc"}])
    assert ids(hits) == ["4", "5", "1", "2", "3"]
    assert ids(es.search(index=library, query={"match": {"title": "stone"}},
                         sort=["_score", {"year": "asc"}])) == ["1", "2"]


def test_search_after_walks_everything(es, index):
    helpers.bulk(es, ({"_index": index, "_id": str(i), "n": i % 10, "k": i} for i in range(1000)))
    seen, after = [], None
    while True:
        more = {"search_after": after} if after else {}
        hits = es.search(index=index, size=77, sort=[{"n": "asc"}, {"k": "desc"}], **more)["hits"]["hits"]
        if not hits:
            break
        seen += [hit["_id"] for hit in hits]
        after = hits[-1]["sort"]
    assert len(seen) == 1000 and len(set(seen)) == 1000
    assert seen[0] == "990" and seen[-1] == "9"


def test_source_filtering(es, library):
    def source(**options):
        return es.search(index=library, query={"ids": {"values": ["1"]}}, **options)["hits"]["hits"][0].get("_source")

    assert source() == BOOKS["1"]
    assert source(source=False) is None
    assert source(source=["title", "ye*"]) == {"title": "The Rosetta Stone", "year": 1822}
    assert set(source(source={"excludes": ["title", "p*"]})) == {"author", "year", "stock", "tags"}
    assert set(source(source={"includes": ["p*"], "excludes": ["price"]})) == {"published"}
    assert es.get(index=library, id="1", source_includes=["year"])["_source"] == {"year": 1822}


def test_track_total_hits(es, index):
    helpers.bulk(es, ({"_index": index, "n": i} for i in range(150)))
    assert es.search(index=index, size=0)["hits"]["total"] == {"value": 150, "relation": "eq"}
    assert es.search(index=index, size=0, track_total_hits=True)["hits"]["total"] == {"value": 150, "relation": "eq"}
    assert "total" not in es.search(index=index, size=1, track_total_hits=False)["hits"]
    assert es.search(index=index, size=0, track_total_hits=100)["hits"]["total"] == {"value": 100, "relation": "gte"}


def test_knn(es, index):
    es.indices.create(index=index, mappings={"properties": {
        "v": {"type": "dense_vector", "dims": 3, "similarity": "cosine"},
        "l2": {"type": "dense_vector", "dims": 2, "similarity": "l2_norm"}, "colour": {"type": "keyword"}}})
    vectors = {"x": [1, 0, 0], "y": [0, 1, 0], "xy": [1, 1, 0], "z": [0, 0, 2]}
    for id, vector in vectors.items():
        es.index(index=index, id=id, document={"v": vector, "l2": vector[:2], "colour": "red" if "x" in id else "blue"})
    hits = es.search(index=index, knn={"field": "v", "query_vector": [1, 0, 0], "k": 3, "num_candidates": 10})["hits"]["hits"]
    assert [hit["_id"] for hit in hits[:2]] == ["x", "xy"]
    assert [hit["_score"] for hit in hits] == pytest.approx([1.0, (1 + math.sqrt(0.5)) / 2, 0.5], rel=1e-5)
    hits = es.search(index=index, knn={"field": "v", "query_vector": [1, 0, 0], "k": 3, "num_candidates": 10,
                                       "filter": {"term": {"colour": "blue"}}})["hits"]["hits"]
    assert {hit["_id"] for hit in hits} == {"y", "z"}
    hits = es.search(index=index, knn={"field": "l2", "query_vector": [1, 0], "k": 1, "num_candidates": 10})["hits"]["hits"]
    assert [(hit["_id"], hit["_score"]) for hit in hits] == [("x", 1.0)]
    with pytest.raises(BadRequestError):
        es.search(index=index, knn={"field": "v", "query_vector": [1, 0], "k": 3, "num_candidates": 10})
    with pytest.raises(BadRequestError):
        es.index(index=index, id="bad", document={"v": [1, 2]})


def test_knn_beside_a_query(es, index):
    es.indices.create(index=index, mappings={"properties": {
        "v": {"type": "dense_vector", "dims": 2, "similarity": "cosine"}, "t": {"type": "text"}}})
    es.index(index=index, id="near", document={"v": [1, 0], "t": "something else"})
    es.index(index=index, id="word", document={"v": [-1, 0], "t": "stone"})
    knn = {"field": "v", "query_vector": [1, 0], "k": 1, "num_candidates": 10}
    reply = es.search(index=index, query={"match": {"t": "stone"}}, knn=knn)
    assert set(ids(reply)) == {"near", "word"}
    scores = {hit["_id"]: hit["_score"] for hit in reply["hits"]["hits"]}
    alone = es.search(index=index, query={"match": {"t": "stone"}})["hits"]["hits"][0]["_score"]
    assert scores["near"] == pytest.approx(1.0, rel=1e-5) and scores["word"] == pytest.approx(alone, rel=1e-5)


def test_several_indices_and_wildcards(es, library, index):
    es.index(index=index, id="1", document={"title": "another stone"})
    hits = es.search(index=[library, index], query={"match": {"title": "stone"}})["hits"]["hits"]
    assert {(hit["_index"], hit["_id"]) for hit in hits} == {(library, "1"), (library, "2"), (index, "1")}
    with pytest.raises(NotFoundError):
        es.search(index=f"{library},no_such_index")
    assert es.search(index=f"{library},no_such_index", ignore_unavailable=True)["hits"]["total"]["value"] == 5
    assert es.search(index="no_such_index_*")["hits"]["total"]["value"] == 0


def test_count_refresh_cat_and_health(es, library):
    assert es.count(index=library, query={"term": {"tags": "script"}})["count"] == 3
    assert es.indices.refresh(index=library)["_shards"]["failed"] == 0
    row = next(row for row in es.cat.indices(format="json").body if row["index"] == library)
    assert row["docs.count"] == "5" and row["status"] == "open" and row["health"] in ("green", "yellow")
    text = es.cat.indices(index=library, v=True, h=["index", "docs.count"]).body
    assert text.split() == ["index", "docs.count", library, "5"]
    health = es.cluster.health()
    assert health["status"] in ("green", "yellow") and health["timed_out"] is False
    assert health["number_of_nodes"] >= 1
    assert es.cluster.health(index=library, wait_for_status="yellow", timeout="30s")["timed_out"] is False


# ---- what goes wrong

def test_unknown_query_is_named(es, library):
    with pytest.raises(BadRequestError) as caught:
        es.search(index=library, query={"no_such_query": {}})
    assert error_of(caught)["type"] == "parsing_exception"
    assert "no_such_query" in error_of(caught)["reason"]


@pytest.mark.parametrize("body", ["{", "[]", '{"query": 1}', '{"size": "x"}', '{"no_such_key": {}}',
                                  '{"query": {"match": {"a": "b", "c": "d"}}}', '{"query": {"term": {}}}',
                                  '{"query": {"range": {"year": {"above": 1}}}}', '{"size": -1}',
                                  '{"query": {"bool": {"must": "x"}}}'])
def test_broken_searches(stele, library, body):
    status, _, reply = send(stele, "POST", f"/{library}/_search", body, content_type="application/json")
    assert status == 400
    assert checked_error(status, reply)["type"].endswith("_exception")


def test_unknown_parameters_are_refused(stele, library):
    status, _, reply = send(stele, "GET", f"/{library}/_search?no_such=1")
    error = checked_error(status, reply)
    assert (status, error["type"]) == (400, "illegal_argument_exception")
    assert "unrecognized parameter: [no_such]" in error["reason"]


def test_the_result_window_is_limited(es, library):
    with pytest.raises(BadRequestError) as caught:
        es.search(index=library, from_=10000, size=1)
    assert "Result window is too large" in str(error_of(caught))


def test_unknown_paths_and_methods(stele, library):
    assert send(stele, "GET", "/_no_such_api")[0] in (400, 404)
    assert send(stele, "POST", f"/{library}/_no_such", "{}", content_type="application/json")[0] in (400, 405)
    status, headers, _ = send(stele, "DELETE", f"/{library}/_search")
    assert status == 405 and "GET" in headers["allow"] and "POST" in headers["allow"]


def test_aggregations_are_refused_by_name_until_they_are_there(es, library):
    try:
        reply = es.search(index=library, size=0, aggs={"years": {"max": {"field": "year"}}})
    except BadRequestError as error:
        assert "agg" in str(error.body).lower()
    else:
        assert reply["aggregations"]["years"]["value"] == 2015.0


def test_filter_path(es, library):
    body = es.search(index=library, query={"ids": {"values": ["1"]}}, filter_path="hits.hits._id,hits.total").body
    assert body == {"hits": {"total": {"value": 1, "relation": "eq"}, "hits": [{"_id": "1"}]}}


def test_a_large_document(es, index):
    text = "stone " * 500_000
    es.index(index=index, id="1", document={"text": text}, refresh=True)
    assert es.get(index=index, id="1")["_source"]["text"] == text
    # Half a million words may take longer than a write waits for its views.
    wait_until(lambda: find(es, index, {"match": {"text": "stone"}}) == {"1"}, what="a large document is found")


def test_compressed_requests_and_replies(stele, index):
    with elasticsearch.Elasticsearch(stele.elastic_url, http_compress=True, request_timeout=60) as client:
        client.index(index=index, id="1", document={"text": "stone " * 1000})
        reply = client.search(index=index, query={"match": {"text": "stone"}})
        assert ids(reply) == ["1"]
        client.indices.delete(index=index)


def test_many_clients_at_once(stele, es, index):
    def work(worker):
        with elasticsearch.Elasticsearch(stele.elastic_url, request_timeout=60, max_retries=0) as client:
            for i in range(30):
                client.index(index=index, id=f"{worker}-{i}", document={"worker": worker})
                assert client.count(index=index, query={"term": {"worker": worker}})["count"] == i + 1

    es.indices.create(index=index)
    failures = []

    def guarded(worker):
        try:
            work(worker)
        except BaseException as error:  # noqa: BLE001: shown by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert es.count(index=index)["count"] == 240
