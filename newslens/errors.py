"""What can go wrong, one class for each thing that a caller can do about it.

    NewslensError
    ├── ConfigurationError      fix the set-up
    │   ├── MissingExtra        install an optional part
    │   ├── CodebookError       fix the codebook file
    │   └── StoreError          make room, or name another store
    ├── InputError              fix the article
    │   └── LanguageUnknown         no lexicon for its language: name a model
    ├── PromptError             fix the template
    ├── ServiceError            the server did not answer (status, code, request_id, attempts, usage, …)
    │   ├── AuthenticationFailed    check the key
    │   ├── BadRequest              the server refuses the request as such
    │   │   ├── ModelNotFound           check the model's name
    │   │   ├── ContextTooLong          smaller chunks
    │   │   └── Unsupported             another server or model
    │   ├── RateLimited             wait
    │   ├── QuotaExhausted          pay, or change the key
    │   ├── BudgetExceeded          raise your own cap
    │   ├── Unavailable             try later
    │   └── DeadlineExceeded        raise the deadline (also a TimeoutError)
    ├── ReplyError              the server answered, the answer is of no use (raw_text, usage, …)
    │   ├── MalformedResponse       not the protocol: HTML, blank body, no choices
    │   ├── InvalidReply            not the schema: see `errors`
    │   ├── Truncated               cut off by the output limit
    │   ├── Refused                 the model declined
    │   └── Filtered                a content filter stopped it
    ├── ReductionStalled        the merge of a long article stopped shrinking
    └── Pending                 a batch has not answered yet: collect later

Errors hold plain fields only, so they pickle across processes; `__cause__` keeps the foreign error.
No message and no field ever holds a key, a header or the text of an article.
"""

from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Usage(BaseModel):
    """Cost of one or many requests, failed attempts included.

    Attributes:
        requests: HTTP requests sent, retries included.
        retries: how many of `requests` were sent again after a fault.
        input_tokens: prompt tokens as the server counted them.
        cached_tokens: those of `input_tokens` that the server had in its prompt cache.
        output_tokens: completion tokens, reasoning included.
        seconds: time spent waiting for answers, summed over requests.
        cost_usd: money, or None when the price is not known; never 0 for "unknown".
        estimated: True when a server did not report some of the tokens and we counted them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: int = 0
    retries: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cost_usd: Decimal | None = None
    estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        """Sum of both; a sum with an unknown price has an unknown price, unless one side sent nothing."""
        return Usage(
            requests=self.requests + other.requests,
            retries=self.retries + other.retries,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            seconds=self.seconds + other.seconds,
            cost_usd=_total_cost(self, other),
            estimated=self.estimated or other.estimated,
        )


def _total_cost(one: Usage, other: Usage) -> Decimal | None:
    costs = [usage.cost_usd for usage in (one, other) if usage.requests]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(costs) else None


class NewslensError(Exception):
    """Base of every error that newslens raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[NewslensError], args: tuple[Any, ...], fields: dict[str, Any]) -> NewslensError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(fields)
    return error


class ConfigurationError(NewslensError):
    """Something about the set-up has to be changed before it can work."""


class MissingExtra(ConfigurationError):
    """An optional dependency is not installed."""

    @classmethod
    def named(cls, extra: str, needed_for: str) -> Self:
        """The error for a missing extra, with the command that installs it."""
        return cls(f"{needed_for} needs the extra {extra!r}. Run: pip install 'newslens-kit[{extra}]'")


class CodebookError(ConfigurationError):
    """A codebook file breaks its own rules."""


class StoreError(ConfigurationError):
    """The store cannot be used: make room, or name another file. What was in it stays."""


class InputError(NewslensError):
    """The article cannot be read as an article."""


class LanguageUnknown(InputError):
    """The offline reader has no lexicon for the article's language."""


class PromptError(NewslensError):
    """A prompt template is missing, malformed, or has holes that do not fit."""


class ReductionStalled(NewslensError):
    """Merging the parts of a long article stopped shrinking; the parts themselves are kept."""


class _ServerSide(NewslensError):
    """Plain fields that every failed exchange carries.

    Attributes:
        status: HTTP status, None when there was no response.
        code: the server's own error code or type.
        request_id: the server's id of the last attempt.
        attempts: requests sent, the first included.
        usage: what those attempts cost.
        elapsed_s: seconds from the first attempt to giving up.
        retry_after_s: seconds that the server asked us to wait.
        raw_text: what the server said instead of an answer (for an HTML page the first 500 characters).
    """

    def __init__(  # noqa: PLR0913 - one plain field for each thing that the caller may look at
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        attempts: int = 1,
        usage: Usage | None = None,
        elapsed_s: float = 0.0,
        retry_after_s: float | None = None,
        raw_text: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.attempts = attempts
        self.usage = usage if usage is not None else Usage(requests=attempts)
        self.elapsed_s = elapsed_s
        self.retry_after_s = retry_after_s
        self.raw_text = raw_text


class ServiceError(_ServerSide):
    """The server did not give an answer."""


class AuthenticationFailed(ServiceError):
    """The server does not accept the key (401, 403)."""


class BadRequest(ServiceError):
    """The server refuses the request as such (400, 413, 422)."""


class ModelNotFound(BadRequest):
    """The server does not know the model."""


class ContextTooLong(BadRequest):
    """The prompt does not fit into the model's window.

    Attributes:
        limit: tokens that the model takes, if the server said so.
        needed: tokens that the prompt has, if the server said so.
    """

    limit: int | None = None
    needed: int | None = None


class Unsupported(BadRequest):
    """The server takes no form of structured output that we can ask for."""


class RateLimited(ServiceError):
    """Too many requests (429), and the wait does not fit into the deadline."""


class QuotaExhausted(ServiceError):
    """The account has no money or quota left; no retry helps."""


class BudgetExceeded(ServiceError):
    """The caller's own cap on money or tokens is reached."""


class Unavailable(ServiceError):
    """The server is down, overloaded or out of reach.

    Attributes:
        maybe_billed: the answer had begun when the connection broke, so it may have to be paid.
    """

    maybe_billed: bool = False


class DeadlineExceeded(ServiceError, TimeoutError):
    """The deadline of the article passed."""


class ReplyError(_ServerSide):
    """The server answered, and the answer is of no use."""


class MalformedResponse(ReplyError):
    """The body is not what the protocol says: HTML, blank, no choices."""


class InvalidReply(ReplyError):
    """The answer does not fit the schema.

    Attributes:
        errors: one line for each thing that is wrong, as the model was told when asked again.
    """

    def __init__(
        self, message: str, *, errors: tuple[str, ...] = (), raw_text: str = "", usage: Usage | None = None
    ) -> None:
        super().__init__(message, raw_text=raw_text, usage=usage)
        self.errors = errors


class Truncated(ReplyError):
    """The answer hit the output limit; `raw_text` has what came."""


class Refused(ReplyError):
    """The model declined; `raw_text` has its words."""


class Filtered(ReplyError):
    """A content filter stopped the answer; `raw_text` has what came."""


class Pending(NewslensError):
    """Answers that an article needs from a batch are not there yet."""
