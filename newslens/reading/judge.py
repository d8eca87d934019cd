"""The judge: questions about an article in, distributions out, by the best way that the server knows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from newslens.analyses.analysis import Analysis, Reading
from newslens.analyses.findings import Problem
from newslens.analyses.questions import Answers, Question
from newslens.article.article import Article
from newslens.errors import (
    FATAL_FOR_ARTICLE,
    AuthenticationFailed,
    BadRequest,
    ContextTooLong,
    MalformedResponse,
    ModelNotFound,
    NewslensError,
    Unsupported,
    Usage,
)
from newslens.llm.exchange import Ask
from newslens.options import Judging, Measure
from newslens.reading import judge_decisions as decisions
from newslens.reading import judge_evidence as evidence
from newslens.reading import likelihoods, votes
from newslens.reading.abstaining import cautious
from newslens.reading.asking import Settings
from newslens.reading.judge_reporting import Verdict
from newslens.reading.judge_wording import Material, material
from newslens.reading.outcome import Outcome

NAME = "judge"
"""What a `Problem` of the judge's has in the place of an analysis."""

_TRIED: tuple[Measure, ...] = ("decision",)  # asked for by default, so a server without it is no problem
_WAYS: Mapping[Measure, Callable[[Ask, Judging, Material, Sequence[Question]], Awaitable[Verdict]]] = {
    "decision": decisions.measure,
    "logprobs": likelihoods.measure,
    "votes": votes.measure,
}
# What says "I do not know this" as long as nothing was ever answered: servers differ, and the key was good for reading.
_UNKNOWN: Mapping[Measure, tuple[type[NewslensError], ...]] = {
    "decision": (BadRequest, AuthenticationFailed, MalformedResponse),
    "logprobs": (BadRequest,),
    "votes": (),
}


class Judge:
    """Measures labels at one server. Keep one for many articles; it is safe to share between tasks and event loops.

    Which of the wanted methods the server takes is found by asking, once, and remembered.

    Args:
        ask: who is asked; all retries, limits, budgets and the store are its own.
        judging: which methods, and what becomes of doubtful labels.
        settings: the reader's, so that the article is shown as it was to the reader.

    Attributes:
        method: what measures; None as long as nothing has answered, and when the server takes no method.
    """

    def __init__(self, ask: Ask, judging: Judging, settings: Settings) -> None:
        self.judging = judging
        self.method: Measure | None = None
        self._ask = ask
        self._settings = settings
        self._left = judging.methods
        self._trials: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    async def ask(self, article: Article, questions: Sequence[Question], *, deadline: float | None = None) -> Verdict:
        """Answers to all questions that can be answered; errors are in the verdict, not raised.

        Args:
            article: the article.
            questions: with keys that are distinct.
            deadline: as `Request.deadline`.
        """
        if not questions or (self.method is None and not self._left):
            return self._none()
        text = material(article, self._settings, deadline)
        if self.method is None:
            async with self._trials.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
                if self.method is None:
                    return await self._tried(text, questions)
        return await self._measured(self.method, text, questions)

    async def judged(
        self,
        article: Article,
        outcome: Outcome,
        analyses: Sequence[Analysis[Any]],
        *,
        deadline: float | None = None,
    ) -> Outcome:
        """What a reading gave, its labels measured as far as they can be; what fails is a `Problem`, and no loss.

        After an error that no request gets past, nobody is asked.
        """
        if isinstance(outcome.error, FATAL_FOR_ARTICLE):
            return outcome
        asked = {
            analysis.name: (analysis, self._questions(analysis, article, outcome))
            for analysis in analyses
            if analysis.judge is not None and analysis.name in outcome.results
        }
        every = [_under(name, question) for name, (_, questions) in asked.items() for question in questions]
        verdict = await self.ask(article, every, deadline=deadline)
        settled = {
            name: self._settled(analysis, outcome.results[name], _of(name, verdict.answers))
            for name, (analysis, _) in asked.items()
        }
        problems = tuple(Problem.of(NAME, error) for error in verdict.errors)
        return replace(
            outcome,
            results={**outcome.results, **settled},
            problems=(*outcome.problems, *problems),
            usage=outcome.usage + verdict.usage,
        )

    def _questions(self, analysis: Analysis[Any], article: Article, outcome: Outcome) -> Sequence[Question]:
        options = self._settings.options
        result, judgement = outcome.results[analysis.name], analysis.judge
        if judgement is None:
            return ()
        reading = Reading(article, options, analysis.book(options))
        return [*judgement.ask(result, reading), *(evidence.questions(result) if judgement.evidence else ())]

    def _settled(self, analysis: Analysis[Any], result: Any, answers: Answers) -> Any:
        labels, weighed = evidence.apart(answers)
        settled = analysis.judge.settle(result, labels) if analysis.judge is not None else result
        settled = evidence.settled(result, settled, weighed)
        least = self.judging.min_probability
        return settled if least is None else cautious(settled, least)

    async def _measured(self, method: Measure, text: Material, questions: Sequence[Question]) -> Verdict:
        try:
            return await self._by(method, text, questions)
        except NewslensError as error:
            return _failed(error)

    async def _by(self, method: Measure, text: Material, questions: Sequence[Question]) -> Verdict:
        wanted = [question for question in questions if not question.only or method in question.only]
        return await _WAYS[method](self._ask, self.judging, text, wanted)

    async def _tried(self, text: Material, questions: Sequence[Question]) -> Verdict:
        """By the first method that the server takes; one that it does not know is never asked for again."""
        spent = Usage()
        while self._left:
            method = self._left[0]
            try:
                verdict = await self._by(method, text, questions)
                self.method = method
            except NewslensError as error:
                verdict = _failed(error)
                if _is_unknown(method, error):
                    spent += verdict.usage
                    # Another event loop may have found the same in the meantime.
                    self._left = tuple(one for one in self._left if one != method)
                    continue
            verdict.usage += spent
            return verdict
        verdict = self._none()
        verdict.usage += spent
        return verdict

    def _none(self) -> Verdict:
        verdict = Verdict()
        if not self._left and self.judging.methods != _TRIED:
            wanted = ", ".join(self.judging.methods)
            verdict.fail(Unsupported(f"The server takes no {wanted}: labels have no probability.", usage=Usage()))
        return verdict


def _is_unknown(method: Measure, error: NewslensError) -> bool:
    if isinstance(error, ContextTooLong) or (method != "decision" and isinstance(error, ModelNotFound)):
        return False
    return isinstance(error, _UNKNOWN[method])


def _failed(error: NewslensError) -> Verdict:
    verdict = Verdict()
    verdict.fail(error)
    return verdict


def _under(name: str, question: Question) -> Question:
    return replace(question, key=f"{name}:{question.key}")


def _of(name: str, answers: Answers) -> Answers:
    head = f"{name}:"
    return {key.removeprefix(head): answer for key, answer in answers.items() if key.startswith(head)}
