"""The kinds of fault in an exchange, and what each gets: how many retries, which wait, which error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeAlias

from newslens import errors
from newslens.errors import Usage
from newslens.llm.exchange import Request
from newslens.llm.limits import Standing
from newslens.llm.protocol import Answer


class Kind(Enum):
    """The kinds of fault that are treated differently."""

    FATAL = auto()  # asking again would give the same
    RATE_LIMITED = auto()
    DOWN = auto()
    CUT_OFF = auto()  # the connection broke inside the answer: the server may have billed it
    SLOW = auto()
    GARBLED = auto()
    MIXED_UP = auto()  # the connection gave an answer that is not ours
    REFUSED_PARAMETER = auto()
    TOO_LONG = auto()
    BLANK = auto()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a kind of fault gets.

    Attributes:
        retries: how often it is tried again; None: as often as `Retry.attempts` allows.
        waits: first waits, as long as the server says, else with backoff.
        counts: the attempt counts against `Retry.attempts`.
    """

    retries: int | None
    waits: bool
    counts: bool = True


REMEDIES: Mapping[Kind, Remedy] = {
    Kind.FATAL: Remedy(retries=0, waits=False),
    Kind.RATE_LIMITED: Remedy(retries=None, waits=True, counts=False),
    Kind.DOWN: Remedy(retries=None, waits=True),
    Kind.CUT_OFF: Remedy(retries=2, waits=True),
    Kind.SLOW: Remedy(retries=1, waits=False),
    Kind.GARBLED: Remedy(retries=None, waits=True),
    Kind.MIXED_UP: Remedy(retries=1, waits=False),
    Kind.REFUSED_PARAMETER: Remedy(retries=None, waits=False, counts=False),
    Kind.TOO_LONG: Remedy(retries=1, waits=False),
    Kind.BLANK: Remedy(retries=2, waits=False),
}

ErrorClass: TypeAlias = type[errors.ServiceError] | type[errors.ReplyError]
GivenUp: TypeAlias = errors.ServiceError | errors.ReplyError


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed attempt.

    Attributes:
        kind: decides what is done about it.
        error: class of the error that the caller sees when we give up.
        said: what happened, for people.
        status, code, request_id, retry_after_s, raw_text: fields of that error.
        standing: what the server says about its limits.
        spent: tokens that the attempt cost all the same.
        parameter: name of the parameter that the server refuses.
        extra: fields that only this class of error has.
        cause: the foreign error, where it says more than our fields do.
    """

    kind: Kind
    error: ErrorClass
    said: str
    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    retry_after_s: float | None = None
    raw_text: str = field(default="", repr=False)
    standing: Standing = field(default_factory=Standing)
    spent: Usage = field(default_factory=Usage)
    parameter: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    cause: Exception | None = field(default=None, repr=False)

    def given_up(self, *, what: str, attempts: int, usage: Usage, elapsed_s: float) -> GivenUp:
        """The error that the caller sees when this fault was the last one."""
        tries = "1 try" if attempts == 1 else f"{attempts} tries"
        said = self.said if self.status is None else f"{self.status}, {self.said}"
        error = self.error(f"{what!r}: {said} ({tries}, {elapsed_s:.1f} s). {self.error.advice}")
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


def useless(answer: Answer, request: Request) -> Fault | None:
    """The fault of an answer that came and does not help; None when it does."""
    if answer.refusal:
        return Fault(Kind.FATAL, errors.Refused, "the model declined", raw_text=answer.refusal)
    if answer.finish == "content_filter":
        return Fault(Kind.FATAL, errors.Filtered, "a content filter stopped the answer", raw_text=answer.text)
    if answer.finish == "length":
        kind = Kind.FATAL if request.max_output_tokens is None else Kind.TOO_LONG
        return Fault(kind, errors.Truncated, "the answer hit the output limit", raw_text=answer.text)
    if not answer.text.strip():
        blank = "the answer is blank"
        return Fault(Kind.BLANK, errors.InvalidReply, blank, raw_text=answer.text, extra={"errors": (blank,)})
    return None


def goes_on(faults: Sequence[Fault], attempts: int) -> bool:
    """Whether it is tried again after these faults, in their order, of which `attempts` may count."""
    last = faults[-1].kind
    remedy = REMEDIES[last]
    if remedy.retries is not None and sum(fault.kind is last for fault in faults) > remedy.retries:
        return False
    return not remedy.counts or sum(REMEDIES[fault.kind].counts for fault in faults) < attempts
