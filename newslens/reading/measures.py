"""Measure the answers to closed questions about an article: by a decisions endpoint, log-probabilities or votes.

What cannot be a distribution over the options is no answer; it never becomes an even distribution.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, fsum, isfinite
from string import ascii_uppercase
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from newslens.analyses.analysis import compose_schemas
from newslens.analyses.findings import Answer, Label, Question
from newslens.article.article import Article
from newslens.article.spans import Span
from newslens.errors import InvalidReply, NewslensError, Usage, contain_bugs
from newslens.llm.exchange import Ask, Choice, Message, Request, Response, parse_reply
from newslens.options import Judging, Measure
from newslens.reading.questions import Settings
from newslens.reading.transcript import render_transcript, sanitize

T = TypeVar("T")
Distribution = dict[str, float]

_NOTHING = "<ARTICLE>\n</ARTICLE>"  # no article has this fence: theirs have a hash
_MOST_DECISIONS, _MOST_CHOICES = 400, 255  # questions of one request, options of one question: the protocol's limits
_ROUNDING = 0.02  # how far a sum may be from 1 that a server has rounded
_MOST_LETTERS = 20  # servers name twenty alternatives to a token
_LEAST_MASS = 0.01  # of all letters together; below that the model answers something else
_LEAST_PRIOR = 1e-6  # of an option that was not listed, so that nothing is divided by 0
_MOST_VOTED, _FEWEST_VOTES = 40, 2  # questions of one request; votes that can be read, since one agrees with itself
_UNCLEAR = "unclear"


@dataclass(slots=True)
class Verdict:
    """One article put to a judge, and what came of it.

    Attributes:
        article: shown as the reader saw it, in the same messages, so that servers have them cached.
        ask: answers requests.
        judging: which model, and how often.
        settings: the reader's.
        deadline: as `Request.deadline`.
        answers: by the key of the question; one that was refused, not understood or not answered has none.
        usage: what all requests cost.
        errors: what went wrong, the first of each kind.
    """

    article: Article
    ask: Ask
    judging: Judging
    settings: Settings
    deadline: float | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    errors: list[NewslensError] = field(default_factory=list)

    def fail(self, error: NewslensError) -> None:
        """Book an error, and what it cost."""
        self.usage += getattr(error, "usage", Usage())
        if not any(type(known) is type(error) for known in self.errors):
            self.errors.append(error)

    def settle(self, found: Mapping[str, Distribution | None], method: Measure) -> None:
        """Book distributions by the key of the question; those that are None are an error."""
        self.answers |= {key: Answer(shares, method) for key, shares in found.items() if shares is not None}
        if lost := sum(shares is None for shares in found.values()):
            said = f"{lost} answers of the judge are no distribution over the options."
            self.fail(InvalidReply(said, usage=Usage()))  # what the reply cost is booked with it

    def build_requests(self, questions: Sequence[Mapping[str, Any]]) -> list[Request]:
        """Build a request of each mapping of fields; its `question`, if any, follows the article as a message.

        `is_empty` shows no article.
        """
        rules = Message("system", self.settings.fill("system", {}))
        text = Message("user", render_transcript(self.article, blind=self.settings.blind))
        requests = []
        for given in questions:
            fields = {"model": self.judging.model, "deadline": self.deadline, **given}
            messages = [rules, Message("user", _NOTHING) if fields.pop("is_empty", False) else text]
            if question := fields.pop("question", None):
                messages.append(Message("user", question))
                fields = {"temperature": self.settings.temperature, "seed": self.settings.seed, **fields}
            requests.append(Request(messages=tuple(messages), **fields))
        return requests

    async def send(self, requests: Sequence[Request]) -> list[Response | None]:
        """Return the responses in order, None for a request that failed, whose error is booked.

        The first goes alone: it shows whether the server takes such requests, and fills its prompt cache.

        Raises:
            NewslensError: the first request failed.
        """
        import anyio

        responses: list[Response | None] = [None] * len(requests)

        async def send(number: int) -> None:
            try:
                with contain_bugs():
                    responses[number] = response = await self.ask(requests[number])
                    self.usage += response.usage
            except NewslensError as error:
                if number == 0:
                    raise
                self.fail(error)

        if requests:
            await send(0)
        async with anyio.create_task_group() as tasks:
            for number in range(1, len(requests)):
                tasks.start_soon(send, number)
        return responses


async def measure_by_decisions(verdict: Verdict, questions: Sequence[Question]) -> None:
    """Ask a decisions endpoint all questions in as few requests as it takes; one that it refuses gets no answer.

    Raises:
        NewslensError: the first request failed.
    """
    fitting = [question for question in questions if len(question.options) <= _MOST_CHOICES]
    batches = [fitting[start : start + _MOST_DECISIONS] for start in range(0, len(fitting), _MOST_DECISIONS)]
    requests = verdict.build_requests(
        [
            {
                "what": f"judge, {len(batch)} questions",
                "wanted": "decisions",
                "choices": tuple(
                    Choice(f"q{number}", question.text, tuple(question.options.items()))
                    for number, question in enumerate(map(sanitize_question, batch), 1)
                ),
                "cache_key": f"newslens-{verdict.article.sha256[:32]}",
            }
            for batch in batches
        ]
    )
    for batch, response in zip(batches, await verdict.send(requests), strict=True):
        if response is None:
            continue
        given = load_list(response)
        named: dict[str, Mapping[str, Any]] = {}
        for number, answer in enumerate(given, 1):
            if isinstance(answer, dict):  # one without a name counts by its place if none is left out
                name = str(answer.get("name") or (f"q{number}" if len(given) == len(batch) else None))
                named[name] = {} if name in named else answer  # two answers to one question are none
        found = {}
        for number, question in enumerate(batch, 1):
            answer = named.get(f"q{number}", {})
            if answer.get("type") == "refusal":
                continue
            listed = answer.get("probabilities")
            pairs = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
            shares: dict[str, Any] = {str(one.get("value")): one.get("probability") for one in pairs}
            sums_to_one = all(map(is_share, shares.values())) and abs(sum(shares.values()) - 1) <= _ROUNDING
            is_whole = sums_to_one and len(pairs) == len(shares) and shares.keys() == question.options.keys()
            found[question.key] = normalize({one: shares[one] for one in question.options}) if is_whole else None
        verdict.settle(found, "decision")


async def measure_by_likelihoods(verdict: Verdict, questions: Sequence[Question]) -> None:
    """Ask for one letter an answer, and renormalize its log-probabilities over the options.

    Models prefer some letters and some places, whatever stands there (Zheng et al. 2024). Each question is asked with
    its options in order and in reverse, and the two distributions are averaged, so that no order is favoured. If
    `Judging.calibrated`, the answer to an empty text is divided out (Zhao et al. 2021).

    Raises:
        NewslensError: the first request failed.
    """
    fitting = [question for question in questions if len(question.options) <= _MOST_LETTERS]
    texts = (False, True) if verdict.judging.calibrated else (False,)
    asked, orders = [], []
    for is_empty in texts:
        for question in map(sanitize_question, fitting):
            for order in ([*question.options], [*question.options][::-1]):
                letters = zip(ascii_uppercase, order, strict=False)
                lines = [f"{letter}: {option} – {question.options[option]}" for letter, option in letters]
                text = {"question": question.text, "options": "\n".join(lines)}
                orders.append(order)
                asked.append(
                    {
                        "what": f"judge, {question.key}",
                        "question": verdict.settings.fill("judge-letter", text),
                        "is_empty": is_empty,
                        "wanted": "token",
                        "max_output_tokens": 1,
                    }
                )
    responses = await verdict.send(verdict.build_requests(asked))
    read = [read_letters(response, order) for response, order in zip(responses, orders, strict=True)]
    # Only both orders together: one alone would have its places in it.
    both = [average(one, other) for one, other in zip(read[::2], read[1::2], strict=True)]
    measured = dict(zip([question.key for question in fitting], both, strict=False))
    if verdict.judging.calibrated:
        priors = dict(zip(measured, both[len(fitting) :], strict=True))
        measured = {key: calibrate(shares, priors[key]) for key, shares in measured.items()}
    verdict.settle({key: shares for key, shares in measured.items() if shares is not None}, "logprobs")


async def measure_by_votes(verdict: Verdict, questions: Sequence[Question]) -> None:
    """Ask the same questions several times over; the shares of the readings are the distribution.

    The options are turned by one place for each vote, since models prefer places. At temperature 0 all votes agree.

    Raises:
        NewslensError: the first request failed.
    """
    settings = verdict.settings
    batches = [questions[start : start + _MOST_VOTED] for start in range(0, len(questions), _MOST_VOTED)]
    asked = [(batch, vote) for batch in batches for vote in range(verdict.judging.votes)]
    fields = []
    for batch, vote in asked:
        lines, schema = [], {}
        for number, question in enumerate(map(sanitize_question, batch), 1):
            options = [f"{option} – {meaning}" for option, meaning in question.options.items()]
            first = vote % len(options)
            lines.append(f"- q{number}: {question.text} Options: {'; '.join(options[first:] + options[:first])}.")
            schema[f"q{number}"] = {"type": "string", "enum": list(question.options)}
        fields.append(
            {
                "what": f"judge, vote {vote + 1}",
                "question": settings.fill("judge-vote", {"questions": "\n".join(lines)}),
                "schema": compose_schemas(schema),
                "seed": None if settings.seed is None else settings.seed + vote,  # the same gives the same reading
                "max_output_tokens": settings.max_output_tokens,
                "repetition": vote,
            }
        )
    counted: dict[str, Counter[str]] = {question.key: Counter() for question in questions}
    responses = await verdict.send(verdict.build_requests(fields))
    for (batch, _), response in zip(asked, responses, strict=True):
        try:
            said = parse_reply(response.text).value if response is not None else {}
        except InvalidReply:
            said = {}
        for number, question in enumerate(batch, 1):
            value = said.get(f"q{number}") if isinstance(said, dict) else None
            if isinstance(value, str) and value in question.options:
                counted[question.key][value] += 1
    found: dict[str, Distribution | None] = {}
    for question in questions:
        votes = counted[question.key]
        shares = normalize({option: votes[option] for option in question.options})
        found[question.key] = shares if votes.total() >= _FEWEST_VOTES else None
    verdict.settle(found, "votes")


def sanitize_question(question: Question) -> Question:
    """Return the question with each text on one line: it may hold a model's words, and these the article's."""
    options = {option: sanitize(meaning) for option, meaning in question.options.items()}
    return replace(question, text=sanitize(question.text), options=options)


def load_list(response: Response | None) -> list[Any]:
    """Return the list that a response says in JSON; an empty one if it says something else."""
    try:
        data = None if response is None else json.loads(response.text)
    except (ValueError, RecursionError):
        return []
    return data if isinstance(data, list) else []


def is_share(number: Any) -> bool:
    """Tell whether it is a number from 0 to 1."""
    return isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= 1


def read_letters(response: Response | None, order: Sequence[str]) -> Distribution | None:
    """Return the shares of the options among the letters; None if the letters are next to nothing."""
    mass = dict.fromkeys(order, 0.0)
    letters = dict(zip(ascii_uppercase, order, strict=False))
    for one in load_list(response):
        token, number = (one.get("token"), one.get("logprob")) if isinstance(one, dict) else (None, None)
        if isinstance(token, str) and isinstance(number, int | float) and isfinite(number) and number <= 0:
            option = letters.get(token.strip())
            if option is not None:
                mass[option] += exp(number)
    return normalize(mass) if sum(mass.values()) >= _LEAST_MASS else None


def normalize(weights: Mapping[str, float]) -> Distribution | None:
    """Return the weights as shares of 1; None if they have no shares."""
    total = fsum(weights.values())
    if not (isfinite(total) and total > 0) or any(weight < 0 for weight in weights.values()):
        return None
    return {option: weight / total for option, weight in weights.items()}


def average(one: Distribution | None, other: Distribution | None) -> Distribution | None:
    """Return the mean of two distributions over the same options; None unless both are known."""
    if one is None or other is None:
        return None
    return normalize({option: (one[option] + other[option]) / 2 for option in one})


def calibrate(measured: Distribution | None, prior: Distribution | None) -> Distribution | None:
    """Divide the answer to an empty text out of a measured one (contextual calibration, Zhao et al. 2021)."""
    if measured is None or prior is None:
        return None
    return normalize({option: weight / max(prior[option], _LEAST_PRIOR) for option, weight in measured.items()})


def abstain(result: T, least: float) -> T:
    """Return the result with `unclear` for each measured label below `least`, however deep, if its label set has that.

    The probability is then that of `unclear`, or None if that was not among the options; the distribution stays.
    """
    value: Any = result
    if isinstance(value, tuple):
        value = tuple(abstain(one, least) for one in value)
    elif isinstance(value, Label):
        known = get_args(type(value).model_fields["value"].annotation)
        if value.probability is not None and value.probability < least and _UNCLEAR in known:
            probability = (value.distribution or {}).get(_UNCLEAR)
            value = value.model_copy(update={"value": _UNCLEAR, "probability": probability})
    elif isinstance(value, BaseModel) and not isinstance(value, Span):
        fields = {name: abstain(getattr(value, name), least) for name in type(value).model_fields}
        value = value.model_copy(update=fields)
    unchanged: T = value
    return unchanged
