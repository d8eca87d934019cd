"""Batches: submitted once, collected whatever came of them, and read as answers that came at once are read."""

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import openai
import pytest
from doubles.batch_server import CutOff, Day, Json, batching, summed, unexecuted
from doubles.server import completed

from newslens import errors
from newslens.analyses import SUMMARY
from newslens.corpus import batch_lines
from newslens.corpus.batch import Fetched, Submitted
from newslens.corpus.batch_server import BatchStatus
from newslens.corpus.results import lock
from newslens.errors import ConfigurationError, NewslensError, Pending, Usage
from newslens.lens import Lens
from newslens.llm.store import Store
from newslens.llm.tokens import compute_cost
from newslens.options import Budget, Limits, Retry
from newslens.report.report import Report
from newslens.testing import Scripted

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
TEXTS = [f"The council voted on day {number} to close the old bridge." for number in range(3)]
COUNTED = Usage(requests=1, input_tokens=10, output_tokens=2, cached_tokens=4)  # what the stand-in says of an answer
KEY = "sk-a-secret-that-nobody-may-see"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as store:
        yield store


@pytest.fixture
def day() -> Iterator[Day]:
    with batching() as day:
        yield day


@pytest.fixture
def lens(day: Day, store: Store) -> Iterator[Lens]:
    with lens_of(day, store) as lens:
        yield lens


def lens_of(day: Day, store: Store | None, **settings: Any) -> Lens:
    given = {"analyses": [SUMMARY], "judge": False, "api_key": KEY, "retry": Retry(first_wait_s=0), **settings}
    return Lens("m", base_url=day.base_url, store=store, **given)


def ends(lens: Lens, articles: Sequence[Any] = TEXTS, **options: Any) -> list[str]:
    """How each article ended, in the order of the input."""
    found = {one.key: one for one in lens.collect_batch(list(zip("abcdefgh", articles, strict=False)), **options)}
    return ["done" if found[key].report else type(found[key].error).__name__ for key in sorted(found)]


def why(lens: Lens) -> str:
    """Why the first article is pending."""
    error = next(iter(lens.collect_batch(TEXTS[:1]))).error
    assert isinstance(error, Pending)
    return str(error)


def answering(*said: tuple[int, Any], then: Callable[[Json], tuple[int, Any]] = summed) -> Callable[[Json], Any]:
    """These answers first, then good ones."""
    left = list(said)
    return lambda body: left.pop(0) if left else then(body)


def undated(report: Report | None) -> Json:
    """A report without what differs from run to run."""
    assert report is not None
    return report.model_dump(exclude={"usage": True, "provenance": {"created", "judged_by"}})


def test_what_is_submitted_is_collected_when_it_has_ended(day: Day, lens: Lens) -> None:
    assert lens.submit_batch(TEXTS) == Submitted(articles=3, requests=3, batches=("batch-0",))
    (status,) = lens.batch().status()
    assert status.model_copy(update={"mark": ""}) == BatchStatus(id="batch-0", status="in_progress", requests=3)
    assert ends(lens) == ["Pending"] * 3
    day.pass_by()
    ended = status.model_copy(update={"status": "completed", "answered": 3, "output_file": "file-1"})
    assert lens.batch().status() == [ended]
    outcomes = list(lens.collect_batch(TEXTS))
    assert [one.unwrap().complete for one in outcomes] == [True] * 3
    assert [one.usage for one in outcomes] == [COUNTED] * 3
    assert lens.batch().status() == []
    assert (lens.batch().fetch(), day.calls.count("GET /files/file-1/content")) == (Fetched(), 1)


def test_a_request_in_a_batch_is_that_of_a_live_call(day: Day, lens: Lens) -> None:
    live: list[Json] = []

    def noted(body: Json) -> tuple[int, Any]:
        live.append(body)
        return summed(body)

    lens.submit_batch(TEXTS[:1])
    with lens_of(day, None) as unstored:
        day.answering = noted
        unstored.analyze(TEXTS[0])
    assert [one["body"] for one in day.requests("batch-0")] == live


