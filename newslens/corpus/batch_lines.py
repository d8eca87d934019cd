"""The lines of a batch's files: requests to the server; answers and errors back from it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import IO, Any

from newslens.errors import DeadlineExceeded, MalformedResponse, Unavailable, Usage
from newslens.llm.exchange import Request, Response
from newslens.llm.faults import Fault, Kind, find_fault, read_refusal
from newslens.llm.protocol import Dialect, build_chat, excerpt, parse_object, read_chat
from newslens.llm.tokens import compute_cost

# OpenAI's limits for one file.
MAX_LINES = 50_000
MAX_BYTES = 200_000_000

OK, NOT_FOUND = 200, 404
_BAD_REQUEST, _TOO_MANY = 400, 429
# Codes of a rejected file, and of a request that was too much: a call outside of a batch gets 429 for them.
_LIMITS = {"token_limit_exceeded", "insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_NO_REQUEST = Request(what="", messages=(), schema={})  # the request itself is not at hand when its answer arrives


def dump_request(key: str, request: Request, model: str) -> bytes:
    """A request as a line, with the same body as a call to OpenAI outside of a batch."""
    sent = build_chat(request, model=model, dialect=Dialect(), limit=request.max_output_tokens)
    whole = {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": sent}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def write_files(lines: Iterable[tuple[str, bytes]]) -> Iterator[tuple[IO[bytes], list[str]]]:
    """Write lines, each with its key, to temporary files that a batch may have, and yield each file with its keys.

    A file is deleted when the next is asked for. Within a file a key is written once.
    """
    lines = iter(lines)
    following = next(lines, None)
    while following is not None:
        with TemporaryFile() as file:
            keys: dict[str, None] = {}
            while following is not None:
                key, line = following
                if key not in keys:
                    if keys and (len(keys) >= MAX_LINES or file.tell() + len(line) > MAX_BYTES):
                        break
                    file.write(line)
                    keys[key] = None
                following = next(lines, None)
            file.seek(0)
            yield file, list(keys)


@dataclass(frozen=True, slots=True)
class Answer:
    """A line of an output or error file.

    Attributes:
        key: the key of the request.
        outcome: its response with the usage, or the fault.
    """

    key: str
    outcome: Response | Fault


def load_answer(content: bytes, *, model: str, host: str) -> Answer | None:
    """The answer or error in a line; None if it names no request."""
    line = parse_object(content) or {}
    key, response = line.get("custom_id"), line.get("response")
    if not isinstance(key, str):
        return None
    if not isinstance(response, dict):
        return Answer(key, _not_executed(line.get("error")))
    status, request_id = response.get("status_code"), response.get("request_id")
    inner = json.dumps(response.get("body"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    if isinstance(status, int) and status >= _BAD_REQUEST:
        return Answer(key, replace(read_refusal(status, {}, inner), request_id=request_id))
    try:
        answer = read_chat(inner)
    except MalformedResponse as error:
        return Answer(key, Fault(Kind.FATAL, MalformedResponse, str(error), status=OK, raw_text=excerpt(inner)))
    usage = Usage(requests=1, estimated=True)  # without counts, and without the prompt to count it here
    if answer.usage is not None:
        names = dict.fromkeys((answer.model or model, model))  # an answer may name a version without a price
        prices = (compute_cost(name, host, answer.usage, batched=True) for name in names)
        price = next((price for price in prices if price is not None), None)
        usage = answer.usage.model_copy(update={"requests": 1, "cost_usd": price})
    if fault := find_fault(answer, _NO_REQUEST):
        return Answer(key, replace(fault, spent=usage, status=OK, request_id=request_id))
    return Answer(key, Response(answer.text, usage, answer.model, request_id or answer.id))


def find_rest(status: str, complaint: tuple[str, str] | None) -> Fault:
    """The fault of the requests that an ended batch has no line for.

    Args:
        status: how the batch ended.
        complaint: code and message, if the server rejected the file.
    """
    if complaint is None:
        return _not_executed({"code": f"batch_{status}"})
    code, message = complaint
    content = json.dumps({"error": {"code": code, "message": message}}).encode()
    return read_refusal(_TOO_MANY if code in _LIMITS else _BAD_REQUEST, {}, content)


def _not_executed(error: Any) -> Fault:
    stated: Mapping[str, Any] = error if isinstance(error, dict) else {}
    code = str(stated.get("code"))
    kind = DeadlineExceeded if code == "batch_expired" else Unavailable
    return Fault(Kind.FATAL, kind, f"it was not executed ({code})", code=code)
