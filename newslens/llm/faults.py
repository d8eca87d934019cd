"""The kinds of fault in an exchange, how each is treated, and how a server's words are translated into one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from math import isfinite
from typing import Any, TypeAlias

from newslens import errors
from newslens.errors import Usage
from newslens.llm.exchange import Request
from newslens.llm.limiter import AdvertisedLimit, AdvertisedLimits
from newslens.llm.protocol import Answer, excerpt, parse_object, replace_surrogates


class Kind(Enum):
    """The kinds of fault, and how each is treated.

    Attributes:
        retries: how often it is tried again; None for as often as `Retry.attempts` allows.
        waits: whether there is a wait first, as long as the server says, else with backoff.
        counts: whether the attempt counts against `Retry.attempts`.
    """

    FATAL = "asking again would give the same", 0, False, True
    RATE_LIMITED = "too many requests", None, True, False
    DOWN = "no answer", None, True, True
    CUT_OFF = "the connection broke inside the answer, which may have been billed", 2, True, True
    SLOW = "no whole answer in time", 1, False, True
    GARBLED = "the body does not follow the protocol", None, True, True
    MIXED_UP = "the connection gave an answer to another request", 1, False, True
    REFUSED_PARAMETER = "the server does not know a parameter", None, False, False
    TOO_LONG = "the answer reached its limit", 1, False, True
    BLANK = "the answer is blank", 2, False, True

    def __init__(self, meaning: str, retries: int | None, waits: bool, counts: bool) -> None:  # noqa: FBT001
        self.meaning = meaning
        self.retries = retries
        self.waits = waits
        self.counts = counts


ErrorClass: TypeAlias = type[errors.ServiceError] | type[errors.ReplyError]
ExchangeError: TypeAlias = errors.ServiceError | errors.ReplyError


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed attempt.

    Attributes:
        error: class of the error that the caller sees if this fault is the last one; other fields are those of that
            error, and `extra` has those that only this class has.
        spent: tokens that the attempt cost anyway.
        parameter: name of the parameter that the server refuses.
        cause: the foreign error, if it says more than our fields do.
    """

    kind: Kind
    error: ErrorClass
    message: str
    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    retry_after_s: float | None = None
    raw_text: str = field(default="", repr=False)
    limits: AdvertisedLimits = field(default_factory=AdvertisedLimits)
    spent: Usage = field(default_factory=Usage)
    parameter: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    cause: Exception | None = field(default=None, repr=False)

    def to_error(self, *, what: str, attempts: int, usage: Usage, elapsed_s: float) -> ExchangeError:
        """Build the error that the caller sees if this fault is the last one."""
        tries = "1 try" if attempts == 1 else f"{attempts} tries"
        message = self.message if self.status is None else f"{self.status}, {self.message}"
        error = self.error(f"{what!r}: {message} ({tries}, {elapsed_s:.1f} s). {self.error.advice}")
        vars(error).update(
            status=self.status,
            code=self.code,
            request_id=self.request_id,
            attempts=attempts,
            usage=usage,
            elapsed_s=elapsed_s,
            retry_after_s=self.retry_after_s,
            raw_text=self.raw_text,
            **self.extra,
        )
        return error


def may_retry(faults: Sequence[Fault], attempts: int) -> bool:
    """Decide whether to try again after these faults, in their order, of which `attempts` may count."""
    last = faults[-1].kind
    if last.retries is not None and sum(fault.kind is last for fault in faults) > last.retries:
        return False
    return not last.counts or sum(fault.kind.counts for fault in faults) < attempts


_UNSUPPORTED = {"token": "the server gives no log-probabilities", "decisions": "the server has no decisions endpoint"}


