"""A day's work with qdrant-client over REST, and what the other heads see of it."""

import uuid

import httpx
import pytest
from qdrant_client import models
from qdrant_client.http.exceptions import UnexpectedResponse

POINTS = [
    (1, [0.05, 0.61, 0.76, 0.74], {"city": "Berlin", "price": 10.5, "tags": ["a", "b"]}),
    (2, [0.19, 0.81, 0.75, 0.11], {"city": ["Berlin", "London"], "price": 11}),
    (3, [0.36, 0.55, 0.47, 0.94], {"city": ["Berlin", "Moscow"], "about": "a walk along the river"}),
    (4, [0.18, 0.01, 0.85, 0.80], {"city": "London", "at": "2024-02-01T10:00:00Z"}),
    (5, [0.24, 0.18, 0.22, 0.44], {"rooms": [{"beds": 2, "view": "sea"}, {"beds": 1, "view": "yard"}]}),
    (6, [0.35, 0.08, 0.11, 0.44], None),
]


@pytest.fixture
def points(qdrant, name):
    """A collection of six points with one vector compared by dot product."""
    qdrant.create_collection(name, vectors_config=models.VectorParams(size=4, distance=models.Distance.DOT))
    qdrant.upsert(name, [models.PointStruct(id=id, vector=vector, payload=payload) for id, vector, payload in POINTS])
    yield name
    qdrant.delete_collection(name)


def ids(found):
    return [point.id for point in found]


def scrolled(qdrant, name, **conditions):
    found, _ = qdrant.scroll(name, scroll_filter=models.Filter(**conditions), limit=100)
    return ids(found)


def match(key, value):
    return models.FieldCondition(key=key, match=models.MatchValue(value=value))


def test_collections(qdrant, name):
    assert not qdrant.collection_exists(name)
    assert qdrant.create_collection(name, vectors_config={
        "image": models.VectorParams(size=3, distance=models.Distance.COSINE),
        "text": models.VectorParams(size=2, distance=models.Distance.EUCLID)},
        hnsw_config=models.HnswConfigDiff(m=32))
    with pytest.raises(UnexpectedResponse) as refused:
        qdrant.create_collection(name, vectors_config=models.VectorParams(size=3, distance=models.Distance.DOT))
    assert refused.value.status_code == 409
    info = qdrant.get_collection(name)
    assert info.status == models.CollectionStatus.GREEN
    assert info.config.params.vectors["text"].distance == models.Distance.EUCLID
    assert (info.config.hnsw_config.m, info.config.hnsw_config.ef_construct) == (32, 100)
    qdrant.update_collection(name, optimizers_config=models.OptimizersConfigDiff(indexing_threshold=5))
    assert qdrant.get_collection(name).config.optimizer_config.indexing_threshold == 5
    assert name in [collection.name for collection in qdrant.get_collections().collections]
    assert qdrant.delete_collection(name)
    assert not qdrant.delete_collection(name)
    with pytest.raises(UnexpectedResponse, match="Not found: Collection") as missing:
        qdrant.get_collection(name)
    assert missing.value.status_code == 404


def test_points(qdrant, points):
    assert qdrant.count(points).count == 6
    (found,) = qdrant.retrieve(points, [3], with_vectors=True)
    assert found.payload == POINTS[2][2]
    assert found.vector == pytest.approx(POINTS[2][1])
    key = str(uuid.uuid4())
    result = qdrant.upsert(points, models.Batch(ids=[7, key], vectors=[[1, 2, 3, 4], [4, 3, 2, 1]],
                                                payloads=[{"a": {"b": [1]}}, {}]), wait=True)
    assert result.status == models.UpdateStatus.COMPLETED
    assert {point.id for point in qdrant.retrieve(points, [7, key, 99])} == {7, key}
    assert qdrant.delete(points, [7, key, 99], wait=False).status == models.UpdateStatus.ACKNOWLEDGED
    assert qdrant.count(points).count == 6
    qdrant.delete(points, models.Filter(must=[match("city", "Berlin")]))
    assert ids(qdrant.scroll(points)[0]) == [4, 5, 6]


