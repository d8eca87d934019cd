"""The bar says how far a run is, on stderr only, and can break without breaking the run."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

import pytest

from newslens.analyses import SUMMARY
from newslens.corpus import Outcome
from newslens.corpus.progress import Progress
from newslens.errors import Refused, Unavailable, Usage
from newslens.lens import Lens

TEXTS = [f"The council voted on day {n} to close the old bridge." for n in range(7)]
LENS = Lens(offline=True, analyses=[SUMMARY])


def shown(captured: pytest.CaptureFixture[str]) -> str:
    out, err = captured.readouterr()
    assert out == ""
    return err


def test_the_bar_counts_to_the_length_of_the_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(list(LENS.analyze_many(TEXTS, progress=True))) == 7
    assert "7/7" in shown(capsys)


def test_a_generator_has_the_length_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    list(LENS.analyze_many(iter(tuple(TEXTS)), progress=True, total=9))
    assert "7/9" in shown(capsys)


def test_without_being_asked_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    list(LENS.analyze_many(TEXTS))
    assert shown(capsys) == ""


def test_failures_tokens_and_dollars_of_this_run_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    spent = Usage(requests=1, input_tokens=1000, output_tokens=234, cost_usd=Decimal("0.5"))
    bar = Progress([], shown=True, total=3)
    list(bar.count([Outcome("a", error=Refused("no", usage=spent))]))
    list(bar.count([Outcome("b", error=Refused("no", usage=spent), stored=True)]))
    assert bar.status == "2 failed, 1,234 tokens, $0.5000"
    list(bar.count([Outcome("c", error=Unavailable("down", usage=Usage(requests=1, input_tokens=1)))]))
    assert bar.status == "3 failed, 1,235 tokens"  # a price that is not known is not shown as one
    bar.close()
    assert "3/3" in shown(capsys)


class Closed:
    """Stand-in for a stderr that takes nothing."""

    def write(self, _: str) -> NoReturn:
        raise ValueError("I/O operation on closed file")

    flush = write


class Liar(list[str]):
    """An input whose length cannot be asked."""

    def __length_hint__(self) -> NoReturn:
        raise RuntimeError

    def __len__(self) -> NoReturn:
        raise RuntimeError

    def __iter__(self) -> Iterator[str]:
        return iter(TEXTS)


@pytest.mark.parametrize("stream", [Closed(), None])
def test_a_bar_that_cannot_be_drawn_is_dropped(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    assert len(list(LENS.analyze_many(TEXTS, progress=True))) == 7


def test_an_input_that_cannot_say_its_length_is_read_all_the_same() -> None:
    assert len(list(LENS.analyze_many(Liar(), progress=True))) == 7
