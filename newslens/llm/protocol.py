"""The wire formats: a request as JSON body, an answer read from bytes. Chat completions, one token, decisions."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Self, TypeAlias

from newslens.errors import MalformedResponse, Usage
from newslens.llm.exchange import Message, Request, Wanted

Body: TypeAlias = dict[str, Any]
JSONObject: TypeAlias = Mapping[str, Any]

CHAT = "/chat/completions"
_ALTERNATIVES = 20  # to the first token: the most that OpenAI gives
_MOST_TOKENS = 10**12  # a larger number is not a count
_SHOWN = 500  # characters of a body that is not an answer, kept in the error
_SCHEMA_IN_WORDS = "\n\nAnswer with one JSON value and nothing else. It must fit this JSON schema:\n"

ResponseFormat = Literal["json_schema", "json_object", "prompt"]
LimitName = Literal["max_completion_tokens", "max_tokens"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one server wants to be asked."""

    # A schema that the server enforces, any JSON object with the schema in the prompt, or the prompt alone.
    response_format: ResponseFormat = "json_schema"
    # OpenAI's newer models refuse the old name, older servers the new one.
    limit_name: LimitName = "max_completion_tokens"

    def without(self, parameter: str) -> Self | None:
        """Return the next way to ask a server that refuses `parameter`, or None if there is none."""
        match parameter, self.response_format, self.limit_name:
            case "response_format", "json_schema", _:
                return replace(self, response_format="json_object")
            case "response_format", "json_object", _:
                return replace(self, response_format="prompt")
            case "max_completion_tokens", _, "max_completion_tokens":
                return replace(self, limit_name="max_tokens")
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a response body says."""

    text: str = field(repr=False)  # content of the first choice, "" if there is none
    finish: str | None = None  # why the model stopped ("stop", "length", "content_filter", …)
    refusal: str | None = field(default=None, repr=False)  # the model's words when it declined
    id: str | None = None  # the server's, of the completion
    model: str | None = None  # as the server names it
    usage: Usage | None = None  # as the server counted it; None if it did not


class Wire(NamedTuple):
    """One way to ask: path below the base URL, and how bodies are built and read."""

    path: str
    build: Callable[..., Body]
    read: Callable[[bytes], Answer]


def build_chat(request: Request, *, model: str, dialect: Dialect, limit: int | None) -> Body:
    """Build the body of a chat completion; what the caller did not set is left out."""
    messages = _messages(request)
    response_format: Body | None = None
    if dialect.response_format == "json_schema":
        schema = {"name": request.schema_name, "schema": request.schema, "strict": True}
        response_format = {"type": "json_schema", "json_schema": schema}
    elif dialect.response_format == "json_object":
        response_format = {"type": "json_object"}
    if dialect.response_format != "json_schema" and messages:
        messages[-1]["content"] += _SCHEMA_IN_WORDS + json.dumps(request.schema, ensure_ascii=False)
    optional = {
        "response_format": response_format,
        dialect.limit_name: limit,
        "temperature": request.temperature,
        "seed": request.seed,
    }
    return {"model": model, "messages": messages} | {k: v for k, v in optional.items() if v is not None}


def build_token(request: Request, *, model: str, dialect: Dialect, limit: int | None) -> Body:  # noqa: ARG001
    """Build the body of a chat completion of one token, with the log-probabilities of its alternatives."""
    optional = {"temperature": request.temperature, "seed": request.seed}
    body = {"model": model, "messages": _messages(request), dialect.limit_name: 1}
    body |= {"logprobs": True, "top_logprobs": _ALTERNATIVES}
    return body | {name: value for name, value in optional.items() if value is not None}


def build_decisions(request: Request, *, model: str, dialect: Dialect, limit: int | None) -> Body:  # noqa: ARG001
    """Build the body that the SDK's `client.decisions.create` sends.

    Its types, `openai.types.decision*`, are the contract. Only its `choice` is used: a predicate is a choice of two.
    """
    questions = []
    for choice in request.choices:
        options = [{"value": value, "description": replace_surrogates(meaning)} for value, meaning in choice.options]
        instructions = replace_surrogates(choice.text)
        question = {"type": "choice", "name": choice.name, "instructions": instructions, "choices": options}
        questions.append(question)
    shared = {"prompt_cache_key": request.cache_key} if request.cache_key is not None else {}
    return {"model": model, "input": _messages(request), "questions": questions} | shared


def _messages(request: Request) -> list[dict[str, str]]:
    return [{"role": message.role, "content": replace_surrogates(message.content)} for message in request.messages]


def read_chat(content: bytes) -> Answer:
    """Read the answer in a response body.

    Raises:
        MalformedResponse: the body is not a chat completion (blank, HTML, bad UTF-8, an error object, no choices).
    """
    completion = _require_object(content)
    choice = _first_choice(completion, content)
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise MalformedResponse("the choice has no message", raw_text=excerpt(content))
    return Answer(
        text=_text(message.get("content")) or "",
        finish=_text(choice.get("finish_reason")),
        refusal=_text(message.get("refusal")),
        id=_text(completion.get("id")),
        model=_text(completion.get("model")),
        usage=_read_usage(completion, sent="prompt", received="completion"),
    )


def read_token(content: bytes) -> Answer:
    """Read the alternatives to the first token, as JSON in `text`; "" if the server gives none.

    Raises:
        MalformedResponse: the body is not a chat completion.
    """
    logprobs = _first_choice(_require_object(content), content).get("logprobs")
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    first = tokens[0] if isinstance(tokens, list) and tokens else None
    found = first.get("top_logprobs") if isinstance(first, dict) else None
    return replace(read_chat(content), text=json.dumps(found) if found and isinstance(found, list) else "")


def read_decisions(content: bytes) -> Answer:
    """Read the answers to `choices`, as JSON in `text`; "" for an error object with a good status.

    Raises:
        MalformedResponse: the body has neither answers nor an error.
    """
    decision = _require_object(content)
    answers = decision.get("answers")
    if not isinstance(answers, list) and not decision.get("error"):
        raise MalformedResponse("the body has no answers", raw_text=excerpt(content))
    return Answer(
        text=json.dumps(answers) if isinstance(answers, list) else "",
        model=_text(decision.get("model")),
        usage=_read_usage(decision, sent="input", received="output"),
    )


WIRES: Mapping[Wanted, Wire] = {
    "json": Wire(CHAT, build_chat, read_chat),
    "token": Wire(CHAT, build_token, read_token),
    "decisions": Wire("/decisions", build_decisions, read_decisions),
}


def replace_surrogates(text: str) -> str:
    """Return the text with lone surrogates, which UTF-8 cannot encode, as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def parse_object(content: bytes) -> JSONObject | None:
    """Parse a JSON object, whatever its declared type; None if the bytes are not one."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def excerpt(content: bytes) -> str:
    """Return the beginning of a body, for people."""
    return content[:_SHOWN].decode("utf-8", "replace")


def estimate_usage(messages: tuple[Message, ...], text: str = "") -> Usage:
    """Count the tokens of an exchange that the server did not count, and mark them as estimated."""
    from newslens.llm import tokens

    sent = sum(tokens.count(message.content) for message in messages)
    return Usage(input_tokens=sent, output_tokens=tokens.count(text), estimated=True)


def _require_object(content: bytes) -> JSONObject:
    value = parse_object(content)
    if value is None:
        raise MalformedResponse("the body is not a JSON object", raw_text=excerpt(content))
    return value


def _first_choice(completion: JSONObject, content: bytes) -> JSONObject:
    choices = completion.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    what = "an error object" if completion.get("error") else "no choices"
    raise MalformedResponse(f"the body has {what}", raw_text=excerpt(content))


def _text(value: Any) -> str | None:
    return replace_surrogates(value) if isinstance(value, str) else None


def _read_usage(body: JSONObject, *, sent: str, received: str) -> Usage | None:
    usage = body.get("usage")
    if not isinstance(usage, dict):
        return None
    details = usage.get(f"{sent}_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    counts = (usage.get(f"{sent}_tokens"), usage.get(f"{received}_tokens"))
    if not all(map(_is_count, counts)):
        return None
    return Usage(input_tokens=counts[0], output_tokens=counts[1], cached_tokens=cached if _is_count(cached) else 0)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_TOKENS
