"""An estimate asks nobody, and says what a run then asks."""

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from doubles.server import Standin, completion, standin

from newslens.analyses import STANCE, SUMMARY
from newslens.article.article import Article
from newslens.corpus import Estimate
from newslens.corpus.estimate import TYPICAL
from newslens.errors import ConfigurationError, InputError, Usage
from newslens.lens import Lens
from newslens.llm.exchange import Request, Response
from newslens.llm.store import Store
from newslens.llm.tokens import count
from newslens.options import Judging, Limits

wire = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
TEXTS = [path.read_text() for path in SEEDS]
SHORT = "The council voted on Monday to close the old bridge."
SUMMED = {"summary": {"text": "t", "key_points": [{"text": "A vote.", "evidence": [1]}]}}
BOTH = json.dumps({**SUMMED, "stances": []})


class Model:
    """Answers, and keeps what it was asked."""

    def __init__(self, usage: Usage = Usage(requests=1, input_tokens=5, output_tokens=70)) -> None:  # noqa: B008 - frozen
        self.asked: list[Request] = []
        self.usage = usage

    async def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        return Response(BOTH, self.usage, "m")


def lens_of(ask: Any, **settings: Any) -> Lens:
    return Lens(model="m", ask=ask, **{"analyses": [SUMMARY, STANCE], **settings})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as store:
        yield store


@pytest.mark.parametrize("calls", ["joint", "separate"])
@pytest.mark.parametrize("limits", [Limits(), Limits(window=6000, answer=500)])
def test_as_many_requests_are_foreseen_as_are_sent(calls: Any, limits: Limits) -> None:
    settings = {"calls": calls, "limits": limits, "analyses": [STANCE]} if limits != Limits() else {"calls": calls}
    model, silent = Model(), Model()
    found = lens_of(silent, **settings).estimate(TEXTS)
    assert silent.asked == []
    list(lens_of(model, **settings).analyze_many(TEXTS))
    assert found.requests == len(model.asked) >= len(TEXTS)
    assert found.articles == len(TEXTS)


@wire
def test_the_prompt_tokens_are_those_that_a_stand_in_counts() -> None:
    """The stand-in keeps what was sent; counted here as servers count: texts, schema, a few for each message."""

    async def sent(lens: Callable[[str], Lens]) -> tuple[Estimate, Standin]:
        names = itertools.count()  # an answer that has been there before is taken for a mix-up
        good = [{"finish_reason": "stop", "message": {"content": BOTH}}]
        async with standin(otherwise=lambda: completion(str(next(names)), choices=good)) as server:
            found = await asyncio.to_thread(lens(server.base_url).estimate, TEXTS)
            assert server.ledger == []
            await asyncio.to_thread(lambda: list(lens(server.base_url).analyze_many(TEXTS)))
            return found, server

    found, server = asyncio.run(
        sent(lambda url: Lens(model="m", base_url=url, analyses=[SUMMARY, STANCE], judge=False))
    )
    assert found.requests == len(server.ledger) == len(TEXTS)
    counted = sum(
        sum(count(message["content"]) for message in seen.body["messages"])
        + count(json.dumps(seen.body["response_format"]["json_schema"]["schema"]))
        for seen in server.ledger
    )
    assert counted <= found.input_tokens <= counted + 40 * len(TEXTS)


def test_what_the_store_has_is_not_asked_again_and_tells_how_long_answers_are(store: Store) -> None:
    texts = [f"{SHORT} It was day {n}." for n in range(9)]
    lens = lens_of(Model(), store=store)
    before = lens.estimate(texts)
    assert (before.stored, before.requests, before.output_tokens) == (0, 9, 9 * 2 * TYPICAL)
    list(lens.analyze_many(texts[:4]))
    after = lens.estimate(texts)
    assert (after.articles, after.stored, after.requests, after.output_tokens) == (9, 4, 5, 5 * 70)
    assert "mean of 4" in after.assumption
    list(lens.analyze_many(texts))
    assert lens.estimate(texts) == Estimate(articles=9, stored=9)


def test_answers_of_another_run_count_by_what_was_asked(store: Store) -> None:
    model = Model()
    list(lens_of(model, store=store).analyze_many([SHORT], run="mine"))
    found = lens_of(model, store=store).estimate([SHORT, f"{SHORT} Again."])
    assert (found.stored, found.requests) == (0, 1)
    assert f"{count(BOTH)} tokens an answer" in found.assumption


def test_an_estimate_begins_no_run(store: Store) -> None:
    lens_of(Model(), store=store).estimate([SHORT], run="mine")
    assert store.summary().runs == {}


def test_an_estimate_asks_no_judge_even_where_the_reading_is_in_the_store(store: Store) -> None:
    model = Model()
    list(lens_of(model, store=store).analyze_many([SHORT], run="mine"))
    asked = len(model.asked)
    lens_of(model, store=store, judge=Judging()).estimate([SHORT])
    assert len(model.asked) == asked


def test_prices_are_known_or_none() -> None:
    known = Lens(model="gpt-4o-mini", api_key="k").estimate([SHORT])
    assert known.cost_usd is not None
    assert 0 < known.cost_usd < Decimal("0.01")
    assert Lens(model="no-such-model", api_key="k").estimate([SHORT]).cost_usd is None
    assert lens_of(Model()).estimate([SHORT]).cost_usd is None


def test_the_offline_reader_asks_nobody_and_costs_nothing() -> None:
    inputs: list[Any] = [SHORT, ("row 2", InputError("bad"))]
    assert Lens(offline=True).estimate(inputs) == Estimate(articles=2, unreadable=1, cost_usd=Decimal(0))


def test_what_cannot_be_read_is_counted_and_what_cannot_work_is_said() -> None:
    found = lens_of(Model()).estimate(["", ("a", InputError("bad")), Article.from_text(SHORT)])
    assert (found.articles, found.unreadable, found.requests) == (3, 2, 1)
    with pytest.raises(ConfigurationError, match="no room for the prompts"):
        lens_of(Model(), limits=Limits(window=200, answer=100)).estimate([SHORT])


def test_the_input_is_held_one_at_a_time() -> None:
    def endless() -> Iterator[str]:
        yield SHORT
        raise ConnectionError("cursor lost")

    with pytest.raises(ConnectionError):
        lens_of(Model()).estimate(endless())
