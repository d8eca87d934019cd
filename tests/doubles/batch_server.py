"""A stand-in for a server with OpenAI's Batch API, held to the SDK's own types in what it takes and what it gives.

Its answers are made up, and its day is as short as a test wants: it shows how we treat the protocol.
"""

import hashlib
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from doubles.server import completed
from openai.types import Batch, FileObject
from openai.types.batch_create_params import BatchCreateParams
from pydantic import TypeAdapter

Json = dict[str, Any]
Answering = Callable[[Json], tuple[int, Any]]
"""Status and body for the body of a request; status 0: the line's own error, by its code."""

_NUMBER = re.compile(r"^\[(\d+)\] ", re.MULTILINE)


def summed(body: Json) -> tuple[int, Any]:
    """A summary with the first sentence that it is shown as its only evidence."""
    shown = "\n".join(message["content"] for message in body["messages"])
    numbers = [int(number) for number in _NUMBER.findall(shown)]
    summary = {"text": "t", "key_points": [{"text": "A vote.", "evidence": numbers[:1]}]}
    name = hashlib.sha256(shown.encode()).hexdigest()  # a real completion's id is of no other request
    return 200, completed(json.dumps({"summary": summary}), name=name, model=body["model"])


class CutOff(ConnectionError):
    """Breaks the connection inside of the response."""


@dataclass(slots=True)
class Day:
    """The server's side of it.

    Attributes:
        base_url: where it is.
        answering: what becomes of a request, in a batch or at once.
        files, batches: what it has, by id, in the order of arrival.
        calls: each call that came, as `POST /files`.
        before, after: called with the call before it is done and before its response is sent; `ConnectionError`
            there breaks the connection, and after half of the response if it is a `CutOff`.
        denying: status and body for a call that is not done.
        headers: of every response.
        page: how many batches it lists at once.
        late: how many lists do not show the newest batch yet.
    """

    base_url: str = ""
    answering: Answering = summed
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, Json] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    denying: Callable[[str], tuple[int, Any] | None] = lambda _: None
    headers: dict[str, str] = field(default_factory=dict)
    page: int = 2
    late: int = 0

    @property
    def asked(self) -> list[str]:
        """The ids of all requests in all batches, in order."""
        return [one["custom_id"] for batch in self.batches.values() for one in self.requests(batch["id"])]

    def requests(self, batch_id: str) -> list[Json]:
        return [json.loads(line) for line in self.files[self.batches[batch_id]["input_file_id"]].splitlines()]

    def pass_by(self, status: str = "completed", *, cut: int = 0, more: tuple[bytes, ...] = ()) -> None:
        """Every batch that has not ended ends; not in the order of its requests.

        Args:
            status: how.
            cut: how many requests get the error that goes with it.
            more: lines that no request asked for.
        """
        for batch in [each for each in self.batches.values() if each["status"] in ("in_progress", "cancelling")]:
            lines = [self._line(one) for one in self.requests(batch["id"])]
            lines[:cut] = [unexecuted(one["custom_id"], f"batch_{status}") for one in lines[:cut]]
            failed = [one for one in lines if one["error"] or one["response"]["status_code"] != 200]
            done = [one for one in lines if one not in failed]
            batch |= {"status": status, "output_file_id": self._kept(done, *more), "error_file_id": self._kept(failed)}
            batch["request_counts"] |= {"completed": len(done), "failed": len(failed)}

    def fail(self, code: str, message: str) -> None:
        """Every batch is refused by the validation."""
        for batch in self.batches.values():
            error = {"code": code, "message": message, "line": 1, "param": None}
            batch |= {"status": "failed", "errors": {"object": "list", "data": [error]}}

    def _line(self, one: Json) -> Json:
        status, body = self.answering(one["body"])
        if status == 0:
            return unexecuted(one["custom_id"], body)
        response = {"status_code": status, "request_id": f"req-{one['custom_id'][:8]}", "body": body}
        return {"id": "batch_req", "custom_id": one["custom_id"], "response": response, "error": None}

    def _kept(self, lines: list[Json], *more: bytes) -> str | None:
        if not lines and not more:
            return None
        name = f"file-{len(self.files)}"
        self.files[name] = b"".join([*(json.dumps(one).encode() + b"\n" for one in reversed(lines)), *more])
        return name

    def respond(  # noqa: PLR0911 - one for each call
        self, method: str, path: str, query: dict[str, list[str]], content: bytes
    ) -> tuple[int, Any]:
        match method, path.split("/"):
            case "POST", ["files"]:
                return 200, self._upload(content)
            case "GET", ["files", name, "content"] if name in self.files:
                return 200, self.files[name]
            case "POST", ["batches"]:
                return 200, self._begun(json.loads(content))
            case "GET", ["batches"]:
                return 200, self._listed(query)
            case "GET", ["batches", name] if name in self.batches:
                return 200, valid(self.batches[name])
            case "POST", ["batches", name, "cancel"] if name in self.batches:
                return 200, valid(self.batches[name] | {"status": "cancelling"}, keep=self.batches)
            case "POST", ["chat", "completions"]:
                return self.answering(json.loads(content))
        return 404, {"error": {"message": f"no {path}"}}

    def _upload(self, content: bytes) -> Json:
        boundary = content[: content.index(b"\r\n")]
        parts = dict(_part(part) for part in content.split(boundary)[1:-1])
        assert parts["purpose"] == b"batch"
        name = f"file-{len(self.files)}"
        self.files[name] = parts["file"]
        told = {"id": name, "bytes": len(parts["file"]), "created_at": 0, "filename": "x", "purpose": "batch"}
        return FileObject.model_validate(told | {"object": "file", "status": "processed"}).model_dump()

    def _begun(self, body: Json) -> Json:
        asked = TypeAdapter(BatchCreateParams).validate_python(body)
        name = f"batch-{len(self.batches)}"
        counts = {"completed": 0, "failed": 0, "total": len(self.files[asked["input_file_id"]].splitlines())}
        told = {"id": name, "object": "batch", "created_at": 0, "status": "in_progress", "request_counts": counts}
        return valid(told | dict(asked), keep=self.batches)

    def _listed(self, query: dict[str, list[str]]) -> Json:
        newest = list(reversed(self.batches))[self.late > 0 :]
        self.late -= self.late > 0
        start = newest.index(query["after"][0]) + 1 if "after" in query else 0
        shown = [self.batches[name] for name in newest[start : start + self.page]]
        return {"object": "list", "data": shown, "has_more": start + self.page < len(newest)}


