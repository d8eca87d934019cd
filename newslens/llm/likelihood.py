"""One token of a chat completion, with the log-probabilities of what else could have stood there."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from newslens import errors
from newslens.llm.exchange import Request
from newslens.llm.faults import Fault, Kind
from newslens.llm.protocol import Answer, Body, Manners, encodable, first_choice, whole_object
from newslens.llm.protocol import read as read_completion

_ALTERNATIVES = 20  # the most that OpenAI gives


def body(request: Request, *, model: str, manners: Manners, limit: int | None) -> Body:  # noqa: ARG001 - as all forms
    """The JSON body of one request."""
    messages = [{"role": message.role, "content": encodable(message.content)} for message in request.messages]
    optional = {"temperature": request.temperature, "seed": request.seed}
    return {
        "model": model,
        "messages": messages,
        manners.limit: 1,
        "logprobs": True,
        "top_logprobs": _ALTERNATIVES,
    } | {name: value for name, value in optional.items() if value is not None}


def read(content: bytes) -> Answer:
    """The alternatives to the first token, as JSON in `text`; "" when the server gives none.

    Raises:
        MalformedResponse: the body is not a chat completion.
    """
    found = _alternatives(first_choice(whole_object(content), content))
    return replace(read_completion(content), text=json.dumps(found) if found else "")


def _alternatives(choice: Mapping[str, Any]) -> list[Any]:
    given = choice.get("logprobs")
    tokens = given.get("content") if isinstance(given, dict) else None
    first = tokens[0] if isinstance(tokens, list) and tokens else None
    alternatives = first.get("top_logprobs") if isinstance(first, dict) else None
    return alternatives if isinstance(alternatives, list) else []


def useless(answer: Answer, _: Request) -> Fault | None:
    """The fault of a server that leaves the log-probabilities out; that one token is no whole answer is no fault."""
    return None if answer.text else Fault(Kind.FATAL, errors.Unsupported, "the server gives no log-probabilities")
