"""Loaded words: where they count, and where they do not."""

import pytest

from newslens import LOADED, SOURCES, Article, Lens, persuasion
from newslens.errors import ConfigurationError
from newslens.offline.language import cut
from newslens.offline.loaded import find_phrases


def found(sentence: str, *, is_headline: bool = False) -> list[str]:
    words = cut(sentence)
    places = find_phrases(words, frozenset(), is_headline=is_headline)
    return [sentence[words[first].start : words[last - 1].end] for first, last, _ in places]


@pytest.mark.parametrize(
    ("sentence", "phrases"),
    [
        ("The mayor blasted the ludicrous plan.", ["blasted", "ludicrous"]),
        ("He acted shamefully and bizarrely.", ["shamefully", "bizarrely"]),
        ("They were called bigots and eco-zealots.", ["bigots", "eco-zealots"]),
        ("The firm claims that sales rose.", ["claims"]),
        ("It is the most corrupt government in history.", ["most corrupt government in history"]),
        ("It is the most northern town in history.", []),
        ("She was not a crook and never ridiculous.", []),
        ("It was not late but ridiculous.", ["ridiculous"]),
        ("They went to the Ridiculous Theatre.", []),
        ("A wave of migrants came.", ["wave of migrants"]),
        ("A wave of heat came.", []),
        ("The council met on Monday.", []),
    ],
)
def test_a_word_counts_where_it_is_meant(sentence: str, phrases: list[str]) -> None:
    assert found(sentence) == phrases


def test_in_a_headline_capitals_mark_no_names() -> None:
    assert found("Mayor Blasts Ludicrous Plan", is_headline=True) == ["Blasts", "Ludicrous"]


def test_a_quoted_phrase_is_marked_and_gets_the_speaker_of_its_attribution() -> None:
    text = (
        "The plan is ludicrous, to say the least. “It is a shameful and ridiculous plan,” Mayor Ann Lee said on Monday."
    )
    report = Lens(offline=True, analyses=[LOADED, SOURCES]).analyze(Article.from_text(text))
    assert report.loaded
    told = {one.phrase: (one.in_quote, one.scare_quotes, one.speaker, one.is_authors) for one in report.loaded}
    assert told["ludicrous"] == (False, False, None, True)
    assert told["ridiculous"][:2] == (True, False)
    assert "Lee" in (told["ridiculous"][2] or "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The so-called “shameful plan” was passed.", (True, True)),
        ("“We will not pass it. It is a shameful plan, and that is all there is to say.”", (True, False)),
        ("“We will not pass it.\n\nIt is a shameful plan.", (False, False)),
        ("The “plan” is shameful.", (False, False)),
    ],
)
def test_quotation_marks_tell_whose_words_they_are(text: str, told: tuple[bool, bool]) -> None:
    report = Lens(offline=True, analyses=[LOADED]).analyze(Article.from_text(text))
    assert [(one.in_quote, one.scare_quotes) for one in report.loaded or () if one.phrase == "shameful"] == [told]


def test_a_technique_without_a_lexicon_needs_a_model() -> None:
    with pytest.raises(ConfigurationError, match="no lexicon for doubt, only for loaded_language"):
        Lens(offline=True, analyses=[persuasion(["doubt"])]).analyze("They doubt it.")
