"""What ended batches gave, fetched into the store line by line; a fetch that was broken off can be done again."""

import json
from contextlib import aclosing
from dataclasses import dataclass

from newslens.corpus.batch_lines import Returned, rest, returned
from newslens.corpus.batch_remote import Remote, malformed
from newslens.corpus.batch_seat import Seat
from newslens.corpus.batch_standing import Standing
from newslens.errors import (
    AuthenticationFailed,
    MalformedResponse,
    ModelNotFound,
    NewslensError,
    QuotaExhausted,
    ServiceError,
    Unsupported,
)
from newslens.llm.exchange import Response
from newslens.llm.faults import ExchangeError, Fault
from newslens.llm.store import BatchRow
from newslens.report.reports import dump_error

_GONE = 404  # a file past its time, or deleted: what was not fetched by then is asked again
# What every further request would meet as well.
_STOPPING = (AuthenticationFailed, QuotaExhausted, ModelNotFound, Unsupported)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a fetch brought.

    Attributes:
        batches: how many had ended and were fetched.
        under_way: how many have not ended yet.
        answers: lines with an answer, those included that the store had.
        errors: lines with an error.
        unreadable: lines that are no JSON or name no request.
        unknown: lines that answer nothing that was asked from this store.
        stopped_by: an error that further requests would meet as well (a spent quota); why the server refused a file of
            requests; or that it gave a page in place of a file of answers, which is fetched again by the next call.
    """

    batches: int = 0
    under_way: int = 0
    answers: int = 0
    errors: int = 0
    unreadable: int = 0
    unknown: int = 0
    stopped_by: NewslensError | None = None

    def __add__(self, other: "Gathered") -> "Gathered":
        """Sum of both, stopped by what came first."""
        return Gathered(
            batches=self.batches + other.batches,
            under_way=self.under_way + other.under_way,
            answers=self.answers + other.answers,
            errors=self.errors + other.errors,
            unreadable=self.unreadable + other.unreadable,
            unknown=self.unknown + other.unknown,
            stopped_by=self.stopped_by or other.stopped_by,
        )


async def adopt(seat: Seat, remote: Remote) -> None:
    """Find out whether the server has the batches whose start we did not see the end of."""
    lost = {row.mark for row in seat.store.batches.at_server(seat.server) if row.id is None}
    found = await remote.find(lost) if lost else {}
    for mark in lost:
        if mark in found:
            seat.store.batches.record_id(mark, found[mark].id)
        else:
            seat.store.batches.forget(mark)


async def gather(seat: Seat, remote: Remote) -> Gathered:
    """Fetch what every ended batch gave.

    Raises:
        ServiceError: the server does not say how a batch stands, or a file broke off; what came is kept.
    """
    gathered = Gathered()
    for row in seat.store.batches.at_server(seat.server):
        if row.rest is not None or row.id is None:
            continue
        standing = await remote.look(row.id)
        try:
            gathered += await _Fetch(seat, remote, row).fetched(standing) if standing.ended else Gathered(under_way=1)
        except MalformedResponse as page:
            gathered += Gathered(stopped_by=page)
    return gathered


class _Fetch:
    """The lines of one batch on their way into the store."""

    def __init__(self, seat: Seat, remote: Remote, row: BatchRow) -> None:
        self._seat = seat
        self._batches = seat.store.batches
        self._remote = remote
        self._row = row

    async def fetched(self, standing: Standing) -> Gathered:
        gathered = Gathered(batches=1)
        for file in standing.files:
            gathered += await self._file(file)
        error = self._error(rest(standing.status, standing.complaint))
        self._batches.end(self._row.mark, _plain(error))
        return gathered if standing.complaint is None else gathered + Gathered(stopped_by=error)

    async def _file(self, file: str) -> Gathered:
        gathered, first = Gathered(), b""
        try:
            async with aclosing(self._remote.lines(file)) as lines:
                async for content in lines:
                    if content.strip():
                        first = first or content
                        gathered += self._taken(content)
        except ServiceError as lost:
            if lost.status != _GONE:
                raise  # what came is kept, and the rest comes with the next call
        if gathered.unreadable and gathered == Gathered(unreadable=gathered.unreadable):
            raise _given_up(malformed(first), f"the file {file}")
        return gathered

    def _taken(self, content: bytes) -> Gathered:
        got = returned(content, model=self._seat.model, host=self._remote.host)
        if got is None:
            return Gathered(unreadable=1)
        if self._batches.find(got.address) is None:
            return Gathered(unknown=1)
        return self._kept(got)

    def _kept(self, got: Returned) -> Gathered:
        if isinstance(got.outcome, Response):
            self._seat.store.put(got.address, got.outcome)
            return Gathered(answers=1)
        error = self._error(got.outcome)
        self._batches.fail(self._row.mark, got.address, _plain(error))
        return Gathered(errors=1, stopped_by=error if isinstance(error, _STOPPING) else None)

    def _error(self, fault: Fault) -> ExchangeError:
        return _given_up(fault, f"a request of {self._row.id}")


def _given_up(fault: Fault, what: str) -> ExchangeError:
    return fault.to_error(what=what, attempts=1, usage=fault.spent, elapsed_s=0.0)


def _plain(error: ExchangeError) -> str:
    return json.dumps(dump_error(error))