def test_pages(qdrant, points):
    page, after = qdrant.scroll(points, limit=4, with_payload=False)
    assert (ids(page), after) == ([1, 2, 3, 4], 5)
    page, after = qdrant.scroll(points, limit=4, offset=after, with_payload=["rooms[].beds"])
    assert (ids(page), after) == ([5, 6], None)
    assert page[0].payload == {"rooms": [{"beds": 2}, {"beds": 1}]}
    with pytest.raises(UnexpectedResponse, match="No range index"):
        qdrant.scroll(points, order_by="price")
    qdrant.create_payload_index(points, "price", models.PayloadSchemaType.FLOAT)
    page, _ = qdrant.scroll(points, order_by=models.OrderBy(key="price", direction=models.Direction.DESC))
    assert ids(page) == [2, 1]
    assert qdrant.get_collection(points).payload_schema["price"].points == 2
    qdrant.delete_payload_index(points, "price")
    assert qdrant.get_collection(points).payload_schema == {}


def test_filters(qdrant, points):
    assert scrolled(qdrant, points, must=[match("city", "Berlin")]) == [1, 2, 3]
    assert scrolled(qdrant, points, should=[match("city", "Moscow"), match("tags", "a")]) == [1, 3]
    assert scrolled(qdrant, points, must_not=[match("city", "Berlin")]) == [4, 5, 6]
    assert scrolled(qdrant, points, min_should=models.MinShould(
        conditions=[match("city", "Berlin"), match("city", "Moscow"), models.HasIdCondition(has_id=[1])],
        min_count=2)) == [1, 3]
    condition = {
        "any": models.FieldCondition(key="city", match=models.MatchAny(any=["London", "Paris"])),
        "except": models.FieldCondition(key="city", match=models.MatchExcept(**{"except": ["Berlin"]})),
        "text": models.FieldCondition(key="about", match=models.MatchText(text="along the")),
        "range": models.FieldCondition(key="price", range=models.Range(gt=10.5)),
        "dates": models.FieldCondition(key="at", range=models.DatetimeRange(gte="2024-01-01T00:00:00Z")),
        "count": models.FieldCondition(key="city", values_count=models.ValuesCount(gte=2)),
        "empty": models.IsEmptyCondition(is_empty=models.PayloadField(key="city")),
        "nested": models.NestedCondition(nested=models.Nested(key="rooms", filter=models.Filter(
            must=[match("beds", 1), match("view", "yard")]))),
        "nested twice": models.NestedCondition(nested=models.Nested(key="rooms", filter=models.Filter(
            must=[match("beds", 1), match("view", "sea")]))),
        "path": match("rooms[].view", "sea"),
    }
    found = {name: scrolled(qdrant, points, must=[each]) for name, each in condition.items()}
    assert found == {"any": [2, 4], "except": [2, 3, 4], "text": [3], "range": [2], "dates": [4], "count": [2, 3],
                     "empty": [5, 6], "nested": [5], "nested twice": [], "path": [5]}
    assert qdrant.count(points, models.Filter(must=[condition["any"]])).count == 2


def test_search(qdrant, points):
    query = [0.2, 0.1, 0.9, 0.7]
    found = qdrant.query_points(points, query, limit=3, with_payload=True, with_vectors=True).points
    assert ids(found) == [4, 1, 3]
    assert found[0].score == pytest.approx(1.362, abs=1e-3)
    assert found[0].vector == pytest.approx(POINTS[3][1])
    berlin = models.Filter(must=[match("city", "Berlin")])
    assert ids(qdrant.query_points(points, query, query_filter=berlin).points) == [1, 3, 2]
    assert ids(qdrant.query_points(points, query, score_threshold=1.2, offset=1).points) == [1, 3]
    assert ids(qdrant.query_points(points, 4, limit=2).points) == [1, 3]
    assert ids(qdrant.query_points(points, limit=2).points) == [1, 2]
    both = qdrant.query_batch_points(points, [models.QueryRequest(query=query, limit=1),
                                              models.QueryRequest(query=1, limit=1)])
    assert [ids(each.points) for each in both] == [[4], [3]]
    recommended = models.RecommendQuery(recommend=models.RecommendInput(positive=[4], negative=[2]))
    assert ids(qdrant.query_points(points, recommended, limit=2).points) == [3, 1]
    fused = qdrant.query_points(points, models.FusionQuery(fusion=models.Fusion.RRF), prefetch=[
        models.Prefetch(query=query, limit=3), models.Prefetch(query=[1, 0, 0, 0], limit=3)], limit=3).points
    assert fused[0].id == 3
    groups = qdrant.query_points_groups(points, query=query, group_by="city", group_size=1, limit=2).groups
    assert [(group.id, ids(group.hits)) for group in groups] == [("London", [4]), ("Berlin", [1])]
    for wrong, text in (([1, 2, 3], "Wrong input: Vector dimension error: expected dim: 4, got 3"),
                        (99, "Not found: No point with id 99 found")):
        with pytest.raises(UnexpectedResponse, match=text):
            qdrant.query_points(points, wrong)


