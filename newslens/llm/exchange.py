"""What goes to a model and what comes back, and how the JSON in a model's answer is read."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from newslens.errors import InvalidReply, Usage


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation."""

    role: Literal["system", "user", "assistant"]
    content: str = field(repr=False)  # article text stays out of logs and tracebacks


Wanted = Literal["json", "token", "decisions"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with a closed set of answers, for a decisions endpoint."""

    name: str  # of the answer, distinct within a request
    text: str = field(repr=False)
    options: tuple[tuple[str, str], ...] = field(repr=False)  # each value with its meaning


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a model.

    Attributes:
        what: a label for people: which analyses of which part ("summary+stance, sentences 1-40").
        messages: stable text first, the task last, so that prefixes are cached.
        schema: strict JSON schema of the answer; used only if `json` is wanted.
        schema_name: its name on the wire (letters, digits, `_`, `-`).
        max_output_tokens: limit of the answer in tokens, or None for the server's own.
        temperature, seed: sent only when set; reasoning models refuse them.
        deadline: `time.monotonic()` value after which nothing is sent or waited for; None for the client's own.
        wanted: what the text of the response is: JSON that the model writes; JSON with the log-probabilities of its
            first token, `[{"token": …, "logprob": …}, …]`; or JSON with the server's answers to `choices`.
        choices: what is to be decided, if `decisions` are wanted.
        model: another model than the client's own.
        cache_key: shared by requests with a common prefix; sent to servers that are known to accept it.
        repetition: number of this reading of the same messages, so that each gets an answer of its own.
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
    """One answer: the text as the model wrote it (see `Request.wanted`), and its cost."""

    text: str = field(repr=False)
    usage: Usage = field(default_factory=Usage)  # of all attempts of this request
    model: str | None = None  # as the server names it
    request_id: str | None = None  # the server's


Ask = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """The JSON value of an answer."""

    value: Any = field(repr=False)
    repaired: bool  # whether anything had to be removed around or inside the JSON


_THOUGHT_ENDS = "</think>"
_FENCE = "```"
_OPENING = re.compile(r"[{\[]")
# One token of JSON that matters for nesting. Possessive, and the closing quote is optional: each match moves on, so the
# scan is linear even where a string never ends.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|(?P<open>[{\[])|(?P<close>[}\]])|,', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[}\]])', re.DOTALL)
_DEEPEST = 200  # far beyond any schema of ours, and well before json's own recursion limit
_MOST_SPANS = 1000  # bracketed stretches in chatter; with more, it is not chatter around an answer


def parse_reply(text: str) -> ParsedReply:
    """Read the one JSON value in a model's answer, in time linear in its length.

    Fences, chatter, thoughts, trailing commas and a BOM are removed; nothing else is repaired. The library json-repair
    closes truncated objects and invents quotes; here an answer that was cut off must stay an error, so that it is asked
    for again instead of being read as a complete finding.

    Raises:
        InvalidReply: there is no value, or several, or it is cut off or not JSON; the message has the position.
    """
    try:
        return ParsedReply(_load(text), repaired=False)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        if isinstance(error, json.JSONDecodeError):
            reason = f"{error.msg} at line {error.lineno} column {error.colno} (character {error.pos})"
    before, thought, after = text.partition(_THOUGHT_ENDS)  # some chat templates drop the opening tag
    spoken = after if thought else before
    # A string in the JSON may contain the end of a thought; a whole value before that end is a draft. The fenced parts
    # count only if the whole gives nothing, since a string may contain a fence, too, and chatter a single brace.
    values = _load_all([span for span in _find_spans(text) if _THOUGHT_ENDS in span] if thought else [])
    values = values or _load_all(_find_spans(spoken))
    values = values or _load_all([span for part in spoken.split(_FENCE)[1::2] for span in _find_spans(part)])
    if len(values) == 1:
        return ParsedReply(values[0], repaired=True)
    if values:
        reason = "several JSON values where one was asked for"
    elif not _OPENING.search(text):
        reason = "no JSON object or array in it"
    raise InvalidReply(f"the answer is not JSON: {reason}", errors=(reason,), raw_text=text)


def _find_spans(text: str) -> list[str]:
    """Return the outermost balanced stretches; none if a bracket never closes: that may be the answer, cut off."""
    spans: list[str] = []
    end = 0
    while opening := _OPENING.search(text, end):
        depth = 0
        for token in _TOKEN.finditer(text, opening.start()):
            depth += (token["open"] is not None) - (token["close"] is not None)
            end = token.end()
            if depth in {0, _DEEPEST + 1}:
                break
        if depth or len(spans) == _MOST_SPANS:
            return []
        spans.append(text[opening.start() : end])
    return spans


def _load_all(spans: Sequence[str]) -> list[Any]:
    """Load the first two objects; arrays only if there is no object, since chatter may say "[1]"."""
    values: list[Any] = []
    for opening in "{[":
        for span in (span for span in spans if span[0] == opening):
            for candidate in dict.fromkeys((span, _TRAILING_COMMA.sub(r"\1", span))):
                try:
                    values.append(_load(candidate))
                except (ValueError, RecursionError):
                    continue
                break
            if len(values) > 1:
                break
        if values:
            break
    return values


def _load(text: str) -> Any:
    """Load strict JSON.

    Raises:
        ValueError: it is not JSON, has a NaN, or an object with the same key twice.
        RecursionError: it is nested too deeply.
    """
    value = json.loads(text, parse_constant=_reject_constant, object_pairs_hook=_build_object)
    depth, level = 0, [value]
    while level:
        depth += 1
        nested = [outer for outer in level if isinstance(outer, dict | list)]
        level = [inner for outer in nested for inner in (outer.values() if isinstance(outer, dict) else outer)]
    if depth > _DEEPEST:
        raise RecursionError
    return value


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"not JSON: {name}")


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) < len(pairs):  # else the second, often empty, value would win
        raise ValueError("an object has the same key twice")
    return built
