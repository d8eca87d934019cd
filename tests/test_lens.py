"""The lens: refuses what cannot work before the first article, works from anywhere, and says what it did."""

import asyncio
import pickle
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from newslens.analyses import ALL, DEFAULT, FRAMING, STANCE, SUMMARY, persuasion
from newslens.analyses.analysis import Analysis, Options
from newslens.analyses.codebook import Codebook
from newslens.analyses.framing import coding
from newslens.article.article import Article
from newslens.errors import (
    BudgetExceeded,
    CodebookError,
    ConfigurationError,
    DeadlineExceeded,
    InputError,
    InternalError,
    InvalidReply,
    PromptError,
)
from newslens.lens import Lens
from newslens.llm.store import Store
from newslens.options import Budget, Limits, Rate, Retry
from newslens.report.data import ArticleReference
from newslens.report.report import Report
from newslens.testing import Scripted

TEXT = "Mayor Ana Ruiz called the vote a mistake. The council voted on Monday to close the old bridge."
SUMMARY_ONLY = {
    "summary": {"text": "t", "key_points": [{"text": "A vote on Monday.", "evidence": [2]}]},
}


@pytest.mark.parametrize(
    ("given", "error", "complaint"),
    [
        ({"analyses": []}, ConfigurationError, "analyses is empty"),
        ({"analyses": ["summary"]}, ConfigurationError, "not str"),
        ({"analyses": [SUMMARY, SUMMARY]}, ConfigurationError, "Two analyses are called 'summary'"),
        ({"targets": "the vote"}, ConfigurationError, "list of phrases"),
        ({"targets": [" "]}, ConfigurationError, "must be a phrase"),
        ({"codebook": "nonsense"}, CodebookError, "no codebook 'nonsense'"),
        ({"prompts": "/nowhere"}, PromptError, "does not exist"),
        ({"calls": "both"}, ConfigurationError, "'joint' or 'separate'"),
        ({"codebook": {"name": "x"}}, ConfigurationError, r"Codebook.load\(path\)"),
        ({"analyses": SUMMARY}, ConfigurationError, r"analyses=\[newslens.SUMMARY\]"),
        ({"targets": None}, ConfigurationError, "list of phrases"),
        ({"judge": "votes"}, ConfigurationError, r"judge=Judging\(methods="),
        ({"max_output_tokens": 0}, ConfigurationError, "max_output_tokens must be at least 1, got 0"),
        ({"temperature": float("nan")}, ConfigurationError, "temperature must be at least 0, got nan"),
        ({"temperature": -0.1}, ConfigurationError, "temperature must be at least 0, got -0.1"),
    ],
)
def test_what_cannot_work_is_said_at_once(given: dict[str, Any], error: type[Exception], complaint: str) -> None:
    with pytest.raises(error, match=complaint):
        Lens(offline=True, **given)


def test_a_model_file_is_asked_for_little_at_a_time_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "small.gguf"
    file.touch()
    lens = Lens(gguf=file)
    read = lens.pipeline
    assert (read.calls, read.limits.parallel, read.judge) == ("separate", 1, None)
    assert read.settings.max_output_tokens == read.limits.answer < Limits().answer
    assert lens.retry.deadline_s > Retry().deadline_s
    wide = Lens(gguf=file, limits=Limits(answer=99), calls="joint").pipeline
    assert (wide.calls, wide.settings.max_output_tokens) == ("joint", 99)
    assert Lens(gguf=file, max_output_tokens=7).pipeline.settings.max_output_tokens == 7
    assert Lens(offline=True).pipeline.settings.max_output_tokens is None


@pytest.mark.parametrize("given", [{"budget": Budget(max_tokens=1)}, {"rate": Rate(in_flight=1)}])
def test_a_cap_that_nobody_would_keep_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="ask"):
        Lens(ask=Scripted(), **given)


@pytest.mark.parametrize("name", ["usage", "article", "not a name", ""])
def test_an_analysis_cannot_take_a_name_of_the_report(name: str) -> None:
    mine = Analysis[Any](name=name, result=str, prompt="summary", merge=lambda parts: parts[0])
    with pytest.raises(ConfigurationError, match="cannot name an analysis"):
        Lens(offline=True, analyses=[mine])


def test_a_template_of_the_user_whose_holes_do_not_fit_is_refused_before_the_first_article(tmp_path: Path) -> None:
    (tmp_path / "stance.md").write_text('+++\nname = "stance"\nversion = "1"\npurpose = "x"\nholes = []\n+++\nHm.')
    with pytest.raises(PromptError, match="targets"):
        Lens(offline=True, prompts=tmp_path)


def test_a_codebook_of_the_user_overrides_ours_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "codebooks"
    folder.mkdir()
    (folder / "policy_frames.toml").write_text(
        'name = "policy_frames"\nversion = "mine"\ntitle = "t"\nsource = "s"\nlicence = "l"\nmultiple = true\n'
        '[[labels]]\ncode = "traffic"\nname = "Traffic"\ndefinition = "Roads."\ncues = {bridge = 3}\n'
    )
    report = Lens(offline=True, prompts=tmp_path, analyses=[FRAMING]).analyze(TEXT)
    assert report.framing is not None
    assert [note.frame for note in report.framing] == ["traffic"]
    assert report.provenance.codebooks["policy_frames"].startswith("mine sha256:")


