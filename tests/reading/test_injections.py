"""Hostile texts: nothing of them leaves the fence, and what the article says elsewhere is read as before."""

import asyncio
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from newslens import Article, Lens
from newslens.analyses import ALL
from newslens.analyses.findings import Question
from newslens.llm.exchange import Request, Response
from newslens.options import Judging
from newslens.reading.judge import Judge
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


@pytest.mark.parametrize("hostile", TEXTS, ids=range(len(TEXTS)))
def test_it_stays_in_its_fence_for_reader_and_judge_and_changes_nothing_elsewhere(hostile: str) -> None:
    article = Article.from_text(BODY + hostile + LAST, title=hostile, byline=hostile, outlet=hostile, language="en")
    builder, plain = RequestBuilder(article, Settings()), RequestBuilder(Article.from_text(BODY), Settings())
    rules, text, task = builder.build_request(builder.plan_part(ALL, 0, len(article.text))).messages
    as_ever = plain.build_request(plain.plan_part(ALL, 0, len(BODY))).messages
    assert [rules.role, text.role, task.role] == ["system", "user", "user"]
    assert (rules, task) == (as_ever[0], as_ever[2])
    fenced(text.content, article)

    asked = judged(article, Question("k", hostile, {"yes": hostile, "no": ""}))
    assert [request.messages[:2] for request in asked] == [(rules, text)] * len(asked)
    (choice,) = asked[0].choices
    assert not set(choice.text + dict(choice.options)["yes"]) & set("<>[]\n\r\t\x00\x1b\u2028")
    assert len({len(request.messages[2].content.splitlines()) for request in asked[1:]}) <= 2

    # Its words are words of the article: they may bring a frame over its threshold, and take none away.
    read = OFFLINE.analyze(Article.from_text(BODY + hostile + LAST, language="en"))
    frames, *others = elsewhere(read, range(len(BODY), len(BODY) + len(hostile)))
    assert frames >= CLEAN[0] != set()
    assert others == CLEAN[1:]
    assert all(CLEAN)


def judged(article: Article, question: Question) -> list[Request]:
    """What a judge is sent, by each of its three ways."""
    requests: list[Request] = []

    async def ask(request: Request) -> Response:
        requests.append(request)
        return Response("null")

    for judging in (Judging(), Judging(methods=("logprobs",)), Judging(methods=("votes",), votes=2)):
        asyncio.run(Judge(ask, judging, Settings()).ask(article, [question]))
    return requests


def elsewhere(report: Report, hostile: range) -> list[set[Any]]:
    """The findings that do not rest on the hostile text alone, by analysis."""

    def keep(findings: Iterable[Any] | None) -> list[Any]:
        return [one for one in findings or () if any(span.start not in hostile for span in one.evidence)]

    return [
        {one.frame for one in keep(report.framing)},
        {(one.holder, one.target, one.label.value) for one in keep(report.stances)},
        {(one.source, one.cue, one.source_class.value) for one in keep(report.sources)},
        {(one.phrase, one.technique, one.speaker) for one in keep(report.loaded)},
    ]


OFFLINE = Lens(offline=True)
CLEAN = elsewhere(OFFLINE.analyze(Article.from_text(BODY + LAST.strip(), language="en")), range(0))
