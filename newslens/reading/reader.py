"""Read an article with a model: parts, requests, merging. What fails leaves the rest as it is."""

import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from newslens.analyses.analysis import Analysis, Point, Reduction
from newslens.analyses.findings import Coverage, Problem, Range
from newslens.article.article import Article
from newslens.errors import (
    FATAL_FOR_ARTICLE,
    ConfigurationError,
    ContextTooLong,
    NewslensError,
    ReductionStalled,
    Truncated,
    Usage,
    contain_bugs,
)
from newslens.llm.exchange import Ask, Request
from newslens.options import Limits
from newslens.reading.answers import TaskResult, run_task
from newslens.reading.parts import Room, Window, count_prompt_tokens, divide_article, halve_part
from newslens.reading.questions import RequestBuilder, Settings, Task

Group = tuple[Analysis[Any], ...]


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """What came of reading an article.

    Attributes:
        results: by the name of the analysis; one that failed has no key.
        coverage: how much each analysis has read.
        problems: what failed, in the order of the text.
        usage: what all requests cost.
        model: name of the model as the server gave it.
        error: the fatal error, else the first one, for a reading that gave nothing.
    """

    results: Mapping[str, Any]
    coverage: tuple[Coverage, ...]
    problems: tuple[Problem, ...] = ()
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    error: NewslensError | None = None


