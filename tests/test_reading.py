"""Reading with a model, over the seam: joint and separate requests, long articles, and what happens when some fail."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from newslens.analyses import ALL, FRAMING, STANCE, SUMMARY
from newslens.article import Article
from newslens.errors import (
    AuthenticationFailed,
    ContextTooLong,
    InvalidReply,
    Refused,
    Truncated,
    Unavailable,
)
from newslens.exchange import Reply, Request
from newslens.lens import Lens
from newslens.reading.parts import Limits
from newslens.testing import Scripted
from newslens.usage import Usage

TEXT = """Council votes to close the bridge

The council voted on Monday to close the old bridge. Mayor Ana Ruiz called the vote a mistake.

Traders on the north bank fear for their income. Engineers found cracks in two of the piers in April.
"""
ARTICLE = Article.from_text(TEXT)

SAID: dict[str, Any] = {
    "summary": {
        "text": "The council will close the bridge.",
        "key_points": [{"text": "The council voted to close the bridge.", "evidence": [1]}],
    },
    "stances": [
        {"holder": "Ana Ruiz", "target": "the vote", "label": "against", "voice": "paraphrased", "evidence": [2], "note": ""}  # noqa: E501
    ],
    "framing": [
        {"frame": "economic", "primary": True, "function": "problem", "evidence": [3], "note": "income"}
    ],
}  # fmt: skip


def only(*names: str) -> dict[str, Any]:
    return {name: SAID[name] for name in names}


def task(request: Request) -> str:
    return request.messages[-1].content


def test_one_request_asks_for_everything_and_the_prefix_never_changes() -> None:
    ask = Scripted(SAID, only("summary"), only("stances"), only("framing"))
    joint = Lens(ask=ask).analyze(ARTICLE)
    separate = Lens(ask=ask, calls="separate").analyze(ARTICLE)

    assert len(ask.requests) == 4
    assert len({request.messages[:2] for request in ask.requests}) == 1
    assert [list(request.schema["properties"]) for request in ask.requests] == [
        ["summary", "stances", "framing"],
        ["summary"],
        ["stances"],
        ["framing"],
    ]
    assert (joint.summary, joint.stances, joint.framing) == (separate.summary, separate.stances, separate.framing)
    assert joint.complete
    assert (joint.usage.requests, separate.usage.requests) == (1, 3)


def test_findings_point_at_the_words_of_the_article() -> None:
    report = Lens(ask=Scripted(SAID)).analyze(ARTICLE)
    assert report.summary is not None
    assert report.stances is not None
    assert report.summary.key_points[0].evidence[0].text == "The council voted on Monday to close the old bridge."
    assert report.stances[0].evidence[0].text == "Mayor Ana Ruiz called the vote a mistake."


def test_what_did_not_fit_is_asked_again_and_the_rest_is_kept() -> None:
    wrong = {**SAID, "summary": {"text": "x", "key_points": [{"text": "y", "evidence": [77]}]}}
    ask = Scripted(wrong, only("summary"))
    report = Lens(ask=ask).analyze(ARTICLE)

    assert report.complete
    assert list(ask.requests[1].schema["properties"]) == ["summary"]
    assert "summary.key_points.0.evidence.0: Value error, there is no sentence 77" in task(ask.requests[1])
    assert report.usage.requests == 2


@pytest.mark.parametrize("bad", ["I am sorry.", "[1, 2]", "{}", '{"summary": '])
def test_an_answer_that_never_fits_leaves_no_finding_and_a_problem(bad: str) -> None:
    with pytest.raises(InvalidReply):
        Lens(ask=Scripted(bad, bad)).analyze(ARTICLE)


def test_one_failed_analysis_leaves_the_others_standing() -> None:
    broken = {**SAID, "stances": [{**SAID["stances"][0], "label": "very much"}]}
    report = Lens(ask=Scripted(broken, {"stances": "none"})).analyze(ARTICLE)

    assert report.summary is not None
    assert report.framing is not None
    assert report.stances is None  # not an empty list: nobody knows
    assert [(one.analysis, one.kind) for one in report.problems] == [("stances", "InvalidReply")]
    assert {one.analysis: one.status for one in report.coverage} == {
        "summary": "done",
        "stances": "failed",
        "framing": "done",
    }


def test_a_failing_second_request_keeps_what_the_first_one_gave() -> None:
    ask = Scripted({**SAID, "framing": "none"}, Unavailable("down", attempts=4, usage=Usage(requests=4)))
    report = Lens(ask=ask).analyze(ARTICLE)
    assert report.summary is not None
    assert [(one.analysis, one.kind) for one in report.problems] == [("framing", "Unavailable")]
    assert report.usage.requests == 5


@pytest.mark.parametrize("error", [Refused("no"), Unavailable("down"), AuthenticationFailed("bad key")])
def test_when_nothing_came_the_error_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        Lens(ask=Scripted(error)).analyze(ARTICLE)


def test_a_dead_key_costs_one_request() -> None:
    ask = Scripted(AuthenticationFailed("bad key"))
    with pytest.raises(AuthenticationFailed):
        Lens(ask=ask, calls="separate").analyze(ARTICLE)
    assert len(ask.requests) == 1


def answering(requests: list[Request], fault: Callable[[Request], Exception | None] = lambda _: None) -> Any:
    """An `Ask` that cites the first sentence it is shown."""

    async def ask(request: Request) -> Reply:
        requests.append(request)
        if error := fault(request):
            raise error
        keys = request.schema["properties"]
        number = shown(request)[0]
        said = json.loads(json.dumps(only(*keys)))
        for finding in [
            *said.get("summary", {}).get("key_points", ()),
            *said.get("stances", ()),
            *said.get("framing", ()),
        ]:
            finding["evidence"] = [number]
        return Reply(json.dumps(said), usage=Usage(requests=1, input_tokens=10), model="m")

    return ask


def shown(request: Request) -> list[int]:
    lines = "\n".join(message.content for message in request.messages[1:]).splitlines()
    starts = [line.partition("]")[0] for line in lines if line.startswith("[")]
    return [int(start[1:].split(",")[0]) for start in starts if start != "[0"]


LONG = Article.from_text("\n\n".join(f"Speaker {n} said that road {n} is closed for {n} days." for n in range(1, 400)))
SMALL = Limits(window=4_000, answer=1_000)


def test_a_long_article_is_read_in_parts_that_cover_it_once_and_is_merged() -> None:
    requests: list[Request] = []
    report = Lens(ask=answering(requests), limits=SMALL).analyze(LONG)

    parts = [shown(request) for request in requests if "framing" in request.schema["properties"]]
    assert len(parts) > 2
    assert sorted(number for part in parts for number in part) == list(range(1, len(LONG.sentences) + 1))
    assert report.complete
    assert [one.share for one in report.coverage] == [1.0, 1.0, 1.0]
    assert report.usage.requests == len(requests) == len(parts) + 1  # one more makes one summary
    assert report.stances is not None
    assert len(report.stances) == 1
    assert len(report.stances[0].evidence) == len(parts)


def test_a_part_that_fails_is_missing_and_named_with_its_characters() -> None:
    requests: list[Request] = []

    def fault(request: Request) -> Exception | None:
        return Unavailable("down") if 200 in shown(request) and "framing" in request.schema["properties"] else None

    report = Lens(ask=answering(requests, fault), limits=SMALL).analyze(LONG)
    assert report.summary is not None
    assert not report.complete
    assert {one.status for one in report.coverage} == {"partial"}
    lost = {one.characters for one in report.problems}
    assert len(lost) == 1
    start, end = lost.pop() or (0, 0)
    assert "Speaker 200 said" in LONG.text[start:end]
    assert all(not (start <= a < end) for one in report.coverage for a, _ in one.analysed)


@pytest.mark.parametrize("error", [ContextTooLong("too long"), Truncated("cut off")])
def test_a_part_that_is_too_much_is_asked_for_in_two_halves(error: Exception) -> None:
    requests: list[Request] = []
    report = Lens(
        ask=answering(requests, lambda request: error if len(shown(request)) > 3 else None), analyses=[STANCE]
    ).analyze(ARTICLE)
    assert [shown(request) for request in requests] == [[1, 2, 3, 4], [1, 2], [3, 4]]
    assert report.complete


def test_a_part_is_halved_once_and_then_given_up() -> None:
    requests: list[Request] = []
    with pytest.raises(Truncated):
        Lens(ask=answering(requests, lambda _: Truncated("cut off")), analyses=[FRAMING]).analyze(ARTICLE)
    assert len(requests) == 3


def test_a_summary_that_cannot_be_merged_is_kept_in_parts_with_a_problem() -> None:
    requests: list[Request] = []

    def fault(request: Request) -> Exception | None:
        return Refused("no") if "too long for one reading" in task(request) else None

    report = Lens(ask=answering(requests, fault), analyses=[SUMMARY], limits=SMALL).analyze(LONG)
    assert report.summary is not None
    assert len(report.summary.key_points) == len(requests) - 1
    assert [(one.analysis, one.kind, one.characters) for one in report.problems] == [("summary", "Refused", None)]


def test_the_merged_summary_may_cite_only_what_the_parts_cited() -> None:
    requests: list[Request] = []
    ask = answering(requests)

    async def forging(request: Request) -> Reply:
        if "too long for one reading" not in task(request):
            reply: Reply = await ask(request)
            return reply
        requests.append(request)
        return Reply(json.dumps({"summary": {"text": "t", "key_points": [{"text": "p", "evidence": [2]}]}}))

    report = Lens(ask=forging, analyses=[SUMMARY], limits=SMALL).analyze(LONG)
    assert [one.kind for one in report.problems] == ["InvalidReply"]


def test_all_names_are_the_reports_fields() -> None:
    assert [analysis.name for analysis in ALL] == ["summary", "stances", "framing"]
