"""The rate limiter: what may be sent to one model at one server and when, first come, first served.

Libraries do not fit. aiolimiter belongs to one event loop and wakes the smallest request first; pyrate-limiter polls,
so chance decides who comes first. Neither can take back, be paused, or be told by a server what is left.
"""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import inf

from newslens.errors import Usage
from newslens.options import Rate

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

_MINUTE_S = 60.0
_OPENING = 8  # requests in flight before anything is known
_PACE = 0.98  # of the limit: a request that the network delivers a moment early must not be one too many
_TOKENS_A_BYTE = 0.25  # of English, before any answer has told better
_FIRST_ANSWER = 500.0  # tokens of an answer, before any has arrived
_NEWEST = 0.1  # least weight of the newest answer in what is expected of the next
_TICK_S = 0.001  # a shorter wait may be no wait at all once it is added to the clock; it stays owed


@dataclass(frozen=True, slots=True)
class AdvertisedLimit:
    """One limit, as a server states it with an answer."""

    limit: float
    remaining: float  # how much of it is left
    reset_s: float | None = None  # seconds until all of it is there again, None if the server does not say

    @property
    def per_s(self) -> float:
        """What comes back in a second. Limits are per minute, except if a reset takes longer (limits per day)."""
        used = self.limit - self.remaining
        if self.reset_s is not None and self.reset_s > _MINUTE_S and used > 0:
            return used / self.reset_s
        return self.limit / _MINUTE_S


@dataclass(frozen=True, slots=True)
class AdvertisedLimits:
    """The limits that a server states with one answer."""

    requests: AdvertisedLimit | None = None
    tokens: AdvertisedLimit | None = None


@dataclass(slots=True)
class Bucket:
    """One limit over time: it refills, what is sent takes from it, and it may be in debt."""

    given: float | None = None  # what the caller allows per second, None if that is left to the server
    stated: float | None = None  # what the server allows per second, None until it says
    bursts: bool = True  # whether to believe the server about how much can go at once
    size: float = 0.0  # how much can go at once; 0 for evenly, one request after the other
    level: float = 0.0  # how much may go now; negative after something was sent too early
    taken: float = 0.0  # everything that was ever taken
    _at: float = 0.0

    @property
    def per_s(self) -> float | None:
        """A little less than the lower of `given` and `stated`; None if no limit is known."""
        known = [rate for rate in (self.given, self.stated) if rate is not None]
        return _PACE * min(known) if known else None

    def wait_s(self, amount: float, now: float, *, before: float = 0.0) -> float:
        """Seconds until `amount` may go after `before`; more than the bucket holds may go when it is full."""
        if self.per_s is None:
            return 0.0
        self.level = max(self.level, min(self.size, self.level + (now - self._at) * self.per_s))
        self._at = now
        return max(0.0, (min(amount, self.size) + before - self.level) / self.per_s)

    def take(self, amount: float) -> None:
        """Take `amount` for a request that is sent."""
        self.taken += amount
        if self.per_s is not None:
            self.level -= amount

    def give_back(self, amount: float) -> None:
        """Return what was reserved and not used, a second's worth at most; a negative amount was used in addition."""
        if self.per_s is not None:
            self.level = min(max(self.size, self.per_s), self.level + amount)

    def learn(self, stated: AdvertisedLimit, *, taken_since: float, age_s: float, now: float) -> None:
        """Believe the server about how much is left.

        What was taken after the request of this answer, `age_s` seconds ago, the server had not seen; what came back
        since then is there again.
        """
        first, self.stated = self.stated is None, stated.per_s
        if not self.bursts:
            return
        self.size = stated.limit
        left = stated.remaining - taken_since
        if first:
            self.level, self._at = left, now
        else:
            self.level = min(self.level, left + age_s * stated.per_s)

    def spread(self, now: float) -> None:
        """From now on evenly, from a clean slate: the server says itself when it can be asked again."""
        self.bursts = False
        self.size = self.level = 0.0
        self._at = now


