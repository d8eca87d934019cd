"""The judge over the wire: which way it takes, what it sends, and that no fault becomes a probability."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import log
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from doubles.decisions_server import CHAT, DECISIONS, chosen, decided, deciding, letters, refusal, sure
from doubles.server import Act, Standin, completed, completion, failing, say

from newslens import analyses
from newslens.analyses import FRAMING, FramingNote
from newslens.analyses.findings import Answer, Question
from newslens.analyses.stance import StanceLabel
from newslens.article.article import Article
from newslens.errors import BadRequest, ConfigurationError, InvalidReply, QuotaExhausted, Usage
from newslens.lens import Lens
from newslens.llm.client import Client
from newslens.llm.exchange import Request, Response
from newslens.llm.store import Store, Stored
from newslens.llm.tokens import compute_decision_cost
from newslens.options import Judging, Limits, Measure, Retry
from newslens.reading.judge import Judge
from newslens.reading.measures import Verdict
from newslens.reading.questions import Settings
from newslens.reading.reader import Reader, ReadingResult
from newslens.testing import Scripted

pytestmark = [pytest.mark.anyio, pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])]

CORE = (analyses.SUMMARY, analyses.STANCE, analyses.FRAMING)
ARTICLE = Article.from_text(
    "Council votes for tram\n\nThe council voted on Tuesday to build a tram line. Mayor Ada Berg said she supports it."
)
STANCE = Question("a", "What position does Berg take?", {"favor": "supports it", "against": "opposes it"})
FRAME = Question("b", "Is the frame there?", {"present": "it is", "absent": "it is not"})
BOTH: tuple[Measure, ...] = ("decision", "logprobs")
READ = {
    "summary": {
        "text": "The council voted to build a tram line.",
        "key_points": [{"text": "The council voted on Tuesday.", "evidence": [1]}],
    },
    "stances": [
        {
            "holder": "Ada Berg",
            "target": "tram line",
            "label": "mixed",
            "voice": "paraphrased",
            "evidence": [2],
            "note": "",
        }
    ],
    "framing": [{"frame": "policy", "primary": True, "function": None, "evidence": [1], "note": ""}],
}


@dataclass
class Asked:
    """A client, and what it was asked."""

    client: Client
    requests: list[Request] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return await self.client.ask(request)


async def asleep(_: float) -> None:
    await asyncio.sleep(0)


def asker(server: Standin, **options: Any) -> Asked:
    return Asked(Client("m", base_url=server.base_url, sleep=asleep, **options))


async def ruling(server: Standin, judging: Judging, *questions: Question) -> Verdict:
    ask = asker(server)
    try:
        return await Judge(ask, judging, Settings()).ask(ARTICLE, questions or (STANCE, FRAME))
    finally:
        await ask.client.aclose()


def paths(server: Standin) -> list[str]:
    return [seen.path for seen in server.ledger]


async def test_all_questions_are_one_request_that_fits_the_sdks_types() -> None:
    async with deciding() as server:
        verdict = await ruling(server, Judging())
    found: dict[str, tuple[str, Any]] = {
        key: (answer.method, answer.distribution) for key, answer in verdict.answers.items()
    }
    expected: dict[str, tuple[str, Any]] = {
        "a": ("decision", pytest.approx({"favor": 0.7, "against": 0.3})),
        "b": ("decision", pytest.approx({"present": 0.7, "absent": 0.3})),
    }
    assert found == expected
    assert verdict.errors == []
    assert verdict.usage.model_copy(update={"seconds": 0.0}) == Usage(
        requests=1, input_tokens=900, cached_tokens=800, output_tokens=0
    )
    assert paths(server) == [DECISIONS]
    sent = server.ledger[0].body
    assert sent["prompt_cache_key"] == f"newslens-{ARTICLE.sha256[:32]}"
    assert sent["questions"][1] == {
        "type": "choice",
        "name": "q2",
        "instructions": "Is the frame there?",
        "choices": [{"value": "present", "description": "it is"}, {"value": "absent", "description": "it is not"}],
    }


async def test_more_questions_than_one_request_takes_are_several() -> None:
    many = [Question(str(number), "Is it?", FRAME.options) for number in range(801)]
    async with deciding() as server:
        verdict = await ruling(server, Judging(), *many)
    assert [len(seen.body["questions"]) for seen in server.ledger] == [400, 400, 1]
    assert set(verdict.answers) == {question.key for question in many}


# what the stand-in makes of the first question; whether it is an error
ODD: list[tuple[str, Callable[[dict[str, Any]], dict[str, Any]], bool]] = [
    ("refused", refusal, False),
    ("does not sum to one", lambda one: chosen(one, {"favor": 0.5, "against": 0.2}), True),
    ("an option is missing", lambda one: chosen(one, {"favor": 1.0}), True),
    ("an option of its own", lambda one: chosen(one, {"favor": 0.5, "against": 0.2, "other": 0.3}), True),
    ("beyond one", lambda one: chosen(one, {"favor": 1.5, "against": -0.5}), True),
    ("another kind", lambda one: {"type": "predicate", "name": one["name"], "probability": 0.9}, True),
]


@pytest.mark.parametrize(("odd", "is_error"), [row[1:] for row in ODD], ids=[row[0] for row in ODD])
async def test_an_answer_that_is_no_distribution_is_no_answer_and_the_others_stay(
    odd: Callable[[dict[str, Any]], dict[str, Any]], *, is_error: bool
) -> None:
    async with deciding(answering=lambda one: odd(one) if one["name"] == "q1" else sure(one)) as server:
        verdict = await ruling(server, Judging())
    assert list(verdict.answers) == ["b"]
    assert [type(error).__name__ for error in verdict.errors] == (["InvalidReply"] if is_error else [])


async def test_a_sum_that_was_rounded_for_the_wire_is_made_whole() -> None:
    async with deciding(answering=lambda one: chosen(one, {"present": 0.667, "absent": 0.334})) as server:
        verdict = await ruling(server, Judging(), FRAME)
    assert sum(verdict.answers["b"].distribution.values()) == pytest.approx(1, abs=1e-9)


async def test_fewer_answers_than_questions_are_told_apart_by_name() -> None:
    async def act(writer: asyncio.StreamWriter) -> None:
        body = decided(server.ledger[-1].body)
        body["answers"] = body["answers"][1:]
        await say(200, body)(writer)

    async with deciding(act) as server:
        verdict = await ruling(server, Judging())
    assert list(verdict.answers) == ["b"]


async def test_garbage_and_a_rate_limit_are_tried_again_as_for_chat() -> None:
    async with deciding(failing(429, retry_after_ms_="5"), say(200, b"<html>"), say(503)) as server:
        verdict = await ruling(server, Judging())
    assert (len(verdict.answers), verdict.usage.requests, verdict.usage.retries) == (2, 4, 3)


def spoken(body: dict[str, Any]) -> Act:
    """Log-probabilities that depend on the letter alone: all bias, no opinion."""
    return letters({"A": log(0.6), " B": log(0.2), "The": log(0.2)}, name=str(hash(str(body))))


UNKNOWN = [
    say(404, {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}}),
    say(404, b"404 page not found"),
    say(405),
    failing(400, message="Unknown endpoint"),
    say(200, {"error": "Unexpected endpoint or method. (POST /v1/decisions)"}),
    failing(403),
]


@pytest.mark.parametrize("unknown", UNKNOWN)
async def test_a_server_without_decisions_is_asked_for_them_once(unknown: Act) -> None:
    async with deciding(unknown, chat=spoken) as server:
        ask = asker(server)
        judge = Judge(ask, Judging(methods=BOTH), Settings())
        verdicts = [await judge.ask(ARTICLE, (STANCE,)) for _ in range(2)]
        await ask.client.aclose()
    assert paths(server) == [DECISIONS, CHAT, CHAT, CHAT, CHAT]
    assert judge.method == "logprobs"
    assert [verdict.usage.requests for verdict in verdicts] == [3, 2]
    for verdict in verdicts:
        assert verdict.answers == {"a": Answer({"favor": 0.5, "against": 0.5}, "logprobs")}  # the bias is gone


async def test_many_articles_at_once_find_out_once() -> None:
    async with deciding(say(404)) as server:
        ask = asker(server)
        judge = Judge(ask, Judging(), Settings())
        verdicts = await asyncio.gather(*(judge.ask(ARTICLE, (STANCE,)) for _ in range(5)))
        await ask.client.aclose()
    assert paths(server) == [DECISIONS]
    assert [(verdict.answers, verdict.errors) for verdict in verdicts] == [({}, [])] * 5


async def test_one_token_is_asked_for_after_the_same_two_messages_in_both_orders() -> None:
    async with deciding(chat=spoken) as server:
        await ruling(server, Judging(methods=("logprobs",)), STANCE)
    one, two = (seen.body for seen in server.ledger)
    assert {name: one[name] for name in one.keys() - {"messages", "model"}} == {
        "max_completion_tokens": 1,
        "logprobs": True,
        "top_logprobs": 20,
    }
    assert one["messages"][:2] == two["messages"][:2]
    assert "A: favor – supports it\nB: against – opposes it" in one["messages"][2]["content"]
    assert "A: against – opposes it\nB: favor – supports it" in two["messages"][2]["content"]


@pytest.mark.parametrize(
    "act", [completion("none"), failing(400, param="logprobs", code="unsupported_parameter"), failing(400)]
)
async def test_a_server_without_log_probabilities_gives_none_and_that_is_a_problem_for_who_asked(act: Act) -> None:
    async with deciding(act) as server:
        verdict = await ruling(server, Judging(methods=("logprobs",)))
    assert (verdict.answers, len(server.ledger)) == ({}, 1)
    assert [type(error).__name__ for error in verdict.errors] == ["Unsupported"]


async def test_an_answer_that_is_no_letter_is_no_answer() -> None:
    async with deciding(chat=lambda body: letters({"The": log(0.99), "A": log(0.002)}, name=str(body))) as server:
        verdict = await ruling(server, Judging(methods=("logprobs",)))
    assert (verdict.answers, verdict.errors) == ({}, [])


async def test_the_answer_to_an_empty_text_is_divided_out() -> None:
    def biased(body: dict[str, Any]) -> Act:
        """Twice as much for `present` as for `absent` whatever the text; the text makes it four times."""
        place = "A" if "A: present" in body["messages"][2]["content"] else "B"
        share = 0.8 if "Berg" in body["messages"][1]["content"] else 2 / 3
        other = "B" if place == "A" else "A"
        return letters({place: log(share), other: log(1 - share)}, name=str(body))

    async with deciding(chat=biased) as server:
        verdict = await ruling(server, Judging(methods=("logprobs",), calibrated=True), FRAME)
    assert len(server.ledger) == 4
    assert verdict.answers["b"].distribution == pytest.approx({"present": 2 / 3, "absent": 1 / 3})


async def test_votes_are_shares_of_readings_each_with_its_options_turned() -> None:
    said = iter(["favor", "favor", "against", "neither", "favor"])

    def vote(body: dict[str, Any]) -> Act:
        return say(200, completed(json.dumps({"q1": next(said)}), name=str(body)))

    async with deciding(chat=vote) as server:
        verdict = await ruling(server, Judging(methods=("votes",), votes=5), STANCE)
    assert verdict.answers == {"a": Answer({"favor": 0.75, "against": 0.25}, "votes")}
    shown = [seen.body["messages"][2]["content"] for seen in server.ledger]
    assert sum("favor – supports it; against" in text for text in shown) == 3
    assert all("temperature" not in seen.body for seen in server.ledger)


@pytest.mark.parametrize("judging", [Judging(), Judging(methods=("logprobs",)), Judging(methods=("votes",))])
async def test_a_second_run_with_a_store_sends_nothing(judging: Judging) -> None:
    def chat(body: dict[str, Any]) -> Act:
        if "logprobs" in body:
            return spoken(body)
        return say(200, completed('{"q1": "favor"}', name=str(body)))

    with Store(":memory:") as store:
        async with deciding(chat=chat) as server:
            ask = asker(server)
            stored = Stored(ask, store, server="s", model="m")
            runs = [await Judge(stored, judging, Settings()).ask(ARTICLE, (STANCE,)) for _ in range(2)]
            await ask.client.aclose()
    first, second = runs
    assert first.answers == second.answers != {}
    assert len(server.ledger) == first.usage.requests == {"decision": 1, "logprobs": 2, "votes": 5}[judging.methods[0]]
    assert second.usage == Usage()


async def test_another_model_judges_at_the_same_server() -> None:
    async with deciding() as server:
        await ruling(server, Judging(model="judge-1"))
    assert server.ledger[0].body["model"] == "judge-1"


async def whole(server: Standin, judging: Judging) -> ReadingResult:
    """An article read and judged."""
    ask = asker(server, retry=Retry(attempts=1))
    reader = Reader(ask, ARTICLE, Settings(), limits=Limits())
    outcome = await reader.read([CORE])
    judged = await Judge(ask, judging, Settings()).measure_labels(ARTICLE, outcome, CORE)
    await ask.client.aclose()
    return judged


async def test_an_article_within_the_window_is_two_requests_and_every_label_is_measured() -> None:
    async with deciding(say(200, completed(json.dumps(READ), name="read"))) as server:
        outcome = await whole(server, Judging())
    assert paths(server) == [CHAT, DECISIONS]
    first, second = (seen.body for seen in server.ledger)
    assert second["input"] == first["messages"][:2]  # one prefix, cached
    assert outcome.problems == ()
    assert outcome.usage.requests == 2
    (stance,), framing, summary = (outcome.results[name] for name in ("stances", "framing", "summary"))
    assert (stance.label.value, stance.label.method) == ("favor", "decision")
    assert len(framing) == 15
    assert [(note.frame, note.label.value) for note in framing if note.evidence] == [("policy", "present")]
    assert {note.label.value for note in framing if not note.evidence} == {"unclear"}
    assert summary.key_points[0].supported.probability == summary.key_points[0].in_article.probability == 0.7
    labels = [stance.label, *(note.label for note in framing), summary.key_points[0].supported]
    assert all(sum(label.distribution.values()) == pytest.approx(1, abs=1e-6) for label in labels)


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        (say(503), ["Unavailable"]),
        (failing(402), ["QuotaExhausted"]),
        (failing(400, code="context_length_exceeded"), ["ContextTooLong"]),
        (say(200, {"answers": []}), ["InvalidReply"]),
        (say(200, b"<html>"), []),  # a site that answers any path: no decisions there
        (failing(401), []),  # the key was good for reading
    ],
)
async def test_a_judge_that_fails_loses_nothing_of_the_reading(fault: Act, kinds: list[str]) -> None:
    read = say(200, completed(json.dumps(READ), name="read"))
    async with deciding(read, fault) as server:
        outcome = await whole(server, Judging())
    assert outcome.results["stances"][0].label == StanceLabel(value="mixed")
    assert [note.frame for note in outcome.results["framing"]] == ["policy"]
    assert outcome.results["summary"].key_points[0].supported is None
    assert [(problem.analysis, problem.kind) for problem in outcome.problems] == [("judge", kind) for kind in kinds]
    assert outcome.usage.requests == 2


async def test_decisions_have_a_price_of_their_own_at_openai_and_one_token_has_the_models() -> None:
    def respond(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == DECISIONS:
            return httpx2.Response(200, json=decided(json.loads(request.content)))
        choice = {
            "message": {"content": "A"},
            "logprobs": {"content": [{"top_logprobs": [{"token": "A", "logprob": 0}]}]},
        }
        return httpx2.Response(200, json=completed("A", name=str(request.content), choices=[choice]))

    transport = httpx2.MockTransport(respond)
    sdk = openai.AsyncOpenAI(api_key="none", http_client=openai.DefaultAsyncHttpxClient(transport=transport))
    ask = Client("gpt-4o-mini", client=sdk).ask
    costs = [
        (await Judge(ask, Judging(methods=(method,)), Settings()).ask(ARTICLE, (STANCE,))).usage.cost_usd
        for method in ("decision", "logprobs")
    ]
    await sdk.close()
    assert costs[0] == compute_decision_cost("", "api.openai.com", Usage(input_tokens=900))
    assert compute_decision_cost("", "another.example", Usage(input_tokens=900)) is None
    assert costs[1] is not None
    assert costs[1] > 0


@pytest.mark.parametrize(
    "wrong",
    [{"methods": ()}, {"methods": ("guess",)}, {"methods": "votes"}, {"votes": 1}, {"min_probability": 1.5}],
)
def test_what_cannot_work_is_said_when_it_is_built(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Judging(**wrong)


def test_a_run_that_measures_otherwise_is_another_run(tmp_path: Path) -> None:
    with Store(tmp_path / "run.db") as store:
        for judge in (True, False, Judging(min_probability=0.6)):
            lens = Lens(model="m", base_url="http://127.0.0.1:9/v1", store=store, judge=judge)
            list(lens.analyze_many([]))
        assert len(store.summary().runs) == 3


@pytest.mark.parametrize(
    ("made", "judging"),
    [
        ({"model": "m", "base_url": "http://127.0.0.1:9/v1"}, Judging()),
        ({"model": "m", "base_url": "http://127.0.0.1:9/v1", "judge": False}, None),
        ({"offline": True}, None),
        ({"ask": Scripted()}, None),
        ({"ask": Scripted(), "judge": Judging(votes=3)}, Judging(votes=3)),
    ],
)
def test_only_a_server_is_asked_for_decisions_unless_somebody_says_so(
    made: dict[str, Any], judging: Judging | None
) -> None:
    judge = Lens(**made).pipeline.judge
    assert (judge and judge.judging) == judging


async def test_nobody_is_asked_to_judge_once_no_request_can_succeed() -> None:
    async with deciding(say(200, completed(json.dumps(READ), name="read"))) as server:
        ask = asker(server)
        read = await Reader(ask, ARTICLE, Settings(), limits=Limits()).read([CORE])
        spent = replace(read, error=QuotaExhausted("the quota is spent", usage=Usage()))
        assert await Judge(ask, Judging(), Settings()).measure_labels(ARTICLE, spent, CORE) == spent
        await ask.client.aclose()
    assert paths(server) == [CHAT]


async def test_one_vote_that_could_be_read_is_no_measurement() -> None:
    said = iter(["favor", "neither", "neither"])

    def vote(body: dict[str, Any]) -> Act:
        return say(200, completed(json.dumps({"q1": next(said)}), name=str(body)))

    async with deciding(chat=vote) as server:
        verdict = await ruling(server, Judging(methods=("votes",), votes=3), STANCE)
    assert verdict.answers == {}
    assert [type(error) for error in verdict.errors] == [InvalidReply]


async def test_a_seed_gives_each_vote_one_of_its_own() -> None:
    def vote(body: dict[str, Any]) -> Act:
        return say(200, completed('{"q1": "favor"}', name=str(body)))

    async with deciding(chat=vote) as server:
        ask = asker(server)
        await Judge(ask, Judging(methods=("votes",), votes=3), Settings(seed=7)).ask(ARTICLE, (STANCE,))
        await ask.client.aclose()
    assert sorted(seen.body["seed"] for seen in server.ledger) == [7, 8, 9]


def test_two_event_loops_that_try_at_once_try_every_method() -> None:
    both = threading.Barrier(2)

    async def ask(request: Request) -> Response:
        if request.wanted == "decisions":
            await asyncio.to_thread(both.wait)
            raise BadRequest("no such thing", usage=Usage(requests=1))
        return Response('[{"token": "A", "logprob": -0.1}, {"token": "B", "logprob": -2.4}]')

    judge = Judge(ask, Judging(methods=BOTH), Settings())
    verdicts: list[Verdict] = []

    def go() -> None:
        verdicts.append(asyncio.run(judge.ask(ARTICLE, (STANCE,))))

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(list(verdict.answers), verdict.errors) for verdict in verdicts] == [(["a"], [])] * 2
    assert judge.method == "logprobs"


@pytest.mark.parametrize("text", ["I would say favor.", "[" * 100_000, '{"answers"'], ids=["prose", "deep", "cut"])
@pytest.mark.parametrize("method", ["decision", "logprobs", "votes"])
async def test_an_ask_that_does_not_know_what_is_wanted_loses_nothing_of_the_reading(
    method: Measure, text: str
) -> None:
    """A caller's own `ask` may answer all requests alike."""

    async def ask(_: Request) -> Response:
        return Response(text, Usage(requests=1))

    verdict = await Judge(ask, Judging(methods=(method,)), Settings()).ask(ARTICLE, (STANCE, FRAME))
    assert verdict.answers == {}
    assert verdict.usage.requests >= 1


