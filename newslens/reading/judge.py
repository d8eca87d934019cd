"""The judge: measures the labels of a reading by the best way that the server knows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from newslens.analyses.analysis import Analysis, Reading
from newslens.analyses.findings import Answers, Finding, Label, Problem, Question, SupportLabel
from newslens.analyses.summary import Faithfulness
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
    contain_bugs,
)
from newslens.llm.exchange import Ask
from newslens.options import Judging, Measure
from newslens.reading.measures import (
    Verdict,
    abstain,
    measure_by_decisions,
    measure_by_likelihoods,
    measure_by_votes,
)
from newslens.reading.questions import Settings
from newslens.reading.reader import ReadingResult

NAME = "judge"
"""What a `Problem` of the judge's has in the place of an analysis."""

_BY_DEFAULT: tuple[Measure, ...] = ("decision",)  # asked for by default, so a server without it is no problem
_WAYS: Mapping[Measure, Callable[[Verdict, Sequence[Question]], Awaitable[None]]] = {
    "decision": measure_by_decisions,
    "logprobs": measure_by_likelihoods,
    "votes": measure_by_votes,
}
# What says "I do not know this" as long as nothing was ever answered: servers differ, and the key was good for reading.
_UNKNOWN: Mapping[Measure, tuple[type[NewslensError], ...]] = {
    "decision": (BadRequest, AuthenticationFailed, MalformedResponse),
    "logprobs": (BadRequest,),
    "votes": (),
}
_SUPPORT = {
    "supported": "whoever reads only these sentences would say the same",
    "unsupported": "these sentences do not say so, or say otherwise",
    "unclear": "it cannot be told from them",
}
_EVIDENCE = "evidence."
_SUMMARY = "Does the article support this sentence of a summary?"
_IN_ARTICLE = {
    "supported": "the article says this, in these words or others",
    "unsupported": "the article does not say this, or says otherwise",
    "unclear": "it cannot be told",
}


