"""A day's work of an elasticsearch-py user: indices, documents, bulk. Searches: test_elasticsearch_py_search.py."""

import threading

import elasticsearch
import pytest
from collection import checked_error, error_of, find, send
from elasticsearch import BadRequestError, ConflictError, NotFoundError, helpers
from library import BOOKS

# ---- the server and its indices

def test_info(es):
    info = es.info()
    assert info["tagline"] == "You Know, for Search"
    assert int(info["version"]["number"].split(".")[0]) >= 8
    assert info["version"]["build_flavor"] == "default"
    assert {"name", "cluster_name", "cluster_uuid"} <= set(info.body)
    assert info.meta.headers["x-elastic-product"] == "Elasticsearch"
    assert es.ping() is True


@pytest.mark.parametrize("media_type", ["application/json", "application/vnd.elasticsearch+json; compatible-with=7",
                                        "application/vnd.elasticsearch+json; compatible-with=8",
                                        "application/vnd.elasticsearch+json; compatible-with=9"])
def test_media_types_are_echoed(stele, library, media_type):
    status, headers, body = send(stele, "POST", f"/{library}/_count", '{"query": {"match_all": {}}}',
                                 accept=media_type, content_type=media_type)
    assert (status, body["count"]) == (200, 5)
    sent = headers["content-type"].replace(" ", "").lower()
    assert sent.removesuffix(";charset=utf-8") == media_type.replace(" ", "")


def test_an_unknown_media_type_is_not_acceptable(stele, library):
    status, _, _ = send(stele, "POST", f"/{library}/_count", "a,b", content_type="text/csv")
    assert status == 406


def test_index_lifecycle(es, index):
    assert not es.indices.exists(index=index)
    created = es.indices.create(index=index, settings={"number_of_shards": 1, "number_of_replicas": 0},
                                mappings={"properties": {"title": {"type": "text", "analyzer": "english"},
                                                         "code": {"type": "keyword", "ignore_above": 8}}})
    assert created.body == {"acknowledged": True, "shards_acknowledged": True, "index": index}
    assert es.indices.exists(index=index)
    got = es.indices.get(index=index)[index]
    assert got["aliases"] == {}
    assert got["mappings"]["properties"] == {"title": {"type": "text", "analyzer": "english"},
                                             "code": {"type": "keyword", "ignore_above": 8}}
    assert got["settings"]["index"]["number_of_shards"] == "1"
    assert got["settings"]["index"]["provided_name"] == index
    with pytest.raises(BadRequestError) as caught:
        es.indices.create(index=index)
    error = error_of(caught)
    assert error["type"] == "resource_already_exists_exception"
    assert index in error["reason"]
    assert es.indices.delete(index=index).body == {"acknowledged": True}
    with pytest.raises(NotFoundError) as caught:
        es.indices.get(index=index)
    error = error_of(caught)
    assert error["type"] == "index_not_found_exception"
    assert error["index"] == index


@pytest.mark.parametrize("bad", ["UPPER", "_first", "with space", "a,b", "quote\"", "x" * 256])
def test_bad_index_names(es, bad):
    with pytest.raises(BadRequestError) as caught:
        es.indices.create(index=bad)
    assert error_of(caught)["type"] in ("invalid_index_name_exception", "illegal_argument_exception")


def test_bad_mapping(es, index):
    with pytest.raises(BadRequestError) as caught:
        es.indices.create(index=index, mappings={"properties": {"a": {"type": "no_such_type"}}})
    assert error_of(caught)["type"] == "mapper_parsing_exception"
    assert "no_such_type" in error_of(caught)["reason"]
    assert not es.indices.exists(index=index)


def test_dynamic_mapping(es, index):
    es.index(index=index, id="1", document={"text": "words", "whole": 7, "real": 1.5, "yes": True,
                                            "when": "2024-02-29T10:00:00Z", "inner": {"deep": "x"}, "list": [1, 2],
                                            "nothing": None})
    properties = es.indices.get_mapping(index=index)[index]["mappings"]["properties"]
    text = {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}
    assert properties == {"text": text, "whole": {"type": "long"}, "real": {"type": "float"},
                          "yes": {"type": "boolean"}, "when": {"type": "date"},
                          "inner": {"properties": {"deep": text}}, "list": {"type": "long"}}
    assert find(es, index, {"match": {"inner.deep": "x"}}) == {"1"}
    assert find(es, index, {"term": {"text.keyword": "words"}}) == {"1"}


