"""Measure by votes: the same questions several times over, and the share of readings that agree."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from newslens.analyses.questions import Answer, Question
from newslens.errors import InvalidReply
from newslens.llm import replies
from newslens.llm.exchange import Ask, Message, Request, Response
from newslens.options import Judging
from newslens.reading.distributions import normalised
from newslens.reading.judge_reporting import Verdict
from newslens.reading.judge_sending import sent
from newslens.reading.judge_wording import Material, safe, template

_FEWEST_VOTES = 2  # that could be read; one agrees with itself
_MOST_QUESTIONS = 40  # of one request: what a model still answers one by one


async def measure(ask: Ask, judging: Judging, material: Material, questions: Sequence[Question]) -> Verdict:
    """The share of each option among the votes that could be read; with one temperature 0 they all agree.

    Raises:
        NewslensError: the first request failed.
    """
    verdict = Verdict()
    batches = [questions[start : start + _MOST_QUESTIONS] for start in range(0, len(questions), _MOST_QUESTIONS)]
    asked = [(batch, vote) for batch in batches for vote in range(judging.votes)]
    requests = [_request(judging, material, batch, vote) for batch, vote in asked]
    answers = await sent(ask, requests, verdict) if requests else []
    counted: dict[str, Counter[str]] = {question.key: Counter() for question in questions}
    for (batch, _), reply in zip(asked, answers, strict=True):
        for question, value in zip(batch, _values(reply, len(batch)), strict=True):
            if isinstance(value, str) and value in question.options:
                counted[question.key][value] += 1
    for question in questions:
        votes = counted[question.key]
        shares = normalised({option: votes[option] for option in question.options})
        if shares is not None and votes.total() >= _FEWEST_VOTES:
            verdict.answers[question.key] = Answer(shares, "votes")
    verdict.unreadable([key for key, votes in counted.items() if votes.total() < _FEWEST_VOTES])
    return verdict


def _request(judging: Judging, material: Material, batch: Sequence[Question], vote: int) -> Request:
    shown = [_shown(name, _turned(safe(question), vote)) for name, question in zip(_names(batch), batch, strict=True)]
    seed = material.settings.seed
    asked = template("judge-vote", material.settings).fill({"questions": "\n".join(shown)})
    return Request(
        what=f"judge, vote {vote + 1}",
        messages=(*material.messages, Message("user", asked)),
        schema=_schema(batch),
        temperature=material.settings.temperature,
        seed=None if seed is None else seed + vote,  # the same one would give the same reading
        max_output_tokens=material.settings.max_output_tokens,
        model=judging.model,
        deadline=material.deadline,
        repetition=vote,
    )


def _names(batch: Sequence[Question]) -> list[str]:
    return [f"q{number}" for number in range(1, len(batch) + 1)]


def _turned(question: Question, vote: int) -> Question:
    """The question with its options turned on by one for each vote, since places are preferred."""
    options = list(question.options.items())
    first = vote % len(options)
    return Question(question.key, question.text, dict(options[first:] + options[:first]))


def _shown(name: str, question: Question) -> str:
    options = "; ".join(f"{option} – {meaning}" for option, meaning in question.options.items())
    return f"- {name}: {question.text} Options: {options}."


def _schema(batch: Sequence[Question]) -> dict[str, Any]:
    properties = {
        name: {"type": "string", "enum": list(question.options)}
        for name, question in zip(_names(batch), batch, strict=True)
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _values(reply: Response | None, asked: int) -> list[Any]:
    """What one reading says to each question; None where it says nothing that can be read."""
    try:
        value = replies.parse(reply.text).value if reply is not None else {}
    except InvalidReply:
        value = {}
    said = value if isinstance(value, dict) else {}
    return [said.get(f"q{number}") for number in range(1, asked + 1)]
