"""The decisions protocol: what the SDK's `client.decisions.create` sends, and the answers in what comes back.

Its types, `openai.types.decision*`, are the contract. Only its `choice` is used: a predicate is a choice of two.
"""

import json

from newslens import errors
from newslens.errors import MalformedResponse
from newslens.llm.exchange import Choice, Request
from newslens.llm.faults import Fault, Kind
from newslens.llm.protocol import Answer, Body, Manners, encodable, shown, text_of, usage_of, whole_object

PATH = "/decisions"


def body(request: Request, *, model: str, manners: Manners, limit: int | None) -> Body:  # noqa: ARG001 - as all forms
    """The JSON body of one request."""
    messages = [{"role": message.role, "content": encodable(message.content)} for message in request.messages]
    questions = [_question(choice) for choice in request.choices]
    shared = {"prompt_cache_key": request.cache_key} if request.cache_key is not None else {}
    return {"model": model, "input": messages, "questions": questions} | shared


def _question(choice: Choice) -> Body:
    choices = [{"value": value, "description": encodable(meaning)} for value, meaning in choice.options]
    return {"type": "choice", "name": choice.name, "instructions": encodable(choice.text), "choices": choices}


def read(content: bytes) -> Answer:
    """The answers in a response body, as JSON in `text`; "" when it is an error object with a good status.

    Raises:
        MalformedResponse: the body has neither answers nor an error.
    """
    decision = whole_object(content)
    answers = decision.get("answers")
    if not isinstance(answers, list) and not decision.get("error"):
        raise MalformedResponse("the body has no answers", raw_text=shown(content))
    return Answer(
        text=json.dumps(answers) if isinstance(answers, list) else "",
        finish=None,
        refusal=None,
        id=None,
        model=text_of(decision.get("model")),
        usage=usage_of(decision, sent="input", came="output"),
    )


def useless(answer: Answer, _: Request) -> Fault | None:
    """The fault of a server that takes the request and does not know what it is, as LM Studio does."""
    return None if answer.text else Fault(Kind.FATAL, errors.Unsupported, "the server has no decisions endpoint")