def test_a_value_that_does_not_fit_its_mapping(es, index):
    es.index(index=index, id="1", document={"n": 1})
    with pytest.raises(BadRequestError) as caught:
        es.index(index=index, id="2", document={"n": "many"})
    assert error_of(caught)["type"] in ("document_parsing_exception", "mapper_parsing_exception")
    assert "[n]" in error_of(caught)["reason"]
    assert not es.exists(index=index, id="2")


def test_put_mapping_adds_fields_and_refuses_others(es, index):
    es.indices.create(index=index, mappings={"properties": {"a": {"type": "keyword"}}})
    assert es.indices.put_mapping(index=index, properties={"b": {"type": "long"}}).body == {"acknowledged": True}
    assert es.indices.get_mapping(index=index)[index]["mappings"]["properties"]["b"] == {"type": "long"}
    with pytest.raises(BadRequestError) as caught:
        es.indices.put_mapping(index=index, properties={"a": {"type": "long"}})
    assert error_of(caught)["type"] == "illegal_argument_exception"


# ---- documents

def test_document_life(es, index):
    made = es.index(index=index, id="a/b c", document={"n": 1}, refresh=True)
    assert made.meta.status == 201
    assert made["_index"] == index and made["_id"] == "a/b c" and made["result"] == "created"
    assert made["_version"] == 1 and made["_primary_term"] == 1 and made["_shards"]["failed"] == 0
    changed = es.index(index=index, id="a/b c", document={"n": 2})
    assert changed.meta.status == 200
    assert changed["result"] == "updated" and changed["_version"] == 2 and changed["_seq_no"] > made["_seq_no"]
    got = es.get(index=index, id="a/b c")
    assert got["found"] is True and got["_source"] == {"n": 2} and got["_version"] == 2
    assert got["_seq_no"] == changed["_seq_no"]
    assert es.exists(index=index, id="a/b c")
    assert es.get_source(index=index, id="a/b c").body == {"n": 2}
    gone = es.delete(index=index, id="a/b c")
    assert gone["result"] == "deleted" and gone["_version"] == 3
    assert not es.exists(index=index, id="a/b c")
    with pytest.raises(NotFoundError) as caught:
        es.get(index=index, id="a/b c")
    assert caught.value.body == {"_index": index, "_id": "a/b c", "found": False}
    with pytest.raises(NotFoundError) as caught:
        es.delete(index=index, id="a/b c")
    assert caught.value.body["result"] == "not_found"


def test_generated_ids(es, index):
    made = {es.index(index=index, document={"n": i})["_id"] for i in range(20)}
    assert len(made) == 20 and {len(id) for id in made} == {20}
    assert es.count(index=index)["count"] == 20


def test_create_is_for_new_documents(es, index):
    assert es.create(index=index, id="1", document={"n": 1}).meta.status == 201
    with pytest.raises(ConflictError) as caught:
        es.create(index=index, id="1", document={"n": 2})
    error = error_of(caught)
    assert error["type"] == "version_conflict_engine_exception"
    assert "document already exists" in error["reason"]
    with pytest.raises(ConflictError):
        es.index(index=index, id="1", document={"n": 3}, op_type="create")
    assert es.get_source(index=index, id="1").body == {"n": 1}


def test_the_source_comes_back_as_it_was(stele, es, index):
    raw = '{"b": 1.0,  "a" : "\\u00fc\\ud83d\\uddff", "big": 12345678901234567890, "z": [ 1e2, null ], "a2": ""}'
    es.indices.create(index=index, mappings={"dynamic": False})  # the big number fits no field
    assert send(stele, "PUT", f"/{index}/_doc/1", raw, content_type="application/json")[0] == 201
    source = es.get(index=index, id="1")["_source"]
    assert list(source) == ["b", "a", "big", "z", "a2"]
    assert source == {"b": 1.0, "a": "ü\U0001f5ff", "big": 12345678901234567890, "z": [100.0, None], "a2": ""}


