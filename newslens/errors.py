"""The errors that newslens raises, and what to do about each: `error.advice`.

    NewslensError
    ├── ConfigurationError
    │   ├── MissingExtra
    │   ├── CodebookError
    │   └── StoreError
    ├── InputError                  the article
    │   └── LanguageUnknown
    ├── PromptError                 a template
    ├── ServiceError                no answer from the server (status, code, request_id, attempts, usage, …)
    │   ├── AuthenticationFailed
    │   ├── BadRequest
    │   │   ├── ModelNotFound
    │   │   ├── ContextTooLong
    │   │   └── Unsupported
    │   ├── RateLimited
    │   ├── QuotaExhausted
    │   ├── BudgetExceeded
    │   ├── Unavailable
    │   └── DeadlineExceeded        also a TimeoutError
    ├── ReplyError                  an answer that cannot be used (raw_text, usage, …)
    │   ├── MalformedResponse
    │   ├── InvalidReply
    │   ├── Truncated
    │   ├── Refused
    │   └── Filtered
    ├── ReductionStalled
    ├── Pending
    └── InternalError               a bug in newslens

Errors hold plain fields only, so they can be pickled; `__cause__` keeps the foreign error. No message or field contains
a key, a header or the text of an article.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Usage(BaseModel):
    """What one or more requests cost, failed attempts included.

    Attributes:
        requests: HTTP requests sent, retries included.
        retries: those of `requests` that were sent again after a fault.
        input_tokens: prompt tokens as the server counted them.
        cached_tokens: those of `input_tokens` that the server had in its prompt cache.
        output_tokens: completion tokens, reasoning included.
        seconds: time spent waiting for answers, summed over requests.
        cost_usd: dollars, None when the price is not known.
        estimated: a server did not report some of the tokens, so they were counted here.
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
        """Add two usages; the cost of the sum is unknown if that of either is, unless that one sent nothing."""
        costs = [usage.cost_usd for usage in (self, other) if usage.requests]
        known = [cost for cost in costs if cost is not None]
        return Usage(
            requests=self.requests + other.requests,
            retries=self.retries + other.retries,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            seconds=self.seconds + other.seconds,
            cost_usd=sum(known, Decimal(0)) if known and len(known) == len(costs) else None,
            estimated=self.estimated or other.estimated,
        )


class NewslensError(Exception):
    """Base class of all errors that newslens raises on purpose."""

    advice: ClassVar[str] = "See the message."

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[NewslensError], args: tuple[Any, ...], fields: dict[str, Any]) -> NewslensError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(fields)
    return error


class ConfigurationError(NewslensError):
    """The configuration cannot work."""

    advice = "Change the configuration as the message says, then run again."


class MissingExtra(ConfigurationError):
    """An optional dependency is not installed."""

    advice = "Install the extra that the message names, then run again."

    @classmethod
    def named(cls, extra: str, needed_for: str) -> Self:
        """Build the error for a missing extra, with the command that installs it."""
        return cls(f"{needed_for} needs the extra {extra!r}. Run: pip install 'newslens-kit[{extra}]'")


class CodebookError(ConfigurationError):
    """A codebook file breaks the rules for codebooks."""

    advice = "Correct the codebook as the message says, then run again."


class StoreError(ConfigurationError):
    """The store cannot be used. What was in it is kept."""

    advice = "Free disk space or name another store, then run again."


class InputError(NewslensError):
    """The input is not a readable article."""

    advice = "Correct the input, then run again with retry_failed (--retry-failed)."


class LanguageUnknown(InputError):
    """The offline reader has no lexicon for the article's language."""

    advice = "Name a model: it reads languages for which the offline reader has no lexicon."


class PromptError(NewslensError):
    """A prompt template is missing or malformed, or its placeholders do not fit."""

    advice = "Correct the template, then run again."


class ReductionStalled(NewslensError):
    """Merging the parts of a long article stopped shrinking; the unmerged parts are kept."""

    advice = "Name a model with a longer window. Only the merging is lost."


class Pending(NewslensError):
    """Answers that an article needs from a batch have not arrived yet."""

    advice = "Collect later, or submit again what is not in progress."


class InternalError(NewslensError):
    """An unexpected exception inside newslens: a bug.

    Attributes:
        kind: class of the exception.
        place: where it was raised ("newslens/reading/judge.py:102 in ask").
    """

    advice = "Report the class and the place to the authors of newslens, with the version."

    kind: str = ""
    place: str = ""

    @classmethod
    def caused_by(cls, error: Exception) -> Self:
        """Describe an exception without its message, which may quote the article.

        The place is the innermost one in newslens, or in other code if newslens is not in the traceback.
        """
        root = Path(__file__).parent
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if root in Path(frame.filename).parents]
        place = "an unknown place"
        for frame in [*(ours or frames)][-1:]:
            path = Path(frame.filename)
            place = f"{path.relative_to(root.parent).as_posix() if ours else path.name}:{frame.lineno} in {frame.name}"
        kind = type(error).__name__
        found = cls(f"Unexpected {kind} at {place}. {cls.advice}")
        found.kind, found.place = kind, place
        return found