@dataclass(frozen=True, slots=True)
class Sent:
    """One request in flight: bytes of its prompt, tokens reserved for it, and all that had been sent by then."""

    size: int
    tokens: float
    at: float
    requests_taken: float
    tokens_taken: float


@dataclass(frozen=True, slots=True)
class TooLate:
    """A request cannot go before its deadline."""

    wait_s: float | None  # None if that depends on answers that are still to come


@dataclass(order=True, slots=True)
class _Waiter:
    """One request in the queue, by its ticket."""

    ticket: int
    entry: int  # a call may queue again before the queue has dropped its last entry
    size: int = field(compare=False)
    max_output_tokens: int | None = field(compare=False)
    tokens: float = field(compare=False)  # as expected when it came
    turn: "asyncio.Future[None] | None" = field(default=None, compare=False)
    left: bool = field(default=False, compare=False)


class Limiter:
    """Lets requests go one after the other, when the limits allow it; shared by tasks, threads and event loops.

    Only the first in the queue looks at the limits and sleeps; the others wait for their turn. So nobody overtakes, and
    what a server says with an answer counts at once for everybody.
    """

    def __init__(self, clock: Clock) -> None:
        self.requests, self.tokens = Bucket(), Bucket()
        self.most: int | None = None  # requests in flight that the caller allows
        self.window = _OPENING  # the same if no limit over time is known: opens with each answer, closes with a 429
        self.paused_until = self._slowed_at = -inf
        self._answers = 0
        self._tokens_a_byte, self._answer_tokens = _TOKENS_A_BYTE, _FIRST_ANSWER
        self._clock = clock
        self._numbers = count()
        self._last = -1  # the latest ticket that has queued
        self.reset()

    def reset(self) -> None:
        """Keep only the limits: the child of a fork has no requests in flight, and its lock may be held forever."""
        self.in_flight = 0
        self._lock = threading.Lock()
        self._queue: list[_Waiter] = []
        self._waiting = 0
        self._waiting_tokens = 0.0

    def give(self, rate: Rate) -> None:
        """Set the caller's limits; what is None stays as it is."""
        with self._lock:
            for bucket, per_minute in (
                (self.requests, rate.requests_per_minute),
                (self.tokens, rate.tokens_per_minute),
            ):
                if per_minute is not None:
                    bucket.given, bucket.bursts, bucket.size = per_minute / _MINUTE_S, False, 0.0
            self.most = rate.in_flight if rate.in_flight is not None else self.most

    def ticket(self) -> int:
        """Draw a place in the queue, for all attempts of one call."""
        return next(self._numbers)

    def prompt_tokens(self, size: int) -> float:
        """Tokens of a prompt of `size` bytes, schema included, estimated from the answers so far."""
        return size * self._tokens_a_byte

    async def enter(
        self, ticket: int, size: int, max_output_tokens: int | None, *, deadline: float, sleep: Sleep
    ) -> Sent | TooLate:
        """Wait until a request with a prompt of `size` bytes may go; `leave` must follow.

        A wait beyond the deadline, on the limiter's clock, is not begun.
        """
        with self._lock:
            tokens = self._expected(size, max_output_tokens)
            if ticket > self._last:  # a newcomer is behind all others: do they take longer than it has?
                self._last = ticket
                now = self._clock()
                wait_s = self._wait_s(tokens, now, self._waiting, self._waiting_tokens)
                if now + wait_s >= deadline:
                    return TooLate(wait_s)
            waiter = _Waiter(ticket, next(self._numbers), size, max_output_tokens, tokens)
            heappush(self._queue, waiter)
            self._waiting += 1
            self._waiting_tokens += tokens
        try:
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
        finally:
            with self._lock:
                self._drop(waiter)
                self._wake_first()

    def leave(self, sent: Sent, limits: AdvertisedLimits, spent: Usage | None) -> None:
        """End an exchange, and learn from its answer: from what the server says about limits, and from what it cost.

        Tokens of a good answer replace those reserved, and the next one is expected to be like it.
        """
        with self._lock:
            now = self._clock()
            self.in_flight -= 1
            for bucket, stated, taken in (
                (self.requests, limits.requests, sent.requests_taken),
                (self.tokens, limits.tokens, sent.tokens_taken),
            ):
                if stated is not None:
                    bucket.learn(stated, taken_since=bucket.taken - taken, age_s=now - sent.at, now=now)
            if spent is not None:
                self.window += 1
                self.tokens.give_back(sent.tokens - spent.input_tokens - spent.output_tokens)
                self._answers += 1
                weight = max(_NEWEST, 1 / self._answers)  # a plain mean at first
                if sent.size:
                    self._tokens_a_byte += weight * (spent.input_tokens / sent.size - self._tokens_a_byte)
                self._answer_tokens += weight * (spent.output_tokens - self._answer_tokens)
            self._wake_first()

    def slow_down(self, sent: Sent, pause_s: float) -> None:
        """After a refusal: nobody asks for so long, and then one after the other."""
        with self._lock:
            now = self._clock()
            self.paused_until = max(self.paused_until, now + pause_s)
            if sent.at <= self._slowed_at:  # it was on its way when the first of its kind came back
                return
            self._slowed_at = now
            self.window = 1
            self.requests.spread(now)
            self.tokens.spread(now)

    def _expected(self, size: int, max_output_tokens: int | None) -> float:
        """Tokens of a call, in and out, estimated from the answers so far."""
        answer = self._answer_tokens if max_output_tokens is None else min(self._answer_tokens, max_output_tokens)
        return self.prompt_tokens(size) + answer

    def _wait_s(self, tokens: float, now: float, requests_before: int = 0, tokens_before: float = 0.0) -> float:
        """Seconds until the limits over time allow one request after those before it."""
        return max(
            0.0,
            self.paused_until - now,
            self.requests.wait_s(1, now, before=requests_before),
            self.tokens.wait_s(tokens, now, before=tokens_before),
        )

    def _step(self, waiter: _Waiter, deadline: float) -> "Sent | TooLate | float | asyncio.Future[None]":
        """What the waiter has to do next: go, give up, sleep so long, or wait for its turn."""
        with self._lock:
            now = self._clock()
            has_pace = self.requests.per_s is not None or self.tokens.per_s is not None
            most = inf if self.most is None else self.most
            if self._first() is not waiter or self.in_flight >= (most if has_pace else min(most, self.window)):
                waiter.turn = asyncio.get_running_loop().create_future()
                return waiter.turn
            tokens = self._expected(waiter.size, waiter.max_output_tokens)  # answers since then told better
            wait_s = self._wait_s(tokens, now)
            if now + wait_s >= deadline:
                return TooLate(wait_s)
            if wait_s > _TICK_S:
                return wait_s
            self.in_flight += 1
            self.requests.take(1)
            self.tokens.take(tokens)
            return Sent(waiter.size, tokens, now, self.requests.taken, self.tokens.taken)

    def _drop(self, waiter: _Waiter) -> None:
        if not waiter.left:
            waiter.left = True
            self._waiting -= 1
            self._waiting_tokens -= waiter.tokens

    def _first(self) -> _Waiter | None:
        while self._queue and self._queue[0].left:
            heappop(self._queue)
        return self._queue[0] if self._queue else None

    def _wake_first(self) -> None:
        """Wake the first in the queue, unless it is awake; drop one whose event loop has ended."""
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


_LIMITERS: dict[tuple[str, str, Clock], Limiter] = {}

if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=lambda: deque(map(Limiter.reset, _LIMITERS.values()), maxlen=0))


def shared_limiter(server: str, model: str, clock: Clock) -> Limiter:
    """Return the limiter of this process for a model at a server; another clock cannot share it."""
    return _LIMITERS.setdefault((server, model, clock), Limiter(clock))
