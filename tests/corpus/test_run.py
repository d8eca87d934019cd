"""Bulk runs: an outcome for each input in constant memory, ended by what is hopeless, gone on with after any end."""

import asyncio
import itertools
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openai
import pytest
from doubles.server import completion, standin

from newslens import corpus as bulk
from newslens import errors
from newslens.analyses import STANCE, SUMMARY
from newslens.article.article import Article
from newslens.corpus import Outcome, RunOptions, aanalyze_many, analyze_many, run
from newslens.corpus.journal import describe_settings
from newslens.corpus.run import Run
from newslens.errors import (
    AuthenticationFailed,
    BadRequest,
    BudgetExceeded,
    ConfigurationError,
    ContextTooLong,
    InputError,
    InvalidReply,
    NewslensError,
    QuotaExhausted,
    Refused,
    StoreError,
    Unavailable,
    Usage,
)
from newslens.lens import Lens
from newslens.llm.exchange import Request, Response
from newslens.llm.store import Store, Stored
from newslens.options import Budget
from newslens.reading.pipeline import Pipeline
from newslens.report.report import Report
from newslens.report.reports import dump_error, load_error

ANSWER = json.dumps({"summary": {"text": "t", "key_points": [{"text": "A vote.", "evidence": [1]}]}})


def text(number: int) -> str:
    return f"The council voted on day {number} to close the old bridge."


def number_in(request: Request) -> int:
    return int(request.messages[1].content.partition("on day ")[2].split()[0])


class Model:
    """Answers, or fails for the articles that it is told; notes which it was asked about and how many at once."""

    def __init__(self, failing: Mapping[int, NewslensError] | None = None) -> None:
        self.failing = failing or {}
        self.asked: list[int] = []
        self.now = self.most = 0
        self.slow: dict[int, asyncio.Event] = {}

    async def __call__(self, request: Request) -> Response:
        number = number_in(request)
        self.asked.append(number)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)
            if number in self.slow:
                await self.slow[number].wait()
            if number in self.failing:
                raise self.failing[number]
        finally:
            self.now -= 1
        return Response(ANSWER, Usage(requests=1), "m")


def lens_of(ask: Any, **settings: Any) -> Lens:
    return Lens(model="m", ask=ask, analyses=[SUMMARY], **settings)


def pipeline_of(ask: Any, **settings: Any) -> Pipeline:
    return lens_of(ask, **settings).pipeline


def keyed(count: int) -> Iterator[tuple[str, str]]:
    return ((str(number), text(number)) for number in range(count))


def kinds(outcomes: Iterable[Outcome]) -> dict[str, str]:
    return {one.key: type(one.error).__name__ if one.error else "Report" for one in outcomes}


def collect(outcomes: Iterable[Outcome], into: list[Outcome]) -> None:
    """Keep what comes, also when an error comes after it."""
    for outcome in outcomes:
        into.append(outcome)  # noqa: PERF402 - `extend` need not keep what came before an error


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as store:
        yield store


def test_each_input_has_one_outcome_whatever_it_is() -> None:
    model = Model({3: Refused("no"), 5: Unavailable("down")})
    broken: Any = [None, 7, {"text": "x"}, ("cell", float("nan"))]
    inputs = [
        *keyed(6),
        Article.from_text(text(6)),
        text(7),
        "",
        "\x00\ud800" * 50,
        ("line 9", InputError("not JSON")),
        *broken,
    ]
    outcomes = list(analyze_many(pipeline_of(model), inputs))
    assert len(outcomes) == len(inputs)
    assert Counter(kinds([one]).popitem()[1] for one in outcomes) == {
        "Report": 6,
        "Refused": 1,
        "Unavailable": 1,
        "InputError": 7,
    }
    assert all((one.report is None) != (one.error is None) for one in outcomes)
    assert {"0", "1", "line 9", "cell"} < {one.key for one in outcomes}
    by_key = {one.key: one for one in outcomes}
    assert by_key["1"].unwrap().article.model_dump()["text"] == text(1)
    with pytest.raises(Refused):
        by_key["3"].unwrap()


def test_nothing_gives_nothing() -> None:
    assert list(analyze_many(pipeline_of(Model()), [])) == []


def test_an_endless_input_is_read_no_further_ahead_than_there_are_places() -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield text(taken)

    model = Model()
    outcomes = analyze_many(pipeline_of(model), endless(), concurrency=3)
    for given in range(1, 60):
        next(outcomes)
        assert taken - given <= 4 * 3
    assert model.most <= 3


