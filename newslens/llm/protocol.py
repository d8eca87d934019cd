"""The chat-completions protocol: a request as the JSON body, an answer read from bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, TypeAlias

from newslens.errors import MalformedResponse, Usage
from newslens.llm.exchange import Message, Request

Body: TypeAlias = dict[str, Any]
JSONObject: TypeAlias = Mapping[str, Any]

_MOST_TOKENS = 10**12  # of one request; more is no count
_SHOWN = 500  # characters of a body that is no answer, kept in the error
_SCHEMA_IN_WORDS = "\n\nAnswer with one JSON value and nothing else. It must fit this JSON schema:\n"

Form = Literal["json_schema", "json_object", "prompt"]
LimitName = Literal["max_completion_tokens", "max_tokens"]


@dataclass(frozen=True, slots=True)
class Manners:
    """How one server wants to be asked.

    Attributes:
        form: a schema that the server enforces, any JSON object with the schema in the prompt, or the prompt alone.
        limit: name of the output limit; OpenAI's newer models refuse the old one, older servers the new one.
    """

    form: Form = "json_schema"
    limit: LimitName = "max_completion_tokens"

    def without(self, parameter: str) -> Self | None:
        """The next way to ask a server that refuses `parameter`, or None when there is none."""
        match parameter, self.form, self.limit:
            case "response_format", "json_schema", _:
                return replace(self, form="json_object")
            case "response_format", "json_object", _:
                return replace(self, form="prompt")
            case "max_completion_tokens", _, "max_completion_tokens":
                return replace(self, limit="max_tokens")
        return None


def body(request: Request, *, model: str, manners: Manners, limit: int | None) -> Body:
    """The JSON body of one request; what the caller did not set is not in it."""
    messages = [{"role": message.role, "content": encodable(message.content)} for message in request.messages]
    optional = {
        "response_format": _response_format(request, manners.form),
        manners.limit: limit,
        "temperature": request.temperature,
        "seed": request.seed,
    }
    if manners.form != "json_schema" and messages:
        messages[-1]["content"] += _SCHEMA_IN_WORDS + json.dumps(request.schema, ensure_ascii=False)
    return {"model": model, "messages": messages} | {k: v for k, v in optional.items() if v is not None}


def _response_format(request: Request, form: Form) -> Body | None:
    if form == "json_schema":
        named = {"name": request.schema_name, "schema": request.schema, "strict": True}
        return {"type": "json_schema", "json_schema": named}
    return {"type": "json_object"} if form == "json_object" else None


def encodable(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 can hold, as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


@dataclass(frozen=True, slots=True)
class Answer:
    """What a completion says, before anybody judges it.

    Attributes:
        text: content of the first choice, "" when there is none.
        finish: why the model stopped ("stop", "length", "content_filter", …).
        refusal: the model's words when it declined.
        id: the server's id of the completion.
        model: the model as the server names it.
        usage: tokens as the server counted them; None when it did not.
    """

    text: str = field(repr=False)
    finish: str | None
    refusal: str | None = field(repr=False)
    id: str | None
    model: str | None
    usage: Usage | None


def read(content: bytes) -> Answer:
    """The answer in a response body.

    Raises:
        MalformedResponse: the body is not a chat completion (blank, HTML, bad UTF-8, an error object, no choices).
    """
    completion = whole_object(content)
    choice = first_choice(completion, content)
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise MalformedResponse("the choice has no message", raw_text=shown(content))
    return Answer(
        text=text_of(message.get("content")) or "",
        finish=text_of(choice.get("finish_reason")),
        refusal=text_of(message.get("refusal")),
        id=text_of(completion.get("id")),
        model=text_of(completion.get("model")),
        usage=usage_of(completion),
    )


def json_object(content: bytes) -> JSONObject | None:
    """The JSON object that the bytes are, whatever their declared type; None when they are not."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def shown(content: bytes) -> str:
    """The beginning of a body, for people."""
    return content[:_SHOWN].decode("utf-8", "replace")


def whole_object(content: bytes) -> JSONObject:
    """The JSON object that the bytes are.

    Raises:
        MalformedResponse: they are not.
    """
    value = json_object(content)
    if value is None:
        raise MalformedResponse("the body is not a JSON object", raw_text=shown(content))
    return value


def first_choice(completion: JSONObject, content: bytes) -> JSONObject:
    """The first choice of a completion.

    Raises:
        MalformedResponse: there is none.
    """
    choices = completion.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    what = "an error object" if completion.get("error") else "no choices"
    raise MalformedResponse(f"the body has {what}", raw_text=shown(content))


def text_of(value: Any) -> str | None:
    """The value if it is text, one that JSON can spell and UTF-8 cannot hold made good."""
    return encodable(value) if isinstance(value, str) else None


def usage_of(whole: JSONObject, *, sent: str = "prompt", came: str = "completion") -> Usage | None:
    """Tokens as the server counted them, by what it calls those that it was sent and those that it made."""
    value = whole.get("usage")
    if not isinstance(value, dict):
        return None
    details = value.get(f"{sent}_tokens_details")
    counts = value.get(f"{sent}_tokens"), value.get(f"{came}_tokens")
    if not all(_is_count(count) for count in counts):
        return None
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    cached = cached if _is_count(cached) else 0
    return Usage(input_tokens=counts[0], output_tokens=counts[1], cached_tokens=cached)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_TOKENS


def estimated(messages: tuple[Message, ...], text: str = "") -> Usage:
    """Tokens of an exchange that the server did not count, counted here and marked as such."""
    from newslens.llm import tokens

    sent = sum(tokens.count(message.content) for message in messages)
    return Usage(input_tokens=sent, output_tokens=tokens.count(text), estimated=True)
