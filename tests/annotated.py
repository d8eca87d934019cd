"""A report written by hand, and exports of it as the tools' documentation shows them."""

import json
from pathlib import Path
from typing import Any

from newslens.analyses import FramingNote, KeyPoint, Stance, Summary
from newslens.article.article import Article
from newslens.lens import Lens
from newslens.report.report import Report

DATA = Path(__file__).parent / "data" / "annotations"
ARTICLE = Article.from_text(
    "🌉 Ana Ruiz wants the old bridge closed for good. The dockers’ union calls her plan reckless. "
    "Nobody spoke for the ferry.",
    url="https://news.example/bridge",
)
FIRST, SECOND, THIRD = ((0, 48), (49, 92), (93, 120))
CLOSED, RECKLESS = ((32, 38), (83, 91))

_BARE = Lens(offline=True).analyze(ARTICLE)


def stance(*places: tuple[int, int], label: str, words: tuple[tuple[int, int], ...] = ()) -> Stance:
    return Stance.model_validate(
        {
            "holder": "Ana Ruiz",
            "target": "the old bridge",
            "label": {"value": label, "method": "classical"},
            "voice": "paraphrased",
            "evidence": tuple(ARTICLE.span(*place) for place in places),
            "words": tuple(ARTICLE.span(*place) for place in words),
            "note": "",
        }
    )


def report(*stances: Stance) -> Report:
    return _BARE.model_copy(
        update={
            "summary": Summary(
                text="A bridge.", key_points=(KeyPoint(text="A bridge.", evidence=(ARTICLE.span(*FIRST),)),)
            ),
            "stances": stances,
            "sources": (),
            "framing": (
                FramingNote.model_validate(
                    {
                        "frame": "economic",
                        "primary": False,
                        "function": None,
                        "note": "",
                        "evidence": (),
                        "label": {"value": "absent", "method": "classical"},
                    }
                ),
            ),
        }
    )


REPORT = report(
    stance(FIRST, label="against", words=(CLOSED,)), stance(SECOND, THIRD, label="against", words=(RECKLESS,))
)


def export(name: str) -> Any:
    """A file of `data/annotations`; one that ends in `.jsonl` as its lines."""
    text = (DATA / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if name.endswith(".jsonl") else json.loads(text)
