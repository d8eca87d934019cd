"""What the client does about each fault of a server: one row a fault, against a stand-in that misbehaves."""

import asyncio
import gc
import itertools
import json
import logging
import math
import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from doubles.server import Act, Standin, completed, completion, cut, drip, failing, hang, reset, say, standin, surplus
from pydantic import SecretStr

from newslens import errors
from newslens.errors import Usage
from newslens.llm.client import Client
from newslens.llm.exchange import Message, Request, Response
from newslens.llm.faults import ExchangeError
from newslens.llm.tokens import count
from newslens.options import Retry

pytestmark = [pytest.mark.anyio, pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])]

KEY = "sk-canary-3f9a7c51d2"
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
ASKED = Request(what="summary", messages=(Message("user", "It rained."),), schema=SCHEMA)
SPENT = Usage(input_tokens=10, output_tokens=2, cached_tokens=4)


@dataclass
class FakeTime:
    """A clock that only waits move."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        if seconds:
            self.waits.append(seconds)
            self.now += seconds


@dataclass
class Run:
    """What came of one question."""

    outcome: Response | ExchangeError
    server: Standin
    time: FakeTime

    @property
    def error(self) -> ExchangeError:
        assert not isinstance(self.outcome, Response), self.outcome
        return self.outcome

    @property
    def reply(self) -> Response:
        assert isinstance(self.outcome, Response), self.outcome
        return self.outcome


async def run(*acts: Act, request: Request = ASKED, **options: Any) -> Run:
    time = FakeTime()
    given: dict[str, Any] = {"clock": time.clock, "sleep": time.sleep, "api_key": KEY} | options
    async with standin(*acts) as server:
        client = Client("m", base_url=server.base_url, **given)
        try:
            outcome: Response | ExchangeError = await client.ask(request)
        except (errors.ServiceError, errors.ReplyError) as error:
            outcome = error
        finally:
            await client.aclose()
    return Run(outcome, server, time)


async def test_a_good_answer_comes_with_its_usage_model_and_request_id() -> None:
    went = await run(completion("one"))
    assert went.reply == Response('{"name": "one"}', SPENT + Usage(requests=1), "stand-in-1", "req-one")
    sent = went.server.ledger[0]
    assert (sent.path, sent.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert sent.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "It rained."}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True},
        },
    }


async def test_parameters_are_sent_when_set() -> None:
    went = await run(request=replace(ASKED, temperature=0.0, seed=7, max_output_tokens=50))
    sent = went.server.ledger[0].body
    assert (sent["temperature"], sent["seed"], sent["max_completion_tokens"]) == (0.0, 7, 50)


HTML = b"<html><body>Bad gateway</body></html>"

# fault, what the stand-in does each time, error, its fields, requests sent
GIVEN_UP: list[tuple[str, Act, type[ExchangeError], dict[str, Any], int]] = [
    ("quota by type", failing(429, type="insufficient_quota", code="x"), errors.QuotaExhausted, {"code": "x"}, 1),
    ("quota by code", failing(429, code="insufficient_quota"), errors.QuotaExhausted, {"status": 429}, 1),
    ("no credit", failing(402), errors.QuotaExhausted, {"status": 402}, 1),
    ("key", failing(401, code="invalid_api_key"), errors.AuthenticationFailed, {"code": "invalid_api_key"}, 1),
    ("permission", failing(403), errors.AuthenticationFailed, {"status": 403}, 1),
    ("model", failing(404, code="model_not_found"), errors.ModelNotFound, {"status": 404}, 1),
    ("model by words", say(404, {"error": "model 'm' not found"}), errors.ModelNotFound, {"code": None}, 1),
    ("wrong path", say(404, HTML), errors.BadRequest, {"raw_text": HTML.decode()}, 1),
    ("bad request", failing(400), errors.BadRequest, {"raw_text": ""}, 1),
    ("too large", failing(413), errors.BadRequest, {"status": 413}, 1),
    ("unprocessable", failing(422), errors.BadRequest, {"status": 422}, 1),
    (
        "bad schema",
        failing(400, param="response_format", message="Invalid schema for response_format 'reply'"),
        errors.BadRequest,
        {"status": 400},
        1,
    ),
    (
        "context",
        failing(
            400,
            code="context_length_exceeded",
            message="This model's maximum context length is 8192 tokens. "
            "However, your messages resulted in 9001 tokens.",
        ),
        errors.ContextTooLong,
        {"limit": 8192, "needed": 9001},
        1,
    ),
    (
        "context of llama.cpp",
        failing(400, type="exceed_context_size_error", n_ctx=4096, n_prompt_tokens=5000),
        errors.ContextTooLong,
        {"limit": 4096, "needed": 5000},
        1,
    ),
    (
        "temperature",
        failing(400, param="temperature", code="unsupported_value"),
        errors.Unsupported,
        {"code": "unsupported_value"},
        1,
    ),
    ("filter", failing(400, code="content_filter"), errors.Filtered, {"status": 400}, 1),
    ("timeout of theirs", failing(408), errors.Unavailable, {"status": 408}, 4),
    ("conflict", failing(409), errors.Unavailable, {"status": 409}, 4),
    ("server error", failing(500, x_request_id_="req-1"), errors.Unavailable, {"request_id": "req-1"}, 4),
    ("bad gateway", say(502, HTML), errors.Unavailable, {"raw_text": HTML.decode()}, 4),
    ("unavailable", failing(503), errors.Unavailable, {"status": 503}, 4),
    ("gateway timeout", failing(504), errors.Unavailable, {"status": 504}, 4),
    ("overloaded", failing(529), errors.Unavailable, {"status": 529}, 4),
    ("reset", reset(), errors.Unavailable, {"status": None}, 4),
    ("cut off", cut(), errors.Unavailable, {"maybe_billed": True}, 3),
    ("HTML", say(200, HTML), errors.MalformedResponse, {"raw_text": HTML.decode()}, 4),
    ("much HTML", say(200, b"<p>" * 1000), errors.MalformedResponse, {"raw_text": ("<p>" * 1000)[:500]}, 4),
    ("blank body", say(200), errors.MalformedResponse, {"status": 200}, 4),
    ("bad UTF-8", say(200, b'{"choices": "\xff\xfe"}'), errors.MalformedResponse, {"status": 200}, 4),
    ("deep nesting", say(200, b"[" * 100_000), errors.MalformedResponse, {"raw_text": "[" * 500}, 4),
    ("no content", say(204), errors.MalformedResponse, {"status": 204}, 4),
    ("no choices", say(200, completed("x", choices=[])), errors.MalformedResponse, {"status": 200}, 4),
    ("null choices", say(200, {"choices": None}), errors.MalformedResponse, {"status": 200}, 4),
    ("null message", say(200, {"choices": [{"message": None}]}), errors.MalformedResponse, {"status": 200}, 4),
    ("error object", say(200, {"error": {"message": "no"}}), errors.MalformedResponse, {"status": 200}, 4),
    ("blank content", say(200, completed(" \n ")), errors.InvalidReply, {"errors": ("the answer is blank",)}, 3),
    ("null content", say(200, completed(None)), errors.InvalidReply, {"raw_text": ""}, 3),
    ("cut short", say(200, completed('{"na', finish="length")), errors.Truncated, {"raw_text": '{"na'}, 1),
    ("filtered", say(200, completed("It", finish="content_filter")), errors.Filtered, {"raw_text": "It"}, 1),
    (
        "refusal",
        say(200, {"choices": [{"message": {"content": None, "refusal": "I cannot."}}]}),
        errors.Refused,
        {"raw_text": "I cannot."},
        1,
    ),
]


@pytest.mark.parametrize(
    ("act", "kind", "fields", "requests"), [row[1:] for row in GIVEN_UP], ids=[row[0] for row in GIVEN_UP]
)
async def test_a_fault_that_stays_is_tried_as_often_as_it_may_help(
    act: Act, kind: type[ExchangeError], fields: dict[str, Any], requests: int
) -> None:
    went = await run(*[act] * 9)
    error = went.error
    assert type(error) is kind
    assert vars(error) | fields == vars(error)
    assert (len(went.server.ledger), error.attempts, error.usage.requests) == (requests, requests, requests)
    assert error.usage.retries == requests - 1
    assert error.elapsed_s == pytest.approx(sum(went.time.waits))
    assert "'summary'" in str(error)
    assert "It rained" not in str(error)
    assert vars(pickle.loads(pickle.dumps(error))) == vars(error)  # noqa: S301 - our own bytes


PASSING = [
    ("server error", failing(500), 1),
    ("reset", reset(), 1),
    ("cut off", cut(), 1),
    ("HTML", say(200, HTML), 1),
    ("blank", say(200, completed("")), 0),
]


@pytest.mark.parametrize(("act", "waits"), [row[1:] for row in PASSING], ids=[row[0] for row in PASSING])
async def test_a_fault_that_passes_leaves_a_reply_and_its_cost(act: Act, waits: int) -> None:
    went = await run(act, completion("then"))
    assert went.reply.text == '{"name": "then"}'
    assert (went.reply.usage.requests, went.reply.usage.retries) == (2, 1)
    assert len(went.time.waits) == waits


async def test_all_attempts_of_a_call_have_one_idempotency_key_and_calls_have_their_own() -> None:
    one, other = await run(failing(500), reset()), await run()
    keys = [seen.headers["idempotency-key"] for seen in one.server.ledger]
    assert len(keys) == 3
    assert len({*keys, other.server.ledger[0].headers["idempotency-key"]}) == 2


async def test_backoff_is_drawn_from_a_window_that_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: high if low == 0 else -1)
    went = await run(*[failing(503)] * 9, retry=Retry(attempts=8, longest_wait_s=10))
    assert went.time.waits == [0.5, 1, 2, 4, 8, 10, 10]


DAY = "Tue, 24 Nov 2026 06:00:00"
DATE = {"date_": f"{DAY} GMT", "retry_after_": "Tue, 24 Nov 2026 06:00:07 GMT"}
WAITS: list[tuple[str, dict[str, str], float]] = [
    ("milliseconds before seconds", {"retry_after_ms_": "1500", "retry_after_": "9"}, 1.5),
    ("seconds", {"retry_after_": "3"}, 3.0),
    ("a date, by the server's clock", DATE, 7.0),
    ("a date far ahead of our own clock", {"retry_after_": "Tue, 24 Nov 2099 06:00:07 GMT"}, 60.0),
    ("a date in an odd zone", DATE | {"retry_after_": "Tue, 24 Nov 2026 08:00:07 +0200"}, 7.0),
]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("headers", "wait"), [row[1:] for row in WAITS], ids=[row[0] for row in WAITS])
async def test_the_server_says_how_long_to_wait(status: int, headers: dict[str, str], wait: float) -> None:
    went = await run(failing(status, **headers))
    assert went.reply.text == '{"name": "reply-1"}'
    assert went.time.waits == [wait]


@pytest.mark.parametrize(
    "wait", ["0", "-5", "nan", "inf", "1e999", "soon", f"{DAY} GMT".replace("24", "99"), f"{DAY} +{'9' * 20}", ""]
)
async def test_a_wait_that_says_nothing_is_no_wait_that_spins(wait: str) -> None:
    went = await run(*[failing(429, retry_after_=wait)] * 3)
    assert went.reply.usage.requests == 4
    assert len(went.time.waits) == 3
    assert all(0 < waited <= 0.5 * 2**tried for tried, waited in enumerate(went.time.waits))


async def test_rate_limits_do_not_count_as_attempts() -> None:
    went = await run(*[failing(429, retry_after_="2")] * 20, failing(500), failing(500), failing(500))
    assert went.reply.usage.requests == 24
    assert went.time.waits[:20] == [2.0] * 20


async def test_a_rate_limit_lasts_until_the_deadline() -> None:
    went = await run(*[failing(429, retry_after_="25")] * 20)
    assert type(went.error) is errors.RateLimited
    assert went.time.waits == [25.0] * 4  # a fifth would end after 125 s


@pytest.mark.parametrize("status", [429, 503])
async def test_a_wait_beyond_the_deadline_is_not_begun(status: int) -> None:
    went = await run(failing(status, retry_after_="3600"))
    kind = errors.RateLimited if status == 429 else errors.Unavailable
    assert (type(went.error), went.error.retry_after_s, went.error.attempts) == (kind, 3600.0, 1)
    assert went.time.waits == []


async def test_a_request_may_bring_its_own_deadline() -> None:
    went = await run(failing(429, retry_after_="4"), request=replace(ASKED, deadline=1003.0))
    assert type(went.error) is errors.RateLimited
    late = await run(request=replace(ASKED, deadline=999.0))
    assert (type(late.error), late.error.attempts, late.server.ledger) == (errors.DeadlineExceeded, 0, [])
    assert late.error.usage == Usage()


@pytest.mark.parametrize("act", [hang(), drip()], ids=["hang", "drip"])
async def test_no_answer_in_time_is_tried_once_more_for_longer(act: Act) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    went = await run(act, act, act, retry=Retry(attempt_timeout_s=0.15))
    assert 0.45 <= loop.time() - begun < 2.0
    assert type(went.error) is errors.DeadlineExceeded
    assert isinstance(went.error, TimeoutError)
    assert (went.error.attempts, went.time.waits) == (2, [])
    assert (went.error.usage.estimated, went.error.usage.input_tokens) == (True, 2 * count("It rained."))


async def test_the_deadline_ends_an_attempt_too() -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    went = await run(drip(), retry=Retry(deadline_s=0.2), clock=loop.time, sleep=asyncio.sleep)
    assert loop.time() - begun < 1.0
    assert (type(went.error), went.error.attempts) == (errors.DeadlineExceeded, 1)


def test_a_retry_that_cannot_work_is_refused_when_it_is_built() -> None:
    nan = float("nan")
    wrong: list[dict[str, Any]] = [{"attempts": 0}, *({"deadline_s": value} for value in (0, None, nan))]
    wrong += [{"attempt_timeout_s": -1}, {"first_wait_s": -0.5}, {"longest_wait_s": nan}]
    for options in wrong:
        with pytest.raises(errors.ConfigurationError, match="is invalid"):
            Retry(**options)


async def test_a_call_may_take_for_ever() -> None:
    went = await run(failing(503), retry=Retry(deadline_s=math.inf, attempt_timeout_s=math.inf))
    assert went.reply.text == '{"name": "reply-1"}'


async def test_half_a_character_of_a_server_goes_into_no_error_and_no_name() -> None:
    """Servers cut their messages between the two halves of a character, and JSON can spell that."""
    refused = await run(failing(400, message="cut here: \ud83d"))
    assert str(refused.error).encode().startswith(b"'summary': 400, cut here: \xef\xbf\xbd")
    named = await run(completion("one", model="m-\ud83d"))
    assert named.reply.model == "m-\ufffd"


async def test_a_count_that_no_answer_can_have_is_no_count() -> None:
    went = await run(completion("one", usage={"prompt_tokens": 10**400, "completion_tokens": 2}))
    assert (went.reply.usage.estimated, went.reply.usage.input_tokens) == (True, count("It rained."))


async def test_nobody_listening_is_unavailable() -> None:
    async with standin() as server:
        url = server.base_url
    time = FakeTime()
    client = Client("m", base_url=url, clock=time.clock, sleep=time.sleep)
    with pytest.raises(errors.Unavailable) as caught:
        await client.ask(ASKED)
    assert (caught.value.attempts, len(time.waits), caught.value.status) == (4, 3, None)
    assert caught.value.__cause__ is not None
    await client.aclose()


# what the server refuses, the body of the request that it takes in the end
UNKNOWN_FORMAT = failing(400, param="response_format", message="'json_schema' is not supported")
ONLY_TEXT = say(400, {"error": "'response_format.type' must be 'json_schema' or 'text'"})
FASTAPI = say(
    422,
    {
        "detail": [
            {"type": "extra_forbidden", "loc": ["body", "max_completion_tokens"], "msg": "Extra", "input": "It rained."}
        ]
    },
)
VLLM = say(400, {"object": "error", "message": "Unrecognized request argument: max_completion_tokens", "code": 400})


async def asked_twice(*acts: Act) -> Standin:
    """Two questions to one server, by one client."""
    async with standin(*acts) as server:
        client = Client("m", base_url=server.base_url)
        for what in ("first", "second"):
            await client.ask(replace(ASKED, messages=(Message("user", what),), max_output_tokens=9))
        await client.aclose()
    return server


def forms(server: Standin) -> list[tuple[str, str]]:
    """Type of the response format and name of the output limit, for each request."""
    return [
        (
            seen.body.get("response_format", {"type": "none"})["type"],
            next(name for name in seen.body if name.startswith("max_")),
        )
        for seen in server.ledger
    ]


NEW, OLD = "max_completion_tokens", "max_tokens"
STEPS: list[tuple[str, list[Act], list[tuple[str, str]]]] = [
    ("takes all", [], [("json_schema", NEW)] * 2),
    ("no schemas", [UNKNOWN_FORMAT], [("json_schema", NEW), *[("json_object", NEW)] * 2]),
    (
        "no formats",
        [UNKNOWN_FORMAT, ONLY_TEXT],
        [("json_schema", NEW), ("json_object", NEW), *[("none", NEW)] * 2],
    ),
    ("FastAPI refuses the new limit", [FASTAPI], [("json_schema", NEW), *[("json_schema", OLD)] * 2]),
    ("vLLM refuses the new limit", [VLLM], [("json_schema", NEW), *[("json_schema", OLD)] * 2]),
    (
        "both",
        [VLLM, UNKNOWN_FORMAT],
        [("json_schema", NEW), ("json_schema", OLD), *[("json_object", OLD)] * 2],
    ),
    (
        "ignores schemas",
        [say(200, completed("The name is Rain."))],
        [("json_schema", NEW), *[("json_object", NEW)] * 2],
    ),
]


@pytest.mark.parametrize(("acts", "expected"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS])
async def test_what_a_server_cannot_do_is_asked_differently_and_remembered(
    acts: list[Act], expected: list[tuple[str, str]]
) -> None:
    server = await asked_twice(*acts)
    assert forms(server) == expected
    last = server.ledger[-1].body
    in_words = json.dumps(SCHEMA) in last["messages"][-1]["content"]
    assert in_words == (last.get("response_format", {}).get("type") != "json_schema")


async def test_a_server_that_refuses_every_form_is_unsupported() -> None:
    went = await run(*[UNKNOWN_FORMAT] * 9)
    assert (type(went.error), went.error.attempts) == (errors.Unsupported, 3)


async def test_one_refused_schema_is_not_held_against_a_server_that_knows_schemas() -> None:
    async with standin(completion("one"), UNKNOWN_FORMAT) as server:
        client = Client("m", base_url=server.base_url)
        for what in "abc":
            await client.ask(replace(ASKED, messages=(Message("user", what),), max_output_tokens=9))
        await client.aclose()
    assert [form for form, _ in forms(server)] == ["json_schema", "json_schema", "json_object", "json_schema"]


async def test_steps_do_not_count_as_attempts() -> None:
    went = await run(UNKNOWN_FORMAT, ONLY_TEXT, retry=Retry(attempts=1))
    assert went.reply.usage.requests == 3


async def test_a_cut_short_answer_is_asked_for_once_more_with_twice_the_limit() -> None:
    short = say(200, completed('{"name": "o', finish="length"))
    request = replace(ASKED, max_output_tokens=50)
    went = await run(short, completion("one"), request=request)
    assert [seen.body["max_completion_tokens"] for seen in went.server.ledger] == [50, 100]
    assert went.reply.usage == SPENT + SPENT + Usage(requests=2, retries=1)
    again = await run(short, short, short, request=request)
    assert (type(again.error), again.error.attempts) == (errors.Truncated, 2)
    assert again.error.usage == SPENT + SPENT + Usage(requests=2, retries=1)


@pytest.mark.parametrize(
    "usage", [None, {"prompt_tokens": None}, {"prompt_tokens": -1, "completion_tokens": True}, "many"]
)
async def test_usage_that_is_missing_is_counted_and_marked(usage: Any) -> None:
    went = await run(completion("one", usage=usage))
    counted = {"input_tokens": count("It rained."), "output_tokens": count('{"name": "one"}')}
    assert went.reply.usage == Usage(requests=1, estimated=True, **counted)


async def test_a_wrong_content_type_with_good_json_is_accepted() -> None:
    went = await run(say(200, completed("{}"), content_type="text/html"))
    assert went.reply.text == "{}"


async def test_text_comes_as_the_model_wrote_it() -> None:
    wrote = '<think>hm</think>```json\n{"name": "one",}\n```'
    went = await run(say(200, completed(wrote)))
    assert went.reply.text == wrote


@pytest.mark.parametrize("text", ["a\x00b", "\ud800 alone", "\u202eRTL", "{braces} %s <|endoftext|>", "x" * 200_000])
async def test_any_text_arrives_whole(text: str) -> None:
    went = await run(request=replace(ASKED, messages=(Message("user", text),)))
    assert went.server.ledger[0].body["messages"][0]["content"] == text.replace("\ud800", "�")


async def two_questions(*acts: Act, other: str = "Other.") -> tuple[list[Any], Standin]:
    """The names in the answers to two questions, errors by class."""
    async with standin(*acts) as server:
        client = Client("m", base_url=server.base_url, sleep=FakeTime().sleep)
        names: list[Any] = []
        for text in ("One.", other):
            try:
                reply = await client.ask(replace(ASKED, messages=(Message("user", text),)))
                names.append(json.loads(reply.text)["name"])
            except errors.ReplyError as error:
                names.append(type(error))
        await client.aclose()
    return names, server


async def test_an_answer_to_another_question_is_never_taken() -> None:
    names, server = await two_questions(completion("one"), completion("one"), completion("two"))
    assert names == ["one", "two"]
    assert [seen.connection for seen in server.ledger] == [1, 1, 2]


async def test_a_server_that_repeats_itself_is_malformed() -> None:
    names, server = await two_questions(*[completion("one")] * 5)
    assert names == ["one", errors.MalformedResponse]
    assert len(server.ledger) == 3


async def test_the_same_answer_to_the_same_question_is_a_cache() -> None:
    names, server = await two_questions(completion("one"), completion("one"), other="One.")
    assert (names, len(server.ledger)) == (["one", "one"], 2)


async def test_a_short_id_may_come_twice() -> None:
    names, _ = await two_questions(completion("one", id="chatcmpl-7"), completion("two", id="chatcmpl-7"))
    assert names == ["one", "two"]


async def test_surplus_bytes_never_become_the_next_answer() -> None:
    names, server = await two_questions(surplus("one", "stale"), completion("one"), completion("two"))
    assert names == ["one", "two"]
    assert [seen.connection for seen in server.ledger] == [1, 2, 2]


async def test_surplus_bytes_never_become_the_answer_to_somebody_elses_question() -> None:
    """With workers that wait for a connection, the moment between the end of an answer and its check is enough."""
    numbers = itertools.count()

    def spoilt() -> Act:
        number = next(numbers)
        return surplus(f"one {number}", f"surplus {number}")

    async with standin(otherwise=spoilt) as server:
        client = Client("m", base_url=server.base_url, retry=Retry(attempts=2, first_wait_s=0.001))

        async def work(worker: int) -> list[Response | BaseException]:
            asked = [replace(ASKED, messages=(Message("user", f"{worker} {number}"),)) for number in range(6)]
            return [(await asyncio.gather(client.ask(one), return_exceptions=True))[0] for one in asked]

        found = [one for some in await asyncio.gather(*map(work, range(6))) for one in some]
        await client.aclose()
    assert len(found) == 36
    assert not [one for one in found if isinstance(one, Response) and "surplus" in one.text]


async def test_cancelling_sends_nothing_more() -> None:
    async with standin(hang()) as server:
        client = Client("m", base_url=server.base_url)
        task = asyncio.create_task(client.ask(ASKED))
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.aclose()
    assert len(server.ledger) == 1


async def test_many_at_once_get_each_its_own_answer() -> None:
    async with standin() as server:
        client = Client("m", base_url=server.base_url)
        questions = [replace(ASKED, messages=(Message("user", str(n)),)) for n in range(40)]
        replies = await asyncio.gather(*map(client.ask, questions))
        await client.aclose()
    assert len({reply.text for reply in replies}) == 40


def no_secret_in(thing: object, depth: int = 0) -> None:
    """Walks everything that hangs on an error, as an error reporter does."""
    assert KEY not in repr(thing)
    if isinstance(thing, BaseException) and depth < 8:
        for part in (*vars(thing).values(), thing.__cause__, thing.__context__, *thing.args):
            no_secret_in(part, depth + 1)
    headers = getattr(getattr(thing, "_request", None), "headers", None)
    assert headers is None or KEY not in str(dict(headers))


LEAKY: list[Callable[[], Act]] = [
    lambda: failing(401, message=f"Incorrect API key provided: {KEY}."),
    lambda: say(502, f"<html>Bearer {KEY}</html>".encode()),
    lambda: say(200, f"<html>Bearer {KEY}</html>".encode()),
    lambda: say(200, completed(f"{KEY}", finish="length")),
    reset,
    cut,
    hang,
]


@pytest.mark.parametrize("act", LEAKY, ids=range(len(LEAKY)))
async def test_the_key_is_nowhere_but_on_the_wire(act: Callable[[], Act], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    went = await run(*[act()] * 9, api_key=SecretStr(f"{KEY}\n"), retry=Retry(attempt_timeout_s=0.1))
    assert went.server.ledger[0].headers["authorization"] == f"Bearer {KEY}"
    no_secret_in(went.error)
    assert KEY.encode() not in pickle.dumps(went.error)
    assert KEY not in caplog.text
    assert "It rained" not in caplog.text


async def test_a_client_shows_no_key_and_is_not_pickled() -> None:
    client = Client("m", base_url="http://127.0.0.1:9/v1", api_key=KEY)
    assert repr(client) == "Client('m', host='127.0.0.1')"
    assert KEY not in repr(vars(client)) + repr(vars(client._connection))
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(client)


BAD_SETUPS: list[tuple[str, dict[str, Any], str]] = [
    ("no key for OpenAI", {}, "OPENAI_API_KEY"),
    ("no URL", {"base_url": "localhost:8000"}, "base_url"),
    ("a port that is none", {"base_url": "http://127.0.0.1:http/v1"}, "base_url"),
    ("a space", {"base_url": "http://127.0.0.1 /v1"}, "base_url"),
    ("a file", {"base_url": "file:///etc/passwd"}, "base_url"),
    ("a key that no header holds", {"api_key": "sk-„quoted“"}, "characters"),
]


@pytest.mark.parametrize(("options", "said"), [row[1:] for row in BAD_SETUPS], ids=[row[0] for row in BAD_SETUPS])
async def test_a_set_up_that_cannot_work_is_said_at_once(
    options: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(errors.ConfigurationError, match=said) as caught:
        Client("m", **options)
    assert "sk-" not in str(caught.value)


async def test_the_key_of_the_environment_goes_to_the_server_of_the_environment_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    elsewhere = await run(api_key=None)
    async with standin() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        client = Client("m")
        await client.ask(ASKED)
        await client.aclose()
    sent = [seen.headers["authorization"] for seen in (elsewhere.server.ledger[0], server.ledger[0])]
    assert sent == ["Bearer none", f"Bearer {KEY}"]


async def test_a_client_of_the_caller_is_used_without_its_retries_and_left_open() -> None:
    import openai

    async with standin(failing(500), failing(500), failing(401)) as server:
        theirs = openai.AsyncOpenAI(base_url=server.base_url, api_key=KEY, default_headers={"x-mine": "yes"})
        client = Client("m", client=theirs, sleep=FakeTime().sleep)
        with pytest.raises(errors.AuthenticationFailed) as caught:
            await client.ask(ASKED)
        await client.aclose()
        assert (caught.value.attempts, len(server.ledger)) == (3, 3)
        assert server.ledger[0].headers["x-mine"] == "yes"
        assert not theirs.is_closed()
        await theirs.close()
    with pytest.raises(errors.ConfigurationError, match="contradict"):
        Client("m", client=theirs, api_key=KEY)


def test_one_client_serves_one_event_loop_after_another() -> None:
    """Nothing is left open either: an unclosed socket is a warning, and warnings are errors."""
    client = Client("m", base_url="http://127.0.0.1:1/v1")
    connection = client._connection
    assert connection is not None

    async def once() -> tuple[str, bool]:
        async with standin() as server:
            connection.base_url = server.base_url
            reply = await client.ask(ASKED)
        return reply.text, connection._open.keys() == {asyncio.get_running_loop()}

    assert [asyncio.run(once()) for _ in range(3)] == [('{"name": "reply-0"}', True)] * 3


async def test_a_client_that_is_dropped_closes_its_connections() -> None:
    async with standin() as server:
        for _ in range(3):
            await Client("m", base_url=server.base_url).ask(ASKED)
            gc.collect()
        async with asyncio.timeout(5):
            while server.open:
                await server.closed.wait()
                server.closed.clear()
    assert server.connections == 3