def test_another_codebook_can_be_named_or_given() -> None:
    named = Lens(offline=True, codebook="generic_frames", analyses=[FRAMING])
    given = Lens(offline=True, codebook=Codebook.named("generic_frames"), analyses=[FRAMING])
    assert named.pipeline.settings == given.pipeline.settings


def test_given_targets_are_the_only_ones() -> None:
    stances = Lens(offline=True, targets=["the vote"], analyses=[STANCE]).analyze(TEXT).stances
    assert stances
    assert {stance.target for stance in stances} == {"the vote"}


@pytest.mark.parametrize("title", ["X", "Mexico Declines Offer", "The council closed the old bridge on Monday."])
def test_a_text_that_is_only_its_title_is_summed_up_by_it(title: str) -> None:
    report = Lens(offline=True).analyze(Article.from_text(title, title=title))
    assert report.summary is not None
    assert [point.text for point in report.summary.key_points] == [title]


def test_the_offline_reader_is_deterministic_and_announced_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from newslens import lens as module

    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    module._announce.cache_clear()
    one, two = Lens().analyze(TEXT), Lens().analyze(TEXT)
    assert undated(one) == undated(two)
    assert one.provenance.reader == "classical"
    assert capsys.readouterr().err.count("simple methods") == 1
    Lens(offline=True).analyze(TEXT)
    assert capsys.readouterr().err == ""


def undated(report: Report) -> dict[str, Any]:
    return {**report.model_dump(), "provenance": report.provenance.model_dump(exclude={"created"})}