def test_articles_that_have_ended_are_let_go_of() -> None:
    """Also where there is always something to hand out, as when every other row is a known failure."""
    told = RunOptions(concurrency=3)
    inputs = ((str(n), text(n) if n % 2 else InputError("bad")) for n in range(200))
    going = Run(pipeline_of(Model()), inputs, None, told)
    for _ in run._iterate(going, inputs, told, 0.0):
        assert len(going._reading) <= 3
        assert len(going._entries) <= 4 * 3


def test_in_order_of_the_input_a_slow_article_holds_back_a_bounded_number() -> None:
    model = Model()

    async def let_go_when_nothing_more_begins() -> None:
        begun = 0
        while len(model.asked) < 13 or begun < len(model.asked):
            begun = len(model.asked)
            await asyncio.sleep(0.02)
        model.slow[1].set()

    async def read() -> list[str]:
        model.slow[1] = asyncio.Event()
        lets_go = asyncio.create_task(let_go_when_nothing_more_begins())
        outcomes = aanalyze_many(pipeline_of(model), keyed(30), concurrency=3, order="input")
        keys = [(await anext(outcomes)).key, (await anext(outcomes)).key]
        assert sorted(model.asked) == list(range(13))  # the first, the slow one, and 11 that are finished behind it
        await lets_go
        return [*keys, *[one.key async for one in outcomes]]

    assert asyncio.run(read()) == [str(number) for number in range(30)]


def test_as_they_finish_a_slow_article_comes_last() -> None:
    model = Model()

    async def read() -> list[str]:
        model.slow[1] = asyncio.Event()
        keys = []
        async for outcome in aanalyze_many(pipeline_of(model), keyed(30), concurrency=3):
            keys.append(outcome.key)
            if len(keys) == 29:
                model.slow[1].set()
        return keys

    keys = asyncio.run(read())
    assert keys[-1] == "1"
    assert sorted(keys, key=int) == [str(number) for number in range(30)]


# ── what stops a run ──


@pytest.mark.parametrize(
    "error", [AuthenticationFailed("key"), BadRequest("no"), ConfigurationError("set-up"), StoreError("full")]
)
def test_what_is_hopeless_at_the_first_article_costs_one_request(error: NewslensError) -> None:
    model = Model(dict.fromkeys(range(30), error))
    with pytest.raises(type(error)):
        next(analyze_many(pipeline_of(model), keyed(30), concurrency=8))
    assert model.asked == [0]


def test_a_bad_request_later_and_an_article_too_long_are_errors_of_their_articles() -> None:
    model = Model({0: ContextTooLong("long"), 5: BadRequest("no")})
    assert Counter(kinds(analyze_many(pipeline_of(model), keyed(9))).values()) == {
        "Report": 7,
        "ContextTooLong": 1,
        "BadRequest": 1,
    }


@pytest.mark.parametrize("order", ["done", "input"])
def test_a_spent_quota_ends_the_run_after_all_that_is_finished(order: Any, store: Store) -> None:
    spent = dict.fromkeys(range(10, 99), QuotaExhausted("no money"))
    model, got = Model(spent), list[Outcome]()
    with pytest.raises(QuotaExhausted, match="no money"):
        collect(analyze_many(pipeline_of(model), keyed(99), concurrency=4, order=order, store=store), got)
    assert kinds(got) == {str(number): "Report" for number in range(10)}
    assert len(model.asked) < 20
    paid = Model()
    rest = list(analyze_many(pipeline_of(paid), keyed(99), concurrency=4, store=store))
    assert kinds(rest) == {str(number): "Report" for number in range(99)}
    assert sorted(paid.asked) == list(range(10, 99))


def test_a_quota_that_ends_inside_an_article_ends_the_run_and_the_article_is_completed_later(store: Store) -> None:
    spent: set[str] = set()

    async def ask(request: Request) -> Response:
        if request.what.startswith("stance") and "paid" not in spent:
            raise QuotaExhausted("no money")
        said = ANSWER if request.what.startswith("summary") else '{"stance": []}'
        return Response(said, Usage(requests=1), "m")

    def lens() -> Lens:
        return Lens(model="m", ask=ask, analyses=[SUMMARY, STANCE], calls="separate")

    outcomes = analyze_many(lens().pipeline, keyed(3), store=store)
    assert next(outcomes).unwrap().summary is not None
    with pytest.raises(QuotaExhausted):
        next(outcomes)
    spent.add("paid")
    assert [one.stored for one in analyze_many(lens().pipeline, keyed(3), store=store)] == [False] * 3


