"""Rows and documents by Elasticsearch: one by one, in part, and by _bulk."""

import http.client
import json

from draft import is_touch
from json_http import JsonHttp, Refused
from row import Change, Row
from writer import RowWriter

RETRIES = 10


class ElasticWriter(RowWriter):
    """Each item of a _bulk is promised for itself."""

    ERRORS = (OSError, http.client.HTTPException, Refused)

    def __init__(self, node, ledger, seed: int, index: str, names_key: bool):
        super().__init__(node, ledger, seed)
        self.index = index
        self.names_key = names_key  # a document of an index has its key in it too; a row of a table has it anyway

    def connect(self):
        self.http = JsonHttp(self.node.ports["elastic"])

    def disconnect(self):
        self.http.close()

    def document(self, row: Row) -> dict:
        return {"id": row.id, **row.document()} if self.names_key else row.document()

    def perform(self, change: Change):
        parts = [{id: row} for id, row in change.items()]
        self.ledger.send(parts)
        if len(parts) > 1:
            self.bulk(parts)
        else:
            for id, row in change.items():
                self.write(id, row)
            self.ledger.acknowledge_all()

    def write(self, id: int, row: Row | None):
        if row is None:
            self.http.call("DELETE", f"/{self.index}/_doc/{id}")
        elif is_touch(self.ledger.rows.get(id), row):
            self.http.call("POST", f"/{self.index}/_update/{id}?retry_on_conflict={RETRIES}",
                           {"doc": {"version": row.version}})
        else:
            self.http.call("PUT", f"/{self.index}/_doc/{id}", self.document(row))

    def bulk(self, parts: list[Change]):
        lines = []
        for part in parts:
            for id, row in part.items():
                lines += self.action(id, row)
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        reply = self.http.call("POST", f"/{self.index}/_bulk", body)
        problems = []
        for part, item in zip(parts, reply["items"], strict=True):
            (outcome,) = item.values()
            if outcome["status"] < 300:
                self.ledger.acknowledge(part)
            else:
                problems.append(outcome)
        if problems:
            raise Refused(problems[0]["status"], problems[0])

    def action(self, id: int, row: Row | None) -> list[dict]:
        if row is None:
            return [{"delete": {"_id": str(id)}}]
        if is_touch(self.ledger.rows.get(id), row):
            return [{"update": {"_id": str(id), "retry_on_conflict": RETRIES}}, {"doc": {"version": row.version}}]
        return [{"index": {"_id": str(id)}}, self.document(row)]
