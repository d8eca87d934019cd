"""Limits are kept, learned and shared_limiter, and nobody overtakes: in a time that only waiting moves."""

import asyncio
import json
import os
import random
import selectors
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pytest
from doubles.server import Enforcer, Meter
from hypothesis import given
from hypothesis import strategies as st

from newslens import errors
from newslens.llm.client import Client
from newslens.llm.connection import Connection, Received
from newslens.llm.exchange import Message, Request, Response
from newslens.llm.faults import Fault, parse_duration, read_limits, read_refusal
from newslens.llm.limiter import (
    AdvertisedLimit,
    AdvertisedLimits,
    Bucket,
    Limiter,
    Sent,
    TooLate,
    shared_limiter,
)
from newslens.llm.protocol import CHAT, Body
from newslens.options import Rate, Retry

T = TypeVar("T")

ASKED = Request(what="summary", messages=(Message("user", "x" * 3600),), schema={"type": "object"})


class _Jumping(selectors.DefaultSelector):
    """Instead of waiting for `timeout` seconds it moves the loop's clock on."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        assert timeout is not None, "everybody waits for ever"
        self.now += max(timeout, 0.0)
        return ready


class _Loop(asyncio.SelectorEventLoop):
    """An event loop in a time of its own, in which only waiting takes time."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def virtually(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(work)


def now() -> float:
    return asyncio.get_running_loop().time()


class Wire(Connection):
    """Reaches an `Enforcer` without a network; every way takes a random time."""

    def __init__(self, server: Enforcer, *, there_s: tuple[float, float], seed: int = 1) -> None:
        super().__init__("http://127.0.0.1:9/v1")
        self._enforcer = server
        self._there_s = there_s
        self._random = random.Random(seed)  # noqa: S311 - delays, no secrets
        self.in_flight = 0
        self.most = 0

    async def exchange(
        self, body: Body, *, idempotency_key: uuid.UUID, timeout_s: float, path: str = CHAT
    ) -> Received | Fault:
        assert (body["model"], idempotency_key.version, timeout_s > 0, path) == ("m", 4, True, CHAT)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            return await self._answered()
        finally:
            self.in_flight -= 1

    async def _answered(self) -> Received | Fault:
        await asyncio.sleep(self._random.uniform(*self._there_s))
        status, answer, underscored = self._enforcer.decide()
        headers = {name.replace("_", "-"): text for name, text in underscored.items()}
        await asyncio.sleep(self._random.uniform(*self._there_s) + (self._enforcer.delay_s if status == 200 else 0))
        content = json.dumps(answer).encode()
        if status == 429:
            return read_refusal(status, headers, content)
        return Received(status, content, None, read_limits(headers), surplus=False, drop=_nothing)


async def _nothing() -> None:
    pass


@dataclass(slots=True)
class Run:
    """What came of many questions."""

    server: Enforcer
    wire: Wire
    outcomes: list[Response | errors.ServiceError] = field(default_factory=list)
    took_s: float = 0.0


async def run(
    server: Enforcer,
    *,
    questions: int,
    at_once: int = 32,
    there_s: tuple[float, float] = (0.01, 0.08),
    seed: int = 1,
    **options: Any,
) -> Run:
    server.clock = asyncio.get_running_loop().time
    went = Run(server, Wire(server, there_s=there_s, seed=seed))
    client = Client("m", base_url="http://127.0.0.1:9/v1", clock=server.clock, **options)
    client._connection = went.wire
    free = asyncio.Semaphore(at_once)

    async def ask(number: int) -> None:
        request = replace(ASKED, messages=(Message("user", f"{number:05}" * 720),))
        async with free:
            try:
                went.outcomes.append(await client.ask(request))
            except errors.ServiceError as error:
                went.outcomes.append(error)

    await asyncio.gather(*map(ask, range(questions)))
    went.took_s = now()
    return went


def by_the_second(per_minute: float, *, what: str = "requests", seconds_worth: float = 1.0) -> Meter:
    return Meter(what, per_minute, per_minute / 60 * seconds_worth)


