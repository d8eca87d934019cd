"""The seeds: what a careful person finds in them, the offline reader finds too, or the test says what it misses."""

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict

from newslens.analyses.findings import Label
from newslens.article.article import Article
from newslens.article.spans import locate
from newslens.lens import Lens
from newslens.report.data import find_spans
from newslens.report.report import Report

SEEDS = Path(__file__).parents[2] / "seeds"
NAMES = sorted(path.stem for path in (SEEDS / "expected").glob("*.toml"))


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Facts(Strict):
    title: str | None = None
    byline: str | None = None
    published: datetime | date | None = None
    language: str
    boilerplate: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


class SummaryFacts(Strict):
    must_cite: tuple[tuple[str, ...], ...] = ()


class StanceFact(Strict):
    holder: str
    target: str
    label: Literal["favor", "against", "mixed", "unclear", "none"]
    found: bool = True


class FramingFacts(Strict):
    among: tuple[str, ...] = ()
    primary: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


class SourceFact(Strict):
    name: str
    class_: str

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_alias=True, alias_generator=lambda n: n.rstrip("_")
    )


class Event(Strict):
    facts_left_out: tuple[str, ...] = ()


class Expected(Strict):
    article: Facts
    summary: SummaryFacts = SummaryFacts()
    stances: tuple[StanceFact, ...] = ()
    framing: FramingFacts = FramingFacts()
    sources: tuple[SourceFact, ...] = ()
    event: Event | None = None


@cache
def expected(name: str) -> Expected:
    return Expected.model_validate(tomllib.loads((SEEDS / "expected" / f"{name}.toml").read_text(encoding="utf-8")))


def path_of(name: str) -> Path:
    return next(path for path in SEEDS.glob(f"{name}.*") if path.suffix in {".txt", ".html"})


@cache
def report_of(name: str) -> Report:
    return Lens(offline=True).analyze(Article.from_file(path_of(name)))


def article_of(name: str) -> Article:
    article = report_of(name).article
    assert isinstance(article, Article)
    return article


def day(value: datetime | date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def test_every_seed_has_its_expected_findings() -> None:
    seeds = {path.stem for path in SEEDS.iterdir() if path.suffix in {".txt", ".html"}}
    assert seeds == set(NAMES)
    assert len(seeds) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_title_byline_and_date_are_what_the_page_shows(name: str) -> None:
    facts, article = expected(name).article, article_of(name)
    published = article.published if isinstance(facts.published, datetime) else day(article.published)
    assert (article.title, article.byline, published) == (facts.title, facts.byline, facts.published)


@pytest.mark.parametrize("name", NAMES)
def test_boilerplate_and_headings_are_these_and_no_others(name: str) -> None:
    facts, article = expected(name).article, article_of(name)
    assert tuple(" ".join(heading.text.split()) for heading in article.headings) == facts.headings
    found = [" ".join(piece.text.split()) for piece in article.boilerplate]
    missed = [start for start in facts.boilerplate if not any(one.startswith(" ".join(start.split())) for one in found)]
    surplus = [one for one in found if not any(one.startswith(" ".join(start.split())) for start in facts.boilerplate)]
    assert (missed, surplus) == ([], [])


@pytest.mark.parametrize("name", NAMES)
def test_no_stance_contradicts_a_clear_one(name: str) -> None:
    for stance in expected(name).stances:
        found = [one for one in report_of(name).stances or () if same(one.holder, stance.holder)]
        labels = {one.label.value for one in found if same(one.target, stance.target)}
        assert labels <= {stance.label}


def same(found: str, wanted: str) -> bool:
    """One of the two names is part of the other: "Sheinbaum" for "Claudia Sheinbaum"."""
    return locate(found, wanted) is not None or locate(wanted, found) is not None


@pytest.mark.parametrize("name", NAMES)
def test_frames_are_among_those_that_coders_would_give(name: str) -> None:
    report, wanted = report_of(name), expected(name).framing
    if article_of(name).language == "es" or expected(name).article.language != "en":
        assert report.framing is None
        assert [one.kind for one in report.problems if one.analysis == "framing"] == ["LanguageUnknown"]
        return
    assert report.framing is not None
    found = {note.frame for note in report.framing}
    assert set(wanted.among) - found == set(wanted.missed)
    assert not found & set(wanted.absent)
    primary = {note.frame for note in report.framing if note.primary}
    assert not wanted.primary or primary <= set(wanted.primary)


@pytest.mark.parametrize("name", NAMES)
def test_every_span_of_a_report_holds_and_the_report_round_trips(name: str) -> None:
    report = report_of(name)
    text = article_of(name).text
    assert all(text[span.start : span.end] == span.text for span in find_spans(report))
    assert Report.model_validate_json(report.model_dump_json()) == report


@pytest.mark.parametrize("name", NAMES)
def test_the_sources_that_are_named_stand_in_the_text(name: str) -> None:
    assert all(locate(source.name, article_of(name).text) for source in expected(name).sources)


def test_the_sample_article_holds_all_that_the_reader_promises() -> None:
    report: Any = report_of("sheinbaum-declines-military-aid")
    assert {label.method for label in methods(report)} == {"classical"}
    assert all(label.probability is None for label in methods(report))
    said = [point.text for point in report.summary.key_points]
    assert len(said) == len(set(said)) >= 3
    assert {"external_regulation", "security", "crime"} <= {note.frame for note in report.framing}


def methods(report: Report) -> list[Label[Any]]:
    return [*(one.label for one in report.stances or ()), *(one.label for one in report.framing or ())]