@pytest.mark.parametrize("calls", ["joint", "separate"])
def test_round_by_round_a_long_article_becomes_the_report_of_a_live_reading(
    day: Day, store: Store, calls: Any, tmp_path: Path
) -> None:
    article = "\n\n".join(path.read_text() for path in SEEDS)
    small = {"limits": Limits(window=2500, answer=500), "calls": calls, "analyses": None}
    settings = {name: value for name, value in small.items() if value is not None}
    rounds = 0
    with lens_of(day, store, **settings) as lens:
        while lens.submit_batch([article]).requests:
            rounds += 1
            day.pass_by()
            lens.batch().fetch()
        (collected,) = lens.collect_batch([article])
    with Store(tmp_path / "live.db") as other, lens_of(day, other, **settings) as lens:
        live = lens.analyze(article)
    assert rounds > 1  # the parts, then their merging
    assert undated(collected.report) == undated(live)
    assert collected.usage == live.usage.model_copy(update={"seconds": 0.0})


def test_an_answer_that_does_not_fit_is_asked_again_in_the_next_round(day: Day, lens: Lens) -> None:
    day.answering = answering((200, completed('{"summary": 3}', name="odd")))
    lens.submit_batch(TEXTS[:1])
    day.pass_by()
    assert why(lens) == (
        "Answers are missing: 1 not submitted. Submit again and collect later, or collect the rest live."
    )
    assert lens.submit_batch(TEXTS[:1]).requests == 1
    day.pass_by()
    (outcome,) = lens.collect_batch(TEXTS[:1])
    assert outcome.usage.requests == 2


def test_nothing_is_submitted_that_is_in_progress_or_answered_or_twice(day: Day, lens: Lens) -> None:
    lens.analyze(TEXTS[0])
    twice = [*TEXTS, TEXTS[2]]
    assert lens.submit_batch(twice) == Submitted(articles=4, complete=1, requests=2, batches=("batch-0",))
    assert lens.submit_batch(twice) == Submitted(articles=4, complete=1, in_progress=3)
    day.pass_by()
    assert lens.submit_batch(twice).requests == 0  # it has ended, and waits to be fetched
    assert ends(lens, twice) == ["done"] * 4
    assert lens.submit_batch(twice) == Submitted(articles=4, complete=4)
    assert len(day.asked) == len(set(day.asked)) == 2


def test_what_is_no_article_is_no_request(lens: Lens, day: Day) -> None:
    assert lens.submit_batch(["", ("k", errors.InputError("no"))]) == Submitted(articles=2, complete=2)
    assert ends(lens, ["", TEXTS[0]]) == ["InputError", "Pending"]
    assert day.calls == []


@pytest.mark.parametrize(("lines", "size"), [(2, 10**9), (50_000, 4000)])
def test_a_file_has_as_many_lines_and_bytes_as_it_may(
    day: Day, lens: Lens, monkeypatch: pytest.MonkeyPatch, lines: int, size: int
) -> None:
    monkeypatch.setattr(batch_lines, "MAX_LINES", lines)
    monkeypatch.setattr(batch_lines, "MAX_BYTES", size)
    submitted = lens.submit_batch(TEXTS)
    files = [day.files[one["input_file_id"]] for one in day.batches.values()]
    assert submitted.batches == tuple(day.batches)
    assert len(files) > 1
    assert all(file.count(b"\n") <= lines and len(file) <= size for file in files)
    assert len(day.asked) == len(set(day.asked)) == 3
    day.pass_by()
    assert ends(lens) == ["done"] * 3


