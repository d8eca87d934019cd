"""A researcher's own codebook as an analysis."""

import json
from pathlib import Path

import pytest

from newslens import Article, Codebook, Lens
from newslens.analyses.analysis import Reading
from newslens.analyses.findings import Answer
from newslens.analyses.framing import coding
from newslens.errors import CodebookError, InvalidReply
from newslens.testing import Scripted

BOOK = """
name = "transport"
version = "1"
title = "Ways of travel"
source = "this test"
licence = "MIT"
language = "en"
multiple = {multiple}

[[labels]]
code = "rail"
name = "Rail"
definition = "Trains, trams and what they run on."
cues = {{ "train*" = 2, "tram*" = 2, "rail*" = 2 }}
[[labels.examples]]
text = "The tram was late."
phrase = "tram"

[[labels]]
code = "road"
name = "Road"
definition = "Cars, lorries and what they run on."
cues = {{ "car" = 2, "cars" = 2, "motorway*" = 2 }}
"""
TEXT = "The trains were full on Monday. Rail fares rose again. Nobody took the motorway, and cars stood still."


def book(tmp_path: Path, *, multiple: bool = True) -> Codebook:
    path = tmp_path / "transport.toml"
    path.write_text(BOOK.format(multiple=str(multiple).lower()))
    return Codebook.load(path)


def test_offline_an_own_codebook_codes_an_article(tmp_path: Path) -> None:
    analysis = coding(book(tmp_path))
    report = Lens(analyses=[analysis], offline=True).analyze(TEXT)
    found = report.get(analysis)
    assert found is not None
    told = {one.code: ([span.sentence for span in one.evidence], {word.text for word in one.words}) for one in found}
    assert told == {"rail": ([1, 2], {"trains", "Rail"}), "road": ([3], {"motorway", "cars"})}
    assert {one.label.method for one in found} == {"classical"}
    assert report.provenance.codebooks.keys() == {"transport"}


def test_a_codebook_of_one_label_an_article_gives_one(tmp_path: Path) -> None:
    analysis = coding(book(tmp_path, multiple=False))
    found = Lens(analyses=[analysis], offline=True).analyze(TEXT).get(analysis)
    assert found is not None
    assert len(found) == 1


def test_a_model_codes_by_the_definitions_and_cites(tmp_path: Path) -> None:
    analysis = coding(book(tmp_path))
    answer = {"transport": [{"code": "road", "evidence": [3], "note": "cars stood still"}]}
    ask = Scripted(json.dumps(answer))
    found = Lens(analyses=[analysis], ask=ask).analyze(TEXT).get(analysis)
    assert found is not None
    assert [(one.code, one.evidence[0].text, one.label.method) for one in found] == [
        ("road", "Nobody took the motorway, and cars stood still.", "stated")
    ]
    asked = ask.requests[0].messages[-1].content
    assert "Ways of travel" in asked
    assert "rail: Trains, trams and what they run on." in asked


def test_a_code_of_another_codebook_is_refused(tmp_path: Path) -> None:
    analysis = coding(book(tmp_path))
    answer = json.dumps({"transport": [{"code": "sea", "evidence": [1], "note": ""}]})
    with pytest.raises(InvalidReply, match="sea"):
        Lens(analyses=[analysis], ask=Scripted(answer, answer, answer)).analyze(TEXT)


def test_two_parts_that_find_the_same_code_are_one_finding(tmp_path: Path) -> None:
    analysis = coding(book(tmp_path))
    lens = Lens(analyses=[analysis], offline=True)
    first = lens.analyze(Article.from_text(TEXT)).get(analysis)
    assert first is not None
    assert analysis.merge([first, first]) == first


def test_a_judged_code_has_its_distribution_and_the_others_stay_as_they_were(tmp_path: Path) -> None:
    analysis = coding(book(tmp_path))
    found = Lens(analyses=[analysis], offline=True).analyze(TEXT).get(analysis)
    assert found is not None
    assert analysis.judge is not None
    measured = Answer({"present": 0.2, "absent": 0.7, "unclear": 0.1}, "decision")
    settled = {one.code: one.label for one in analysis.judge.settle(found, {"rail": measured})}
    assert settled["rail"].model_dump() == {
        "value": "absent",
        "probability": 0.7,
        "distribution": {"present": 0.2, "absent": 0.7, "unclear": 0.1},
        "method": "decision",
    }
    assert settled["road"] == next(one.label for one in found if one.code == "road")


@pytest.mark.parametrize(
    ("present", "value", "probability"), [(0.1, "absent", 0.8), (0.8, "unclear", None)], ids=["absent", "not shown"]
)
def test_a_code_that_nobody_named_has_its_probability_too(
    tmp_path: Path, present: float, value: str, probability: float | None
) -> None:
    analysis = coding(book(tmp_path))
    article = Article.from_text(TEXT)
    assert analysis.judge is not None
    asked = analysis.judge.ask((), Reading(article, book=book(tmp_path)))
    assert [question.key for question in asked] == ["rail", "road"]
    measured = Answer({"present": present, "absent": 0.9 - present, "unclear": 0.1}, "decision")
    (rail,) = analysis.judge.settle((), {"rail": measured})
    assert (rail.code, rail.label.value, rail.evidence, rail.is_there) == ("rail", value, (), False)
    assert rail.label.probability == (probability and pytest.approx(probability))


def test_an_example_that_does_not_hold_its_phrase_is_refused_before_any_call(tmp_path: Path) -> None:
    path = tmp_path / "transport.toml"
    path.write_text(BOOK.format(multiple="true").replace('phrase = "tram"', 'phrase = "train"'))
    with pytest.raises(CodebookError, match="copy it letter by letter"):
        Codebook.load(path)