@pytest.mark.parametrize("distance,order,best", [("Cosine", [1, 2, 3], 1.0), ("Dot", [3, 1, 2], 26.0),
                                                 ("Euclid", [1, 2, 3], 0.0), ("Manhattan", [1, 2, 3], 0.0)])
def test_distances(qdrant, name, distance, order, best):
    qdrant.create_collection(name, vectors_config=models.VectorParams(size=2, distance=models.Distance(distance)))
    for id, vector in ((1, [3.0, 4.0]), (2, [4.0, 3.0]), (3, [6.0, 2.0])):
        qdrant.upsert(name, [models.PointStruct(id=id, vector=vector)])
    found = qdrant.query_points(name, [3, 4]).points
    assert found[0].score == pytest.approx(best)
    assert ids(found) == order
    (stored,) = qdrant.retrieve(name, [1], with_vectors=True)
    assert stored.vector == pytest.approx([0.6, 0.8] if distance == "Cosine" else [3, 4])
    qdrant.delete_collection(name)


def test_payloads(qdrant, points):
    payload = lambda id: qdrant.retrieve(points, [id])[0].payload  # noqa: E731
    qdrant.set_payload(points, {"a": {"b": 1}, "city": None}, points=[1])
    assert payload(1) == {"price": 10.5, "tags": ["a", "b"], "a": {"b": 1}}
    qdrant.set_payload(points, {"c": 2}, points=[1], key="a")
    assert payload(1)["a"] == {"b": 1, "c": 2}
    qdrant.set_payload(points, {"seen": True}, points=models.Filter(must=[match("city", "London")]))
    assert scrolled(qdrant, points, must=[match("seen", True)]) == [2, 4]
    qdrant.delete_payload(points, ["a.b", "tags"], points=[1])
    assert payload(1) == {"price": 10.5, "a": {"c": 2}}
    qdrant.overwrite_payload(points, {"new": 1}, points=[1])
    assert payload(1) == {"new": 1}
    qdrant.clear_payload(points, [1])
    assert payload(1) == {}
    with pytest.raises(UnexpectedResponse, match="No point with id 99 found"):
        qdrant.set_payload(points, {"a": 1}, points=[99])
    qdrant.batch_update_points(points, [
        models.UpsertOperation(upsert=models.PointsList(points=[models.PointStruct(id=9, vector=[1, 1, 1, 1])])),
        models.SetPayloadOperation(set_payload=models.SetPayload(payload={"x": 1}, points=[9])),
        models.DeleteOperation(delete=models.PointIdsList(points=[6]))])
    assert payload(9) == {"x": 1}
    assert qdrant.retrieve(points, [6]) == []


def test_named_vectors(qdrant, name):
    qdrant.create_collection(name, vectors_config={
        "image": models.VectorParams(size=2, distance=models.Distance.DOT),
        "text": models.VectorParams(size=3, distance=models.Distance.DOT)})
    qdrant.upsert(name, [models.PointStruct(id=1, vector={"image": [1, 2]}, payload={"image": "a text", "text": [1]}),
                         models.PointStruct(id=2, vector={"image": [2, 1], "text": [1, 1, 1]})])
    assert ids(qdrant.query_points(name, [1, 0], using="image").points) == [2, 1]
    assert ids(qdrant.query_points(name, [1, 0, 0], using="text").points) == [2]
    assert scrolled(qdrant, name, must=[models.HasVectorCondition(has_vector="text")]) == [2]
    assert scrolled(qdrant, name, must=[match("image", "a text")]) == [1]
    qdrant.update_vectors(name, [models.PointVectors(id=1, vector={"text": [5, 5, 5]})])
    assert ids(qdrant.query_points(name, [1, 0, 0], using="text").points) == [1, 2]
    qdrant.delete_vectors(name, ["image"], [1])
    assert qdrant.retrieve(name, [1], with_vectors=True)[0].vector == {"text": [5, 5, 5]}
    with pytest.raises(UnexpectedResponse, match="Not existing vector name error: sound"):
        qdrant.upsert(name, [models.PointStruct(id=3, vector={"sound": [1]})])
    qdrant.delete_collection(name)