def test_compare_and_set(es, index):
    first = es.index(index=index, id="1", document={"n": 1})
    term = first["_primary_term"]
    second = es.index(index=index, id="1", document={"n": 2}, if_seq_no=first["_seq_no"], if_primary_term=term)
    with pytest.raises(ConflictError) as caught:
        es.index(index=index, id="1", document={"n": 3}, if_seq_no=first["_seq_no"], if_primary_term=term)
    assert error_of(caught)["type"] == "version_conflict_engine_exception"
    with pytest.raises(ConflictError):
        es.update(index=index, id="1", doc={"n": 3}, if_seq_no=first["_seq_no"], if_primary_term=term)
    with pytest.raises(ConflictError):
        es.delete(index=index, id="1", if_seq_no=first["_seq_no"], if_primary_term=term)
    assert es.get_source(index=index, id="1").body == {"n": 2}
    es.delete(index=index, id="1", if_seq_no=second["_seq_no"], if_primary_term=term)
    assert not es.exists(index=index, id="1")


def test_compare_and_set_loses_no_update(stele, es, index):
    es.index(index=index, id="1", document={"n": 0})

    def work():
        with elasticsearch.Elasticsearch(stele.elastic_url, request_timeout=60, max_retries=0) as client:
            for _ in range(25):
                while True:
                    got = client.get(index=index, id="1")
                    try:
                        client.index(index=index, id="1", document={"n": got["_source"]["n"] + 1},
                                     if_seq_no=got["_seq_no"], if_primary_term=got["_primary_term"])
                        break
                    except ConflictError:
                        continue

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert es.get_source(index=index, id="1").body == {"n": 100}


def test_update(es, index):
    with pytest.raises(NotFoundError) as caught:
        es.update(index=index, id="1", doc={"n": 1})
    assert caught.value.status_code == 404
    es.index(index=index, id="1", document={"a": 1, "deep": {"x": 1, "y": [1, 2]}})
    reply = es.update(index=index, id="1", doc={"b": 2, "deep": {"y": [3]}})
    assert reply["result"] == "updated" and reply["_version"] == 2
    assert es.get_source(index=index, id="1").body == {"a": 1, "deep": {"x": 1, "y": [3]}, "b": 2}
    reply = es.update(index=index, id="1", doc={"a": 1})
    assert reply["result"] == "noop" and reply["_version"] == 2
    assert es.update(index=index, id="1", doc={"a": 1}, detect_noop=False)["result"] == "updated"
    with pytest.raises(NotFoundError) as caught:
        es.update(index=index, id="none", doc={"a": 1})
    assert error_of(caught)["type"] == "document_missing_exception"


def test_upserts(es, index):
    assert es.update(index=index, id="1", doc={"n": 1}, doc_as_upsert=True)["result"] == "created"
    assert es.update(index=index, id="1", doc={"m": 2}, doc_as_upsert=True)["result"] == "updated"
    assert es.get_source(index=index, id="1").body == {"n": 1, "m": 2}
    assert es.update(index=index, id="2", doc={"n": 9}, upsert={"fresh": True})["result"] == "created"
    assert es.get_source(index=index, id="2").body == {"fresh": True}


def test_a_script_is_refused_with_a_reason(es, index):
    es.index(index=index, id="1", document={"n": 1})
    with pytest.raises(BadRequestError) as caught:
        es.update(index=index, id="1", script={"source": "ctx._source.n += 1"})
    assert "script" in str(error_of(caught)).lower()
    assert es.get_source(index=index, id="1").body == {"n": 1}


def test_routing_is_accepted(es, index):
    es.index(index=index, id="1", document={"n": 1}, routing="user1")
    got = es.get(index=index, id="1", routing="user1")
    assert got["_source"] == {"n": 1} and got["_routing"] == "user1"


@pytest.mark.parametrize("refresh", [True, False, "wait_for"])
def test_a_write_is_found_at_once_whatever_refresh_says(es, index, refresh):
    for i in range(5):
        es.index(index=index, id=str(i), document={"n": i}, refresh=refresh)
        assert es.count(index=index, query={"term": {"n": i}})["count"] == 1
        assert es.search(index=index, query={"term": {"n": i}})["hits"]["total"]["value"] == 1


# ---- bulk and mget