def find_fault(answer: Answer, request: Request) -> Fault | None:
    """Find the fault of an answer that arrived but cannot be used; None if it can."""
    if request.wanted != "json":
        # Servers that leave the log-probabilities out, or answer a path that they do not know with an error object.
        return None if answer.text else Fault(Kind.FATAL, errors.Unsupported, _UNSUPPORTED[request.wanted])
    if answer.refusal:
        return Fault(Kind.FATAL, errors.Refused, "the model declined", raw_text=answer.refusal)
    if answer.finish == "content_filter":
        return Fault(Kind.FATAL, errors.Filtered, "a content filter stopped the answer", raw_text=answer.text)
    if answer.finish == "length":
        kind = Kind.FATAL if request.max_output_tokens is None else Kind.TOO_LONG
        return Fault(kind, errors.Truncated, "the answer reached the output limit", raw_text=answer.text)
    if not answer.text.strip():
        blank = "the answer is blank"
        return Fault(Kind.BLANK, errors.InvalidReply, blank, raw_text=answer.text, extra={"errors": (blank,)})
    return None


# --- error statuses ---

_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance"}
_FILTER = {"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"}
_TOO_LONG = {"context_length_exceeded", "exceed_context_size_error"}
_NO_MODEL = {"model_not_found", "invalid_model", "unknown_model"}
_UNKNOWN_PARAMETER = {"unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden"}
_LIMIT_NAMES, _LOGPROBS = ("max_completion_tokens", "max_tokens"), ("top_logprobs", "logprobs")
_PARAMETERS = ("response_format", *_LIMIT_NAMES, "temperature", "seed", *_LOGPROBS)

_PAYMENT_REQUIRED, _NOT_FOUND, _TOO_MANY = 402, 404, 429
_SERVER_FAULT, _NOT_IMPLEMENTED = 500, {501, 505}

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
class _Complaint:
    """A server's error object."""

    message: str = ""
    words: tuple[str, ...] = ()  # its type, then its codes
    parameter: str | None = None
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def has(self, words: set[str]) -> bool:
        return not words.isdisjoint(self.words)


def read_refusal(status: int, headers: Mapping[str, str], content: bytes) -> Fault:
    """Translate an error status, in whichever shape the server words it."""
    complaint = _read_complaint(content)
    kind, error = _classify(status, complaint)
    extra: dict[str, Any] = {}
    if error is errors.ContextTooLong:
        for name, key, pattern in (("limit", "n_ctx", _LIMIT), ("needed", "n_prompt_tokens", _NEEDED)):
            number, found = complaint.numbers.get(key), pattern.search(complaint.message)
            extra[name] = number if isinstance(number, int) else int(found[1]) if found else None
    unsaid = "nothing is served there; base_url usually ends in /v1" if status == _NOT_FOUND else "no message"
    return Fault(
        kind,
        error,
        message=complaint.message[:_QUOTED] or unsaid,
        status=status,
        code=complaint.words[-1] if complaint.words else None,
        request_id=headers.get("x-request-id"),
        retry_after_s=read_retry_after(headers),
        limits=read_limits(headers),
        # A JSON error may repeat the request, article and all; its message is quoted already.
        raw_text="" if parse_object(content) is not None else excerpt(content),
        parameter=complaint.parameter,
        extra=extra,
    )


def _classify(status: int, complaint: _Complaint) -> tuple[Kind, ErrorClass]:  # noqa: PLR0911 - one line per class
    if status == _PAYMENT_REQUIRED or (status == _TOO_MANY and complaint.has(_QUOTA)):
        return Kind.FATAL, errors.QuotaExhausted
    if status == _TOO_MANY:
        return Kind.RATE_LIMITED, errors.RateLimited
    if status in {401, 403}:
        return Kind.FATAL, errors.AuthenticationFailed
    if status in {408, 409} or (status >= _SERVER_FAULT and status not in _NOT_IMPLEMENTED):
        return Kind.DOWN, errors.Unavailable
    # From here on, something is wrong with the request itself.
    if complaint.has(_FILTER):
        return Kind.FATAL, errors.Filtered
    if complaint.has(_TOO_LONG) or _ABOUT_LENGTH.search(complaint.message):
        return Kind.FATAL, errors.ContextTooLong
    if complaint.has(_NO_MODEL) or (status == _NOT_FOUND and "model" in complaint.message.lower()):
        return Kind.FATAL, errors.ModelNotFound
    if complaint.parameter == "response_format":
        # If OpenAI knows the parameter and finds a mistake in our schema, that must be seen, not stepped around.
        is_unknown = not complaint.message.startswith("Invalid schema")
    else:  # as opposed to a value that the server does not like
        is_unknown = complaint.has(_UNKNOWN_PARAMETER) or bool(_REFUSES.search(complaint.message))
    if complaint.parameter is not None and is_unknown:
        return Kind.REFUSED_PARAMETER, errors.Unsupported
    return Kind.FATAL, errors.BadRequest


