"""The store: the same request finds its answer, and no kill, no full disk and no neighbour takes it away."""

import asyncio
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.errors import ConfigurationError, NewslensError, StoreError, Unavailable, Usage
from newslens.llm import database as module
from newslens.llm.client import Endpoint
from newslens.llm.exchange import Message, Request, Response
from newslens.llm.store import Row, Store, Stored, cache_key
from newslens.testing import Scripted

REQUEST = Request(
    what="summary, sentences 1-2",
    messages=(Message("system", "Rules."), Message("user", "It rained.")),
    schema={"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
)
SPENT = Usage(requests=2, retries=1, input_tokens=100, output_tokens=7, seconds=1.5, cost_usd=Decimal("0.012"))
REPLY = Response('{"a": "Rain"}', SPENT, "model-1", "req-1")
FREE = replace(REPLY, usage=Usage())

hostile = st.text(st.characters(exclude_categories=[]), max_size=40)  # NULs, lone surrogates, direction marks


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as store:
        yield store


def key(request: Request, server: str = "https://a.example/v1", model: str | None = "m") -> str:
    return cache_key(request, server=server, model=model)


def test_an_answer_is_found_again_and_costs_nothing_the_second_time(tmp_path: Path) -> None:
    with Store(tmp_path / "store.db") as store:
        assert store.get(key(REQUEST)) is None
        store.put(key(REQUEST), REPLY)
    with Store(tmp_path / "store.db") as store:
        assert store.get(key(REQUEST)) == FREE
        assert store.summary().usage == SPENT


def test_the_first_answer_stays(store: Store) -> None:
    store.put("a", REPLY)
    store.put("a", replace(REPLY, text="another"))
    assert store.get("a") == FREE


@pytest.mark.parametrize(
    "changed",
    [
        {"messages": (Message("system", "Rules."), Message("user", "It snowed."))},
        {"messages": (Message("user", "Rules."), Message("user", "It rained."))},
        {"messages": (Message("system", "Rules.It rained."),)},
        {"schema": {**REQUEST.schema, "properties": {"b": {"type": "string"}, "a": {"type": "string"}}}},
        {"schema_name": "other"},
        {"temperature": 0.0},
        {"seed": 0},
        {"max_output_tokens": 0},
    ],
)
def test_what_can_change_the_answer_changes_the_address(changed: dict[str, Any]) -> None:
    assert key(replace(REQUEST, **changed)) != key(REQUEST)


def test_who_is_asked_belongs_to_the_address_and_what_only_people_see_does_not() -> None:
    places = {key(REQUEST), key(REQUEST, "https://b.example/v1"), key(REQUEST, model="n"), key(REQUEST, model=None)}
    assert len(places) == 4
    assert key(replace(REQUEST, what="again", deadline=12.5)) == key(REQUEST)
    assert key(replace(REQUEST, temperature=0)) == key(replace(REQUEST, temperature=0.0))


@given(st.lists(st.tuples(st.sampled_from(["system", "user"]), hostile), max_size=3), st.data())
def test_two_addresses_are_equal_exactly_when_the_messages_are(messages: list[tuple[Any, str]], data: Any) -> None:
    others = data.draw(
        st.one_of(st.just(messages), st.lists(st.tuples(st.sampled_from(["system", "user"]), hostile), max_size=3))
    )
    one, two = (replace(REQUEST, messages=tuple(Message(*pair) for pair in each)) for each in (messages, others))
    assert (key(one) == key(two)) == (messages == others)


def test_two_halves_of_a_character_are_not_the_character() -> None:
    halves, whole = (replace(REQUEST, messages=(Message("user", text),)) for text in ("\ud83d\ude00", "\U0001f600"))
    assert key(halves) != key(whole)


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        (None, "caller"),
        ("https://user:secret@Host.example:8000/v1/?key=secret#x", "https://host.example:8000/v1"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1"),
    ],
)
def test_a_servers_name_has_no_secret(base_url: str | None, name: str) -> None:
    assert Endpoint("server", base_url=base_url).server == name


@given(hostile, hostile)
def test_every_text_comes_back_as_it_was(text: str, name: str) -> None:
    with Store(":memory:") as store:
        store.put("a", Response(text))
        store.begin("run", "settings")
        store.keep("run", name, "article", Row("failed", error=text))
        assert store.get("a") == Response(text)
        assert [answer["text"] for answer in store.export()] == [text]
        assert store.row("run", name, "article") == Row("failed", error=text)


