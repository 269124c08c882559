"""JSON over one keep-alive connection, as it goes: no client library between a writer and the head."""

import http.client
import json


class Refused(Exception):
    def __init__(self, status: int, body):
        super().__init__(f"{status}: {json.dumps(body)[:500]}")
        self.status = status
        self.body = body


class JsonHttp:
    def __init__(self, port: int, timeout_s: float = 60, **headers: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def call(self, method: str, path: str, body=None, accepted: tuple[int, ...] = ()):
        """The reply's JSON. Refused unless it is a 2xx or one of `accepted`."""
        given = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
        self.connection.request(method, path, given, {"Content-Type": kind, **self.headers})
        reply = self.connection.getresponse()
        answer = json.loads(reply.read() or b"null")
        if reply.status >= 300 and reply.status not in accepted:
            raise Refused(reply.status, answer)
        return answer

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
