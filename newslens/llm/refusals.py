"""What a server means by an error status: its words, in whichever shape they came, as a `Fault`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from newslens import errors
from newslens.llm.advertised import standing
from newslens.llm.faults import ErrorClass, Fault, Kind
from newslens.llm.protocol import encodable, json_object, shown

_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance"}
_FILTER = {"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"}
_TOO_LONG = {"context_length_exceeded", "exceed_context_size_error"}
_NO_MODEL = {"model_not_found", "invalid_model", "unknown_model"}
_FOREIGN = {"unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden"}
_PARAMETERS = (
    "response_format",
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "seed",
    "top_logprobs",
    "logprobs",
)

_UNAUTHORISED = {401, 403}
_PAYMENT_REQUIRED, _NOT_FOUND, _TOO_MANY = 402, 404, 429
_TRY_AGAIN = {408, 409}
_SERVER_FAULT, _NOT_IMPLEMENTED = 500, {501, 505}

_UNSAID = {_NOT_FOUND: "nothing is served there; base_url usually ends in /v1"}

_READ = 2000  # characters of a server's message that we look at
_QUOTED = 300  # characters of it that we pass on
_ABOUT_LENGTH = re.compile(r"context (?:length|size|window)|prompt is too long|maximum context", re.IGNORECASE)
_REFUSES = re.compile(
    r"unsupported|not supported?|unrecogni[sz]ed|unknown|unexpected|extra inputs|not permitted|not allowed",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"(?:maximum context length (?:is|of)|context (?:size|window)(?: of| is|:)?|> )\D{0,3}(\d+)", re.IGNORECASE
)
_NEEDED = re.compile(r"(?:resulted in|you requested|request \(|too long:)\D{0,3}(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """A server's error object."""

    message: str
    words: tuple[str, ...]  # its type, then its codes
    parameter: str | None
    numbers: Mapping[str, Any]

    def says(self, known: set[str]) -> bool:
        return not known.isdisjoint(self.words)

    @property
    def code(self) -> str | None:
        return self.words[-1] if self.words else None


def refused(status: int, headers: Mapping[str, str], content: bytes) -> Fault:
    """The fault behind an error status."""
    said = _said(content)
    kind, error = _meaning(status, said)
    return Fault(
        kind,
        error,
        said=said.message[:_QUOTED] or _UNSAID.get(status, "no message"),
        status=status,
        code=said.code,
        request_id=headers.get("x-request-id"),
        retry_after_s=retry_after_s(headers),
        standing=standing(headers),
        # A JSON error may repeat the request, article and all; its message is quoted already.
        raw_text="" if json_object(content) is not None else shown(content),
        parameter=said.parameter,
        extra=_window(said) if error is errors.ContextTooLong else {},
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: milliseconds first, then seconds or a date; None: it does not say."""
    waits = (_number(headers, "retry-after-ms", 1000), _number(headers, "retry-after", 1), _until(headers))
    wait = next((wait for wait in waits if wait is not None), None)
    return wait if wait is not None and wait > 0 else None


def _number(headers: Mapping[str, str], name: str, per_second: int) -> float | None:
    try:
        value = float(headers.get(name, ""))
    except ValueError:
        return None
    return value / per_second if isfinite(value) else None


def _until(headers: Mapping[str, str]) -> float | None:
    """From the server's own clock where it tells it, so that ours may be wrong."""
    then = _date(headers.get("retry-after"))
    now = _date(headers.get("date")) or datetime.now(UTC)
    return None if then is None else (then - now).total_seconds()


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _meaning(status: int, said: _Said) -> tuple[Kind, ErrorClass]:
    if status == _PAYMENT_REQUIRED or (status == _TOO_MANY and said.says(_QUOTA)):
        return Kind.FATAL, errors.QuotaExhausted
    if status == _TOO_MANY:
        return Kind.RATE_LIMITED, errors.RateLimited
    if status in _UNAUTHORISED:
        return Kind.FATAL, errors.AuthenticationFailed
    if status in _TRY_AGAIN or (status >= _SERVER_FAULT and status not in _NOT_IMPLEMENTED):
        return Kind.DOWN, errors.Unavailable
    return _complaint(status, said)


def _complaint(status: int, said: _Said) -> tuple[Kind, ErrorClass]:
    """What is wrong with the request itself."""
    if said.says(_FILTER):
        return Kind.FATAL, errors.Filtered
    if said.says(_TOO_LONG) or _ABOUT_LENGTH.search(said.message):
        return Kind.FATAL, errors.ContextTooLong
    if said.says(_NO_MODEL) or (status == _NOT_FOUND and "model" in said.message.lower()):
        return Kind.FATAL, errors.ModelNotFound
    if _is_foreign(said):
        return Kind.REFUSED_PARAMETER, errors.Unsupported
    return Kind.FATAL, errors.BadRequest


def _is_foreign(said: _Said) -> bool:
    """The server does not know the parameter, as opposed to not liking its value."""
    if said.parameter == "response_format":
        # OpenAI knows the parameter and finds a mistake in our schema: that must be seen, not stepped around.
        return not said.message.startswith("Invalid schema")
    return said.parameter is not None and (said.says(_FOREIGN) or bool(_REFUSES.search(said.message)))


def _said(content: bytes) -> _Said:
    outer = json_object(content)
    if outer is None:
        return _Said("", (), None, {})
    inner = outer.get("error", outer)
    error: Mapping[str, Any] = inner if isinstance(inner, dict) else {"message": inner}
    details = [detail for detail in _list(outer.get("detail")) if isinstance(detail, dict)]
    parts = (error.get("message"), *_messages(outer, details))
    message = encodable("; ".join(str(part) for part in parts if part)[:_READ])
    nested = error.get("innererror")
    words = [error.get("type"), error.get("code"), *(detail.get("type") for detail in details)]
    words += [nested.get("code")] if isinstance(nested, dict) else []
    places = [place for detail in details for place in _list(detail.get("loc"))]
    return _Said(
        message,
        tuple(word for word in words if isinstance(word, str)),
        _parameter([error.get("param"), *places], message),
        error,
    )


def _messages(outer: Mapping[str, Any], details: list[dict[str, Any]]) -> list[Any]:
    """FastAPI's complaints without their `input`, which repeats what was sent."""
    detail = outer.get("detail")
    return [detail] if isinstance(detail, str) else [each.get("msg") for each in details]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parameter(named: list[Any], message: str) -> str | None:
    """The parameter complained about: the one the server names, else the first that its message mentions."""
    for name in named:
        if isinstance(name, str) and name.split(".")[0] in _PARAMETERS:
            return name.split(".")[0]
    mentioned = {message.find(name): name for name in (*_PARAMETERS, "json_schema") if name in message}
    if not mentioned:
        return None
    first = mentioned[min(mentioned)]
    return "response_format" if first == "json_schema" else first


def _window(said: _Said) -> dict[str, int | None]:
    """Tokens that fit, and tokens that were needed, where the server says so."""
    return {
        "limit": _count(said.numbers.get("n_ctx"), _LIMIT.search(said.message)),
        "needed": _count(said.numbers.get("n_prompt_tokens"), _NEEDED.search(said.message)),
    }


def _count(number: Any, found: re.Match[str] | None) -> int | None:
    if isinstance(number, int):
        return number
    return int(found[1]) if found else None