RPM = Rate(requests_per_minute=300)
TPM = Rate(tokens_per_minute=150_000)
# enforced, given, most 429s; 150 questions of 1000 tokens, 32 at once
ENFORCED: list[tuple[str, Callable[[], Enforcer], Rate | None, int]] = [
    ("requests, given", lambda: Enforcer(requests=by_the_second(300), delay_s=0.5), RPM, 1),
    ("requests, given, silent server", lambda: Enforcer(requests=by_the_second(300), states=False), RPM, 1),
    ("requests, learned", lambda: Enforcer(requests=by_the_second(300), delay_s=0.5), None, 25),
    ("requests, learned, slow answers", lambda: Enforcer(requests=by_the_second(300), delay_s=5.0), None, 25),
    ("tokens, given", lambda: Enforcer(tokens=by_the_second(150_000, what="tokens", seconds_worth=2)), TPM, 1),
    ("tokens, learned", lambda: Enforcer(tokens=by_the_second(150_000, what="tokens", seconds_worth=2)), None, 25),
]


@pytest.mark.parametrize(("server", "rate", "most"), [row[1:] for row in ENFORCED], ids=[row[0] for row in ENFORCED])
def test_a_limit_is_kept_and_used(server: Callable[[], Enforcer], rate: Rate | None, most: int) -> None:
    went = virtually(run(server(), questions=150, rate=rate))
    assert [type(outcome) for outcome in went.outcomes] == [Response] * 150
    assert len(went.server.refused) <= most
    meter = went.server.requests or went.server.tokens
    assert meter is not None
    need = 1 if meter is went.server.requests else 1000
    ideal_s = (150 * need - meter.size) / meter.per_s + went.server.delay_s
    assert went.took_s <= 1.1 * ideal_s


def test_a_server_that_says_nothing_is_asked_ever_more_slowly_until_all_is_done() -> None:
    server = Enforcer(requests=by_the_second(300), states=False)
    went = virtually(run(server, questions=60))
    assert [type(outcome) for outcome in went.outcomes] == [Response] * 60


def test_before_the_first_answer_few_go_and_then_ever_more() -> None:
    went = virtually(run(Enforcer(states=False), questions=100, at_once=64, there_s=(0.1, 0.1)))
    assert went.wire.most == 44  # 8, 16, 32, 44
    assert went.took_s == pytest.approx(0.2 * 4)


def test_no_more_are_in_flight_than_given() -> None:
    went = virtually(run(Enforcer(), questions=20, rate=Rate(in_flight=3)))
    assert (went.wire.most, len(went.server.served)) == (3, 20)


def test_what_cannot_have_its_turn_in_time_is_said_at_once_and_never_sent() -> None:
    """One a second and ten seconds: the first to come are served."""
    rate = Rate(requests_per_minute=60 / 0.98)
    went = virtually(run(Enforcer(), questions=15, rate=rate, retry=Retry(deadline_s=10.0)))
    late = [outcome for outcome in went.outcomes if isinstance(outcome, errors.RateLimited)]
    assert len(went.server.served) == 10
    assert [round(error.retry_after_s or 0, 3) for error in late] == [10.0] * 5
    assert {(error.attempts, error.elapsed_s, error.usage.requests) for error in late} == {(0, 0.0, 0)}
    assert "after the deadline" in str(late[0])


async def order_of(limiter: Limiter, *tickets: int, deadline: float = 1e9) -> list[int]:
    """The tickets in the order in which the limiter let them through."""
    went: list[int] = []

    async def go(ticket: int) -> None:
        sent = await limiter.enter(ticket, 100, None, deadline=deadline, sleep=asyncio.sleep)
        assert isinstance(sent, Sent)
        went.append(ticket)
        await asyncio.sleep(0.1)
        limiter.leave(sent, AdvertisedLimits(), None)

    await asyncio.gather(*map(go, tickets))
    return went


