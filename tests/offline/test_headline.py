"""What a story lacks of its headline, and how the headline calls."""

import pytest

from newslens import HEADLINE, Article, Lens
from newslens.analyses.claims import find_unsupported
from newslens.analyses.headline import find_signals

STORY = (
    "Police said on Monday that three men died when a boat sank off Hull. Britain sold 1,200 boats last year. "
    "The Islamic State said nothing. The minister resigned, and the U.S. denied it."
)


@pytest.mark.parametrize(
    ("headline", "lacking"),
    [
        ("Men die as boat sinks", []),
        ("Death of 3 men off Hull", []),
        ("UK sells 1200 boats", []),
        ("IS silent", ["silent"]),
        ("ISIS says nothing", []),
        ("US denies resignation of minister", []),
        ("Four women died", ["women"]),
        ("Boat sinks off Leeds, 40 dead", ["40", "Leeds"]),
        ("You won't believe this", ["believe"]),
        ("Hull’s boats", []),
    ],
)
def test_a_word_is_lacking_only_where_the_story_has_no_form_of_it(headline: str, lacking: list[str]) -> None:
    assert [one.text for one in find_unsupported(headline, STORY)] == lacking


def test_kinds_are_numbers_then_names_then_words_in_english_only() -> None:
    told = [(one.kind, one.text) for one in find_unsupported("A crash in Leeds kills 40", STORY)]
    assert told == [("number", "40"), ("name", "Leeds"), ("word", "crash"), ("word", "kills")]
    spanish = "El alcalde dijo el lunes que el puente de la ciudad no se va a cerrar por las obras."
    assert [one.kind for one in find_unsupported("Cierra el puente de Madrid", spanish)] == ["name"]


@pytest.mark.parametrize(
    ("headline", "signals"),
    [
        ("Boat sinks!", ("exclamation",)),
        ("Who sank the boat?", ("question",)),
        ("BOAT sinks off NATO base", ("all_caps",)),
        ("NATO meets", ()),
        ("Here’s why the boat sank", ("curiosity_gap",)),
    ],
)
def test_signals(headline: str, signals: tuple[str, ...]) -> None:
    assert find_signals(headline, "NATO met.") == signals


@pytest.mark.parametrize(
    ("title", "relation", "evidence"),
    [
        ("Three men die as boat sinks", "supported", [1]),
        ("Three men die as boat sinks near Leeds", "partially_supported", [1]),
        ("Parliament debates pensions", "not_addressed", []),
    ],
)
def test_the_relation_goes_by_shared_words(title: str, relation: str, evidence: list[int]) -> None:
    report = Lens(offline=True, analyses=[HEADLINE]).analyze(Article.from_text(STORY, title=title))
    assert report.headline
    (one,) = report.headline
    assert (one.kind, one.relation.value, [span.sentence for span in one.evidence]) == ("headline", relation, evidence)


def test_another_language_is_unclear_and_no_title_gives_nothing() -> None:
    lens = Lens(offline=True, analyses=[HEADLINE])
    article = Article.from_text(
        "El alcalde dijo el lunes que el puente cerrará por las obras.", title="Cierra el puente"
    )
    assert [one.relation.value for one in lens.analyze(article).headline or ()] == ["unclear"]
    assert lens.analyze(Article.from_text("It rained on Monday, and it rained on Tuesday.")).headline == ()