def test_a_frame_that_is_measured_as_absent_is_not_the_primary_one() -> None:
    note = FramingNote(frame="policy", primary=True, function=None, note="", evidence=(ARTICLE.sentences[0],))
    judge = FRAMING.judge
    assert judge is not None
    (absent,) = judge.settle((note,), {"policy": Answer({"present": 0.2, "absent": 0.8}, "decision")})
    (present,) = judge.settle((note,), {"policy": Answer({"present": 0.8, "absent": 0.2}, "decision")})
    assert (absent.label.value, absent.primary) == ("absent", False)
    assert (present.label.value, present.primary) == ("present", True)


async def test_each_citation_is_weighed_apart_from_its_label() -> None:
    async with deciding(say(200, completed(json.dumps(READ), name="read"))) as server:
        outcome = await whole(server, Judging())
    asked = [question["instructions"] for question in server.ledger[1].body["questions"]]
    weighed = [question for question in asked if question.startswith("Taken alone, do the article's sentences")]
    (stance,), framing = outcome.results["stances"], outcome.results["framing"]
    cited = ", ".join(str(span.sentence) for span in stance.evidence)
    assert f"Taken alone, do the article's sentences {cited} show this: {stance.describe()}: mixed" in weighed
    assert stance.supported is None  # the judge has changed the label, so its answer was about another finding
    (policy,) = [note for note in framing if note.evidence]
    assert policy.supported is not None
    assert policy.supported.method == "decision"
    assert sum(policy.supported.distribution.values()) == pytest.approx(1, abs=1e-6)
    assert {note.supported for note in framing if not note.evidence} == {None}


async def test_citations_are_not_weighed_by_what_takes_a_request_for_each_question() -> None:
    def chat(body: dict[str, Any]) -> Act:
        return spoken(body) if "logprobs" in body else say(200, completed(json.dumps(READ), name="read"))

    async with deciding(chat=chat) as server:
        outcome = await whole(server, Judging(methods=("logprobs",)))
    assert "show this" not in "".join(str(seen.body) for seen in server.ledger)
    assert outcome.results["stances"][0].label.method == "logprobs"
    assert all(note.supported is None for note in outcome.results["framing"])
