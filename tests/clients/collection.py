"""What an Elasticsearch client sees of a collection."""

from elasticsearch import ApiError


def ids(reply):
    return [hit["_id"] for hit in reply["hits"]["hits"]]


def find(es, index, query, **more):
    return set(ids(es.search(index=index, query=query, **{"size": 1000, **more})))


def error_of(caught):
    """The error of a reply in Elasticsearch's form, its parts checked."""
    body = caught.value.body
    assert body["status"] == caught.value.status_code
    assert body["error"]["root_cause"][0]["type"]
    assert body["error"]["reason"]
    return body["error"]


def is_served(es, table, documents):
    """Whether the published table is searchable with so many documents."""
    try:
        return es.count(index=table)["count"] == documents
    except ApiError:
        return False


def documents_of(es, index, key="id"):
    """Every document's source, by search_after."""
    sources, after = [], None
    while True:
        more = {"search_after": after} if after is not None else {}
        hits = es.search(index=index, size=1000, sort=[{key: "asc"}], **more)["hits"]["hits"]
        if not hits:
            return sources
        sources += [hit["_source"] for hit in hits]
        after = hits[-1]["sort"]