@dataclass(slots=True)
class _Ledger:
    """What has come in so far."""

    results: dict[str, list[tuple[Range, Any]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    mended: set[str] = field(default_factory=set)
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    first_error: NewslensError | None = None
    fatal: NewslensError | None = None

    def add(self, found: TaskResult, part: Range) -> None:
        """Book what came of asking about a part."""
        self.spend(found)
        for name, result in found.results.items():
            self.results.setdefault(name, []).append((part, result))
        for name, error in found.errors.items():
            self.fail(name, error, part)

    def spend(self, found: TaskResult) -> None:
        """Book what a task cost, and what was mended in its answers."""
        self.usage += found.usage
        self.mended |= found.mended & found.results.keys()
        self.model = found.model or self.model

    def fail(self, name: str, error: NewslensError, part: Range | None = None) -> None:
        """Book an error of one analysis."""
        self.problems.append(Problem.of(name, error, part))
        self.first_error = self.first_error or error
        if isinstance(error, FATAL_FOR_ARTICLE):
            self.fatal = error


class Reader:
    """Reads one article by asking a model.

    Args:
        ask: answers requests.
        article: what is read.
        settings: what all requests about it share.
        limits: how much goes into one request.
        deadline_s: seconds for the whole article; None for no end.
        model: name of the model whose tokens are counted.
        window: what the server has said about its window; one for all readers of a server, so that each limit is met
            only once.
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

        self.deadline = None if deadline_s is None else time.monotonic() + deadline_s
        self._ask = ask
        self._article = article
        self._builder = RequestBuilder(article, settings)
        self._room = Room(limits, window or Window(), settings.max_output_tokens)
        self._in_flight = anyio.CapacityLimiter(limits.parallel)
        self._model = model
        self._ledger = _Ledger()

    async def read(self, groups: Sequence[Group]) -> ReadingResult:
        """Return the results of all analyses; those of one group share a request."""
        whole = (0, len(self._article.text))
        jobs = []
        for group in groups:
            if kept := tuple(analysis for analysis in group if self._can_ask(analysis)):
                jobs += [partial(self._read, kept, part) for part in await self._divide(kept, whole)]
        await self._run(jobs)
        results, coverage = {}, []
        for analysis in (one for group in groups for one in group):
            parts = sorted(self._ledger.results.get(analysis.name, ()), key=lambda pair: pair[0])
            try:
                if parts:
                    results[analysis.name] = await self._merge(analysis, [result for _, result in parts])
            except NewslensError as error:
                self._ledger.fail(analysis.name, error)
                parts = []
            ranges, mended = [part for part, _ in parts], analysis.name in self._ledger.mended
            coverage.append(Coverage.of(analysis.name, self._article, ranges, mended=mended))
        return ReadingResult(
            results,
            tuple(coverage),
            tuple(sorted(self._ledger.problems, key=lambda one: (one.characters or (0, 0), one.analysis))),
            usage=self._ledger.usage,
            model=self._ledger.model,
            error=self._ledger.fatal or self._ledger.first_error,
        )

    def _can_ask(self, analysis: Analysis[Any]) -> bool:
        """Build a request for the analysis alone, so that a fault in its code costs nothing but this analysis."""
        try:
            with contain_bugs():
                self._builder.build_request(self._builder.plan_part((analysis,), 0, 0))
        except NewslensError as error:
            self._ledger.fail(analysis.name, error)
            return False
        return True

    async def _divide(self, group: Group, part: Range, refusal: ContextTooLong | None = None) -> list[Range]:
        """Return parts of a part that fit the window; after a refusal, those that fit what it says."""
        import anyio

        def build(part: Range) -> Request:
            return self._builder.build_request(self._builder.plan_part(group, *part))

        def divide() -> list[Range]:
            if refusal is not None:
                bare = count_prompt_tokens(build((0, 0)), self._model)
                self._room.refuse(refusal, count_prompt_tokens(build(part), self._model), bare)
            try:
                return divide_article(self._article, self._room.limits, self._model, build, within=part)
            except ConfigurationError:
                if not self._room.is_narrowed:
                    raise
                return [part]  # what the server said may have been misread: it has the last word

        # Counting the tokens of a long article takes seconds, and other articles share this event loop.
        return await anyio.to_thread.run_sync(divide)

    async def _run(self, jobs: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> None:
        """Run the first job alone: it finds out what the server takes and fills its prompt cache, or the key is dead.

        The others follow side by side.
        """
        import anyio

        for together in (jobs[:1], jobs[1:]):
            try:
                async with anyio.create_task_group() as tasks:
                    for job in together:
                        tasks.start_soon(job)
            except BaseExceptionGroup as group:
                raise group.exceptions[0] from None

    async def _read(self, group: Group, part: Range, *, halved: bool = False) -> None:
        """Ask about a part and book what comes; ask about smaller parts where it was too much."""
        async with self._in_flight:
            parts = await self._divide(group, part) if self._room.is_narrowed else [part]
            found = TaskResult()
            if parts == [part]:
                if self._ledger.fatal:
                    found.errors = dict.fromkeys((one.name for one in group), self._ledger.fatal)
                else:
                    task = self._builder.plan_part(group, *part)
                    found = await run_task(self._ask, self._builder, task, deadline=self.deadline)
        if parts != [part]:  # it was divided before the server said what fits
            return await self._run([partial(self._read, group, smaller, halved=halved) for smaller in parts])
        again = tuple(one for one in group if isinstance(found.errors.get(one.name), (ContextTooLong, Truncated)))
        error = found.errors[again[0].name] if again else None  # the same for all: there was one request
        smaller: list[Range] = []
        if isinstance(error, ContextTooLong):
            parts = await self._divide(again, part, error)
            smaller = parts if parts != [part] else []
        elif error is not None and not halved:
            smaller = halve_part(self._article, part)
        for one in again if smaller else ():
            del found.errors[one.name]
        self._ledger.add(found, part)
        halved = halved or isinstance(error, Truncated)
        return await self._run([partial(self._read, again, one, halved=halved) for one in smaller])

    async def _merge(self, analysis: Analysis[Any], parts: Sequence[Any]) -> Any:
        """Make one result of those of the parts; if asking for it fails, the parts merged in code, and a problem."""
        with contain_bugs():
            merged = analysis.merge(parts)
        if analysis.reduce is None or len(parts) == 1 or self._ledger.fatal:
            return merged
        try:
            with contain_bugs():
                return await self._reduce(analysis, analysis.reduce, merged)
        except NewslensError as error:
            self._ledger.fail(analysis.name, error)
            return merged

    async def _reduce(self, analysis: Analysis[Any], reduction: Reduction[Any], merged: Any) -> Any:
        """Ask for one result out of the points of merged ones, in rounds that get fewer points than they give.

        Raises:
            ReductionStalled: a round gave as many characters as it got.
        """

        def plan(points: Sequence[Point]) -> Task:
            return self._builder.plan_merge(analysis, reduction.prompt, points)

        def count(points: Sequence[Point]) -> int:
            return count_prompt_tokens(self._builder.build_request(plan(points)), self._model)

        bare = count([])
        room = self._room.limits.room - bare
        points = reduction.points(merged)
        while True:
            batches: list[list[Point]] = []
            used = room + 1
            for point in points:
                used += (size := count([point]) - bare)
                if used > room:
                    batches.append([])  # a point that does not fit by itself stands alone
                    used = size
                batches[-1].append(point)
            results = []
            for batch in batches:
                found = await run_task(self._ask, self._builder, plan(batch), deadline=self.deadline)
                self._ledger.spend(found)
                for error in found.errors.values():
                    raise error
                results.append(found.results[analysis.name])
            result = analysis.merge(results)
            if len(batches) == 1:
                return result
            fewer = reduction.points(result)
            if sum(len(text) for _, text in fewer) >= sum(len(text) for _, text in points):
                raise ReductionStalled(
                    f"Merging {analysis.name!r} stopped shrinking at {len(points)} points in {len(batches)} requests. "
                    "The points are kept as they are; a larger Limits(window=…) merges them."
                )
            points = fewer
