"""An `Ask` that answers from what batches gave, and notes what is still missing."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from newslens.corpus.batch_seat import Seat
from newslens.errors import ContextTooLong, Filtered, Pending, Refused, Truncated
from newslens.llm.exchange import Ask, Request, Response
from newslens.report.reports import load_error

# Asking again would give the same; the reader knows what to do about some of them, such as to take smaller parts.
FINAL = (Refused, Filtered, Truncated, ContextTooLong)

State = Literal["under way", "failed", "not submitted"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A request without an answer.

    Attributes:
        address: where the store will keep its answer.
        request: what is asked.
        state: whether a batch has it.
        error: class of its error, if it failed.
    """

    address: str
    request: Request = field(repr=False)
    state: State
    error: str = ""


class Recall:
    """Replies that came, with what they cost in their batch; errors that would come again; else what is `missing`.

    Args:
        seat: whose answers.
        otherwise: who is asked what is missing; None: nobody.
        retry_failed: final errors count as missing.

    Attributes:
        missing: what was asked for and is not there, until it is taken.

    Raises:
        Pending: there is no answer, and nobody to ask.
        ReplyError, ContextTooLong: the answer that came.
    """

    def __init__(self, seat: Seat, *, otherwise: Ask | None = None, retry_failed: bool = False) -> None:
        self._seat = seat
        self._otherwise = otherwise
        self._retry_failed = retry_failed
        self.missing: list[Missing] = []

    async def __call__(self, request: Request) -> Response:
        """What came of a request."""
        place, store = self._seat.address(request), self._seat.store
        told = store.batches.find(place)
        reply = told.response if told is not None and told.response is not None else store.get(place)
        if reply is not None:
            return reply
        error = load_error(json.loads(told.error)) if told is not None and told.error is not None else None
        if isinstance(error, FINAL) and not self._retry_failed:
            raise error
        if self._otherwise is not None:
            return await self._otherwise(request)
        state: State = "failed" if error is not None else "not submitted" if told is None else "under way"
        self.missing.append(Missing(place, request, state, type(error).__name__ if error is not None else ""))
        raise Pending(f"{request.what!r} is not answered yet.")

    def taken(self) -> list[Missing]:
        """What was missing since the last time."""
        taken, self.missing = self.missing, []
        return taken


def pending(missing: Sequence[Missing]) -> Pending:
    """The error of an article that waits."""
    counts = Counter(f"{one.state} ({one.error})" if one.error else one.state for one in missing)
    said = ", ".join(f"{count} {state}" for state, count in counts.items())
    under_way = all(one.state == "under way" for one in missing)
    then = "Collect later" if under_way else "Submit again and collect later, or collect the rest live"
    return Pending(f"Answers are missing: {said}. {then}.")