REFUSAL = completed(None, choices=[{"index": 0, "finish_reason": "stop", "message": {"refusal": "no"}}])


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ((200, REFUSAL), "Refused"),
        ((200, completed("{", finish="length")), "Truncated"),
        ((200, completed("x", finish="content_filter")), "Filtered"),
        ((400, {"error": {"code": "context_length_exceeded"}}), "ContextTooLong"),
    ],
)
def test_an_error_that_would_come_again_is_the_article_s_until_it_is_wanted_again(
    day: Day, lens: Lens, said: tuple[int, Any], end: str
) -> None:
    day.answering = answering(said)
    lens.submit_batch(TEXTS)
    day.pass_by()
    assert sorted(ends(lens)) == sorted([end, "done", "done"])
    assert lens.submit_batch(TEXTS).requests == 0
    assert lens.submit_batch(TEXTS, retry_failed=True).requests == 1
    day.pass_by()
    assert ends(lens) == ["done"] * 3


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ((500, {"error": {"message": "made up"}}), "Unavailable"),
        ((429, {"error": {"code": "rate_limit_exceeded"}}), "RateLimited"),
        ((400, {"error": {"message": "made up"}}), "BadRequest"),
        ((0, "batch_expired"), "DeadlineExceeded"),
        ((0, "batch_cancelled"), "Unavailable"),
        ((200, completed("  ", name="blank")), "InvalidReply"),
        ((200, {"choices": []}), "MalformedResponse"),
    ],
)
def test_any_other_error_waits_for_the_next_submission(day: Day, lens: Lens, said: tuple[int, Any], named: str) -> None:
    day.answering = answering(said)
    lens.submit_batch(TEXTS)
    day.pass_by()
    outcomes = {one.key: one.error for one in lens.collect_batch(TEXTS)}
    (error,) = filter(None, outcomes.values())
    assert isinstance(error, Pending)
    assert f"1 failed ({named})" in str(error)
    assert lens.submit_batch(TEXTS).requests == 1
    day.pass_by()
    assert ends(lens) == ["done"] * 3


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ((401, {"error": {"message": "no"}}), errors.AuthenticationFailed),
        ((429, {"error": {"code": "insufficient_quota"}}), errors.QuotaExhausted),
        ((404, {"error": {"code": "model_not_found"}}), errors.ModelNotFound),
    ],
)
def test_what_every_request_would_meet_is_raised_after_the_outcomes(
    day: Day, lens: Lens, said: tuple[int, Any], error: type[NewslensError]
) -> None:
    day.answering = answering(said)
    lens.submit_batch(TEXTS)
    day.pass_by()
    collecting = lens.collect_batch(TEXTS)
    assert sum(next(collecting).report is not None for _ in TEXTS) == 2
    with pytest.raises(error, match="a request of batch-0"):
        next(collecting)
    assert lens.submit_batch(TEXTS).requests == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("invalid_json_line", errors.BadRequest),
        ("token_limit_exceeded", errors.RateLimited),
        ("billing_hard_limit_reached", errors.QuotaExhausted),
        ("model_not_found", errors.ModelNotFound),
    ],
)
def test_a_file_that_the_server_refuses_is_said_and_submitted_again(
    day: Day, lens: Lens, code: str, error: type[NewslensError]
) -> None:
    lens.submit_batch(TEXTS)
    day.fail(code, "line 1 is at fault")
    assert lens.batch().status()[0].complaint == (code, "line 1 is at fault")
    collecting = lens.collect_batch(TEXTS)
    assert [type(next(collecting).error) for _ in TEXTS] == [Pending] * 3
    with pytest.raises(error, match="line 1 is at fault"):
        next(collecting)
    assert lens.submit_batch(TEXTS).requests == 3


@pytest.mark.parametrize(("status", "named"), [("expired", "DeadlineExceeded"), ("cancelled", "Unavailable")])
def test_what_came_before_the_end_is_kept_and_only_the_rest_is_submitted_again(
    day: Day, lens: Lens, status: str, named: str
) -> None:
    lens.submit_batch(TEXTS)
    if status == "cancelled":
        assert [one.status for one in lens.batch().cancel()] == ["cancelling"]
        assert ends(lens) == ["Pending"] * 3
    day.pass_by(status, cut=2)
    assert lens.batch().fetch() == Fetched(batches=1, answers=1, errors=2)
    assert ends(lens) == ["Pending", "Pending", "done"]
    assert f"1 failed ({named})" in why(lens)
    assert lens.submit_batch(TEXTS).requests == 2
    assert day.asked[3:] == day.asked[:2]


def test_requests_without_any_line_are_submitted_again(day: Day, lens: Lens) -> None:
    lens.submit_batch(TEXTS)
    day.batches["batch-0"]["status"] = "completed"
    assert "1 failed (Unavailable)" in why(lens)
    assert lens.submit_batch(TEXTS).requests == 3


def test_lines_that_are_none_or_nobody_s_or_doubled_do_no_harm(day: Day, lens: Lens) -> None:
    lens.submit_batch(TEXTS)
    mine = day.asked[0]
    late = {"custom_id": mine, "response": {"status_code": 200, "body": completed('{"summary": 1}')}}
    foreign = {**late, "custom_id": "f" * 64}
    odd = [b"{broken\n", b"\n", b"[]\n", b"\xff\xfe\n", b'{"custom_id": 3}\n']
    whole = [json.dumps(one).encode() + b"\n" for one in (late, foreign, unexecuted(mine, "batch_expired"))]
    day.pass_by(more=(*odd, *whole, whole[0].rstrip()))
    assert lens.batch().fetch() == Fetched(batches=1, answers=5, errors=1, unreadable=4, unknown=1)
    assert ends(lens) == ["done"] * 3
    assert [one.usage for one in lens.collect_batch(TEXTS)] == [COUNTED] * 3


