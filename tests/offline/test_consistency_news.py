"""What is told two ways in whole articles and in pairs of sentences, all written before the rules."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from newslens.analyses.consistency import CONSISTENCY, Inconsistency
from newslens.lens import Lens

DATA = Path(__file__).parents[1] / "data"
ARTICLES: list[dict[str, Any]] = tomllib.loads((DATA / "consistency-news.toml").read_text(encoding="utf-8"))["article"]
PAIRS: dict[str, list[list[str]]] = tomllib.loads((DATA / "consistency-pairs.toml").read_text(encoding="utf-8"))
BETWEEN = " Rain fell all afternoon. Nobody from the ministry wanted to comment, and the phones rang on. "


def found(text: str) -> tuple[Inconsistency, ...]:
    return Lens(offline=True, analyses=[CONSISTENCY]).analyze(text).consistency or ()


def told(one: Inconsistency, text: str, gold: list[str]) -> bool:
    """Whether each span of a finding shares a letter with its side of a conflict."""
    sides = ((text.index(side), text.index(side) + len(side)) for side in gold[1:])
    return all(span.start < end and start < span.end for span, (start, end) in zip(one.words, sides, strict=True))


def scored(*, aside: bool, inconsistent: bool) -> tuple[int, int, int]:
    """Conflicts, those that are found, and findings that are none of them."""
    there = right = false = 0
    for row in ARTICLES:
        gold = row.get("conflicts", [])
        if row.get("aside", False) == aside and bool(gold) == inconsistent:
            hits = [[told(one, row["text"], each) for each in gold] for one in found(row["text"])]
            there += len(gold)
            right += sum(map(any, zip(*hits, strict=True)))
            false += sum(not any(hit) for hit in hits)
    return there, right, false


@pytest.mark.parametrize(
    ("aside", "inconsistent", "least"),
    [(False, True, (18, 15, 0)), (True, True, (11, 8, 0)), (False, False, (0, 0, 0)), (True, False, (0, 0, 0))],
)
def test_conflicts_in_articles_are_found_as_measured(
    aside: bool,  # noqa: FBT001
    inconsistent: bool,  # noqa: FBT001
    least: tuple[int, int, int],
) -> None:
    there, right, false = scored(aside=aside, inconsistent=inconsistent)

    assert (there, false) == (least[0], least[2])
    assert right >= least[1]


@pytest.mark.parametrize("pair", PAIRS["told"])
def test_one_thing_told_two_ways_is_found_sentences_apart(pair: list[str]) -> None:
    (one,) = found(BETWEEN.join(pair))

    assert [span.sentence for span in one.words] == [1, 4]


@pytest.mark.xfail(reason="known misses", strict=True)
@pytest.mark.parametrize("pair", PAIRS["missed"])
def test_one_thing_told_two_ways_is_found_here_too(pair: list[str]) -> None:
    assert found(BETWEEN.join(pair))


@pytest.mark.parametrize("pair", PAIRS["alike"])
def test_two_things_that_look_alike_are_left_alone(pair: list[str]) -> None:
    assert found(BETWEEN.join(pair)) == ()


def test_a_subheading_is_held_against_its_story() -> None:
    heads = "# Storm hits coast\n\n## Gale leaves 52,000 homes dark\n\n"
    (one,) = found(heads + "The gale left 25,000 homes dark on the coast. Trains stood still.")

    assert (one.kind, one.first, one.second) == ("number", "52,000", "25,000")


@pytest.mark.parametrize(
    ("text", "kind", "sides"),
    [
        ("The board passed it by 7 votes to 2. The board's 6-3 vote was close.", "number", ("7 votes to 2", "6-3")),
        ("Ann Lee, 34, was fined. Lee, who is 43, will appeal.", "number", ("34", "43")),
        ("Ann Lee, 34, was fined. The 43-year-old will appeal.", "number", ("34", "43")),
        ("Simon Rudge opened the hall. Mr Ruddge then sang.", "name", ("Simon Rudge", "Ruddge")),
        ("Sergeant Ian Cole rang. Inspector Cole came.", "name", ("Sergeant Ian Cole", "Inspector Cole")),
        ("Deputy Mayor Ann Lee sang. Mayor Ann Lee left.", "name", ("Deputy Mayor Ann Lee", "Mayor Ann Lee")),
        ("A fire on Tuesday gutted a mill. Wednesday's fire was the worst of all.", "date", ("Tuesday", "Wednesday")),
    ],
)
def test_each_kind_of_thing_is_held_against_itself(text: str, kind: str, sides: tuple[str, str]) -> None:
    assert [(one.kind, (one.first, one.second)) for one in found(text + BETWEEN)] == [(kind, sides)]


@pytest.mark.parametrize(
    "text",
    [
        "The farm used 70 tonnes. The barn holds 400 tonnes. The lorry takes 12 tonnes. It was all in the 500 tonnes.",
        "Aidan Voss, 67, was charged. His sister, Mary Voss, 64, wept.",
        "Deputy Mayor Ann Lee sang. Ann Lee was elected, and Mayor Ann Lee was elected for good.",
        "Ann Lee, 34, was hit by a 19-year-old. The 19-year-old was fined.",
        "The board voted 5-2 to sell the land. The 6-1 vote to keep the school was cheered.",
        "The board voted 7-2 to sell the field. The second vote, 6-3, was on the hall.",
    ],
)
def test_what_is_told_apart_in_each_is_left_alone(text: str) -> None:
    assert found(text + BETWEEN) == ()