def test_a_row_is_of_a_run_a_key_and_an_article_and_can_be_replaced(store: Store) -> None:
    store.begin("run", "settings")
    store.keep("run", "key", "article", Row("failed", error="{}"))
    store.keep("run", "key", "article", Row("partial", report="{}"))
    assert store.row("run", "key", "article") == Row("partial", report="{}")
    others = [("run2", "key", "article"), ("run", "key2", "article"), ("run", "key", "article2")]
    assert [store.row(*other) for other in others] == [None, None, None]


def test_a_run_keeps_to_its_settings(store: Store) -> None:
    store.begin("run", "model m")
    store.begin("run", "model m")
    with pytest.raises(ConfigurationError, match=r"other settings.*another name.*model m"):
        store.begin("run", "model n")


def test_the_summary_counts_answers_and_rows(store: Store) -> None:
    for number in range(250):  # more than a page
        store.put(str(number), replace(REPLY, usage=Usage(requests=1, input_tokens=10)))
    store.begin("run", "")
    for number in range(3):
        store.keep("run", str(number), "", Row("failed" if number else "done", **{"error" if number else "report": "{}"}))  # fmt: skip  # noqa: E501
    summary = store.summary()
    assert (summary.answers, summary.usage) == (250, Usage(requests=250, input_tokens=2500))
    assert summary.runs == {"run": {"done": 1, "failed": 2}}
    assert summary.size > 4096


def test_pruning_forgets_what_is_older_and_gives_the_room_back(store: Store, tmp_path: Path) -> None:
    for number in range(50):
        store.put(str(number), replace(REPLY, text="x" * 20_000))
    store.begin("run", "")
    store.keep("run", "key", "", Row("done", report="{}"))
    store._database.change("UPDATE runs SET created = '2026-01-01'")
    assert store.prune(older_than=timedelta(days=1)) == 0
    assert store.summary().answers == 50
    assert store.prune(older_than=timedelta(seconds=-1)) == 51
    assert (store.summary().answers, store.summary().runs) == (0, {})
    store.close()
    assert (tmp_path / "store.db").stat().st_size < 100_000


# ── one question at a time ──


class Slow:
    """Answers when it is told to; counts how often it was asked."""

    def __init__(self, *errors: NewslensError | None) -> None:
        self.asked = 0
        self.errors = list(errors)
        self.go = asyncio.Event()

    async def __call__(self, request: Request) -> Response:
        self.asked += 1
        await self.go.wait()
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        return replace(REPLY, text=request.messages[-1].content)


def through(store: Store, ask: Any) -> Stored:
    return Stored(ask, store, server="https://a.example/v1", model="m")


async def test_the_same_request_under_way_is_asked_once(store: Store, anyio_backend: str) -> None:
    del anyio_backend
    ask = Slow()
    stored = through(store, ask)
    tasks = [asyncio.create_task(stored(REQUEST)) for _ in range(5)]
    await asyncio.sleep(0)
    ask.go.set()
    replies = await asyncio.gather(*tasks)
    assert ask.asked == 1
    assert [reply.usage.requests for reply in replies] == [2, 0, 0, 0, 0]
    assert {reply.text for reply in replies} == {"It rained."}


async def test_when_the_first_fails_or_is_cancelled_the_second_asks_itself(store: Store, anyio_backend: str) -> None:
    del anyio_backend
    ask = Slow(Unavailable("down"), None)
    stored = through(store, ask)
    cancelled, failing, third = [asyncio.create_task(stored(REQUEST)) for _ in range(3)]
    await asyncio.sleep(0)
    cancelled.cancel()
    ask.go.set()
    outcomes = await asyncio.gather(cancelled, failing, third, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError, Unavailable, Response]
    assert ask.asked == 3