def test_live_asks_what_no_batch_has_and_never_what_is_in_progress(day: Day, lens: Lens) -> None:
    lens.submit_batch(TEXTS[:1])
    assert ends(lens, live=True) == ["Pending", "done", "done"]
    assert day.calls.count("POST /chat/completions") == 2
    day.pass_by("expired", cut=1)
    assert ends(lens, live=True) == ["done"] * 3
    assert day.calls.count("POST /chat/completions") == 3


def test_pending_is_not_written_down_as_the_article_s_failure(day: Day, lens: Lens, store: Store) -> None:
    lens.submit_batch(TEXTS)
    assert ends(lens) == ["Pending"] * 3
    assert list(store.summary().runs.values()) == [{}]
    day.pass_by()
    assert ends(lens) == ["done"] * 3
    assert list(store.summary().runs.values()) == [{"done": 3}]
    assert [one.stored for one in lens.analyze_many(list(zip("abc", TEXTS, strict=True)))] == [True] * 3


def test_what_is_finished_is_not_submitted_again_though_its_answer_was_pruned(
    day: Day, lens: Lens, store: Store
) -> None:
    lens.submit_batch(TEXTS)
    day.pass_by()
    assert ends(lens) == ["done"] * 3
    store._database.change("DELETE FROM answers")
    store._database.change("DELETE FROM batches")
    keyed = list(zip("abc", TEXTS, strict=True))
    assert lens.submit_batch(keyed) == Submitted(articles=3, complete=3)
    assert ends(lens) == ["done"] * 3


def test_the_judge_asks_only_live(day: Day, store: Store) -> None:
    with lens_of(day, store, judge=True) as lens:
        lens.submit_batch(TEXTS)
        day.pass_by()
        (unjudged, *_) = lens.collect_batch(TEXTS)
        assert not [call for call in day.calls if call.endswith(("decisions", "completions"))]
        (judged, *_) = lens.collect_batch(TEXTS, live=True)
        assert "POST /decisions" in day.calls
        assert "POST /chat/completions" not in day.calls
    assert unjudged.unwrap().provenance.judged_by is None
    assert judged.unwrap().provenance.judge == unjudged.unwrap().provenance.judge


def test_a_batch_whose_start_was_not_seen_is_found_behind_many_others(day: Day, lens: Lens, store: Store) -> None:
    def lose(call: str) -> None:
        if call == "POST /batches":
            raise ConnectionError

    day.after = lose
    with lens_of(day, store, retry=Retry(attempts=1)) as hasty, pytest.raises(errors.Unavailable, match="the start"):
        hasty.submit_batch(TEXTS)
    day.after = lambda _: None
    for number in range(1, 6):
        day.batches[f"batch-{number}"] = day.batches["batch-0"] | {"id": f"batch-{number}", "metadata": None}
    assert lens.submit_batch(TEXTS) == Submitted(articles=3, in_progress=3)
    assert [one.id for one in lens.batch().status()] == ["batch-0"]


def test_a_client_of_the_caller_s_is_used_and_left_open_and_the_price_is_half(store: Store) -> None:
    day = Day()

    async def serve(request: httpx2.Request) -> httpx2.Response:
        content, path = await request.aread(), request.url.path.removeprefix("/v1/")
        status, body = day.respond(request.method, path, parse_qs(request.url.query.decode()), content)
        return httpx2.Response(status, **{"content" if isinstance(body, bytes) else "json": body})

    http = openai.DefaultAsyncHttpxClient(transport=httpx2.MockTransport(serve))
    client = openai.AsyncOpenAI(api_key=KEY, base_url="https://api.openai.com/v1", http_client=http)
    lens = Lens("gpt-6-luna", client=client, store=store, analyses=[SUMMARY], judge=False)
    lens.submit_batch(TEXTS)
    day.pass_by()
    usages = [one.usage for one in lens.collect_batch(TEXTS)]
    listed = compute_cost("gpt-6-luna", "api.openai.com", COUNTED)
    assert listed is not None
    assert usages == [COUNTED.model_copy(update={"cost_usd": listed * Decimal("0.5")})] * 3
    assert not client.is_closed()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"store": None}, "A batch is kept in a store"),
        ({"offline": True, "base_url": None, "api_key": None}, "needs a server"),
        ({"ask": Scripted(), "base_url": None, "api_key": None}, "needs a server"),
    ],
)
def test_a_lens_that_has_no_batch_says_what_it_lacks(
    day: Day, store: Store, settings: dict[str, Any], said: str
) -> None:
    given = {"base_url": day.base_url, "api_key": KEY, "store": store, **settings}
    with pytest.raises(ConfigurationError, match=said):
        Lens("m", **given).batch()


