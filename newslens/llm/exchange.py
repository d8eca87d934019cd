"""What goes to a model and what comes back: the seam between asking and answering."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from newslens.errors import Usage


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation."""

    role: Literal["system", "user", "assistant"]
    content: str = field(repr=False)  # article text stays out of logs and tracebacks


Wanted = Literal["json", "token", "decisions"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with a closed set of answers, as a decisions endpoint is asked it.

    Attributes:
        name: of the answer, distinct within a request.
        text: the question.
        options: each value with what it means.
    """

    name: str
    text: str = field(repr=False)
    options: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    Attributes:
        what: for people: which analyses of which part ("summary+stance, sentences 1-40").
        messages: stable text first, task last, so that prefixes cache.
        schema: strict JSON schema of the answer; of no use unless `json` is wanted.
        schema_name: its name on the wire (letters, digits, `_`, `-`).
        max_output_tokens: limit of the answer in tokens, or None for the server's own.
        temperature: sent only when set; reasoning models refuse it.
        seed: sent only when set.
        deadline: `time.monotonic()` value after which nothing is sent or waited for; None: the client's own.
        wanted: what the reply's text is: JSON that the model writes; JSON with the log-probabilities of its first
            token, `[{"token": …, "logprob": …}, …]`; or JSON with the answers to `choices`, as a server gives them.
        choices: what is to be decided, if `decisions` are wanted.
        model: another model than the client's own.
        cache_key: what requests with a common prefix share; sent where it is known to be taken.
        repetition: which of several readings of the same messages, so that each has an answer of its own.
    """

    what: str
    messages: tuple[Message, ...]
    schema: Mapping[str, Any] = field(default_factory=dict, repr=False)
    schema_name: str = "reply"
    max_output_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    deadline: float | None = None
    wanted: Wanted = "json"
    choices: tuple[Choice, ...] = ()
    model: str | None = None
    cache_key: str | None = None
    repetition: int = 0


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: the text as the model wrote it, and what it cost.

    Attributes:
        text: what was wanted (see `Request.wanted`).
        usage: all attempts of this request.
        model: the model's name as the server gave it.
        request_id: the server's id.
    """

    text: str = field(repr=False)
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    request_id: str | None = None


Ask = Callable[[Request], Awaitable[Response]]
