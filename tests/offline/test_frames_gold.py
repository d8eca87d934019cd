"""How well cues tell the frames of whole articles, several of them full of idioms and names that look like cues.

tests/data/frames-articles.json was written before the rules about idioms and names, by who wrote those; `held_out` was
scored once, when they were finished.
"""

import json
from pathlib import Path

import pytest

from newslens.analyses.codebook import Codebook
from newslens.article.article import Article
from newslens.offline.frames import CueIndex, Framing, choose

ARTICLES = json.loads((Path(__file__).parents[1] / "data" / "frames-articles.json").read_text(encoding="utf-8"))
INDEX = CueIndex(Codebook.named("policy_frames").cues)


def framing(text: str) -> Framing:
    return choose(INDEX.tally([span.text for span in Article(text=text).sentences]))


@pytest.mark.parametrize(("half", "measured"), [("development", 0.875), ("held_out", 0.875)])
def test_frames_of_whole_articles_are_told_as_measured(half: str, measured: float) -> None:
    rows = ARTICLES[half]
    told = [framing(row["text"]) for row in rows]
    found = [{frame.code for frame in one.present} for one in told]
    hits = sum(len(codes & set(row["frames"])) for codes, row in zip(found, rows, strict=True))
    named = sum(map(len, found)) + sum(len(row["frames"]) for row in rows)

    assert [one.primary for one in told] == [row["primary"] for row in rows]
    assert 2 * hits / named >= measured
