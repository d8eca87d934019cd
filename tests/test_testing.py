"""The double that we ship."""

import asyncio
import doctest
from typing import Any

import pytest

from newslens import testing
from newslens.errors import NewslensError, Unavailable, Usage
from newslens.llm.exchange import Ask, Message, Request, Response
from newslens.testing import Scripted

ASKED = Request(what="stance", messages=(Message("user", "?"),), schema={})
WHOLE = Response("whole", Usage(requests=3, input_tokens=9), "m", "req-1")

REPLIES: list[tuple[Any, Response]] = [
    ({"a": "é"}, Response('{"a": "é"}', Usage(requests=1), "scripted")),
    ([1, 2], Response("[1, 2]", Usage(requests=1), "scripted")),
    ("```no JSON", Response("```no JSON", Usage(requests=1), "scripted")),
    (WHOLE, WHOLE),
]


@pytest.mark.parametrize(("scripted", "reply"), REPLIES)
def test_each_kind_of_reply_goes_out_as_it_says(scripted: Any, reply: Response) -> None:
    ask: Ask = Scripted(scripted)
    assert asyncio.run(ask_once(ask)) == reply


async def ask_once(ask: Ask) -> Response:
    return await ask(ASKED)


def test_an_exception_is_raised_and_its_turn_is_over() -> None:
    ask = Scripted(Unavailable("down"), "up")
    with pytest.raises(Unavailable, match="down"):
        asyncio.run(ask_once(ask))
    assert asyncio.run(ask_once(ask)).text == "up"
    assert ask.requests == [ASKED, ASKED]


def test_one_request_too_many_is_said_clearly_and_is_no_fault_of_a_server() -> None:
    with pytest.raises(AssertionError, match=r"has 0 replies and got request 1: 'stance'") as caught:
        asyncio.run(ask_once(Scripted()))
    assert not isinstance(caught.value, NewslensError)


def test_the_example_in_its_docstring_runs() -> None:
    result = doctest.testmod(testing)
    assert (result.failed, result.attempted) == (0, 7)