def test_the_earlier_ticket_goes_first_even_when_it_queues_again() -> None:
    async def check() -> list[int]:
        limiter = Limiter(now)
        limiter.give(Rate(requests_per_minute=60, in_flight=2))
        return await order_of(limiter, 5, 6, 7, 8, 2, 1)

    assert virtually(check()) == [5, 1, 2, 6, 7, 8]


def test_a_429_pauses_everybody_and_then_they_go_one_by_one() -> None:
    async def check() -> tuple[list[float], int]:
        limiter = Limiter(now)
        limiter.give(Rate(requests_per_minute=60 / 0.98))
        sent = await limiter.enter(0, 100, None, deadline=1e9, sleep=asyncio.sleep)
        assert isinstance(sent, Sent)
        limiter.leave(sent, AdvertisedLimits(), None)
        limiter.slow_down(sent, 7.0)
        moments: list[float] = []

        async def go(ticket: int) -> None:
            await limiter.enter(ticket, 100, None, deadline=1e9, sleep=asyncio.sleep)
            moments.append(now())

        await asyncio.gather(*map(go, range(1, 4)))
        late = await limiter.enter(9, 100, None, deadline=now() + 0.5, sleep=asyncio.sleep)
        assert isinstance(late, TooLate)
        return moments, round(late.wait_s or 0)

    moments, late_s = virtually(check())
    assert moments == pytest.approx([7.0, 8.0, 9.0], abs=0.01)
    assert late_s == 1


def test_who_is_cancelled_in_the_queue_holds_up_nobody() -> None:
    async def check() -> int:
        limiter = Limiter(now)
        limiter.give(Rate(in_flight=1))
        held = await limiter.enter(0, 100, None, deadline=1e9, sleep=asyncio.sleep)
        assert isinstance(held, Sent)
        tasks = [asyncio.create_task(order_of(limiter, ticket)) for ticket in (1, 2, 3)]
        await asyncio.sleep(1)
        for task in tasks[:2]:
            task.cancel()
        limiter.leave(held, AdvertisedLimits(), None)
        return (await tasks[2])[0] + limiter.in_flight

    assert virtually(check()) == 3


def test_a_queue_that_does_not_move_ends_at_the_deadline() -> None:
    async def check() -> tuple[Any, float]:
        limiter = Limiter(now)
        limiter.give(Rate(in_flight=1))
        await limiter.enter(0, 100, None, deadline=1e9, sleep=asyncio.sleep)
        return await limiter.enter(1, 100, None, deadline=5.0, sleep=asyncio.sleep), now()

    assert virtually(check()) == (TooLate(None), 5.0)


