"""Read an article with a model: parts, requests, merging. Whatever fails leaves the rest standing."""

import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from newslens.analyses.analysis import Analysis, Reduction
from newslens.analyses.findings import Problem
from newslens.article.article import Article
from newslens.errors import FATAL_FOR_ARTICLE, ConfigurationError, ContextTooLong, NewslensError, Truncated, Usage
from newslens.llm.exchange import Ask, Request
from newslens.options import Limits
from newslens.reading.answering import Answer, answer
from newslens.reading.asking import Asker, Settings
from newslens.reading.outcome import Coverage, Outcome, Range
from newslens.reading.parts import divide, halves, size
from newslens.reading.reduction import Points, packed, reduced
from newslens.reading.window import Room, Window

_TOO_MUCH = (ContextTooLong, Truncated)  # a smaller part may fit

Group = tuple[Analysis[Any], ...]
Job = Callable[[], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Ledger:
    """What has come in so far."""

    results: dict[str, list[tuple[Range, Any]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    mended: set[str] = field(default_factory=set)
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    first_error: NewslensError | None = None
    fatal: NewslensError | None = None

    def add(self, got: Answer, part: Range) -> None:
        """Book an answer about a part."""
        self.spend(got)
        for name, result in got.results.items():
            self.results.setdefault(name, []).append((part, result))
        for name, error in got.errors.items():
            self.fail(name, error, part)

    def spend(self, got: Answer) -> None:
        """Book what an answer cost, and what had to be mended in it."""
        self.usage += got.usage
        self.mended |= got.mended & got.results.keys()
        self.model = got.model or self.model

    def fail(self, name: str, error: NewslensError, part: Range | None = None) -> None:
        """Book an error of one analysis."""
        self.problems.append(Problem.of(name, error, part))
        self.first_error = self.first_error or error
        if isinstance(error, FATAL_FOR_ARTICLE):
            self.fatal = error

    def of(self, name: str) -> list[tuple[Range, Any]]:
        """Results of an analysis in the order of the text, whatever the order of arrival."""
        return sorted(self.results.get(name, ()), key=lambda pair: pair[0])


class Reader:
    """Reads one article through an `Ask`.

    Args:
        ask: who answers.
        article: what is read.
        settings: what stays the same for all requests about it.
        limits: how much goes into one request.
        deadline_s: seconds for the whole article.
        model: whose tokens are counted.
        window: what the server has said about its window; one for all readers of a server, so that each limit is met
            once only.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that a reading depends on
        self,
        ask: Ask,
        article: Article,
        settings: Settings,
        *,
        limits: Limits,
        deadline_s: float | None = None,
        model: str | None = None,
        window: Window | None = None,
    ) -> None:
        import anyio

        self.ask = ask
        self.article = article
        self.asker = Asker(article, settings)
        self.limits = limits
        self.room = Room(limits, window or Window(), settings.max_output_tokens)
        self.places = anyio.CapacityLimiter(limits.parallel)
        self.model = model
        self.deadline = None if deadline_s is None else time.monotonic() + deadline_s
        self.ledger = Ledger()

    async def read(self, groups: Sequence[Group]) -> Outcome:
        """Results of all analyses; those of one group share a request."""
        whole = (0, len(self.article.text))
        divided = [(group, await self._parts(group, whole)) for group in groups]
        await self._all([partial(self._read, group, part) for group, parts in divided for part in parts])
        analyses = [analysis for group in groups for analysis in group]
        results = {one.name: await self._merged(one) for one in analyses if self.ledger.of(one.name)}
        return self._outcome(analyses, results)

    async def _parts(self, group: Group, part: Range, refusal: ContextTooLong | None = None) -> list[Range]:
        """Parts of a part that fit the window, after a refusal those that fit what is known of it now."""
        import anyio

        # Counting the tokens of a long article takes seconds, and other articles share this event loop.
        return await anyio.to_thread.run_sync(self._divided, group, part, refusal)

    def _divided(self, group: Group, part: Range, refusal: ContextTooLong | None) -> list[Range]:
        def wording(part: Range) -> Request:
            return self.asker.request(self.asker.about(group, *part))

        if refusal is not None:
            self.room.refuse(refusal, size(wording(part), self.model), size(wording((0, 0)), self.model))
        try:
            return divide(self.article, self.room.limits, self.model, wording, within=part)
        except ConfigurationError:
            if not self.room.is_narrowed:
                raise
            return [part]  # what the server said may have been misread: it has the last word

    async def _all(self, jobs: Sequence[Job]) -> None:
        """The first goes alone: it finds out what the server takes and fills its prompt cache, or the key is dead."""
        await self._together(jobs[:1])
        await self._together(jobs[1:])

    async def _together(self, jobs: Sequence[Job]) -> None:
        import anyio

        try:
            async with anyio.create_task_group() as tasks:
                for job in jobs:
                    tasks.start_soon(job)
        except BaseExceptionGroup as group:  # an error that is none of ours, as it was raised
            raise group.exceptions[0] from None

    async def _read(self, group: Group, part: Range, *, halved: bool = False) -> None:
        """Ask about a part and book the answer; ask about smaller ones where it was too much."""
        async with self.places:
            parts = await self._parts(group, part) if self.room.is_narrowed else [part]
            got = await self._answer(group, part) if parts == [part] else None
        if got is None:  # it was cut before the server said what it takes
            return await self._each(group, parts, halved=halved)
        again = tuple(one for one in group if isinstance(got.errors.get(one.name), _TOO_MUCH))
        error = got.errors[again[0].name] if again else None  # the same for all: there was one request
        smaller = await self._smaller(again, part, error, halved=halved)
        for one in again if smaller else ():
            del got.errors[one.name]
        self.ledger.add(got, part)
        return await self._each(again, smaller, halved=halved or isinstance(error, Truncated))

    async def _answer(self, group: Group, part: Range) -> Answer:
        if self.ledger.fatal:
            return Answer(errors={one.name: self.ledger.fatal for one in group})
        return await answer(self.ask, self.asker, self.asker.about(group, *part), deadline=self.deadline)

    async def _each(self, group: Group, parts: Sequence[Range], *, halved: bool) -> None:
        await self._all([partial(self._read, group, part, halved=halved) for part in parts])

    async def _smaller(self, group: Group, part: Range, error: NewslensError | None, *, halved: bool) -> list[Range]:
        """What to ask about instead of a part that was too much; nothing if nothing smaller is left."""
        if isinstance(error, ContextTooLong):
            parts = await self._parts(group, part, error)
            return parts if parts != [part] else []
        return halves(self.article, part) if error is not None and not halved else []

    async def _merged(self, analysis: Analysis[Any]) -> Any:
        """One result out of the parts; if asking for it fails, the parts merged in code, and a problem."""
        parts = [result for _, result in self.ledger.of(analysis.name)]
        merged = analysis.merge(parts)
        if analysis.reduce is None or len(parts) == 1 or self.ledger.fatal:
            return merged
        try:
            return await self._reduced(analysis, analysis.reduce, merged)
        except NewslensError as error:
            self.ledger.fail(analysis.name, error)
            return merged

    async def _reduced(self, analysis: Analysis[Any], reduction: Reduction[Any], merged: Any) -> Any:
        async def ask(points: Points) -> Any:
            question = self.asker.reducing(analysis, reduction.prompt, points)
            got = await answer(self.ask, self.asker, question, deadline=self.deadline)
            self.ledger.spend(got)
            for error in got.errors.values():
                raise error
            return got.results[analysis.name]

        def pack(points: Points) -> Sequence[Points]:
            sizes = [self._tokens(analysis, reduction, [point]) - empty for point in points]
            return packed(points, sizes, self.room.limits.room - empty)

        empty = self._tokens(analysis, reduction, [])
        return await reduced(analysis, reduction, merged, ask=ask, pack=pack)

    def _tokens(self, analysis: Analysis[Any], reduction: Reduction[Any], points: Points) -> int:
        return size(self.asker.request(self.asker.reducing(analysis, reduction.prompt, points)), self.model)

    def _outcome(self, analyses: Sequence[Analysis[Any]], results: Mapping[str, Any]) -> Outcome:
        parts = {one.name: [part for part, _ in self.ledger.of(one.name)] for one in analyses}
        coverage = [
            Coverage.of(name, self.article, ranges, mended=name in self.ledger.mended) for name, ranges in parts.items()
        ]
        return Outcome(
            results,
            tuple(coverage),
            tuple(sorted(self.ledger.problems, key=lambda problem: (problem.characters or (0, 0), problem.analysis))),
            usage=self.ledger.usage,
            model=self.ledger.model,
            error=self.ledger.fatal or self.ledger.first_error,
        )
