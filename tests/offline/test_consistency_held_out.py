"""What is found of the inconsistencies in news by a stranger to the rules (tests/data/consistency-held-out.json).

Fourteen articles say one thing or two in two ways, sentences apart and in other words; ten hold decoys only. They were
written before their author had read a rule, and none has been changed since they were scored.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from newslens.analyses.consistency import CONSISTENCY, Inconsistency
from newslens.article.article import Article
from newslens.lens import Lens
from newslens.testing import Scripted

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "consistency-held-out.json").read_text(encoding="utf-8")
)
SIDES = ("first", "second")


def touches(found: Inconsistency, text: str, gold: dict[str, str]) -> bool:
    """Whether both spans of a finding share a letter with the two sides of a conflict."""
    starts = [text.index(gold[side]) for side in SIDES]
    ends = [start + len(gold[side]) for start, side in zip(starts, SIDES, strict=True)]
    return len(found.words) == len(SIDES) and all(
        span.start < end and start < span.end for span, start, end in zip(found.words, starts, ends, strict=True)
    )


def scored(row: dict[str, Any], found: Iterable[Inconsistency]) -> tuple[int, int]:
    """The conflicts of an article that are found, and the findings that are none of them."""
    hits = [[touches(one, row["text"], gold) for gold in row["conflicts"]] for one in found]
    return sum(map(any, zip(*hits, strict=True))), sum(not any(hit) for hit in hits)


def by_gold(row: dict[str, Any]) -> tuple[Inconsistency, ...]:
    """What a model says that knows the conflicts; it can cite sentences only."""
    article = Article.from_text(row["text"])
    answers = [
        {**gold, "note": "", "evidence": [cited(article, gold[side]) for side in SIDES]} for gold in row["conflicts"]
    ]
    found = Lens(analyses=[CONSISTENCY], ask=Scripted({"consistency": answers})).analyze(article).consistency
    assert found is not None
    return found


def cited(article: Article, words: str) -> int:
    """The number of the sentence with these words; 1 if they stand in none."""
    start = article.text.index(words)
    return next((one.sentence for one in article.sentences if one.start <= start < one.end), 1)


def test_each_side_of_a_conflict_stands_once_and_in_order() -> None:
    for row in ROWS:
        for gold in row["conflicts"]:
            assert [row["text"].count(gold[side]) for side in SIDES] == [1, 1]
            assert row["text"].index(gold["first"]) < row["text"].index(gold["second"])
        assert bool(row["conflicts"]) != bool(row.get("decoys"))


def test_whoever_knows_the_conflicts_finds_all_but_those_in_a_headline_a_subheading_and_a_caption() -> None:
    scores = [scored(row, by_gold(row)) for row in ROWS]

    assert sum(right for right, _ in scores) == 23
    assert sum(false for _, false in scores) == 3


@pytest.mark.parametrize(("inconsistent", "measured"), [(True, (26, 4, 0)), (False, (0, 0, 1))])
def test_conflicts_are_found_as_measured(inconsistent: bool, measured: tuple[int, int, int]) -> None:  # noqa: FBT001
    """Conflicts, found ones, false alarms; equal, so that a better reader is told of."""
    rows = [row for row in ROWS if bool(row["conflicts"]) == inconsistent]
    lens = Lens(offline=True, analyses=[CONSISTENCY])
    scores = [scored(row, lens.analyze(row["text"]).consistency or ()) for row in rows]

    there = sum(len(row["conflicts"]) for row in rows)
    assert (there, sum(right for right, _ in scores), sum(false for _, false in scores)) == measured