def test_on_request_the_first_error_ends_the_run(store: Store) -> None:
    model, got = Model({4: Refused("no")}), list[Outcome]()
    with pytest.raises(Refused):
        collect(analyze_many(pipeline_of(model), keyed(99), concurrency=2, on_error="raise", store=store), got)
    assert set(kinds(got).values()) == {"Report"}
    assert 4 <= len(got) <= 6
    with pytest.raises(Refused):  # it is in the store, and asked for no second time
        list(analyze_many(pipeline_of(Model()), keyed(5), on_error="raise", store=store))


@pytest.mark.parametrize(
    "options", [{"concurrency": 0}, {"order": "random"}, {"on_error": "ignore"}, {"run": "x"}, {"retry_failed": True}]
)
def test_options_that_cannot_work_are_refused_at_once(options: Any) -> None:
    with pytest.raises(ConfigurationError):
        analyze_many(pipeline_of(Model()), keyed(3), **options)


# ── a restart ──


def undated(report: Report | None) -> Any:
    return report and {**report.model_dump(), "provenance": report.provenance.model_dump(exclude={"created"})}


def test_a_restart_gives_the_same_and_asks_nothing(store: Store) -> None:
    wrong = InvalidReply("wrong", errors=("summary: missing",), raw_text="{", usage=Usage(requests=2))
    model = Model({3: wrong, 4: ContextTooLong("long", status=400)})
    first = {one.key: one for one in analyze_many(pipeline_of(model), keyed(9), store=store)}
    second = {one.key: one for one in analyze_many(pipeline_of(Model()), keyed(9), store=store)}
    assert [one.stored for one in second.values()] == [True] * 9
    assert {key: one.report for key, one in first.items()} == {key: one.report for key, one in second.items()}
    assert {key: one.error and dump_error(one.error) for key, one in first.items()} == {
        key: one.error and dump_error(one.error) for key, one in second.items()
    }
    again = Model()
    third = list(analyze_many(pipeline_of(again), keyed(9), store=store, retry_failed=True))
    assert set(kinds(third).values()) == {"Report"}
    assert sorted(again.asked) == [3, 4]


def test_a_changed_article_and_other_settings_are_read_anew(store: Store) -> None:
    list(analyze_many(pipeline_of(Model()), [("a", text(1)), ("b", text(2))], store=store))
    model = Model()
    list(analyze_many(pipeline_of(model), [("a", text(9)), ("b", text(2))], store=store))
    list(analyze_many(pipeline_of(model, temperature=0.5), [("b", text(2))], store=store))
    assert model.asked == [9, 2]
    list(analyze_many(pipeline_of(model), [("b", text(2))], store=store, run="mine"))
    with pytest.raises(ConfigurationError, match=r"'mine'.*other settings"):
        analyze_many(pipeline_of(model, temperature=0.5), [("b", text(2))], store=store, run="mine")


def test_a_row_that_this_version_cannot_read_is_read_anew(store: Store) -> None:
    list(analyze_many(pipeline_of(Model()), keyed(2), store=store))
    store._database.change("UPDATE rows SET report = '{\"summary\": 1}' WHERE key = '1'")
    model = Model()
    assert len(list(analyze_many(pipeline_of(model), keyed(2), store=store))) == 2
    assert model.asked == [1]


def test_the_store_holds_no_article(store: Store, tmp_path: Path) -> None:
    secret = "Zanzibar-47. " + "Nobody quotes this sentence of the article. " * 3
    list(analyze_many(pipeline_of(Model()), [text(1) + " " + secret], store=store))
    store.close()
    assert b"Zanzibar-47" not in (tmp_path / "store.db").read_bytes()


def test_the_store_holds_no_key(store: Store, tmp_path: Path) -> None:
    lens = Lens(model="m", base_url="https://canary:canary@a.example/canary/v1?canary", api_key="canary")
    analyze_many(lens.pipeline, keyed(1), store=store)
    store.close()
    assert b"prompts" in (tmp_path / "store.db").read_bytes()
    assert b"canary" not in (tmp_path / "store.db").read_bytes()