def _read_complaint(content: bytes) -> _Complaint:
    outer = parse_object(content)
    if outer is None:
        return _Complaint()
    inner = outer.get("error", outer)
    error: Mapping[str, Any] = inner if isinstance(inner, dict) else {"message": inner}
    # FastAPI's complaints without their `input`, which repeats what was sent.
    detail = outer.get("detail")
    details = [one for one in detail if isinstance(one, dict)] if isinstance(detail, list) else []
    parts = [error.get("message"), detail if isinstance(detail, str) else None, *(one.get("msg") for one in details)]
    message = replace_surrogates("; ".join(str(part) for part in parts if part)[:_READ])
    nested = error.get("innererror")
    words = [error.get("type"), error.get("code"), *(one.get("type") for one in details)]
    words += [nested.get("code")] if isinstance(nested, dict) else []
    # The parameter that the server names, else the first that its message mentions.
    places = [place for one in details if isinstance(one.get("loc"), list) for place in one["loc"]]
    named = [name.split(".")[0] for name in (error.get("param"), *places) if isinstance(name, str)]
    mentioned = {message.find(name): name for name in (*_PARAMETERS, "json_schema") if name in message}
    parameter = next((name for name in named if name in _PARAMETERS), mentioned.get(min(mentioned, default=-1)))
    return _Complaint(
        message,
        tuple(word for word in words if isinstance(word, str)),
        "response_format" if parameter == "json_schema" else parameter,
        error,
    )


# --- headers ---

_UNSURE_S = 60.0  # the longest wait until a date if the server does not say what time it is: our clock may be wrong
_LONGEST = 32  # characters of a duration; "6m0s" has four
_PART = r"\d+(?:\.\d+)?"
_DURATION = re.compile(rf"(?:{_PART}(?:ms|[smhd]))+")
_PARTS = re.compile(rf"({_PART})(ms|[smhd])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DATE = 1e6  # a larger number of seconds is not a duration but a date


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the server asks to wait: from milliseconds, else seconds or a date."""
    milliseconds, seconds = _number(headers.get("retry-after-ms")), _number(headers.get("retry-after"))
    wait = milliseconds / 1000 if milliseconds is not None else seconds
    if wait is None and (then := _moment(headers.get("retry-after"))) is not None:
        now = _moment(headers.get("date"))
        wait = (then - (now or datetime.now(UTC))).total_seconds()
        wait = wait if now else min(wait, _UNSURE_S)
    return wait if wait is not None and wait > 0 else None


def read_limits(headers: Mapping[str, str]) -> AdvertisedLimits:
    """Read the `x-ratelimit-*` headers of an answer, as far as it has them."""
    found: dict[str, AdvertisedLimit | None] = {}
    for what in ("requests", "tokens"):
        limit, remaining = (_number(headers.get(f"x-ratelimit-{name}-{what}")) for name in ("limit", "remaining"))
        if limit is not None and limit > 0 and remaining is not None:
            reset_s = parse_duration(headers.get(f"x-ratelimit-reset-{what}"))
            found[what] = AdvertisedLimit(limit, min(max(remaining, 0.0), limit), reset_s)
    return AdvertisedLimits(**found)


def parse_duration(text: str | None) -> float | None:
    """Return the seconds of a duration such as "120ms", "6m0s", "1.5"; None if it is not one."""
    text = (text or "").strip()[:_LONGEST]
    if _DURATION.fullmatch(text):
        return sum(float(number) * _SECONDS[unit] for number, unit in _PARTS.findall(text))
    number = _number(text)
    return number if number is not None and 0 <= number < _DATE else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) else None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