async def test_a_waiting_task_that_is_cancelled_leaves_the_others_alone(store: Store, anyio_backend: str) -> None:
    del anyio_backend
    ask = Slow()
    stored = through(store, ask)
    first, waiting = [asyncio.create_task(stored(REQUEST)) for _ in range(2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    ask.go.set()
    assert (await first).text == "It rained."
    assert (ask.asked, waiting.cancelled()) == (1, True)


def test_several_event_loops_ask_once(store: Store) -> None:
    begun, asked = threading.Event(), []

    async def ask(request: Request) -> Response:
        asked.append(request)
        begun.set()
        await asyncio.sleep(0.05)
        return REPLY

    async def one() -> Response:
        return await stored(REQUEST)

    stored = through(store, ask)
    replies: list[Response] = []
    threads = [threading.Thread(target=lambda: replies.append(asyncio.run(one()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert begun.is_set()
    assert (len(asked), len(replies)) == (1, 4)


def test_a_reply_that_does_not_fit_is_replayed_like_any_other(store: Store) -> None:
    ask = Scripted("no JSON at all")
    stored = through(store, ask)
    assert [asyncio.run(stored(REQUEST)).text for _ in range(2)] == ["no JSON at all"] * 2
    assert len(ask.requests) == 1


# ── trouble ──


def test_a_full_store_says_so_keeps_all_and_asks_nothing_until_there_is_room(store: Store) -> None:
    long = replace(REPLY, text="x" * 200_000)
    ask = Scripted(long, long, REPLY)
    stored = through(store, ask)
    requests = [replace(REQUEST, seed=seed) for seed in range(3)]
    asyncio.run(stored(requests[0]))
    (pages,) = store._database.rows("PRAGMA page_count")[0]
    store._database.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match=r"disk is full.*make room"):
        asyncio.run(stored(requests[1]))
    with pytest.raises(StoreError):
        asyncio.run(stored(requests[2]))
    assert len(ask.requests) == 2  # the third would have been paid for in vain
    store._database.rows("PRAGMA max_page_count = 100000")
    assert asyncio.run(stored(requests[2])).text == REPLY.text
    assert asyncio.run(stored(requests[1])) == replace(long, usage=Usage())  # it was paid for, and is there
    assert store.summary().answers == 3


LIMITED = """
import resource, sys
from newslens.llm.exchange import Response
from newslens.llm.store import Store
from newslens.errors import StoreError
store = Store(sys.argv[1])
store.put("first", Response("kept"))
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
written = 0
try:
    for number in range(100):
        store.put(str(number), Response("x" * 10_000))
        written += 1
except StoreError as error:
    assert "no room" in str(error) or "full" in str(error), error
    print(written)
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no limits on this system")
def test_a_file_that_cannot_grow_loses_nothing_that_was_written(tmp_path: Path) -> None:
    done = run(LIMITED, str(tmp_path / "store.db"))
    assert done.returncode == 0, done.stderr
    with Store(tmp_path / "store.db") as store:
        assert store.get("first") == Response("kept")
        assert store.summary().answers == int(done.stdout) + 1


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url)")


def newer(path: Path) -> None:
    Store(path).close()
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 1000")


def damaged(path: Path) -> None:
    with Store(path) as store:
        for number in range(200):
            store.put(str(number), Response("x" * 2000))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda path: path.write_bytes(b"Dear diary, " * 1000), "is not a store. Nothing was changed"),
        (foreign, "another program. Nothing was changed"),
        (newer, "newer newslens. Nothing was changed. Update"),
        (damaged, "is damaged. Nothing was overwritten"),
        (lambda path: path.mkdir(), "cannot be opened"),
    ],
    ids=["no database", "another program's", "newer", "damaged", "directory"],
)
def test_what_is_no_sound_store_is_refused_and_left_as_it_is(tmp_path: Path, spoil: Any, complaint: str) -> None:
    path = tmp_path / "store.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""

    def used() -> None:
        with Store(path) as store:
            for number in range(200):
                store.get(str(number))

    with pytest.raises(StoreError, match=complaint):
        used()
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Check that its folder exists"):
        Store(tmp_path / "nowhere" / "store.db")


def test_an_older_file_is_migrated_with_all_that_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    with Store(path) as store:
        store.put("a", REPLY)
    later = ("ALTER TABLE answers RENAME COLUMN model TO said_model", "ALTER TABLE answers RENAME COLUMN said_model TO model")  # fmt: skip  # noqa: E501
    monkeypatch.setattr(module, "MIGRATIONS", (*module.MIGRATIONS, later))
    with Store(path) as store:
        assert store.get("a") == FREE
        assert store._database.rows("PRAGMA user_version") == [(len(module.MIGRATIONS),)]
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer"):
        Store(path)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    with Store(path) as store:
        store.put("a", REPLY)
    monkeypatch.setattr(module, "MIGRATIONS", (*module.MIGRATIONS, ("DROP TABLE answers", "no SQL")))
    with pytest.raises(StoreError, match="syntax error"):
        Store(path)
    monkeypatch.undo()
    with Store(path) as store:
        assert store.get("a") == FREE


WRITING = """
import sys
from newslens.llm.exchange import Response
from newslens.llm.store import Store
with Store(sys.argv[1]) as store:
    for number in range(int(sys.argv[3])):
        store.put(f"{sys.argv[2]}-{number}", Response("x" * 3000))
        print(number, flush=True)
"""


def writing(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITING, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_that_begin_at_once_share_a_file(tmp_path: Path) -> None:
    processes = [writing(tmp_path / "store.db", name, 200) for name in "ab"]
    said = [process.communicate(timeout=30) for process in processes]
    assert [error for _, error in said] == [""] * 2
    with Store(tmp_path / "store.db") as store:
        assert {answer["address"] for answer in store.export()} == {f"{n}-{i}" for n in "ab" for i in range(200)}


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    for attempt in range(2):
        process = writing(tmp_path / "store.db", str(attempt), 100_000)
        assert process.stdout is not None
        for _ in range(10 * attempt + 1):
            last = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=10)
        with Store(tmp_path / "store.db") as store:
            assert all(store.get(f"{attempt}-{number}") for number in range(last + 1))
            assert store._database.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_uses_a_connection_of_its_own(tmp_path: Path) -> None:
    script = """
import os, sys, warnings
from newslens.llm.exchange import Response
from newslens.llm.store import Store
warnings.simplefilter("ignore", ResourceWarning)  # a child must not close what it has inherited
store = Store(sys.argv[1])
store.put("before", Response("x"))
child = os.fork()
store.put("parent" if child else "child", Response("x"))
if child:
    assert os.waitpid(child, 0)[1] == 0
    print(sorted(answer["address"] for answer in store.export()))
store.close()
"""
    done = run(script, str(tmp_path / "store.db"))
    assert (done.stdout, done.stderr) == ("['before', 'child', 'parent']\n", "")


def test_pruning_leaves_a_run_that_another_process_may_be_at(store: Store) -> None:
    store.begin("run", "")
    store.prune(older_than=timedelta(0))
    store.keep("run", "key", "", Row("done", report="{}"))
    assert store.summary().runs == {"run": {"done": 1}}


async def test_two_lenses_on_one_store_ask_the_same_once(store: Store, anyio_backend: str) -> None:
    del anyio_backend
    slow = Slow()
    first, second = (Stored(slow, store, server="s", model="m") for _ in range(2))
    both = asyncio.gather(first(REQUEST), second(REQUEST))
    await asyncio.sleep(0)
    slow.go.set()
    one, other = await both
    assert (slow.asked, one.text) == (1, other.text)


def use_all_of(path: Path) -> None:
    """Call everything that reads, and check the types of what comes back."""
    with Store(path) as store:
        for number in range(40):
            found = store.get(str(number))
            assert found is None or isinstance(found.text, str)
            row = store.row("run", str(number), "article")
            assert row is None or isinstance(row.error or row.report, str)
            store.batches.find(str(number))
        list(store.export())
        store.summary()
        store.batches.at_server("s")
        store.begin("run", "settings")
        store.put("new", REPLY)
        store.keep("run", "new", "article", Row("failed", error="{}"))
        store.prune(older_than=timedelta(days=1))


def test_a_file_with_damage_anywhere_works_or_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store(path) as store:
        store.begin("run", "settings")
        store.batches.begin("mark", "s", [str(number) for number in range(0, 40, 2)])
        for number in range(40):
            store.put(str(number), replace(REPLY, text="ü" * number * 20))
            store.keep("run", str(number), "article", Row("failed", error="{}"))
    use_all_of(path)
    sound, chance, failed = path.read_bytes(), random.Random(7), 0  # noqa: S311 - damage, no secrets
    for _ in range(60):
        spoilt = bytearray(sound)
        at = chance.randrange(100, len(sound) - 64)
        spoilt[at : at + 64] = chance.randbytes(chance.choice([1, 8, 64]))
        for side in path.parent.glob("store.db*"):
            side.unlink()
        path.write_bytes(spoilt)
        try:
            use_all_of(path)
        except StoreError:
            failed += 1
        except ConfigurationError as error:
            assert "other settings" in str(error)  # noqa: PT017 - one of two outcomes
    assert failed > 10


def test_a_pipe_in_place_of_a_store_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "store.db")
    with pytest.raises(StoreError, match="not a regular file"):
        Store(tmp_path / "store.db")
