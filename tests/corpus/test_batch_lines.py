"""Lines of a batch's files: the body of a live call goes up, and what comes down is judged as a live answer is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens import errors
from newslens.corpus.batch_lines import dump_request, load_answer
from newslens.errors import Usage
from newslens.llm.exchange import Message, Request, Response
from newslens.llm.faults import Fault
from newslens.llm.protocol import Dialect, build_chat
from newslens.llm.tokens import compute_cost

MODEL, HOST = "gpt-4o-mini", "api.openai.com"
COUNTS = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 200}}
TOKENS = Usage(input_tokens=1000, output_tokens=100, cached_tokens=200)

hostile = st.text(st.characters(exclude_categories=[]), max_size=40)


def said(text: str | None = "{}", *, finish: str = "stop", **message: Any) -> dict[str, Any]:
    choice = {"finish_reason": finish, "message": {"content": text} | message}
    return {"id": "c", "model": MODEL, "choices": [choice], "usage": COUNTS}


def outcome(status: int, content: Any, **over: Any) -> Response | Fault:
    response = {"status_code": status, "request_id": "r", "body": content}
    whole = {"id": "batch_req_1", "custom_id": "a", "response": response, "error": None} | over
    got = load_answer(json.dumps(whole).encode(), model=MODEL, host=HOST)
    assert got is not None
    assert got.key == "a"
    return got.outcome


@given(hostile)
def test_a_line_is_one_line_with_the_body_of_a_live_call(text: str) -> None:
    request = Request(what="w", messages=(Message("user", text),), schema={"type": "object"}, max_output_tokens=9)
    sent = dump_request("a", request, MODEL)
    assert sent.count(b"\n") == 1
    assert json.loads(sent) == {
        "custom_id": "a",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": build_chat(request, model=MODEL, dialect=Dialect(), limit=9),
    }


def test_an_answer_is_a_reply_at_the_price_of_a_batch() -> None:
    listed, batched = compute_cost(MODEL, HOST, TOKENS), compute_cost(MODEL, HOST, TOKENS, batched=True)
    assert listed is not None
    assert batched is not None
    assert batched < listed
    spent = TOKENS.model_copy(update={"requests": 1, "cost_usd": batched})
    assert outcome(200, said("{}")) == Response("{}", spent, MODEL, "r")


def test_a_price_that_is_not_known_stays_unknown() -> None:
    whole = {"custom_id": "a", "response": {"status_code": 200, "body": said() | {"model": "no-such"}}}
    got = load_answer(json.dumps(whole).encode(), model="no-such", host="127.0.0.1")
    assert got is not None
    assert isinstance(got.outcome, Response)
    assert got.outcome.usage.cost_usd is None


@pytest.mark.parametrize(
    ("status", "content", "over", "error"),
    [
        (400, {"error": {"code": "context_length_exceeded", "message": "too long"}}, {}, errors.ContextTooLong),
        (429, {"error": {"code": "insufficient_quota"}}, {}, errors.QuotaExhausted),
        (500, {"error": {"message": "made up"}}, {}, errors.Unavailable),
        (200, {"choices": []}, {}, errors.MalformedResponse),
        (200, None, {}, errors.MalformedResponse),
        (200, said("{", finish="length"), {}, errors.Truncated),
        (200, said(None, refusal="no"), {}, errors.Refused),
        (200, said("x", finish="content_filter"), {}, errors.Filtered),
        (200, said(" "), {}, errors.InvalidReply),
        (0, None, {"response": None, "error": {"code": "batch_expired"}}, errors.DeadlineExceeded),
        (0, None, {"response": None, "error": {"code": "batch_cancelled"}}, errors.Unavailable),
        (0, None, {"response": None, "error": None}, errors.Unavailable),
    ],
)
def test_what_went_wrong_is_the_error_of_a_live_call(
    status: int, content: Any, over: dict[str, Any], error: type[Exception]
) -> None:
    fault = outcome(status, content, **over)
    assert isinstance(fault, Fault)
    assert fault.error is error


def test_an_answer_without_counts_has_no_price() -> None:
    got = outcome(200, said() | {"usage": None})
    assert isinstance(got, Response)
    assert got.usage == Usage(requests=1, estimated=True)


def test_a_useless_answer_was_paid_for() -> None:
    fault = outcome(200, said("{", finish="length"))
    assert isinstance(fault, Fault)
    assert (fault.spent.requests, fault.spent.output_tokens) == (1, 100)
    assert fault.spent.cost_usd


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>", b'{"custom_id": 3}', b"\xff"])
def test_a_line_that_names_no_request_is_none(content: bytes) -> None:
    assert load_answer(content, model=MODEL, host=HOST) is None