def test_sparse_vectors(qdrant, name):
    qdrant.create_collection(name, vectors_config={"dense": models.VectorParams(size=2, distance="Dot")},
                             sparse_vectors_config={"words": models.SparseVectorParams()})
    sparse = models.SparseVector
    qdrant.upsert(name, [
        models.PointStruct(id=1, vector={"words": sparse(indices=[1, 5], values=[1, 2]), "dense": [1, 0]}),
        models.PointStruct(id=2, vector={"words": sparse(indices=[5, 9], values=[3, 4])}),
        models.PointStruct(id=3, vector={"dense": [0, 1]})])
    found = qdrant.query_points(name, sparse(indices=[5, 1], values=[1, 10]), using="words", with_vectors=True).points
    assert [(point.id, point.score) for point in found] == [(1, 12), (2, 3)]
    assert found[1].vector["words"] == sparse(indices=[5, 9], values=[3, 4])
    assert ids(qdrant.query_points(name, 1, using="words").points) == [2]
    assert scrolled(qdrant, name, must=[models.HasVectorCondition(has_vector="words")]) == [1, 2]
    hybrid = qdrant.query_points(name, models.FusionQuery(fusion=models.Fusion.RRF), prefetch=[
        models.Prefetch(query=[1, 0], using="dense"),
        models.Prefetch(query=sparse(indices=[9], values=[1]), using="words")]).points
    assert set(ids(hybrid)) == {1, 2, 3}
    qdrant.delete_collection(name)


def test_aliases(qdrant, points):
    alias = points + "_alias"
    make = models.CreateAliasOperation(create_alias=models.CreateAlias(collection_name=points, alias_name=alias))
    assert qdrant.update_collection_aliases([make])
    assert qdrant.count(alias).count == 6
    assert [each.alias_name for each in qdrant.get_collection_aliases(points).aliases] == [alias]
    rename = models.RenameAliasOperation(
        rename_alias=models.RenameAlias(old_alias_name=alias, new_alias_name=alias + "2"))
    assert qdrant.update_collection_aliases([rename])
    assert alias + "2" in [each.alias_name for each in qdrant.get_aliases().aliases]
    assert not qdrant.collection_exists(alias)


def test_other_heads_see_points(qdrant, es, db, points):
    """What is written here is found by Elasticsearch and SQL at once."""
    qdrant.upsert(points, [models.PointStruct(id=20, vector=[1, 0, 0, 0], payload={"about": "seven Hills", "n": 7})])
    found = es.search(index=points, query={"match": {"about": "hills"}})["hits"]["hits"]
    assert [(hit["_id"], hit["_source"]) for hit in found] == [("20", {"about": "seven Hills", "n": 7})]
    assert es.get(index=points, id="20")["_source"]["n"] == 7
    nearest = es.search(index=points, knn={"field": "vector", "query_vector": [1, 0, 0, 0], "k": 1,
                                           "num_candidates": 10})
    assert [hit["_id"] for hit in nearest["hits"]["hits"]] == ["20"]
    row = db.execute(f"SELECT payload->>'n', vector FROM qdrant.{points} WHERE id = '20'").fetchone()
    assert row == ("7", [1.0, 0.0, 0.0, 0.0])


def test_sql_rows_are_points(qdrant, db, points):
    """What SQL commits is searched here at once."""
    db.execute(f"INSERT INTO qdrant.{points} (id, payload, vector) VALUES (30, '{{\"by\": \"sql\"}}', '{{9,9,9,9}}')")
    (best,) = qdrant.query_points(points, [1, 1, 1, 1], limit=1, with_payload=True).points
    assert (best.id, best.payload) == (30, {"by": "sql"})
    db.execute(f"UPDATE qdrant.{points} SET payload = '{{\"by\": \"hand\"}}' WHERE id = '30'")
    assert scrolled(qdrant, points, must=[match("by", "hand")]) == [30]
    db.execute(f"DELETE FROM qdrant.{points} WHERE id = '30'")
    assert qdrant.retrieve(points, [30]) == []


@pytest.fixture
def films(db, name):
    """A published table whose rows have vectors."""
    db.execute(f"CREATE TABLE {name} (id int PRIMARY KEY, title text, stars int, taste real[])")
    db.execute(f"INSERT INTO {name} VALUES (1, 'Rope', 4, '{{1,0}}'), (2, 'Vertigo', 5, '{{0,1}}')")
    db.execute(f"SELECT stele.publish('{name}', '{{\"vector\": {{\"taste\": {{\"dimension\": 2}}}}}}')")
    yield name
    db.execute(f"SELECT stele.unpublish('{name}')")
    db.execute(f"DROP TABLE {name}")


