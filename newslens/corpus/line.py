"""The articles in line: how many more may be taken, which are finished, and what stops the run."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from newslens.corpus.job import Job
from newslens.corpus.journal import Journal
from newslens.errors import FATAL, FATAL_AT_FIRST, ContextTooLong, NewslensError, ReplyError, StoreError
from newslens.options import RunOptions
from newslens.reading.pipeline import Pipeline
from newslens.report.report import Report, read_report
from newslens.report.reports import Outcome

_AHEAD = 4  # places in line for each article under way, for those that are finished behind a slow one


@dataclass(slots=True)
class _Place:
    job: Job
    outcome: Outcome | None = None
    settled: bool = False

    def settle(self, outcome: Outcome | None) -> None:
        """The end of it; None: there is nothing to hand out."""
        self.outcome, self.settled = outcome, True


class Line:
    """Articles in the order of the input: taken, being read, finished and not yet handed out.

    The first goes alone until something has worked: a dead key costs one request, not one for each place.
    `take` and `finished` may be called in another thread than the loop's, not at the same time as the others.
    """

    def __init__(self, pipeline: Pipeline, journal: Journal | None, options: RunOptions) -> None:
        self._pipeline = pipeline
        self._journal = journal
        self._concurrency = 1 if pipeline.ask is None else options.concurrency
        self._in_order = options.order == "input"
        self._raises = options.on_error == "raise"
        self._line: deque[_Place] = deque()
        self._taken: list[_Place] = []
        self._running: set[asyncio.Task[None]] = set()
        self._works = False
        self.stopped_by: NewslensError | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more may be taken."""
        if self.stopped_by is not None or len(self._line) >= _AHEAD * self._concurrency:
            return False
        busy = len(self._taken) + sum(not task.done() for task in self._running)
        return busy < (self._concurrency if self._works else 1)

    @property
    def is_empty(self) -> bool:
        """Whether everything that was taken has been handed out."""
        return not self._line

    @property
    def needs_loop(self) -> bool:
        """Whether there is anything to begin, to wait for or to look after in the event loop."""
        return bool(self._taken or self._running)

    @property
    def under_way(self) -> bool:
        """Whether anything is being read."""
        return any(not task.done() for task in self._running)

    @property
    def ready(self) -> bool:
        """Whether something is finished and next in order."""
        return any(place.settled for place in ([*self._line][:1] if self._in_order else self._line))

    def take(self, job: Job) -> None:
        """Put a job in line; one that needs no reading is finished at once."""
        place = _Place(job)
        self._line.append(place)
        known = self._known(job)
        if known is None:
            self._taken.append(place)
        else:
            place.settle(self._given(known))

    def finished(self) -> Iterator[Outcome]:
        """Take out what is finished and next in order."""
        for place in list(self._line):
            if place.settled:
                self._line.remove(place)
                if place.outcome is not None:
                    yield place.outcome
            elif self._in_order:
                return

    def begin(self) -> None:
        """Begin to read what was taken, in the running event loop, and let go of what has ended."""
        for task in [task for task in self._running if task.done()]:
            self._running.remove(task)
            task.result()  # raises what is a mistake of ours; errors of articles are outcomes
        loop = asyncio.get_running_loop()
        self._running |= {loop.create_task(self._read(place)) for place in self._taken}
        self._taken.clear()

    async def wait(self, *others: "asyncio.Task[Any]") -> None:
        """Wait until an article, or one of the other tasks, is finished; not at all if there is none."""
        if tasks := [*self._running, *others]:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    async def advance(self) -> None:
        """Begin what was taken; come back when something can be handed out or one more is finished."""
        self.begin()
        if not self.ready:
            await self.wait()

    async def wind_up(self, grace_s: float) -> None:
        """Give what is being read some seconds, then cancel it. What was not finished leaves the line."""
        running, self._running = self._running, set()
        try:
            if running and grace_s > 0:
                await asyncio.wait(running, timeout=grace_s)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)  # the run is ending by an exception already
            self._taken.clear()
            self._line = deque(place for place in self._line if place.settled)

    def _known(self, job: Job) -> Outcome | None:
        if isinstance(job.content, NewslensError):
            return self._kept(job.failed(job.content))
        return self._journal.known(job) if self._journal is not None else None

    async def _read(self, place: _Place) -> None:
        outcome = await self._outcome(place.job)
        fatal = self._fatal(outcome)
        self._works = self._works or outcome.report is not None or isinstance(outcome.error, ReplyError)
        if fatal is None:
            place.settle(self._given(self._kept(outcome)))
        else:  # not written down, so that it is read when the run goes on
            self.stopped_by = self.stopped_by or fatal
            place.settle(outcome if outcome.report is not None else None)

    async def _outcome(self, job: Job) -> Outcome:
        assert not isinstance(job.content, NewslensError)  # noqa: S101 - for the type checker: see `_known`
        try:
            return job.done(await read_report(self._pipeline, job.content))
        except NewslensError as error:
            return job.failed(error)

    def _fatal(self, outcome: Outcome) -> NewslensError | None:
        """What every further article would meet as well."""
        if outcome.report is not None:
            return _inside(outcome.report)
        at_first = () if self._works or isinstance(outcome.error, ContextTooLong) else FATAL_AT_FIRST
        return outcome.error if isinstance(outcome.error, (*FATAL, *at_first)) else None

    def _kept(self, outcome: Outcome) -> Outcome:
        """The outcome, written down first. A store that fails stops the run; what is finished still goes out."""
        try:
            if self._journal is not None:
                self._journal.keep(outcome)
        except StoreError as error:
            self.stopped_by = self.stopped_by or error
        return outcome

    def _given(self, outcome: Outcome) -> Outcome | None:
        if outcome.error is None or not self._raises:
            return outcome
        self.stopped_by = self.stopped_by or outcome.error
        return None


def _inside(report: Report) -> NewslensError | None:
    """The fatal fault in an incomplete report."""
    kinds = {kind.__name__: kind for kind in FATAL}
    return next((kinds[problem.kind](problem.message) for problem in report.problems if problem.kind in kinds), None)