def test_a_store_that_fills_up_ends_the_run_and_all_that_is_finished_comes_out(store: Store) -> None:
    outcomes = analyze_many(pipeline_of(Model()), keyed(60), concurrency=4, store=store)
    got = [next(outcomes)]
    (pages,) = store._database.rows("PRAGMA page_count")[0]
    store._database.rows(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(StoreError, match="disk is full"):
        collect(outcomes, got)
    store._database.rows("PRAGMA max_page_count = 100000")
    again = Model()
    assert len(list(analyze_many(pipeline_of(again), keyed(60), store=store))) == 60
    assert len(again.asked) <= 60 - len(got) + 4


def all_errors() -> list[NewslensError]:
    classes = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NewslensError)]
    return [kind("what, which, what now: ü\ud800\x00") for kind in classes if not kind.__name__.startswith("_")]


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: type(error).__name__)
def test_every_error_comes_back_out_of_json_and_pickles(error: NewslensError) -> None:
    back = load_error(json.loads(json.dumps(dump_error(error))))
    assert (type(back), back.args, vars(back)) == (type(error), error.args, vars(error))
    assert vars(pickle.loads(pickle.dumps(back))) == vars(error)  # noqa: S301 - our own


def test_an_error_of_a_class_that_is_gone_is_still_an_error_of_ours() -> None:
    back = load_error({"kind": "Bygone", "message": "m", "fields": {"x": 1}})
    assert (type(back), str(back)) == (NewslensError, "m")


# ── async code and interruptions ──


def test_an_input_that_waits_does_not_hold_back_what_is_finished() -> None:
    more = asyncio.Event()

    async def slow_feed() -> AsyncIterator[str]:
        yield text(0)
        await more.wait()
        yield text(1)

    async def read() -> list[str]:
        outcomes = aanalyze_many(pipeline_of(Model()), slow_feed())
        first = await asyncio.wait_for(anext(outcomes), 5)
        more.set()
        return [one.key for one in [first, *[one async for one in outcomes]]]

    assert len(asyncio.run(read())) == 2


def test_cancelling_leaves_nothing_running() -> None:
    model = Model()

    async def read() -> None:
        model.slow = {number: asyncio.Event() for number in range(1, 9)}
        outcomes = aanalyze_many(pipeline_of(model), keyed(9), concurrency=4)
        await anext(outcomes)
        reading = asyncio.ensure_future(anext(outcomes))
        while model.now < 4:  # noqa: ASYNC110 - the model has no event for it
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait([reading])
        assert reading.cancelled()
        assert model.now == 0
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(read())


def test_what_the_input_raises_comes_through() -> None:
    def torn() -> Iterator[str]:
        yield text(0)
        yield text(1)
        raise ConnectionError("cursor lost")

    async def read() -> list[Outcome]:
        return [one async for one in aanalyze_many(pipeline_of(Model()), torn())]

    with pytest.raises(ConnectionError, match="cursor lost"):
        list(analyze_many(pipeline_of(Model()), torn()))
    with pytest.raises(ConnectionError, match="cursor lost"):
        asyncio.run(read())


def interrupt_when(ready: Callable[[], bool]) -> None:
    """Press Ctrl-C once that is so."""
    main = threading.main_thread().ident
    assert main is not None
    while not ready():
        threading.Event().wait(0.001)
    signal.pthread_kill(main, signal.SIGINT)


@pytest.mark.parametrize("finishes", [True, False])
def test_ctrl_c_begins_nothing_new_and_gives_what_runs_some_time(
    finishes: bool,  # noqa: FBT001 - a parameter of the test
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "_GRACE_S", 5.0 if finishes else 0.05)
    model = Model()
    model.slow = {number: asyncio.Event() for number in range(1, 4)}

    def let_go() -> None:
        for event in model.slow.values():
            event.set()

    async def running() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    from newslens.llm import loop

    background = loop.run(running)
    presses = threading.Thread(target=interrupt_when, args=(lambda: model.now == 3,))
    presses.start()
    if finishes:
        background.call_soon_threadsafe(background.call_later, 0.3, let_go)
    got: list[Outcome] = []
    with pytest.raises(KeyboardInterrupt):
        collect(analyze_many(pipeline_of(model), keyed(99), concurrency=3, store=store), got)
    presses.join()
    assert sorted(kinds(got)) == (["0", "1", "2", "3"] if finishes else ["0"])
    assert (model.now, sorted(model.asked)) == (0, [0, 1, 2, 3])
    again = Model()
    assert len(list(analyze_many(pipeline_of(again), keyed(9), store=store))) == 9
    assert sorted(again.asked) == list(range(4 if finishes else 1, 9))