def test_published_tables_are_collections(qdrant, db, films, stele):
    from stele_node import wait_until
    wait_until(lambda: httpx.get(f"{stele.qdrant_url}/collections/{films}").status_code == 200, what="the copy")
    found = qdrant.query_points(films, [0.1, 1], using="taste", with_payload=True, with_vectors=True).points
    assert ids(found) == [2, 1]
    assert found[0].payload == {"id": 2, "title": "Vertigo", "stars": 5}
    assert found[0].vector == {"taste": [0, 1]}
    qdrant.upsert(films, [models.PointStruct(id=3, vector={"taste": [1, 1]}, payload={"title": "Psycho", "stars": 5})])
    assert db.execute(f"SELECT title, stars, taste FROM {films} WHERE id = 3").fetchone() == ("Psycho", 5, [1.0, 1.0])
    qdrant.set_payload(films, {"stars": 3}, points=[3])
    assert db.execute(f"SELECT title, stars, taste FROM {films} WHERE id = 3").fetchone() == ("Psycho", 3, [1.0, 1.0])
    assert scrolled(qdrant, films, must=[models.FieldCondition(key="stars", range=models.Range(gte=4))]) == [1, 2]
    with pytest.raises(UnexpectedResponse, match="has no column"):
        qdrant.set_payload(films, {"colour": "red"}, points=[3])
    qdrant.delete(films, [3])
    assert db.execute(f"SELECT count(*) FROM {films}").fetchone() == (2,)


def test_rows_with_other_keys_have_made_ids(qdrant, db, name, stele):
    from stele_node import wait_until
    db.execute(f"CREATE TABLE {name} (name text PRIMARY KEY, n int)")
    db.execute(f"INSERT INTO {name} VALUES ('one', 1), ('two', 2)")
    db.execute(f"SELECT stele.publish('{name}')")
    wait_until(lambda: httpx.get(f"{stele.qdrant_url}/collections/{name}").status_code == 200, what="the copy")
    rows, _ = qdrant.scroll(name)
    made = {row.payload["name"]: row.id for row in rows}
    assert uuid.UUID(made["two"]).version == 5
    (two,) = qdrant.retrieve(name, [made["two"]])
    assert two.payload == {"name": "two", "n": 2}
    qdrant.set_payload(name, {"n": 3}, points=[made["two"]])
    assert db.execute(f"SELECT n FROM {name} WHERE name = 'two'").fetchone() == (3,)
    db.execute(f"SELECT stele.unpublish('{name}')")


def test_an_elasticsearch_index_is_a_collection(qdrant, es, index):
    es.indices.create(index=index, mappings={"properties": {"v": {"type": "dense_vector", "dims": 2}}})
    es.index(index=index, id="1", document={"title": "a", "v": [1, 0]})
    es.index(index=index, id="2", document={"title": "b", "v": [0, 1]})
    found = qdrant.query_points(index, [0, 1], using="v", with_payload=True).points
    assert [(point.id, point.payload) for point in found] == [(2, {"title": "b"}), (1, {"title": "a"})]
    qdrant.upsert(index, [models.PointStruct(id=3, vector={"v": [1, 1]}, payload={"title": "c"})])
    assert es.get(index=index, id="3")["_source"] == {"title": "c", "v": [1.0, 1.0]}


def test_positions(stele, points):
    """A reply says up to where it shows, and a request may ask for a position."""
    url = f"{stele.qdrant_url}/collections/{points}/points"
    written = httpx.put(url, params={"wait": "true"}, json={"points": [{"id": 50, "vector": [1, 2, 3, 4]}]})
    assert written.headers["x-stele-applied"] == "true"
    lsn = written.headers["x-stele-lsn"]
    read = httpx.get(f"{url}/50", headers={"x-stele-min-lsn": lsn})
    assert read.status_code == 200
    assert read.json()["result"]["id"] == 50


def test_api_key(new_stele):
    node = new_stele("--qdrant-api-key", "secret")
    assert httpx.get(f"{node.qdrant_url}/collections").status_code == 401
    assert httpx.get(f"{node.qdrant_url}/healthz").status_code == 200
    assert httpx.get(f"{node.qdrant_url}/collections", headers={"api-key": "secret"}).status_code == 200
    bearer = {"Authorization": "Bearer secret"}
    assert httpx.get(f"{node.qdrant_url}/collections", headers=bearer).status_code == 200
