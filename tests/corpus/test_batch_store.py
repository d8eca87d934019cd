"""Batches in the store: what is under way, what came of it, and files from before there were any."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from newslens.errors import Usage
from newslens.llm import database as module
from newslens.llm.exchange import Response
from newslens.llm.store import BatchAnswer, BatchRow, Store

REPLY = Response("{}", Usage(requests=1, input_tokens=9, cost_usd=Decimal("0.1")), "model-1", "req-1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as store:
        yield store


def test_a_file_of_the_schema_before_is_migrated_with_all_that_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(module, "MIGRATIONS", module.MIGRATIONS[:1])
        with Store(tmp_path / "store.db") as store:
            store.put("a", REPLY)
            assert store._database.rows("PRAGMA user_version") == [(1,)]
    with Store(tmp_path / "store.db") as store:
        store.batches.begin("m", "s", ["a"])
        assert store.get("a") == replace(REPLY, usage=Usage())
        assert store.batches.find("a") == BatchAnswer(REPLY)


def test_a_request_is_under_way_until_it_is_answered_or_fails_or_its_batch_ends(store: Store) -> None:
    store.batches.begin("m", "s", ["a", "b", "c"])
    assert [store.batches.find(each) for each in "abcx"] == [BatchAnswer(), BatchAnswer(), BatchAnswer(), None]
    store.put("a", REPLY)
    store.batches.fail("m", "b", "no")
    assert [store.batches.find(each) for each in "abc"] == [BatchAnswer(REPLY), BatchAnswer(error="no"), BatchAnswer()]
    store.batches.end("m", "expired")
    assert [store.batches.find(each) for each in "abc"] == [
        BatchAnswer(REPLY),
        BatchAnswer(error="no"),
        BatchAnswer(error="expired"),
    ]


def test_a_request_belongs_to_the_last_batch_that_it_was_given_to(store: Store) -> None:
    store.batches.begin("m", "s", ["a", "b"])
    store.batches.end("m", "expired")
    store.batches.begin("n", "s", ["a"])
    store.batches.fail("m", "a", "late")
    assert [store.batches.find(each) for each in "ab"] == [BatchAnswer(), BatchAnswer(error="expired")]


def test_what_never_came_to_the_server_is_forgotten_with_its_requests(store: Store) -> None:
    store.batches.begin("m", "s", ["a"])
    store.batches.forget("m")
    assert (store.batches.at_server("s"), store.batches.find("a")) == ([], None)


def test_batches_are_listed_by_server_in_the_order_in_which_they_were_begun(store: Store) -> None:
    for mark, server in (("z", "s"), ("a", "s"), ("b", "other")):
        store.batches.begin(mark, server, [mark])
    store.batches.record_id("z", "batch_1")
    assert store.batches.at_server("s") == [BatchRow("z", "batch_1", None), BatchRow("a", None, None)]


def test_pruning_forgets_ended_batches_and_never_one_under_way(store: Store) -> None:
    for mark in ("m", "n"):
        store.batches.begin(mark, "s", [mark])
    store.batches.end("m", "expired")
    assert store.prune(older_than=timedelta(0)) == 0
    assert [row.mark for row in store.batches.at_server("s")] == ["n"]
    assert [store.batches.find(each) for each in "mn"] == [None, BatchAnswer()]
