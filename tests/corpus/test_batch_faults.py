"""Faults at the calls of the Batch API: what passes by itself is tried again, and no try makes a second batch."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import openai
import pytest
from doubles.batch_server import CutOff, Day, batching

from newslens import errors
from newslens.analyses import SUMMARY
from newslens.corpus import batch_server
from newslens.corpus.batch import Fetched
from newslens.corpus.batch_server import LATE_S, BatchServer, Retries, open_server
from newslens.lens import Lens
from newslens.llm.client import Client, resolve
from newslens.llm.faults import Fault, Kind
from newslens.llm.store import Store
from newslens.options import Retry

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

T = TypeVar("T")

TEXTS = [f"The council voted on day {number} to close the old bridge." for number in range(3)]
PAGE = b"<!doctype html><title>Sign in</title>\n<p>Please sign in.</p>\n"
CALLS = {
    "POST /files": "the upload of a batch",
    "POST /batches": "the start of a batch",
    "GET /batches": "the list of batches",
    "GET /batches/batch-0": "the state of batch-0",
    "POST /batches/batch-0/cancel": "the end of batch-0",
    "GET /files/file-1/content": "the file file-1",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as store:
        yield store


@pytest.fixture
def day() -> Iterator[Day]:
    with batching() as day:
        yield day


@pytest.fixture
def lens(day: Day, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lens]:
    """One that waits for nothing."""
    monkeypatch.setattr(batch_server, "LATE_S", 0.0)
    given: Any = {"analyses": [SUMMARY], "judge": False, "retry": Retry(first_wait_s=0)}
    with Lens("m", base_url=day.base_url, store=store, **given) as lens:
        yield lens


def every_call(day: Day, lens: Lens) -> list[bool]:
    """All that can be asked of the server, also whether it has a batch whose start was not seen."""
    assert lens.store is not None
    lens.store.batches.begin(uuid4().hex, lens.pipeline.server, [])
    lens.submit_batch(TEXTS)
    lens.batch().cancel()
    day.pass_by("cancelled")
    return [one.report is not None for one in lens.collect_batch(TEXTS)]


def all_is_well(day: Day, lens: Lens) -> None:
    assert every_call(day, lens) == [True] * 3
    assert len(day.batches) == 1
    assert lens.store is not None
    assert lens.store.summary().usage.requests == 3


PAGES = [PAGE, b"{}", b"[1]", b'{"error": {"message": "no"}}', b'{"id": 3}\xff']


@pytest.mark.parametrize(("call", "body"), [*product(CALLS, PAGES), *((call, b"") for call in list(CALLS)[:-1])])
def test_a_page_in_place_of_an_answer_is_said_and_loses_nothing(day: Day, lens: Lens, call: str, body: bytes) -> None:
    day.denying = lambda came: (200, body) if came == call else None
    with pytest.raises(errors.MalformedResponse, match=CALLS[call]) as caught:
        every_call(day, lens)
    assert caught.value.status == 200
    assert body.decode("utf-8", "replace").startswith(caught.value.raw_text)
    day.denying = lambda _: None
    all_is_well(day, lens)


def test_a_page_in_place_of_one_file_keeps_no_other_batch_back(day: Day, lens: Lens) -> None:
    lens.submit_batch([("a", TEXTS[0])])
    lens.submit_batch([("b", TEXTS[1])])
    day.pass_by()
    page = f"GET /files/{day.batches['batch-0']['output_file_id']}/content"
    day.denying = lambda came: (200, PAGE) if came == page else None
    gathered = lens.batch().fetch()
    assert isinstance(gathered.stopped_by, errors.MalformedResponse)
    assert replace(gathered, stopped_by=None) == Fetched(batches=1, answers=1)
    day.denying = lambda _: None
    assert lens.batch().fetch() == Fetched(batches=1, answers=1)


def once(day: Day, call: str, fault: Any) -> None:
    """A fault that strikes at the first such call: before it is done, after, or inside of the response."""
    left = [fault]

    def denying(came: str) -> tuple[int, Any] | None:
        return left.pop() if came == call and left else None

    def strike(came: str) -> None:
        if came == call and left:
            raise left.pop()

    match fault:
        case int(), _:
            day.denying = denying
        case "before", error:
            left[:], day.before = [error], strike
        case _, error:
            left[:], day.after = [error], strike


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "fault",
    [
        (503, {"error": {"message": "overloaded"}}),
        (500, PAGE),
        (429, {"error": {"code": "rate_limit_exceeded"}}),
        ("before", ConnectionError),
        ("after", ConnectionError),
        ("after", CutOff),
    ],
    ids=str,
)
def test_what_passes_by_itself_is_tried_again_and_done_once(day: Day, lens: Lens, call: str, fault: Any) -> None:
    once(day, call, fault)
    all_is_well(day, lens)


def test_a_file_that_breaks_off_goes_on_behind_the_last_whole_line(day: Day, lens: Lens) -> None:
    lens.submit_batch(TEXTS)
    day.pass_by()
    once(day, "GET /files/file-1/content", ("after", CutOff))
    assert lens.batch().fetch() == Fetched(batches=1, answers=3)
    assert day.calls.count("GET /files/file-1/content") == 2


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("denied", "error"),
    [
        ((401, {"error": {"message": "no"}}), errors.AuthenticationFailed),
        ((400, {"error": {"message": "no"}}), errors.BadRequest),
        ((429, {"error": {"code": "insufficient_quota"}}), errors.QuotaExhausted),
    ],
)
def test_what_would_come_again_is_not_tried_again(
    day: Day, lens: Lens, call: str, denied: tuple[int, Any], error: type[errors.ServiceError]
) -> None:
    day.denying = lambda came: denied if came == call else None
    with pytest.raises(error, match=CALLS[call]) as caught:
        every_call(day, lens)
    assert (caught.value.attempts, day.calls.count(call)) == (1, 1)


@dataclass
class Time:
    """A stand-in for time, which passes only where somebody waits."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 2))
        self.now += seconds


