"""One line of a batch's files: a request going up, an answer or an error coming down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from newslens.errors import DeadlineExceeded, MalformedResponse, Unavailable, Usage
from newslens.llm.exchange import Request, Response
from newslens.llm.faults import Fault, Kind, find_fault, read_refusal
from newslens.llm.protocol import Answer, Dialect, build_chat, excerpt, parse_object, read_chat
from newslens.llm.tokens import compute_cost

_OK, _ERROR = 200, 400
_EXPIRED = "batch_expired"
_TOO_MANY = 429  # what a live call gets where the validation of a batch says one of these
_LIMITS = {"token_limit_exceeded", "insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_OUTLINE = Request(what="", messages=(), schema={})  # the question itself is not at hand when its answer comes


@dataclass(frozen=True, slots=True)
class Returned:
    """A line of an output or error file.

    Attributes:
        address: the request's, as we gave it.
        outcome: its reply with its usage, or the fault.
    """

    address: str
    outcome: Response | Fault


def line(address: str, request: Request, model: str) -> bytes:
    """A request as a line, with the very body of a live call to OpenAI."""
    sent = build_chat(request, model=model, dialect=Dialect(), limit=request.max_output_tokens)
    whole = {"custom_id": address, "method": "POST", "url": "/v1/chat/completions", "body": sent}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def returned(content: bytes, *, model: str, host: str) -> Returned | None:
    """What a line says; None: it names no request."""
    whole = parse_object(content) or {}
    address = whole.get("custom_id")
    if not isinstance(address, str):
        return None
    response = whole.get("response")
    if not isinstance(response, dict):
        return Returned(address, _unexecuted(whole.get("error")))
    status, request_id = response.get("status_code"), response.get("request_id")
    inner = json.dumps(response.get("body"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    if isinstance(status, int) and status >= _ERROR:
        return Returned(address, replace(read_refusal(status, {}, inner), request_id=request_id))
    return Returned(address, _judged(inner, request_id, model, host))


def rest(status: str, complaint: tuple[str, str] | None) -> Fault:
    """The fault of those requests that an ended batch has no line for.

    Args:
        status: how it ended.
        complaint: code and message of what its validation found, if it found anything.
    """
    if complaint is None:
        return _unexecuted({"code": f"batch_{status}"})
    code, message = complaint
    content = json.dumps({"error": {"code": code, "message": message}}).encode()
    return read_refusal(_TOO_MANY if code in _LIMITS else _ERROR, {}, content)


def _unexecuted(error: Any) -> Fault:
    """The fault of a request that the batch did not come to."""
    said: Mapping[str, Any] = error if isinstance(error, dict) else {}
    code = str(said.get("code"))
    kind = DeadlineExceeded if code == _EXPIRED else Unavailable
    return Fault(Kind.FATAL, kind, f"it was not executed ({code})", code=code)


def _judged(content: bytes, request_id: str | None, model: str, host: str) -> Response | Fault:
    try:
        answer = read_chat(content)
    except MalformedResponse as error:
        return Fault(Kind.FATAL, MalformedResponse, str(error), status=_OK, raw_text=excerpt(content))
    spent = _billed(answer, model, host)
    if fault := find_fault(answer, _OUTLINE):
        return replace(fault, spent=spent, status=_OK, request_id=request_id)
    return Response(answer.text, spent, answer.model, request_id or answer.id)


def _billed(answer: Answer, model: str, host: str) -> Usage:
    tokens = answer.usage
    if tokens is None:  # and without the prompt nothing can be counted here
        return Usage(requests=1, estimated=True)
    names = dict.fromkeys((answer.model or model, model))  # an answer may name a version without a price
    price = next(
        (price for name in names if (price := compute_cost(name, host, tokens, batched=True)) is not None), None
    )
    return tokens.model_copy(update={"requests": 1, "cost_usd": price})
