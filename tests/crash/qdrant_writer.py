"""Rows and points by Qdrant's REST: upserts, payloads in part, deletions."""

import http.client

from draft import is_touch
from json_http import JsonHttp, Refused
from row import Change, Row
from writer import RowWriter


class QdrantWriter(RowWriter):
    """An upsert of many points is promised whole, all else each for itself."""

    ERRORS = (OSError, http.client.HTTPException, Refused)

    def __init__(self, node, ledger, seed: int, collection: str, names_key: bool):
        super().__init__(node, ledger, seed)
        self.collection = collection
        self.names_key = names_key  # a point of a collection has its key in its payload too; a row has it anyway

    def connect(self):
        self.http = JsonHttp(self.node.ports["qdrant"])

    def disconnect(self):
        self.http.close()

    def call(self, method: str, path: str, body: dict):
        wait = "true" if self.rng.random() < 0.5 else "false"
        return self.http.call(method, f"/collections/{self.collection}/points{path}?wait={wait}", body)

    def point(self, row: Row) -> dict:
        document = row.document()
        words = document.pop("words")
        if self.names_key:
            document["id"] = row.id
        return {"id": row.id, "vector": {"words": words} if words is not None else {}, "payload": document}

    def perform(self, change: Change):
        """A draft as up to three requests, by what becomes of its rows."""
        gone = {id: None for id, row in change.items() if row is None}
        touched = {id: row for id, row in change.items() if is_touch(self.ledger.rows.get(id), row)}
        put = {id: row for id, row in change.items() if row is not None and id not in touched}
        if put:
            self.ledger.send([put])
            self.call("PUT", "", {"points": [self.point(row) for row in put.values()]})
            self.ledger.acknowledge_all()
        for id, row in touched.items():
            self.ledger.send([{id: row}])
            self.call("POST", "/payload", {"payload": {"version": row.version}, "points": [id]})
            self.ledger.acknowledge_all()
        if gone:
            self.ledger.send([{id: None} for id in gone])
            self.call("POST", "/delete", {"points": list(gone)})
            self.ledger.acknowledge_all()