@pytest.mark.parametrize("kept", [True, False])
def test_leaving_early_lets_what_is_paid_for_into_the_store(
    kept: bool,  # noqa: FBT001 - a parameter of the test
    store: Store,
) -> None:
    model = Model()
    model.slow = {number: asyncio.Event() for number in range(2, 9)}
    ended: list[int] = []

    async def ask(request: Request) -> Response:
        reply = await model(request)
        ended.append(number_in(request))
        return reply

    async def let_go_soon() -> None:
        for event in model.slow.values():
            asyncio.get_running_loop().call_later(0.2, event.set)

    from newslens.llm import loop

    outcomes = analyze_many(pipeline_of(ask), keyed(9), concurrency=4, store=store if kept else None)
    assert sorted([next(outcomes).key, next(outcomes).key]) == ["0", "1"]
    loop.run(let_go_soon)
    outcomes.close()  # type: ignore[attr-defined] # it is a generator, which the signature need not say
    assert model.now == 0
    assert len(ended) == (len(model.asked) if kept else 2)
    assert store.summary().runs == ({next(iter(store.summary().runs)): {"done": len(ended)}} if kept else {})


def test_a_second_ctrl_c_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_GRACE_S", 1e6)
    model = Model()
    model.slow = {number: asyncio.Event() for number in range(1, 4)}
    winding_up, wind_up = threading.Event(), Run.wind_up

    async def told(line: Run, grace_s: float) -> None:
        winding_up.set()
        await wind_up(line, grace_s)

    monkeypatch.setattr(Run, "wind_up", told)

    def press_twice() -> None:
        interrupt_when(lambda: model.now == 3)
        interrupt_when(winding_up.is_set)

    presses = threading.Thread(target=press_twice)
    presses.start()
    with pytest.raises(KeyboardInterrupt):
        list(analyze_many(pipeline_of(model), keyed(99), concurrency=3))
    presses.join()
    assert model.now == 0


ABANDONED = """
import asyncio
from newslens.analyses import SUMMARY
from newslens.corpus import analyze_many
from newslens.llm.exchange import Response
from newslens.lens import Lens
asked = []
async def ask(request):
    asked.append(request)
    if len(asked) > 1:
        await asyncio.Event().wait()
    return Response('{"summary": {"text": "t", "key_points": [{"text": "A vote.", "evidence": [1]}]}}')
texts = ("The council voted on Monday to close the old bridge." for _ in range(9))
outcomes = analyze_many(Lens(model="m", ask=ask, analyses=[SUMMARY]).pipeline, texts)
print(next(outcomes).error)
%s
"""


@pytest.mark.slow
@pytest.mark.parametrize("end", ["", "outcomes.close()", "raise SystemExit(0)"])
def test_a_run_that_is_left_ends_in_silence(end: str) -> None:
    command = [sys.executable, "-W", "error", "-c", ABANDONED % end]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "None\n", "")