def test_threads_with_loops_of_their_own_share_one_limit() -> None:
    limiter = Limiter(lambda: 0.0)
    limiter.give(Rate(in_flight=2))
    inside, most = [0], [0]
    guard = threading.Lock()

    async def go(ticket: int) -> None:
        sent = await limiter.enter(ticket, 100, None, deadline=60.0, sleep=asyncio.sleep)
        assert isinstance(sent, Sent)
        with guard:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        await asyncio.sleep(0)
        with guard:
            inside[0] -= 1
        limiter.leave(sent, AdvertisedLimits(), None)

    async def many() -> None:
        await asyncio.gather(*(go(limiter.ticket()) for _ in range(200)))

    threads = [threading.Thread(target=asyncio.run, args=(many(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (most, limiter.in_flight, any(thread.is_alive() for thread in threads)) == ([2], 0, False)


FORKED = """
import asyncio, os, sys
from newslens.llm.client import Client
from newslens.options import Rate
from newslens.llm.limiter import Sent
client = Client("m", base_url="http://127.0.0.1:9/v1", rate=Rate(in_flight=1))
limiter = client._limiter
async def entered():
    return await limiter.enter(limiter.ticket(), 100, None, deadline=limiter._clock() + 9, sleep=asyncio.sleep)
assert isinstance(asyncio.run(entered()), Sent)
limiter._lock.acquire()
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
assert isinstance(asyncio.run(entered()), Sent)
assert (client._limiter.most, client._limiter.in_flight) == (1, 1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_the_child_of_a_fork_keeps_the_limits_and_waits_for_nothing_of_its_parents() -> None:
    ended = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_clients_of_one_model_at_one_server_share_their_limits() -> None:
    url = "http://127.0.0.1:9/v1"
    one, other = (Client("m", base_url=url, clock=now) for _ in range(2))
    assert one._limiter is other._limiter is shared_limiter(url, "m", now)
    assert Client("n", base_url=url, clock=now)._limiter is not one._limiter
    Client("m", base_url=url, clock=now, rate=Rate(in_flight=4))
    assert one._limiter.most == 4


def test_a_rate_has_positive_numbers() -> None:
    for limit in (0, -1, float("nan"), float("inf")):
        with pytest.raises(errors.ConfigurationError, match="positive"):
            Rate(requests_per_minute=limit)


DURATIONS: list[tuple[str | None, float | None]] = [
    ("120ms", 0.12),
    ("6m0s", 360.0),
    ("1h2m3.5s", 3723.5),
    ("1d", 86400.0),
    ("7", 7.0),
    ("0s", 0.0),
    (" 1s ", 1.0),
    ("1732450000", None),
    ("2026-11-24T06:00:00Z", None),
    ("-1", None),
    ("nan", None),
    ("soon", None),
    ("9" * 100_000 + "s", None),
    ("", None),
    (None, None),
]


def test_durations_are_read() -> None:
    assert [(text, parse_duration(text)) for text, _ in DURATIONS] == DURATIONS


@given(st.text())
def test_any_header_is_read_or_left(text: str) -> None:
    names = [
        f"x-ratelimit-{which}-{what}" for which in ("limit", "remaining", "reset") for what in ("requests", "tokens")
    ]
    stated = read_limits(dict.fromkeys(names, text)).requests
    assert stated is None or stated.remaining <= stated.limit


def test_what_a_server_states_is_read() -> None:
    openai = {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "-1",
    }
    assert read_limits(openai) == AdvertisedLimits(requests=AdvertisedLimit(500, 499, 0.12))


def test_a_limit_comes_back_as_fast_as_the_server_says() -> None:
    minute, day = AdvertisedLimit(500, 499, 0.12), AdvertisedLimit(14400, 14370, 180.0)
    no_reset, nothing_used = AdvertisedLimit(60, 10), AdvertisedLimit(60, 60, 900.0)
    found = [limit.per_s for limit in (minute, day, no_reset, nothing_used)]
    assert found == pytest.approx([500 / 60, 1 / 6, 1.0, 1.0])


def test_the_lower_of_given_and_stated_holds() -> None:
    bucket = Bucket(given=10.0, bursts=False)
    bucket.learn(AdvertisedLimit(60, 59), taken_since=0, age_s=0, now=0)
    assert bucket.per_s == pytest.approx(0.98)


def test_what_others_use_of_the_same_account_is_believed() -> None:
    async def check() -> float:
        limiter = Limiter(now)
        for left in (500, 0):
            sent = await limiter.enter(limiter.ticket(), 100, None, deadline=1e9, sleep=asyncio.sleep)
            assert isinstance(sent, Sent)
            limiter.leave(sent, AdvertisedLimits(requests=AdvertisedLimit(600, left)), None)
        before = now()
        await limiter.enter(limiter.ticket(), 100, None, deadline=1e9, sleep=asyncio.sleep)
        return now() - before

    assert virtually(check()) == pytest.approx(1 / 9.8)


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(1, 3000)), min_size=1, max_size=50))
def test_no_pace_is_ever_beaten(steps: list[tuple[float, float]]) -> None:
    """However requests come: what has gone before the last one fits into the time since the first."""
    bucket, clock, went = Bucket(given=1000.0, bursts=False), 0.0, 0.0
    for pause, amount in steps:
        clock += pause
        clock += bucket.wait_s(amount, clock)
        assert went <= 1000.0 * clock + 1e-6
        bucket.take(amount)
        went += amount
