"""Measure by a decisions endpoint: all questions about an article in as few requests as it takes."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from newslens.analyses.questions import Answer, Question
from newslens.llm.exchange import Ask, Choice, Request
from newslens.options import Judging
from newslens.reading.distributions import Distribution, normalised
from newslens.reading.judge_reporting import Verdict
from newslens.reading.judge_sending import data, sent
from newslens.reading.judge_wording import Material, safe

_MOST_QUESTIONS, _MOST_OPTIONS = 400, 255  # of one request, of one question: the protocol's own limits
_ROUNDING = 0.02  # how far from one the sum may be that a server has rounded for the wire


async def measure(ask: Ask, judging: Judging, material: Material, questions: Sequence[Question]) -> Verdict:
    """Answers of the decisions endpoint; a question that it refuses has none.

    Raises:
        NewslensError: the first request failed.
    """
    verdict = Verdict()
    fitting = [question for question in questions if len(question.options) <= _MOST_OPTIONS]
    batches = [fitting[start : start + _MOST_QUESTIONS] for start in range(0, len(fitting), _MOST_QUESTIONS)]
    requests = [_request(judging, material, batch) for batch in batches]
    for batch, reply in zip(batches, await sent(ask, requests, verdict) if requests else [], strict=True):
        if reply is not None:
            _book(verdict, batch, data(reply))
    return verdict


def _request(judging: Judging, material: Material, batch: Sequence[Question]) -> Request:
    return Request(
        what=f"judge, {len(batch)} questions",
        messages=material.messages,
        wanted="decisions",
        choices=tuple(_choice(number, safe(question)) for number, question in enumerate(batch)),
        model=judging.model,
        cache_key=material.cache_key,
        deadline=material.deadline,
    )


def _choice(number: int, question: Question) -> Choice:
    return Choice(_name(number), question.text, tuple(question.options.items()))


def _name(number: int) -> str:
    return f"q{number + 1}"


def _book(verdict: Verdict, batch: Sequence[Question], answers: Any) -> None:
    by_name = _by_name(answers if isinstance(answers, list) else [], len(batch))
    unreadable = []
    for number, question in enumerate(batch):
        answer = by_name.get(_name(number), {})
        if answer.get("type") == "refusal":
            continue
        if (distribution := _distribution(answer, question)) is None:
            unreadable.append(question.key)
        else:
            verdict.answers[question.key] = Answer(distribution, "decision")
    verdict.unreadable(unreadable)


def _by_name(answers: Sequence[Any], asked: int) -> dict[str, Mapping[str, Any]]:
    """Answers come in order and carry names; one without a name counts by its place if none is left out."""
    named: dict[str, Mapping[str, Any]] = {}
    for number, answer in enumerate(answers):
        if isinstance(answer, dict):
            name = answer.get("name") or (_name(number) if len(answers) == asked else None)
            named[str(name)] = {} if str(name) in named else answer  # two answers to one question are none
    return named


def _distribution(answer: Mapping[str, Any], question: Question) -> Distribution | None:
    given = answer.get("probabilities")
    pairs = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    found: dict[str, Any] = {str(one.get("value")): one.get("probability") for one in pairs}
    probabilities = {value: number for value, number in found.items() if _is_probability(number)}
    whole = len(pairs) == len(probabilities) and set(probabilities) == set(question.options)
    if not whole or abs(sum(probabilities.values()) - 1) > _ROUNDING:
        return None
    return normalised({option: probabilities[option] for option in question.options})


def _is_probability(number: Any) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and isfinite(number) and 0 <= number <= 1