class Judge:
    """Measures labels at one server. Keep one for many articles; it is safe to share between tasks and event loops.

    Which of the methods the server takes is found by asking, once, and remembered.

    Args:
        ask: answers requests; all retries, limits, budgets and the store are its own.
        judging: which methods, and what becomes of doubtful labels.
        settings: the reader's, so that the judge sees the article as the reader did.

    Attributes:
        method: how labels are measured; None as long as nothing has answered, and if the server takes no method.
    """

    def __init__(self, ask: Ask, judging: Judging, settings: Settings) -> None:
        self.judging = judging
        self.method: Measure | None = None
        self._ask = ask
        self._settings = settings
        self._left = judging.methods
        self._trials: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    async def ask(self, article: Article, questions: Sequence[Question], *, deadline: float | None = None) -> Verdict:
        """Answer all questions that can be answered; errors are in the verdict, not raised.

        Args:
            article: the article.
            questions: with distinct keys.
            deadline: as `Request.deadline`.
        """
        verdict = Verdict(article, self._ask, self.judging, self._settings, deadline)
        while questions and self.method is None and self._left:
            async with self._trials.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
                if self.method is None and self._left and await self._try(self._left[0], verdict, questions):
                    return verdict
        if questions and self.method is not None:
            await self._measure(self.method, verdict, questions)
        elif not self._left and self.judging.methods != _BY_DEFAULT:
            wanted = ", ".join(self.judging.methods)
            verdict.fail(Unsupported(f"The server takes no {wanted}: labels have no probability.", usage=Usage()))
        return verdict

    async def _try(self, method: Measure, verdict: Verdict, questions: Sequence[Question]) -> bool:
        """Measure by a method that is not known to work; False if the server does not know it."""
        error = await self._measure(method, verdict, questions)
        if error is None:
            self.method = method
            return True
        if isinstance(error, ContextTooLong) or (method != "decision" and isinstance(error, ModelNotFound)):
            return True
        if not isinstance(error, _UNKNOWN[method]):
            return True
        verdict.errors.remove(error)
        self._left = tuple(one for one in self._left if one != method)  # another event loop may have done the same
        return False

    async def _measure(self, method: Measure, verdict: Verdict, questions: Sequence[Question]) -> NewslensError | None:
        """Measure by one method; return its error if the first request failed."""
        try:
            with contain_bugs():
                await _WAYS[method](verdict, [one for one in questions if not one.only or method in one.only])
        except NewslensError as error:
            verdict.fail(error)
            return error
        return None

    async def measure_labels(
        self,
        article: Article,
        result: ReadingResult,
        analyses: Sequence[Analysis[Any]],
        *,
        deadline: float | None = None,
    ) -> ReadingResult:
        """Return the reading with its labels measured as far as they can be; what fails becomes a `Problem`.

        After an error that no request gets past, nobody is asked.
        """
        if isinstance(result.error, FATAL_FOR_ARTICLE):
            return result
        problems, asked, results = [*result.problems], [], {**result.results}
        judged = [analysis for analysis in analyses if analysis.judge is not None and analysis.name in results]
        for analysis in judged:
            try:
                with contain_bugs():
                    found = self._list_questions(analysis, article, results[analysis.name])
            except NewslensError as error:
                problems.append(Problem.of(analysis.name, error))
                continue
            asked += [replace(question, key=f"{analysis.name}:{question.key}") for question in found]
        verdict = await self.ask(article, asked, deadline=deadline)
        for analysis in judged:
            head = f"{analysis.name}:"
            answers = {key.removeprefix(head): one for key, one in verdict.answers.items() if key.startswith(head)}
            try:
                with contain_bugs():
                    results[analysis.name] = self._settle(analysis, results[analysis.name], answers)
            except NewslensError as error:
                problems.append(Problem.of(analysis.name, error))
        problems += [Problem.of(NAME, error) for error in verdict.errors]
        return replace(result, results=results, problems=tuple(problems), usage=result.usage + verdict.usage)

    def _list_questions(self, analysis: Analysis[Any], article: Article, result: Any) -> list[Question]:
        """List the questions about the labels of a result, and whether what each finding cites carries it.

        The latter are for a decisions endpoint only: by log-probabilities or votes they would cost as much again.
        """
        if analysis.judge is None:
            return []
        options = self._settings.options
        questions = list(analysis.judge.ask(result, Reading(article, options, analysis.book(options))))
        for number, one in enumerate(result if analysis.judge.evidence else ()):
            if isinstance(one, Finding) and one.evidence:
                cited = ", ".join(str(span.sentence) if span.sentence else "the headline" for span in one.evidence)
                text = f"Taken alone, do the article's sentences {cited} show this: {_state(one)}"
                questions.append(Question(f"{_EVIDENCE}{number}", text, _SUPPORT, only=("decision",)))
        return questions

    def _settle(self, analysis: Analysis[Any], before: Any, answers: Answers) -> Any:
        """Fill in what was measured; about its evidence, where a finding still says what the judge was asked about."""
        weighed = {key: answer for key, answer in answers.items() if key.startswith(_EVIDENCE)}
        labels = {key: answer for key, answer in answers.items() if key not in weighed}
        result = analysis.judge.settle(before, labels) if analysis.judge is not None else before
        if weighed:
            result = tuple(
                one.model_copy(update={"supported": SupportLabel.from_answer(weighed[key])})
                if (key := f"{_EVIDENCE}{number}") in weighed and _state(before[number]) == _state(one)
                else one
                for number, one in enumerate(result)
            )
        least = self.judging.min_probability
        return result if least is None else abstain(result, least)


async def judge_summary(
    judge: Judge, article: Article, found: Faithfulness, *, deadline: float | None = None
) -> Faithfulness:
    """Measure `supported` of each sentence in which no fault was found; what fails becomes a `Problem`."""
    is_open = (row for row in found.rows if row.supported.value == "unclear")
    questions = [Question(str(row.number), f"{_SUMMARY}\n{row.text}", _IN_ARTICLE) for row in is_open]
    verdict = await judge.ask(article, questions, deadline=deadline)
    measured = {key: SupportLabel.from_answer(answer) for key, answer in verdict.answers.items()}
    rows = tuple(
        row.model_copy(update={"supported": measured.get(str(row.number), row.supported)}) for row in found.rows
    )
    problems = tuple(Problem.of(NAME, error) for error in verdict.errors)
    judged = found.model_copy(update={"rows": rows, "usage": verdict.usage, "problems": problems})
    least = judge.judging.min_probability
    return judged if least is None else abstain(judged, least)


def _state(finding: Finding) -> str:
    """Say a finding with its first label, as a judge is asked about it."""
    labels = [getattr(finding, name) for name in type(finding).labels()[:1]]
    value = next((label.value for label in labels if isinstance(label, Label)), "")
    return f"{finding.describe()}{value and f': {value}'}"
