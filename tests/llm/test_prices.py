"""Prices come from a kept table or are unknown, and a cap is kept."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from doubles.server import Act, completion, failing, standin
from hypothesis import given
from hypothesis import strategies as st

from newslens import errors
from newslens.errors import Usage
from newslens.llm.client import Client
from newslens.llm.exchange import Message, Request, Response
from newslens.llm.tokens import Account, compute_cost
from newslens.options import Budget

wire = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

MODEL, HOST = "gpt-4o-mini", "api.openai.com"
ASKED = Request(what="summary", messages=(Message("user", "It rained."),), schema={"type": "object"})
MILLION = 1_000_000


def price(**tokens: int) -> Decimal:
    found = compute_cost(MODEL, HOST, Usage(**tokens))
    assert found is not None
    return found


def test_each_kind_of_token_has_its_price() -> None:
    fresh, answer = price(input_tokens=MILLION), price(output_tokens=MILLION)
    cached = price(input_tokens=MILLION, cached_tokens=MILLION)
    assert 0 < cached < fresh < answer
    half = price(input_tokens=2 * MILLION, cached_tokens=MILLION, output_tokens=MILLION)
    assert half == fresh + cached + answer


def test_nothing_costs_nothing_where_the_price_is_known() -> None:
    assert price() == 0


def test_more_cached_than_sent_is_a_mistake_of_the_server_and_no_error() -> None:
    assert price(input_tokens=10, cached_tokens=99) == price(input_tokens=10, cached_tokens=10)


UNKNOWN = [
    ("no-such-model", HOST),
    ("", HOST),
    (MODEL, "models.example.org"),
    (MODEL, ""),
    (MODEL, "127.0.0.1"),
    (MODEL, "::1"),
    (MODEL, "localhost"),
    ("{braces} %s \x00", HOST),
]


def test_an_unknown_price_is_none_and_allows_no_cap_in_dollars() -> None:
    for model, host in UNKNOWN:
        assert compute_cost(model, host, Usage(input_tokens=MILLION)) is None
        with pytest.raises(errors.ConfigurationError, match="max_tokens"):
            Account(Budget(max_cost_usd=1), model=model, host=host)


def test_a_cap_is_a_number_that_is_not_negative() -> None:
    for cap in (-1, float("nan"), float("inf"), Decimal("NaN")):
        with pytest.raises(errors.ConfigurationError, match="max_cost_usd"):
            Budget(max_cost_usd=cap)


def test_dollars_are_set_aside_and_come_back() -> None:
    call = {"input_tokens": MILLION, "max_output_tokens": MILLION}
    one = price(input_tokens=MILLION, output_tokens=MILLION)
    account = Account(Budget(max_cost_usd=one * Decimal("1.5")), model=MODEL, host=HOST)
    first = account.reserve(**call)
    assert first is not None
    assert (first.cost_usd, account.reserve(**call)) == (one, None)
    account.settle(first, Usage(input_tokens=MILLION))
    second = account.reserve(**call)
    assert second is not None
    account.settle(second, None)  # cancelled: it may have been billed, so it stays
    assert account.reserve(**call) is None


calls = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 1000)), max_size=60)


@given(calls, st.integers(0, 10_000))
def test_a_cap_on_tokens_is_kept_by_calls_that_keep_their_limit(sizes: list[tuple[int, int, int]], cap: int) -> None:
    account, spent, open_calls = Account(Budget(max_tokens=cap), model="m", host="h"), 0, []
    for prompt, limit, share in sizes:
        reserved = account.reserve(input_tokens=prompt, max_output_tokens=limit)
        if reserved is not None:
            open_calls.append((reserved, prompt, limit * share // 1000))
        if len(open_calls) > 3:
            reserved, sent, answer = open_calls.pop(0)
            account.settle(reserved, Usage(input_tokens=sent, output_tokens=answer))
            spent += sent + answer
    assert spent + sum(reserved.tokens for reserved, *_ in open_calls) <= cap


async def ask(*acts: Act, questions: int, **options: Any) -> tuple[list[Any], int, Usage]:
    """What came of questions one after the other, and how many requests were sent."""
    outcomes: list[Any] = []
    total = Usage()
    async with standin(*acts) as server:
        client = Client("m", base_url=server.base_url, **options)
        for number in range(questions):
            try:
                reply: Response = await client.ask(replace(ASKED, messages=(Message("user", str(number)),)))
            except errors.BudgetExceeded as error:
                outcomes.append((type(error), error.attempts))
                total += error.usage
            else:
                outcomes.append("done")
                total += reply.usage
        await client.aclose()
    return outcomes, len(server.ledger), total


@wire
def test_what_does_not_fit_is_not_sent() -> None:
    """Each answer costs 12 tokens; the first guess at an answer's length is 500."""
    enough = asyncio.run(ask(questions=4, budget=Budget(max_tokens=530)))
    assert enough[:2] == (["done"] * 4, 4)
    little = asyncio.run(ask(questions=3, budget=Budget(max_tokens=400)))
    assert little == ([(errors.BudgetExceeded, 0)] * 3, 0, Usage())


@wire
def test_a_long_answer_is_expected_again() -> None:
    """The first answer has 1000 tokens, so another such does not fit into the 500 that are left."""
    long = completion("one", usage={"prompt_tokens": 10, "completion_tokens": 1000})
    outcomes, requests, total = asyncio.run(ask(long, questions=3, budget=Budget(max_tokens=1510)))
    assert (outcomes, requests) == (["done", *[(errors.BudgetExceeded, 0)] * 2], 1)
    assert (total.input_tokens, total.output_tokens) == (10, 1000)


@wire
def test_retries_are_paid_from_the_same_budget() -> None:
    blank = completion("one", choices=[{"message": {"content": ""}}])
    outcomes, requests, total = asyncio.run(ask(blank, questions=1, budget=Budget(max_tokens=510)))
    assert (outcomes, requests, total.input_tokens + total.output_tokens) == (["done"], 2, 24)


@wire
def test_a_budget_that_ends_between_attempts_says_what_was_spent() -> None:
    big = completion(
        "one", choices=[{"message": {"content": ""}}], usage={"prompt_tokens": 500, "completion_tokens": 9}
    )
    outcomes, requests, total = asyncio.run(ask(big, questions=1, budget=Budget(max_tokens=505)))
    assert (outcomes, requests) == ([(errors.BudgetExceeded, 1)], 1)
    assert (total.input_tokens, total.output_tokens, total.cost_usd) == (500, 9, None)


@wire
def test_every_attempt_is_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is on the loopback; for its host the client is told another name."""
    from newslens.llm.connection import Connection

    monkeypatch.setattr(Connection, "host", HOST)
    acts = [completion(str(n), model=MODEL) for n in range(2)]

    async def one() -> Usage:
        async with standin(failing(500), *acts) as server:
            client = Client("an-alias-of-ours", base_url=server.base_url, sleep=_at_once)
            reply = await client.ask(ASKED)
            plain = await client.ask(replace(ASKED, messages=(Message("user", "Other."),)))
            await client.aclose()
        assert reply.usage.cost_usd is None  # the failed attempt named no model, and ours has no price
        return plain.usage

    each = price(input_tokens=10, cached_tokens=4, output_tokens=2)
    assert asyncio.run(one()).cost_usd == each


async def _at_once(seconds: float) -> None:
    assert seconds >= 0
