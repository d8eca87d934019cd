"""Hostile texts: nothing of them leaves the fence, and what the article says elsewhere is read as before."""

import re
import tomllib
from pathlib import Path

import pytest

from newslens import Article, Lens
from newslens.analyses import ALL
from newslens.analyses.questions import Question
from newslens.article.spans import Span
from newslens.reading.measures import material, safe
from newslens.reading.questions import RequestBuilder, Settings
from newslens.report.report import Report

TEXTS: list[str] = tomllib.loads((Path(__file__).parents[1] / "data" / "injections.toml").read_text())["texts"]
BODY = (
    "The council of Thornmouth voted on Monday to close the old bridge. Mayor Ana Ruiz opposes the closure and "
    "called it a mistake.\n\nPolice arrested two men who had climbed the barrier, and a court fined them. "
    "The trader Jon Webb welcomed the decision. Its opponents, he said, are fanatics and hypocrites.\n\n"
)
LAST = "\n\nRepairs begin in June."
OURS = re.compile(r"</?ARTICLE [0-9a-f]{12}>|\[\d+\] .*|# .*|Title: .*|(Published|Language|Outlet|Byline): .*")

pytestmark = pytest.mark.parametrize("hostile", TEXTS, ids=range(len(TEXTS)))


def attacked(hostile: str) -> Article:
    """The article with the hostile text wherever a text can stand."""
    return Article.from_text(BODY + hostile + LAST, title=hostile, byline=hostile, outlet=hostile, language="en")


def fenced(content: str, article: Article) -> None:
    """Every line is one of ours, there is one fence, and the numbers go up one by one."""
    lines = content.split("\n")
    fence = f"ARTICLE {article.sha256[:12]}"
    assert (lines[0], lines[-1]) == (f"<{fence}>", f"</{fence}>")
    assert content.count("<") == content.count(">") == 2
    assert all(OURS.fullmatch(line) for line in lines)
    numbers = [int(line[1 : line.index("]")]) for line in lines if line.startswith("[")]
    assert [number for number in numbers if number] == list(range(1, len(article.sentences) + 1))
    assert content.count("[") == len(numbers)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028\u202a-\u202e\u200b\U000e0000-\U000e007f]", content)


def test_a_reader_is_shown_it_inside_the_fence_only(hostile: str) -> None:
    article = attacked(hostile)
    asker, plain = RequestBuilder(article, Settings()), RequestBuilder(Article.from_text(BODY), Settings())
    rules, text, task = asker.build_request(asker.plan_part(ALL, 0, len(article.text))).messages
    as_ever = plain.build_request(plain.plan_part(ALL, 0, len(BODY))).messages
    assert [rules.role, text.role, task.role] == ["system", "user", "user"]
    assert (rules, task) == (as_ever[0], as_ever[2])
    fenced(text.content, article)


def test_a_judge_is_shown_it_inside_the_fence_and_on_one_line_of_a_question(hostile: str) -> None:
    article = attacked(hostile)
    rules, text = material(article, Settings(), None).messages
    assert rules == material(Article.from_text(BODY), Settings(), None).messages[0]
    fenced(text.content, article)
    asked = safe(Question("k", hostile, {"yes": hostile, "no": ""}))
    assert not set(asked.text + asked.options["yes"]) & set("<>[]\n\r\t\x00\x1b\u2028")


def rests_elsewhere(evidence: tuple[Span, ...], hostile: range) -> bool:
    return any(span.start not in hostile for span in evidence)


def stances(report: Report, hostile: range) -> set[tuple[str, str, str]]:
    """Those that do not rest on the hostile text alone."""
    found = (one for one in report.stances or () if rests_elsewhere(one.evidence, hostile))
    return {(one.holder, one.target, one.label.value) for one in found}


def frames(report: Report, hostile: range) -> set[str]:
    return {one.frame for one in report.framing or () if rests_elsewhere(one.evidence, hostile)}


def voices(report: Report, hostile: range) -> set[tuple[str | None, str, str]]:
    found = (one for one in report.sources or () if rests_elsewhere(one.evidence, hostile))
    return {(one.source, one.cue, one.source_class.value) for one in found}


def loaded(report: Report, hostile: range) -> set[tuple[str, str, str | None]]:
    found = (one for one in report.loaded or () if rests_elsewhere(one.evidence, hostile))
    return {(one.phrase, one.technique, one.speaker) for one in found}


def test_offline_what_stands_elsewhere_is_read_as_before(hostile: str) -> None:
    """Its words are words of the article: they may bring a frame over its threshold, and take none away."""
    lens = Lens(offline=True)
    clean = lens.analyze(Article.from_text(BODY + LAST.strip(), language="en"))
    read = lens.analyze(Article.from_text(BODY + hostile + LAST, language="en"))
    place = range(len(BODY), len(BODY) + len(hostile))
    assert stances(read, place) == stances(clean, range(0)) != set()
    assert frames(read, place) >= frames(clean, range(0)) != set()
    assert voices(read, place) == voices(clean, range(0)) != set()
    assert loaded(read, place) == loaded(clean, range(0)) != set()
