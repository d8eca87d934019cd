"""How well the classical reader finds stances in twenty articles, labelled before its rules were mended.

The held-out seven were read by nobody while rules were written; the second six are their author's, and were read once
the rules stood. A phrase matches where its words include the other's.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from newslens.offline.stance import positions

GOLD: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "stances.json").read_text(encoding="utf-8"))
Found = tuple[int, str, str, str]


def words(phrase: str) -> set[str]:
    plain = phrase.lower().replace("’", "'").replace("'s", " ").replace('"', " ").replace("'", " ")
    return set(plain.split()) - {"the", "a", "an", "its", "their", "his", "her"}


def alike(one: str, other: str) -> bool:
    first, second = words(one), words(other)
    return first == second or bool(first and second and (first <= second or second <= first))


def same(one: Found, other: Found) -> bool:
    return (one[0], one[3]) == (other[0], other[3]) and alike(one[1], other[1]) and alike(one[2], other[2])


def stances(article: dict[str, Any]) -> tuple[list[Found], list[Found]]:
    """The gold stances and the found ones: sentence, holder, target, label."""
    sentences, paragraphs = laid_out(article)
    gold = [(k, *one) for k, sentence in enumerate(sentences) for one in sentence.get("stances", ())]
    taken = positions([one["text"] for one in sentences], paragraphs=paragraphs)
    return gold, [(k, one.holder, one.target, one.label) for one in taken for k in one.evidence]


def laid_out(article: dict[str, Any]) -> tuple[list[dict[str, Any]], list[int]]:
    """All sentences, and the index of the first one of each paragraph."""
    sentences: list[dict[str, Any]] = []
    starts = []
    for paragraph in article["paragraphs"]:
        starts.append(len(sentences))
        sentences += paragraph
    return sentences, starts


@pytest.mark.parametrize(
    ("half", "precision", "recall"),
    [("development", 0.93, 0.66), ("held_out", 0.95, 0.40), ("second_held_out", 1.0, 0.46)],
)
def test_stances_are_found_as_well_as_they_were(half: str, precision: float, recall: float) -> None:
    gold = found = right = hit = 0
    for article in GOLD[half]:
        expected, got = stances(article)
        gold, found = gold + len(expected), found + len(got)
        right += sum(any(same(one, other) for other in expected) for one in got)
        hit += sum(any(same(one, other) for other in got) for one in expected)
    assert right / found >= precision
    assert hit / gold >= recall
