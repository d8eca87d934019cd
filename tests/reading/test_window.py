"""A request that is too long for its server: the article is cut to what the server takes, and the limit is kept."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from doubles.server import Act, Standin, completed, failing, say, standin
from hypothesis import given
from hypothesis import strategies as st

from newslens.analyses import FRAMING, STANCE
from newslens.article.article import Article
from newslens.errors import ContextTooLong
from newslens.lens import Lens
from newslens.llm.client import Client
from newslens.options import Limits
from newslens.reading.parts import Room, Window
from newslens.reading.questions import Settings
from newslens.reading.reader import Reader, ReadingResult

pytestmark = [pytest.mark.anyio, pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])]

WINDOW = 2_500
LONG = Article.from_text("\n\n".join(f"Speaker {n} said that road {n} is closed for {n} days." for n in range(1, 200)))
SHORT = Article.from_text("The council voted on Monday to close the old bridge. Mayor Ana Ruiz called it reckless.")


def openai_says(limit: int, tokens: int) -> Act:
    said = f"This model's maximum context length is {limit} tokens. However, your messages resulted in {tokens} tokens."
    return failing(400, code="context_length_exceeded", message=said)


def llama_says(limit: int, tokens: int) -> Act:
    return failing(400, type="exceed_context_size_error", n_ctx=limit, n_prompt_tokens=tokens)


def limit_only(limit: int, tokens: int) -> Act:  # noqa: ARG001 - that is the point
    return failing(400, code="context_length_exceeded", message=f"The context size is {limit}.")


def nothing_more(limit: int, tokens: int) -> Act:  # noqa: ARG001 - likewise
    return failing(400, code="context_length_exceeded", message="too long")


def nonsense(limit: int, tokens: int) -> Act:  # noqa: ARG001 - likewise
    return failing(400, type="exceed_context_size_error", n_ctx=-1)


Refusing = Callable[[int, int], Act]
WAYS = [openai_says, llama_says, limit_only, nothing_more, nonsense]


@dataclass
class Narrow:
    """A stand-in server with a window, whose own tokens are `characters` long."""

    refusing: Refusing
    window: int = WINDOW
    characters: float = 4.0
    server: Standin | None = None

    def __call__(self) -> Act:
        tokens = self.tokens()
        if tokens > self.window:
            return self.refusing(self.window, tokens)
        first = {"evidence": self.shown[-1][:1], "note": ""}
        stance = first | {"holder": "A", "target": "b", "label": "against", "voice": "quoted"}
        frame = first | {"frame": "economic", "primary": True, "function": "problem"}
        said = {"stances": [stance], "framing": [frame]}  # what is not asked for is passed over
        return say(200, completed(json.dumps(said), name=f"answer-{len(self.shown)}"))

    def tokens(self, at: int = -1) -> int:
        assert self.server is not None
        return int(len(json.dumps(self.server.ledger[at].body, ensure_ascii=False)) / self.characters)

    @property
    def shown(self) -> list[list[int]]:
        """The sentences of each request."""
        assert self.server is not None
        texts = [seen.body["messages"][1]["content"] for seen in self.server.ledger]
        return [[int(number) for number in re.findall(r"^\[(\d+)", text, re.MULTILINE)] for text in texts]

    @property
    def refused(self) -> int:
        return sum(self.tokens(at) > self.window for at in range(len(self.shown)))

    @property
    def read(self) -> list[int]:
        """The sentences of the requests that were answered."""
        answered = (numbers for at, numbers in enumerate(self.shown) if self.tokens(at) <= self.window)
        return [number for numbers in answered for number in numbers]


@asynccontextmanager
async def narrow(refusing: Refusing, **how: Any) -> AsyncIterator[tuple[Narrow, Client]]:
    model = Narrow(refusing, **how)
    async with standin(otherwise=model) as server:
        model.server = server
        client = Client("m", base_url=server.base_url)
        yield model, client
        await client.aclose()


async def read(client: Client, article: Article, window: Window | None = None, **settings: Any) -> ReadingResult:
    limits = Limits(parallel=4)
    return await Reader(client.ask, article, Settings(**settings), limits=limits, window=window).read([(STANCE,)])


@pytest.mark.parametrize(("refusing", "characters"), [*((one, 4.0) for one in WAYS), (openai_says, 2.0)])
async def test_an_article_too_long_for_the_server_is_read_in_parts_that_cover_it_once(
    refusing: Refusing, characters: float
) -> None:
    async with narrow(refusing, characters=characters, window=int(WINDOW * 4 / characters)) as (model, client):
        outcome = await read(client, LONG)
    assert outcome.problems == ()
    assert [one.status for one in outcome.coverage] == ["done"]
    assert sorted(model.read) == list(range(1, len(LONG.sentences) + 1))
    if refusing in {openai_says, llama_says}:  # they name the limit
        assert model.refused == 1


async def test_a_limit_holds_for_what_was_cut_before_it_was_known() -> None:
    async with narrow(openai_says, window=4_000) as (model, client):
        reader = Reader(client.ask, LONG, Settings(), limits=Limits())
        outcome = await reader.read([(STANCE,), (FRAMING,)])
    assert model.refused == 1
    assert [(one.analysis, one.status) for one in outcome.coverage] == [("stances", "done"), ("framing", "done")]


async def test_a_limit_is_kept_for_the_articles_that_follow() -> None:
    window = Window()
    async with narrow(openai_says) as (model, client):
        first = await read(client, LONG, window)
        again = await read(client, LONG, window)
        short = await read(client, SHORT, window)
    assert window == Window(limit=WINDOW)
    assert model.refused == 1
    assert model.shown[-1] == [1, 2]
    assert [one.coverage[0].status for one in (first, again, short)] == ["done"] * 3


async def test_a_lens_goes_on_in_parts() -> None:
    async with (
        narrow(openai_says) as (model, _),
        Lens("m", base_url=url(model), analyses=[STANCE], judge=False) as lens,
    ):
        report = await lens.aanalyze(LONG)
        await lens.aclose()
    assert report.complete


def url(model: Narrow) -> str:
    assert model.server is not None
    return model.server.base_url


@pytest.mark.parametrize("refusing", [openai_says, nonsense])
async def test_a_window_without_room_for_the_prompts_is_given_up_after_a_few_requests(refusing: Refusing) -> None:
    async with narrow(refusing, window=200) as (model, client):
        outcome = await read(client, LONG)
    assert isinstance(outcome.error, ContextTooLong)
    assert {one.kind for one in outcome.problems} == {"ContextTooLong"}
    assert [one.status for one in outcome.coverage] == ["failed"]
    assert len(model.shown) <= 25


async def test_a_window_that_was_misread_costs_no_article() -> None:
    async with narrow(openai_says, window=100_000) as (model, client):
        outcome = await read(client, LONG, Window(limit=16))
    assert outcome.problems == ()
    assert model.shown == [list(range(1, len(LONG.sentences) + 1))]


LIMITS = Limits(window=100_000, answer=8_000)


@pytest.mark.parametrize(
    ("refusal", "answer", "room"),
    [
        ((8_192, 20_000), None, 8_192 - 2_048),  # the answer gets a quarter
        ((64_000, 90_000), None, (64_000 - 8_000) * 20_000 // 90_000),  # its tokens are shorter than ours
        ((8_192, 20_000), 1_000, 8_192 - 1_000),  # as much as every request asks for
        ((8_192, 21_000), 1_000, 8_192 - 1_000),  # which it has added to the prompt
        ((8_192, None), None, 8_192 - 2_048),
        ((64_000, None), None, 10_500),  # no reason: half of the text
        ((None, None), None, 10_500),
        ((0, None), None, 10_500),
    ],
)
def test_what_a_refusal_leaves_room_for(refusal: tuple[int | None, int | None], answer: int | None, room: int) -> None:
    narrowed = Room(LIMITS, Window(), answer)
    narrowed.refuse(refused(*refusal), tokens=20_000, bare=1_000)
    assert narrowed.limits.room == room


def refused(limit: int | None, needed: int | None) -> ContextTooLong:
    error = ContextTooLong("too long")
    error.limit, error.needed = limit, needed
    return error


NUMBERS = st.one_of(st.none(), st.integers(min_value=-10, max_value=10**9))


@given(st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(min_value=2, max_value=92_000)), min_size=1, max_size=5))
def test_whatever_is_said_a_refusal_narrows_and_stays_a_limit(
    refusals: list[tuple[int | None, int | None, int]],
) -> None:
    narrowed, before = Room(LIMITS, Window(), None), LIMITS.room
    for limit, needed, tokens in refusals:
        narrowed.refuse(refused(limit, needed), tokens=tokens, bare=tokens // 2)
        assert 1 <= narrowed.limits.room <= min(before, max(1, tokens - 1))
        before = narrowed.limits.room