def test_bulk_answers_each_item(es, index):
    es.index(index=index, id="there", document={"n": 1})
    reply = es.bulk(index=index, operations=[
        {"index": {"_id": "1"}}, {"n": 1},
        {"create": {"_id": "there"}}, {"n": 2},
        {"create": {"_id": "2"}}, {"n": 2},
        {"update": {"_id": "there"}}, {"doc": {"m": 3}},
        {"update": {"_id": "none"}}, {"doc": {"m": 3}},
        {"delete": {"_id": "1"}},
        {"delete": {"_id": "none"}},
        {"index": {"_id": "bad"}}, {"n": "not a number"},
        {"index": {}}, {"n": 4},
    ])
    assert reply["errors"] is True and reply["took"] >= 0
    statuses = [(op, item["status"]) for entry in reply["items"] for op, item in entry.items()]
    assert statuses == [("index", 201), ("create", 409), ("create", 201), ("update", 200), ("update", 404),
                        ("delete", 200), ("delete", 404), ("index", 400), ("index", 201)]
    assert reply["items"][1]["create"]["error"]["type"] == "version_conflict_engine_exception"
    assert reply["items"][4]["update"]["error"]["type"] == "document_missing_exception"
    assert reply["items"][5]["delete"]["result"] == "deleted"
    assert reply["items"][6]["delete"]["result"] == "not_found"
    assert es.get_source(index=index, id="there").body == {"n": 1, "m": 3}
    assert es.count(index=index)["count"] == 3


def test_bulk_one_id_many_times(es, index):
    operations = []
    for i in range(50):
        operations += [{"index": {"_id": "1"}}, {"n": i}]
    reply = es.bulk(index=index, operations=operations + [{"delete": {"_id": "1"}}, {"create": {"_id": "1"}}, {"n": 99}])
    assert reply["errors"] is False
    versions = [item["index"]["_version"] for item in reply["items"][:50]]
    assert versions == list(range(1, 51))
    assert es.get_source(index=index, id="1").body == {"n": 99}


def test_bulk_over_several_indices(es, name):
    one, two = name + "_1", name + "_2"
    reply = es.bulk(operations=[{"index": {"_index": one, "_id": "1"}}, {"n": 1},
                                {"index": {"_index": two, "_id": "1"}}, {"n": 2}], refresh=True)
    assert reply["errors"] is False
    assert es.count(index=f"{one},{two}")["count"] == 2
    assert es.count(index=f"{name}*")["count"] == 2
    es.indices.delete(index=f"{one},{two}")


@pytest.mark.parametrize("body", ["", "{}\n", '{"index":{"_index":"x"}}\n', '{"nonsense":{}}\n{}\n', "not json\n"])
def test_broken_bulk(stele, es, body):
    status, _, reply = send(stele, "POST", "/_bulk", body, content_type="application/x-ndjson")
    assert status == 400
    assert checked_error(status, reply)["type"].endswith("_exception")
    assert es.ping()


def test_bulk_helpers(es, index):
    actions = ({"_index": index, "_id": str(i), "n": i, "text": f"document {i}"} for i in range(5000))
    assert helpers.bulk(es, actions, chunk_size=500) == (5000, [])
    assert es.count(index=index)["count"] == 5000
    results = [ok for ok, _ in helpers.streaming_bulk(
        es, ({"_op_type": "delete", "_index": index, "_id": str(i)} for i in range(0, 5000, 2)), chunk_size=300)]
    assert results == [True] * 2500
    results = [ok for ok, _ in helpers.parallel_bulk(
        es, ({"_op_type": "update", "_index": index, "_id": str(i), "doc": {"odd": True}} for i in range(1, 5000, 2)),
        thread_count=4, chunk_size=250)]
    assert results == [True] * 2500
    assert es.count(index=index, query={"term": {"odd": True}})["count"] == 2500
    with pytest.raises(helpers.BulkIndexError) as caught:
        helpers.bulk(es, [{"_op_type": "create", "_index": index, "_id": "1", "n": 1}])
    assert caught.value.errors[0]["create"]["status"] == 409


def test_mget(es, library):
    docs = es.mget(index=library, ids=["2", "none", "1"])["docs"]
    assert [(doc["_id"], doc["found"]) for doc in docs] == [("2", True), ("none", False), ("1", True)]
    assert docs[0]["_source"] == BOOKS["2"]
    docs = es.mget(docs=[{"_index": library, "_id": "1", "_source": ["title"]},
                         {"_index": library, "_id": "3", "_source": False}])["docs"]
    assert docs[0]["_source"] == {"title": "The Rosetta Stone"}
    assert "_source" not in docs[1]