def test_a_budget_is_kept_live_and_refused_where_it_cannot_be_kept(day: Day, store: Store) -> None:
    with lens_of(day, store) as lens:
        lens.submit_batch(TEXTS)
    day.pass_by("expired", cut=3)
    with lens_of(day, store, budget=Budget(max_tokens=5)) as capped:
        with pytest.raises(ConfigurationError, match="A batch cannot keep a budget"):
            capped.submit_batch(TEXTS)
        with pytest.raises(errors.BudgetExceeded):
            list(capped.collect_batch(TEXTS, live=True))
    assert "POST /chat/completions" not in day.calls


def test_another_process_at_the_same_batches_is_waited_for(day: Day, lens: Lens, store: Store) -> None:
    with store.path.with_name("store.db.lock").open("ab") as held:
        assert lock(held)
        for call in (lambda: lens.submit_batch(TEXTS), lens.batch().fetch, lens.batch().cancel):
            with pytest.raises(ConfigurationError, match="Another process"):
                call()
    assert day.calls == []
    assert lens.submit_batch(TEXTS).requests == 3


@pytest.mark.parametrize(
    "broken", ["POST /files", "POST /batches", "GET /batches/batch-0", "GET /files/file-1/content"]
)
def test_an_error_of_the_wire_is_one_of_ours_without_the_key(day: Day, lens: Lens, broken: str) -> None:
    def deny(call: str) -> tuple[int, Any] | None:
        return (401, {"error": {"message": f"{KEY} is no key"}}) if call == broken else None

    day.denying = deny
    with pytest.raises(errors.AuthenticationFailed, match="is no key") as caught:
        submitted_and_gathered(day, lens)
    assert KEY not in f"{caught.value} {vars(caught.value)}"
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_an_error_in_a_file_has_not_the_key_that_the_server_repeats(day: Day, lens: Lens, store: Store) -> None:
    day.answering = answering((401, {"error": {"message": f"{KEY} is no key"}}))
    lens.submit_batch(TEXTS)
    day.pass_by()
    error = lens.batch().fetch().stopped_by
    assert isinstance(error, errors.AuthenticationFailed)
    kept = store._database.rows("SELECT error, rest FROM batched JOIN batches USING (mark)")
    assert KEY not in f"{error} {vars(error)} {kept}"
    assert "[key] is no key" in str(error)


def submitted_and_gathered(day: Day, lens: Lens) -> None:
    lens.submit_batch(TEXTS)
    day.pass_by()
    lens.batch().fetch()


@pytest.mark.parametrize(
    ("response", "error"),
    [((404, {"error": {"message": "no such thing"}}), errors.BadRequest), ((200, b"<html>"), errors.MalformedResponse)],
)
def test_a_server_without_a_batch_api_is_said(
    day: Day, lens: Lens, response: tuple[int, Any], error: type[NewslensError]
) -> None:
    day.denying = lambda _: response
    with pytest.raises(error, match="the upload of a batch"):
        lens.submit_batch(TEXTS)


def test_a_file_that_breaks_off_is_fetched_again(day: Day, lens: Lens) -> None:
    def cut(call: str) -> None:
        if call == "GET /files/file-1/content":
            raise CutOff

    lens.submit_batch(TEXTS)
    day.pass_by()
    day.after = cut
    with pytest.raises(errors.Unavailable, match="the file file-1"):
        lens.batch().fetch()
    day.after = lambda _: None
    assert lens.batch().fetch().batches == 1
    assert ends(lens) == ["done"] * 3


def test_a_file_that_is_gone_blocks_no_other_batch_and_its_requests_are_submitted_again(day: Day, lens: Lens) -> None:
    lens.submit_batch([("a", TEXTS[0])])
    lens.submit_batch([("b", TEXTS[1])])
    day.pass_by()
    day.files.pop(day.batches["batch-0"]["output_file_id"])
    both = [("a", TEXTS[0]), ("b", TEXTS[1])]
    found = {one.key: one for one in lens.collect_batch(both)}
    assert isinstance(found["a"].error, Pending)
    assert found["b"].report is not None
    assert lens.submit_batch(both).requests == 1