def test_it_works_in_threads_and_inside_a_running_loop() -> None:
    lens = Lens(ask=Scripted(*[SUMMARY_ONLY] * 9), analyses=[SUMMARY])
    reports: list[Report] = []
    threads = [threading.Thread(target=lambda: reports.append(lens.analyze(TEXT))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    async def inside() -> list[Report]:
        return [lens.analyze(TEXT), *await asyncio.gather(*(lens.aanalyze(TEXT) for _ in range(4)))]

    reports += asyncio.run(inside())
    assert len(reports) == 9
    assert len({report.model_dump_json(exclude={"provenance"}) for report in reports}) == 1


def test_provenance_says_how_to_make_the_report_again() -> None:
    lens = Lens(ask=Scripted(SUMMARY_ONLY), model="mine", analyses=[SUMMARY], seed=7)
    provenance = lens.analyze(TEXT).provenance
    assert (provenance.reader, provenance.model, provenance.seed) == ("model", "scripted", 7)
    assert set(provenance.prompts) == {"system", "again", "summary", "summary-merge"}
    assert provenance.created.tzinfo is not None


def test_a_report_without_its_text_keeps_its_words_and_its_hash() -> None:
    report = Lens(offline=True).analyze(TEXT)
    bare = report.without_text()
    assert isinstance(bare.article, ArticleReference)
    assert bare.article.sha256 == Article.from_text(TEXT).sha256
    assert bare.summary == report.summary
    assert "text" not in bare.model_dump()["article"]
    assert Report.model_validate_json(bare.model_dump_json()) == bare.without_text()
    assert str(bare)


def test_a_report_whose_spans_do_not_hold_is_refused() -> None:
    data = Lens(offline=True).analyze(TEXT).model_dump(mode="json")
    data["article"]["text"] = data["article"]["text"].replace("Monday", "Friday")
    with pytest.raises(ValueError, match="are not those of the article"):
        Report.model_validate(data)


def test_a_report_is_frozen_and_refuses_unknown_keys() -> None:
    report = Lens(offline=True).analyze(TEXT)
    with pytest.raises(ValueError, match="frozen"):
        report.summary = None  # type: ignore[misc]
    with pytest.raises(ValueError, match="Extra inputs"):
        Report.model_validate({**report.model_dump(), "verdict": "biased"})


class Count(BaseModel):
    words: int


COUNT = Analysis[Count](
    name="count",
    result=Count,
    prompt="count",
    merge=lambda parts: Count(words=sum(part.words for part in parts)),
    offline=lambda reading: {"words": len(reading.article.text.split())},
)


def test_an_analysis_of_the_users_own_is_an_ordinary_value(tmp_path: Path) -> None:
    (tmp_path / "count.md").write_text('+++\nname = "count"\nversion = "1"\npurpose = "x"\nholes = []\n+++\nCount.')
    report = Lens(offline=True, analyses=[*DEFAULT, COUNT], prompts=tmp_path).analyze(TEXT)
    assert report.get(COUNT) == Count(words=18)
    assert report.get(SUMMARY) == report.summary
    again = Report.model_validate_json(report.model_dump_json())
    assert again.get(COUNT) == Count(words=18)


def test_a_broken_character_in_the_text_costs_no_analysis_its_report() -> None:
    codes = coding(Codebook.named("policy_frames"), name="codes")
    report = Lens(offline=True, analyses=[codes]).analyze(
        "The budget deficit grew \ud800 on Monday. Taxes, wages and prices went up, the ministry of the economy said."
    )
    assert report.get(codes)
    again = Report.model_validate_json(report.model_dump_json())
    assert again.get(codes) == report.get(codes)


def test_what_has_no_offline_reader_needs_a_model(tmp_path: Path) -> None:
    (tmp_path / "count.md").write_text('+++\nname = "count"\nversion = "1"\npurpose = "x"\nholes = []\n+++\nCount.')
    bare = Analysis[Count](name="count", result=Count, prompt="count", merge=COUNT.merge)
    report = Lens(offline=True, analyses=[SUMMARY, bare], prompts=tmp_path).analyze(TEXT)
    assert report.get(bare) is None
    assert not report.problems
    assert [(one.analysis, one.status) for one in report.coverage] == [("summary", "done"), ("count", "needs_model")]
    assert str(report).count("count needs a model") == 1
    assert not report.complete


def test_spanish_gets_a_summary_and_says_what_it_lacks() -> None:
    text = "El alcalde dijo el lunes que el puente cerrará. «No hay dinero», afirmó la concejala, que votó en contra."
    report = Lens(offline=True).analyze(text)
    assert report.summary is not None
    assert (report.stances, report.framing) == (None, None)
    assert [one.analysis for one in report.problems] == ["stances", "framing", "loaded", "sources"]


@pytest.mark.parametrize(
    "error", [DeadlineExceeded("late", attempts=3), InvalidReply("bad", errors=("a", "b"), raw_text="x")]
)
def test_errors_cross_process_borders(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), again.args, vars(again)) == (type(error), error.args, vars(error))


def test_a_budget_that_cannot_fit_an_article_sends_nothing() -> None:
    lens = Lens("m", base_url="http://127.0.0.1:9/v1", budget=Budget(max_tokens=1))
    with pytest.raises(BudgetExceeded):
        lens.analyze(TEXT)


def test_a_store_answers_what_was_asked_before(tmp_path: Path) -> None:
    ask = Scripted(SUMMARY_ONLY)
    with Store(tmp_path / "run.db") as store:
        first = Lens(ask=ask, analyses=[SUMMARY], store=store).analyze(TEXT)
        second = Lens(ask=ask, analyses=[SUMMARY], store=store).analyze(TEXT)
    assert len(ask.requests) == 1
    assert first.summary == second.summary
    assert (first.usage.requests, second.usage.requests) == (1, 0)


def test_many_articles_have_one_outcome_each(tmp_path: Path) -> None:
    with Store(tmp_path / "run.db") as store:
        lens = Lens(offline=True, store=store)
        outcomes = list(lens.analyze_many([("a", TEXT), ("b", ""), ("c", TEXT)], order="input"))
    assert [(one.key, one.report is None, type(one.error)) for one in outcomes] == [
        ("a", False, type(None)),
        ("b", True, InputError),
        ("c", False, type(None)),
    ]


def test_analyses_cross_process_borders() -> None:
    analyses: list[Analysis[Any]] = [*ALL, coding(Codebook.named("policy_frames")), persuasion(["doubt"])]
    again = pickle.loads(pickle.dumps(analyses))  # noqa: S301 - our own bytes
    assert [one.name for one in again] == [one.name for one in analyses]


def test_a_report_crosses_process_borders() -> None:
    report = Lens(offline=True).analyze(
        "Mayor Ana Ruiz opposes the bill. The council voted on Monday to close a bridge."
    )
    assert report.stances
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301 - our own bytes


@pytest.mark.parametrize("calls", ["joint", "separate"])
def test_an_error_in_the_callers_ask_is_an_internal_error_that_keeps_its_cause(calls: Any) -> None:
    with pytest.raises(InternalError, match="Unexpected ZeroDivisionError at ") as caught:
        Lens(ask=Scripted(*[ZeroDivisionError("secret")] * 6), calls=calls).analyze(TEXT)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert "secret" not in str(caught.value)

    async def wrong(_: Any) -> Any:
        return "text"

    with pytest.raises(ConfigurationError, match=r"newslens.llm.exchange.Response, got str"):
        Lens(ask=wrong, calls=calls).analyze(TEXT)


def test_an_article_without_a_sentence_is_refused() -> None:
    with pytest.raises(InputError, match="no sentence"):
        Lens(offline=True).analyze(Article(text=""))


def test_a_path_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(TEXT)
    with pytest.raises(InputError, match="from_file"):
        Lens(offline=True).analyze(str(path))


def test_options_are_plain_values() -> None:
    assert Options(targets=("a",)) == Options(targets=("a",))


def test_merging_is_the_same_for_one_part_and_for_the_result_of_it() -> None:
    report = Lens(offline=True).analyze(TEXT)
    parts: Sequence[tuple[Analysis[Any], Any]] = [(analysis, report.get(analysis)) for analysis in DEFAULT]
    assert all(analysis.merge([result]) == result for analysis, result in parts)