class _ExchangeError(NewslensError):
    """An error of an exchange with a server.

    Attributes:
        status: HTTP status, None when there was no response.
        code: the server's own error code or type.
        request_id: the server's id of the last attempt.
        attempts: requests sent, the first included.
        usage: what those attempts cost.
        elapsed_s: seconds from the first attempt to giving up.
        retry_after_s: seconds that the server asked us to wait.
        raw_text: what the server sent instead of an answer (of an HTML page the first 500 characters).
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


class ServiceError(_ExchangeError):
    """The server did not answer."""

    advice = "Run again with retry_failed (--retry-failed)."


class AuthenticationFailed(ServiceError):
    """The server does not accept the key (401, 403)."""

    advice = "Check the API key, then run again."


class BadRequest(ServiceError):
    """The server rejects the request as invalid (400, 413, 422)."""

    advice = "Use another model or server: this one rejects the request."


class ModelNotFound(BadRequest):
    """The server does not know the model."""

    advice = "Check the name of the model, then run again."


class ContextTooLong(BadRequest):
    """The prompt does not fit into the model's window.

    Attributes:
        limit: tokens that fit, if the server said so.
        needed: tokens of the prompt, if the server said so.
    """

    advice = "Ask one thing at a time (calls=separate), or use a model with a longer window."

    limit: int | None = None
    needed: int | None = None


class Unsupported(BadRequest):
    """The server supports no form of request that newslens can use for this."""

    advice = "Use another server or model, or leave that parameter out."


class RateLimited(ServiceError):
    """There were too many requests (429), and the wait does not fit into the deadline."""

    advice = "Run again with retry_failed (--retry-failed) and lower concurrency, or raise Retry(deadline_s=…)."


class QuotaExhausted(ServiceError):
    """The account has no money or quota left; retrying does not help."""

    advice = "Add credit to the account or change the key, then run again."


class BudgetExceeded(ServiceError):
    """The caller's own cap on money or tokens is reached."""

    advice = "Raise Budget(…) (--max-cost, --max-tokens), which counts each run from zero, then run again."


class Unavailable(ServiceError):
    """The server is down, overloaded or unreachable.

    Attributes:
        maybe_billed: the answer had begun when the connection broke, so it may have been billed.
    """

    advice = "Try later with retry_failed (--retry-failed), or raise Retry(attempts=…, deadline_s=…)."

    maybe_billed: bool = False


class DeadlineExceeded(ServiceError, TimeoutError):
    """The deadline of the article passed."""

    advice = (
        "Run again with retry_failed (--retry-failed) and lower concurrency, or raise "
        "Retry(attempt_timeout_s=…, deadline_s=…)."
    )


class ReplyError(_ExchangeError):
    """The server answered, but the answer cannot be used."""

    advice = "Run again with retry_failed (--retry-failed), or use another model."


class MalformedResponse(ReplyError):
    """The body does not follow the protocol: HTML, blank, no choices."""

    advice = "Check that base_url is an OpenAI-compatible server, then run again with retry_failed (--retry-failed)."


class InvalidReply(ReplyError):
    """The answer does not fit the schema.

    Attributes:
        errors: one line for each fault, as the model was told when it was asked again.
    """

    def __init__(
        self, message: str, *, errors: tuple[str, ...] = (), raw_text: str = "", usage: Usage | None = None
    ) -> None:
        super().__init__(message, raw_text=raw_text, usage=usage)
        self.errors = errors


class Truncated(ReplyError):
    """The answer reached the output limit; `raw_text` has what arrived."""

    advice = "Raise max_output_tokens, or ask one thing at a time (calls=separate)."


class Refused(ReplyError):
    """The model declined; `raw_text` has its words."""

    advice = "Use another model for these articles."


class Filtered(ReplyError):
    """A content filter stopped the answer; `raw_text` has what arrived."""

    advice = "Use another model or server for these articles."


@contextmanager
def contain_bugs() -> Iterator[None]:
    """Turn an exception that is not a NewslensError into an InternalError.

    It goes around code of the caller's (`ask`, analyses), so that an error in it costs one result and not the report.
    """
    try:
        yield
    except (NewslensError, MemoryError):  # after a MemoryError, nothing else would fare better
        raise
    except Exception as error:
        raise InternalError.caused_by(error) from error


FATAL = (AuthenticationFailed, QuotaExhausted, ModelNotFound, BudgetExceeded, StoreError)
"""Errors that every further request would meet: they end a run over many articles."""

FATAL_AT_FIRST = (BadRequest, ConfigurationError, PromptError)
"""Errors that end a run as long as no article of it has worked: the settings are wrong, not one article."""

FATAL_FOR_ARTICLE = (*FATAL, ConfigurationError)
"""Errors after which nothing more is asked about the article."""


def find_advice(kind: str) -> str:
    """Return the advice for an error class by its name; an unknown name gets that of the base class."""
    found = globals().get(kind)
    return found.advice if isinstance(found, type) and issubclass(found, NewslensError) else NewslensError.advice