def at(day: Day, time: Time, step: Callable[[BatchServer], Awaitable[T]], *, given: int | None = None) -> T:
    """What a step at the server comes to, by the usual rules; `given`: retries of a client of the caller's."""

    async def done() -> T:
        source = resolve(model="m", base_url=day.base_url, api_key="k")
        sdk = openai.AsyncOpenAI(api_key="k", base_url=day.base_url, max_retries=given) if given else None
        client = Client(source, retry=Retry(), client=sdk)
        async with sdk or nullcontext(), open_server(client, sleep=time.sleep) as server:
            return await step(server)

    return asyncio.run(done())


@pytest.mark.parametrize("given", [None, 5])
def test_a_step_is_tried_as_often_as_the_client_tries_and_with_its_waits(day: Day, given: int | None) -> None:
    day.denying = lambda _: (503, {"error": {"message": "overloaded"}})
    time = Time()
    with pytest.raises(errors.Unavailable, match=r"'the state of b': 503, overloaded \(4 tries") as caught:
        at(day, time, lambda server: server.get_status("b"), given=given)
    assert (caught.value.attempts, len(day.calls), time.waits) == (4, 4, [0.5, 1.0, 2.0])
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize(("retry_after", "waits"), [("7", [7.0, LATE_S]), ("500", [])])
def test_a_server_that_says_when_is_asked_again_then_unless_that_is_too_late(
    day: Day, retry_after: str, waits: list[float]
) -> None:
    day.headers = {"Retry-After": retry_after}
    once(day, "GET /batches", (429, {"error": {"message": "slowly"}}))
    time = Time()
    with nullcontext() if waits else pytest.raises(errors.RateLimited) as caught:
        assert at(day, time, lambda server: server.find({"mark"})) == {}
    assert time.waits == waits
    assert caught is None or caught.value.retry_after_s == 500


def begun(day: Day) -> str:
    """The id of a file with a batch's requests."""
    day.files["file-0"] = b"{}\n"
    return "file-0"


def test_a_start_that_seemed_to_fail_is_looked_for_until_a_late_list_would_show_it(day: Day) -> None:
    once(day, "POST /batches", ("after", ConnectionError))
    day.late, time = 1, Time()
    assert at(day, time, lambda server: server.start(begun(day), mark="mine")) == "batch-0"
    assert list(day.batches) == ["batch-0"]
    assert time.waits == [0.5, LATE_S]


def test_a_start_that_was_not_let_in_needs_no_look_at_the_list(day: Day) -> None:
    once(day, "POST /batches", (429, {"error": {"message": "slowly"}}))
    time = Time()
    assert at(day, time, lambda server: server.start(begun(day), mark="mine")) == "batch-0"
    assert (day.calls, time.waits) == (["POST /batches", "POST /batches"], [0.5])


def test_a_list_without_a_batch_is_believed_only_when_it_says_so_again(day: Day) -> None:
    time = Time()
    assert at(day, time, lambda server: server.find({"mine"})) == {}
    assert (day.calls, time.waits) == (["GET /batches", "GET /batches"], [LATE_S])


def test_tries_end_a_deadline_after_the_first_fault_however_long_the_step_took_before() -> None:
    time = Time()

    async def tried() -> None:
        retries = Retries("the upload", Retry(deadline_s=10), time.sleep, lambda: time.now)
        time.now = 1000.0
        while True:
            await retries.wait(Fault(Kind.RATE_LIMITED, errors.RateLimited, "slowly", retry_after_s=4.0))

    with pytest.raises(errors.RateLimited, match=r"3 tries, 1008\.0 s"):
        asyncio.run(tried())
    assert time.waits == [4.0, 4.0]


def test_tries_end_with_a_fault_that_came_too_often_for_its_kind() -> None:
    time = Time()

    async def tried() -> None:
        retries = Retries("the state", Retry(), time.sleep, lambda: time.now)
        while True:
            await retries.wait(Fault(Kind.SLOW, errors.DeadlineExceeded, "no whole answer in time"))

    with pytest.raises(errors.DeadlineExceeded, match="2 tries"):
        asyncio.run(tried())
    assert time.waits == [0.0]
