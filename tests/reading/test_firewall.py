"""Faults in the caller's own code cost what they touch and nothing else."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel

from newslens.analyses import STANCE, SUMMARY
from newslens.analyses.analysis import Analysis, Judgement, Reduction
from newslens.errors import InternalError
from newslens.lens import Lens
from newslens.llm.exchange import Request, Response
from newslens.options import Judging, Limits
from newslens.report.report import Report
from newslens.testing import Scripted

TEXT = "The council voted on Monday to close the old bridge. Mayor Ana Ruiz called it a mistake.\n\n" * 3
QUOTED = "the text of an article"
POINT = {"text": "The council voted.", "evidence": [1]}
SAID: dict[str, Any] = {"summary": {"text": "A vote.", "key_points": [POINT]}, "mine": [POINT]}


def fail(*_: Any) -> Any:
    raise KeyError(QUOTED)


class Strange(BaseModel):
    text: Annotated[str, AfterValidator(lambda text: {}[text])]
    evidence: list[int]


def mine(**changes: Any) -> Analysis[Any]:
    """An analysis of a user's own, with one broken part."""
    kept = {
        "result": SUMMARY.result,
        "prompt": "sources",
        "merge": lambda parts: parts[0],
        "offline": lambda _: SAID["summary"],
    }
    return Analysis[Any](name="mine", **{**kept, **changes})


def answer(request: Request) -> Response:
    said = {**SAID, "mine": SAID["summary"]}
    return Response(json.dumps({name: said[name] for name in request.schema["properties"]}))


def broken(report: Report) -> None:
    """The other analysis stands, and the broken one is a problem that says where and quotes nothing."""
    assert report.summary is not None
    assert report.other.get("mine") is None
    (problem,) = report.problems
    assert (problem.analysis, problem.kind) == ("mine", "InternalError")
    assert "Unexpected KeyError at " in problem.message
    assert QUOTED not in problem.message
    assert {one.analysis: one.status for one in report.coverage} == {"summary": "done", "mine": "failed"}


@pytest.mark.parametrize("calls", ["joint", "separate"])
@pytest.mark.parametrize("changes", [{"merge": fail}, {"result": list[Strange]}], ids=["merge", "validator"])
def test_a_fault_in_an_analysis_of_the_callers_costs_that_analysis(changes: dict[str, Any], calls: Any) -> None:
    async def ask(request: Request) -> Response:
        said = {**SAID, "mine": SAID["mine"] if "result" in changes else SAID["summary"]}
        return Response(json.dumps({name: said[name] for name in request.schema["properties"]}))

    broken(Lens(ask=ask, analyses=[SUMMARY, mine(**changes)], calls=calls).analyze(TEXT))


@pytest.mark.parametrize("changes", [{"offline": fail}, {"merge": fail}, {"offline": lambda _: {"text": 1}}], ids=str)
def test_a_fault_in_an_offline_reader_costs_that_analysis(changes: dict[str, Any]) -> None:
    report = Lens(offline=True, analyses=[SUMMARY, mine(**changes)]).analyze(TEXT)
    assert report.summary is not None
    assert [(one.analysis, one.kind) for one in report.problems] == [("mine", "InternalError")]
    assert QUOTED not in report.problems[0].message


def test_a_fault_in_values_is_told_when_the_lens_is_built_and_costs_one_analysis_later() -> None:
    with pytest.raises(InternalError, match="KeyError"):
        Lens(ask=Scripted(), analyses=[SUMMARY, mine(values=fail)])
    lens = Lens(ask=Scripted(SAID), analyses=[SUMMARY, mine()])
    lens.pipeline = replace(lens.pipeline, analyses=(SUMMARY, mine(values=fail)))
    broken(lens.analyze(TEXT))


@pytest.mark.parametrize("part", ["ask", "settle"])
def test_a_fault_in_what_asks_the_judge_leaves_the_labels_as_they_were(part: str) -> None:
    broken: dict[str, Any] = {part: fail}
    judge = replace(Judgement[Any](ask=lambda *_: [], settle=lambda result, _: result), **broken)
    ask = Scripted({**SAID, "mine": SAID["summary"]}, *["null"] * 20)
    report = Lens(ask=ask, analyses=[SUMMARY, mine(judge=judge)], judge=Judging()).analyze(TEXT)
    assert report.summary is not None
    assert "mine" in report.other
    assert ("mine", "InternalError") in [(one.analysis, one.kind) for one in report.problems]


def test_a_fault_in_reducing_keeps_what_was_merged() -> None:
    async def ask(request: Request) -> Response:
        shown = request.messages[1].content.split("[")[1]
        return Response(answer(request).text.replace("[1]", f"[{shown[: shown.index(']')]}]"))

    odd = mine(reduce=Reduction[Any](prompt="summary-merge", points=fail))
    limits = Limits(window=4_000, answer=1_000)
    report = Lens(ask=ask, analyses=[odd], limits=limits).analyze("It rained in Oslo on Monday. " * 400)
    assert "mine" in report.other
    assert [(one.analysis, one.kind) for one in report.problems] == [("mine", "InternalError")]


def test_a_fault_in_the_callers_ask_costs_what_was_asked() -> None:
    async def ask(request: Request) -> Response:
        if "mine" in request.schema["properties"]:
            raise KeyError(QUOTED)
        return answer(request)

    broken(Lens(ask=ask, analyses=[SUMMARY, mine()], calls="separate").analyze(TEXT))


@pytest.mark.parametrize("method", ["decision", "logprobs", "votes"])
def test_a_fault_in_the_ask_of_a_judge_loses_nothing_of_the_reading(method: Any) -> None:
    asked = 0

    async def ask(request: Request) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            return answer(request)
        raise KeyError(QUOTED)

    report = Lens(ask=ask, analyses=[SUMMARY], judge=Judging(methods=(method,))).analyze(TEXT)
    assert report.summary is not None
    assert [(one.analysis, one.kind) for one in report.problems] == [("judge", "InternalError")]


DEEP: dict[str, Callable[[str], str]] = {
    "far": lambda good: good[:-1] + ', "x": ' + "[" * 50_000 + "]" * 50_000 + "}",
    "near": lambda good: good.replace('"A vote."', "[" * 150 + "]" * 150),
    "evidence": lambda good: good.replace("[1]", "[" * 190 + "1" + "]" * 190),
    "objects": lambda good: good.replace('"A vote."', '{"a": ' * 150 + "1" + "}" * 150),
}


@pytest.mark.parametrize("deep", DEEP)
def test_a_deep_answer_is_an_invalid_one(deep: str) -> None:
    text = DEEP[deep](json.dumps({"summary": SAID["summary"]}))
    good = json.dumps({"summary": SAID["summary"]})
    report = Lens(ask=Scripted(text, good), analyses=[SUMMARY]).analyze(TEXT)
    assert report.complete


def test_lone_surrogates_are_replaced_wherever_they_are() -> None:
    said = [
        {
            "holder": "Ana Ruiz",
            "target": "the \ud800 vote",
            "label": "against",
            "voice": "quoted",
            "evidence": [2],
            "note": "\udfff",
        }
    ]
    ask = Scripted(json.dumps({"stances": said}), *["null"] * 9)
    lens = Lens(ask=ask, analyses=[STANCE], targets=["the \ud800 vote"], judge=Judging(methods=("votes",)))
    report = lens.analyze(TEXT + "\ud800")
    report.model_dump_json()
    for request in ask.requests:
        for message in request.messages:
            message.content.encode()
