"""Measure by log-probabilities: options coded by letters, one token of answer, each order asked both ways round.

Models prefer some letters and some places, whatever stands there (Zheng et al. 2024). Each question is asked with
its options in order and in reverse, and the two distributions are averaged, so that no order is favoured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import exp, isfinite
from string import ascii_uppercase
from typing import Any

from newslens.analyses.questions import Answer, Question
from newslens.llm.exchange import Ask, Message, Request
from newslens.options import Judging
from newslens.reading.distributions import Distribution, averaged, calibrated, normalised
from newslens.reading.judge_reporting import Verdict
from newslens.reading.judge_sending import data, sent
from newslens.reading.judge_wording import Material, safe, template

_MOST_OPTIONS = 20  # servers name twenty alternatives to a token
_LEAST_MASS = 0.01  # of all letters together; below that the model answers something else


@dataclass(frozen=True, slots=True)
class _Order:
    """One order of a question's options, the first called A."""

    question: Question
    options: tuple[str, ...]

    def shown(self) -> str:
        """The options as lines."""
        lines = zip(ascii_uppercase, self.options, strict=False)
        return "\n".join(f"{letter}: {option} – {self.question.options[option]}" for letter, option in lines)

    def read(self, alternatives: Any) -> Distribution | None:
        """Shares of the options among the letters; None when the letters are next to nothing."""
        mass = dict.fromkeys(self.options, 0.0)
        for token, probability in _tokens(alternatives):
            place = ascii_uppercase.find(token.strip()) if len(token.strip()) == 1 else -1
            if 0 <= place < len(self.options):
                mass[self.options[place]] += probability
        return normalised(mass) if sum(mass.values()) >= _LEAST_MASS else None


async def measure(ask: Ask, judging: Judging, material: Material, questions: Sequence[Question]) -> Verdict:
    """Answers renormalised over the options; a question that a letter cannot answer has none.

    Raises:
        NewslensError: the first request failed.
    """
    verdict = Verdict()
    fitting = [question for question in questions if len(question.options) <= _MOST_OPTIONS]
    orders = list(chain.from_iterable(map(_both_ways, map(safe, fitting))))
    texts = [material, material.empty()] if judging.calibrated else [material]
    requests = [_request(judging, text, order) for text in texts for order in orders]
    replies = await sent(ask, requests, verdict) if requests else []
    read = [order.read(data(reply)) for order, reply in zip(orders * len(texts), replies, strict=True)]
    halves = [_whole(read[place : place + 2]) for place in range(0, len(read), 2)]
    priors = halves[len(fitting) :]
    measured = map(_without, halves, priors) if priors else halves
    pairs = list(zip(fitting, measured, strict=False))
    verdict.answers |= {question.key: Answer(found, "logprobs") for question, found in pairs if found}
    return verdict


def _both_ways(question: Question) -> tuple[_Order, _Order]:
    options = tuple(question.options)
    return _Order(question, options), _Order(question, options[::-1])


def _request(judging: Judging, material: Material, order: _Order) -> Request:
    asked = template("judge-letter", material.settings).fill(
        {"question": order.question.text, "options": order.shown()}
    )
    return Request(
        what=f"judge, {order.question.key}",
        messages=(*material.messages, Message("user", asked)),
        wanted="token",
        max_output_tokens=1,
        temperature=material.settings.temperature,
        seed=material.settings.seed,
        model=judging.model,
        deadline=material.deadline,
    )


def _whole(both: Sequence[Distribution | None]) -> Distribution | None:
    """The mean of both orders; one alone would have its place in it."""
    known = [one for one in both if one is not None]
    return averaged(known) if len(known) == len(both) else None


def _without(measured: Distribution | None, prior: Distribution | None) -> Distribution | None:
    return calibrated(measured, prior) if measured is not None and prior is not None else None


def _tokens(alternatives: Any) -> list[tuple[str, float]]:
    listed = alternatives if isinstance(alternatives, list) else []
    pairs: list[tuple[Any, Any]] = [(one.get("token"), one.get("logprob")) for one in listed if isinstance(one, dict)]
    return [(token, exp(number)) for token, number in pairs if isinstance(token, str) and _is_log(number)]


def _is_log(number: Any) -> bool:
    return isinstance(number, int | float) and isfinite(number) and number <= 0