# One process that imports once and forks the runs, which are killed at random instants.
KILLED = """
import asyncio, json, os, random, signal, sys, time
from newslens.analyses import SUMMARY
from newslens.corpus import Results, analyze_many
from newslens.llm.exchange import Response
from newslens.lens import Lens
from newslens.llm.store import Store, Stored
from newslens.errors import Usage

home, answer, COUNT, KILLS, WIDTH = sys.argv[1], sys.argv[2], 300, 25, 4
ledger = os.open(home + "/ledger", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

async def ask(request):
    os.write(ledger, request.messages[1].content.partition("on day ")[2].split()[0].encode() + b"\\n")
    await asyncio.sleep(0.03)
    return Response(answer, Usage(requests=1), "m")

def run():
    with Store(home + "/store.db") as store, Results(home + "/out.jsonl") as results:
        lens = Lens(model="m", ask=Stored(ask, store, server="s", model="m"), analyses=[SUMMARY])
        articles = ((str(n), f"The council voted on day {n} to close the old bridge.") for n in range(COUNT))
        for outcome in analyze_many(lens.pipeline, articles, concurrency=WIDTH, store=store):
            results.write(outcome)

chance = random.Random(7)
killed = 0
while True:
    child = os.fork()
    if not child:
        run()
        os._exit(0)
    if killed < KILLS:
        time.sleep(chance.uniform(0.02, 0.12))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        killed += 1
    else:
        assert status == 0, status
        break
print(killed)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_run_that_is_killed_again_and_again_loses_nothing_and_pays_for_little_twice(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), ANSWER]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    killed = int(done.stdout)
    asked = Counter((tmp_path / "ledger").read_text().split())
    assert set(asked) == {str(number) for number in range(300)}
    assert asked.total() - 300 <= 4 * killed  # what was in flight
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert sorted(int(line["key"]) for line in lines) == list(range(300))
    with Store(tmp_path / "store.db") as store:
        assert store.summary().answers == 300
        assert [dict(states) for states in store.summary().runs.values()] == [{"done": 300}]
    assert killed >= 20


def test_the_offline_reader_runs_in_bulk(store: Store) -> None:
    lens = Lens(offline=True, analyses=[SUMMARY])
    first = list(analyze_many(lens.pipeline, keyed(5), store=store, concurrency=4, order="input"))
    assert [undated(one.report) for one in first] == [undated(lens.analyze(text(number))) for number in range(5)]
    assert [one.stored for one in analyze_many(lens.pipeline, keyed(5), store=store)] == [True] * 5


def test_answers_in_the_store_are_not_paid_for_by_another_run(store: Store) -> None:
    model = Model()
    for name in ("one", "two"):
        lens = lens_of(Stored(model, store, server="s", model="m"))
        assert len(list(analyze_many(lens.pipeline, keyed(4), store=store, run=name))) == 4
    assert sorted(model.asked) == [0, 1, 2, 3]


def test_the_package_names_what_it_has() -> None:
    assert all(hasattr(bulk, name) for name in bulk.__all__)


@pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])
def test_a_run_that_a_cap_ended_keeps_everything_and_is_finished_under_a_higher_one(store: Store) -> None:
    """The stand-in bills 700 tokens an answer."""

    def run(url: str, cap: int, got: list[Outcome]) -> None:
        lens = Lens(
            model="m", base_url=url, analyses=[SUMMARY], store=store, budget=Budget(max_tokens=cap), judge=False
        )
        collect(lens.analyze_many(keyed(6), concurrency=1), got)

    async def twice() -> tuple[list[Outcome], list[Outcome], int]:
        capped, whole, names = list[Outcome](), list[Outcome](), itertools.count()
        good = {"choices": [{"finish_reason": "stop", "message": {"content": ANSWER}}]}
        bill = {"usage": {"prompt_tokens": 600, "completion_tokens": 100}}
        async with standin(otherwise=lambda: completion(str(next(names)), **good, **bill)) as server:
            with pytest.raises(BudgetExceeded):
                await asyncio.to_thread(run, server.base_url, 3_500, capped)
            await asyncio.to_thread(run, server.base_url, 60_000, whole)
            return capped, whole, len(server.ledger)

    capped, whole, requests = asyncio.run(twice())
    assert 0 < len(capped) < 6
    assert kinds(whole) == {str(number): "Report" for number in range(6)}
    assert [one.stored for one in whole] == [True] * len(capped) + [False] * (6 - len(capped))
    assert requests == 6


SURROGATE = "Bridge \ud800 closes\n\nThe council voted on Monday to close the old bridge. The mayor said so.\n"


def test_no_lone_surrogate_ends_a_run(tmp_path: Path) -> None:
    named = Article.from_text(text(2), url="http://x/\ud800", source="caf\udce9.txt", outlet="\ud800")
    with Store(tmp_path / "s.db") as store:
        lens = Lens(offline=True, store=store)
        outcomes = list(lens.analyze_many([("1", SURROGATE), ("2", named), ("3", text(3))]))
        again = list(lens.analyze_many([("1", SURROGATE), ("2", named), ("3", text(3))]))
    assert [one.report is not None for one in outcomes] == [True] * 3
    assert [one.stored for one in again] == [True] * 3


def test_a_row_that_is_no_input_is_an_error_in_its_place() -> None:
    class Mine(InputError):
        path = Path("x")

    mine = Mine("bad")
    mine.path = Path("y")
    given: list[Any] = [("a", text(1), "more"), ("b", mine), ("c", text(3))]
    with Store(":memory:") as store:
        outcomes = list(Lens(offline=True, store=store).analyze_many(given, order="input"))
    assert [type(one.error) for one in outcomes] == [InputError, Mine, type(None)]


def test_a_run_knows_the_server_of_a_client_that_the_caller_made() -> None:
    lenses = [
        Lens("m", client=openai.AsyncOpenAI(api_key="not-a-key", base_url=f"http://{host}.example/v1")) for host in "ab"
    ]
    first, second = (describe_settings(lens.pipeline) for lens in lenses)
    assert first != second


@pytest.mark.parametrize("fields", [{"__class__": "x"}, {"args": 5}, {"__dict__": 1}])
def test_an_error_out_of_a_file_has_the_fields_of_an_error_only(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no field"):
        load_error({"kind": "InputError", "message": "m", "fields": fields})
