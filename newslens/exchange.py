"""What goes to a model and what comes back: the seam between asking and answering."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from newslens.usage import Usage


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation."""

    role: Literal["system", "user", "assistant"]
    content: str = field(repr=False)  # article text stays out of logs and tracebacks


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    Attributes:
        what: for people: which analyses of which part ("summary+stance, sentences 1-40").
        messages: stable text first, task last, so that prefixes cache.
        schema: strict JSON schema of the answer.
        schema_name: its name on the wire (letters, digits, `_`, `-`).
        max_output_tokens: limit of the answer in tokens, or None for the server's own.
        temperature: sent only when set; reasoning models refuse it.
        seed: sent only when set.
        deadline: `time.monotonic()` value after which nothing is sent or waited for; None: the client's own.
    """

    what: str
    messages: tuple[Message, ...]
    schema: Mapping[str, Any] = field(repr=False)
    schema_name: str = "reply"
    max_output_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: the text as the model wrote it, and what it cost.

    Attributes:
        text: content of the first choice.
        usage: all attempts of this request.
        model: the model's name as the server gave it.
        request_id: the server's id.
    """

    text: str = field(repr=False)
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    request_id: str | None = None


Ask = Callable[[Request], Awaitable[Reply]]