def unexecuted(custom_id: str, code: str) -> Json:
    return {"id": "batch_req", "custom_id": custom_id, "response": None, "error": {"code": code, "message": "made up"}}


def valid(batch: Json, *, keep: dict[str, Json] | None = None) -> Json:
    Batch.model_validate(batch)
    if keep is not None:
        keep[batch["id"]] = batch
    return batch


def _part(part: bytes) -> tuple[str, bytes]:
    head, _, content = part.partition(b"\r\n\r\n")
    return head.decode().partition('name="')[2].partition('"')[0], content.removesuffix(b"\r\n")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    day: Day

    def _serve(self, method: Literal["GET", "POST"]) -> None:
        url = urlsplit(self.path)
        content = self._content()
        path = url.path.removeprefix("/v1/")
        call = f"{method} /{path}"
        self.day.calls.append(call)
        try:
            self.day.before(call)
            denied = self.day.denying(call)
            status, body = denied or self.day.respond(method, path, parse_qs(url.query), content)
            cut = self._cut(call)
        except ConnectionError:
            self.close_connection = True
            return
        said = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream" if isinstance(body, bytes) else "application/json")
        self.send_header("Content-Length", str(len(said)))
        for name, value in self.day.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said[: len(said) // 2] if cut else said)
        self.close_connection = cut or self.close_connection

    def _cut(self, call: str) -> bool:
        try:
            self.day.after(call)
        except CutOff:
            return True
        return False

    def _content(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size + 2)[:-2]
        self.rfile.readline()
        return content

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing: a test's output is its own."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client that leaves, or is killed
            super().handle_error(request, client_address)


@contextmanager
def batching(answering: Answering = summed) -> Iterator[Day]:
    """A server on the loopback, in a thread of its own, as what we test blocks this one."""
    day = Day(answering=answering)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"day": day}))
    day.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield day
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
