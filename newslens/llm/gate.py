"""One queue for everybody who asks one model at one server: first come, first served, on any number of event loops."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from newslens.errors import Usage
from newslens.llm.limits import Allowance, Sent, Standing
from newslens.options import Rate

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

_TICK_S = 0.001  # a wait shorter than this may be no wait at all once it is added to the clock; it stays owed


@dataclass(frozen=True, slots=True)
class TooLate:
    """It cannot go before its deadline.

    Attributes:
        wait_s: seconds that it would have to wait; None when that depends on answers that are still to come.
    """

    wait_s: float | None


@dataclass(order=True, slots=True)
class _Waiter:
    """One request in the queue, by its ticket."""

    ticket: int
    entry: int  # a call may queue again before the queue has forgotten that it left
    size: int = field(compare=False)
    max_output_tokens: int | None = field(compare=False)
    tokens: float = field(compare=False)  # as expected when it came
    turn: "asyncio.Future[None] | None" = field(default=None, compare=False)
    left: bool = field(default=False, compare=False)


class Gate:
    """Lets requests go one after the other, when the limits allow it; shared by tasks, threads and event loops.

    Only the first in the queue looks at the limits and sleeps; the others wait until it is their turn. So nobody
    overtakes, and what a server says with an answer counts at once for everybody.
    """

    def __init__(self, clock: Clock) -> None:
        self.limits = Allowance()
        self._clock = clock
        self._numbers = count()
        self._last = -1  # the latest ticket that has queued
        self.forget()

    def forget(self) -> None:
        """Keep the limits alone: the child of a fork has no request on its way, and no lock that is sure to be free."""
        self.limits.in_flight = 0
        self._lock = threading.Lock()
        self._queue: list[_Waiter] = []
        self._waiting = 0
        self._tokens = 0.0  # of all that wait

    def give(self, rate: Rate) -> None:
        """Take over what the caller says about the limits."""
        with self._lock:
            self.limits.give(rate)

    def ticket(self) -> int:
        """A place in the queue, for all attempts of one call."""
        return next(self._numbers)

    async def enter(
        self, ticket: int, size: int, max_output_tokens: int | None, *, deadline: float, sleep: Sleep
    ) -> Sent | TooLate:
        """Wait until the request may go; `leave` must follow.

        Args:
            ticket: of the call.
            size: bytes of the prompt.
            max_output_tokens: limit of the answer, if it has one.
            deadline: on the gate's clock. A wait beyond it is not begun.
            sleep: waits for seconds.
        """
        with self._lock:
            tokens = self.limits.expected(size, max_output_tokens)
            waiter = _Waiter(ticket, next(self._numbers), size, max_output_tokens, tokens)
            if late := self._hopeless(waiter, deadline):
                return late
            heappush(self._queue, waiter)
            self._waiting += 1
            self._tokens += tokens
        try:
            return await self._passed(waiter, deadline, sleep)
        finally:
            with self._lock:
                self._drop(waiter)
                self._call_first()

    def leave(self, sent: Sent, standing: Standing, spent: Usage | None) -> None:
        """The exchange is over; `spent` are the tokens of an answer, None when there was none."""
        with self._lock:
            self.limits.come_back(sent, standing, self._clock())
            if spent is not None:
                self.limits.settle(sent, spent.input_tokens, spent.output_tokens)
            self._call_first()

    def slow_down(self, sent: Sent, pause_s: float) -> None:
        """The server was asked too often: a pause for everybody."""
        with self._lock:
            self.limits.slow_down(sent, pause_s, self._clock())

    def _hopeless(self, new: _Waiter, deadline: float) -> TooLate | None:
        """Those before it are sure to take longer than it has; only a newcomer is behind all others."""
        if new.ticket <= self._last:
            return None
        self._last = new.ticket
        now = self._clock()
        wait_s = self.limits.wait_s(new.tokens, now, requests_before=self._waiting, tokens_before=self._tokens)
        return TooLate(wait_s) if now + wait_s >= deadline else None

    async def _passed(self, waiter: _Waiter, deadline: float, sleep: Sleep) -> Sent | TooLate:
        while True:
            step = self._step(waiter, deadline)
            if isinstance(step, Sent | TooLate):
                return step
            if isinstance(step, float):
                await sleep(step)
                continue
            try:
                async with asyncio.timeout(deadline - self._clock()):
                    await step
            except TimeoutError:
                return TooLate(None)

    def _step(self, waiter: _Waiter, deadline: float) -> "Sent | TooLate | float | asyncio.Future[None]":
        """What it has to do next: go, give up, sleep so long, or wait for its turn."""
        with self._lock:
            now = self._clock()
            if self._first() is not waiter or self.limits.is_full():
                waiter.turn = asyncio.get_running_loop().create_future()
                return waiter.turn
            tokens = self.limits.expected(waiter.size, waiter.max_output_tokens)  # answers since then know better
            wait_s = self.limits.wait_s(tokens, now)
            if now + wait_s >= deadline:
                return TooLate(wait_s)
            if wait_s > _TICK_S:
                return wait_s
            return self.limits.send(waiter.size, tokens, now)

    def _drop(self, waiter: _Waiter) -> None:
        if not waiter.left:
            waiter.left = True
            self._waiting -= 1
            self._tokens -= waiter.tokens

    def _first(self) -> _Waiter | None:
        while self._queue and self._queue[0].left:
            heappop(self._queue)
        return self._queue[0] if self._queue else None

    def _call_first(self) -> None:
        """Wake the first in the queue, unless it is awake. One whose event loop has ended will never go."""
        while (first := self._first()) is not None and first.turn is not None:
            turn, first.turn = first.turn, None
            try:
                turn.get_loop().call_soon_threadsafe(_wake, turn)
            except RuntimeError:
                self._drop(first)
            else:
                return


def _wake(turn: "asyncio.Future[None]") -> None:
    if not turn.done():
        turn.set_result(None)


_GATES: dict[tuple[str, str, Clock], Gate] = {}


def _forget() -> None:
    for gate in _GATES.values():
        gate.forget()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_forget)


def shared(base_url: str, model: str, clock: Clock) -> Gate:
    """The gate of this process for a model at a server; who tells the time differently cannot share."""
    return _GATES.setdefault((base_url.rstrip("/"), model, clock), Gate(clock))
