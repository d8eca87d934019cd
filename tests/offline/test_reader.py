"""All offline readers together: registered by prompt, exact in their places, linear in time."""

from time import process_time

import pytest

from newslens import ALL, DEFAULT, Analysis, Article, Lens
from newslens.errors import ConfigurationError
from newslens.offline.reader import READERS
from newslens.report.data import find_spans

PARAGRAPH = (
    "“The ridiculous plan is a disaster,” Mayor Ann Lee said on Monday. President Lee Orr rejected the plan. "
    "The brilliant Orr called for lower taxes, and the budget deficit grew by 1,200 dollars in 2024.\n\n"
)


def test_every_default_analysis_has_a_reader_and_no_other_has() -> None:
    assert READERS.keys() == {analysis.prompt for analysis in DEFAULT} | {"coding"}


def test_analyses_that_need_a_model_are_refused_alone() -> None:
    rest = [analysis for analysis in ALL if analysis not in DEFAULT]
    with pytest.raises(ConfigurationError, match=r"No offline reader for consistency, structure. Name a model"):
        Lens(offline=True, analyses=rest).analyze("It rained on Monday.")


def test_a_report_names_those_that_need_a_model_in_one_line() -> None:
    report = Lens(offline=True, analyses=ALL).analyze(PARAGRAPH)
    assert [line for line in str(report).splitlines() if "model" in line] == [
        "  - consistency and structure need a model"
    ]
    assert not report.problems


def test_a_users_own_reader_comes_first() -> None:
    own = Analysis[str](
        name="own", result=str, prompt="summary", merge=lambda parts: parts[0], offline=lambda _: "mine"
    )
    assert Lens(offline=True, analyses=[own]).analyze("It rained.").get(own) == "mine"


@pytest.mark.parametrize(
    "text", [PARAGRAPH, PARAGRAPH.replace("plan", "plän 橋 😀"), "¿a? — “", "“" * 50 + " Orr said."]
)
def test_every_span_is_exact_and_reading_is_deterministic(text: str) -> None:
    article = Article.from_text(text)
    lens = Lens(offline=True, targets=["Orr"])
    report = lens.analyze(article)
    assert all(article.text[span.start : span.end] == span.text for span in find_spans(report))
    assert report.model_copy(update={"provenance": None}) == lens.analyze(article).model_copy(
        update={"provenance": None}
    )


@pytest.mark.slow
def test_time_is_linear() -> None:
    seconds = []
    for size in (500, 1000):
        start = process_time()
        Lens(offline=True, targets=["Orr"]).analyze(Article.from_text(PARAGRAPH * size))
        seconds.append(process_time() - start)
    assert seconds[1] < 3 * seconds[0]
