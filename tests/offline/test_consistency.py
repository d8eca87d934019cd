"""Consistency by a model and without: words are spans of the article, or the finding says that they are not."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newslens.analyses.consistency import CONSISTENCY, Inconsistency
from newslens.article.article import Article
from newslens.errors import InvalidReply
from newslens.lens import Lens
from newslens.offline.consistency import conflicts
from newslens.testing import Scripted

SEEDS = Path(__file__).parents[2] / "seeds"

TEXT = "The dam was full in June, the county said. Boats lay idle. The dam was not full in June, the ledger shows."
CLAIM = {"kind": "claim", "first": "was full", "second": "was not full", "note": "full or not", "evidence": [3, 1]}


def by_model(*answers: dict[str, Any]) -> tuple[Inconsistency, ...]:
    lens = Lens(analyses=[CONSISTENCY], ask=Scripted({"consistency": list(answers)}))
    found = lens.analyze(Article(text=TEXT)).get(CONSISTENCY)
    assert found is not None
    return found


def test_the_words_of_a_model_become_spans_of_their_own_sentences() -> None:
    (found,) = by_model(CLAIM)

    assert [(span.text, span.sentence) for span in found.words] == [("was full", 1), ("was not full", 3)]
    assert all(TEXT[span.start : span.end] == span.text for span in found.words)
    assert (found.grounded, found.missing) == (True, ())


def test_words_that_stand_elsewhere_leave_the_finding_ungrounded() -> None:
    (found,) = by_model({**CLAIM, "first": "lay idle"})

    assert [span.text for span in found.words] == ["was not full"]
    assert (found.grounded, found.missing) == (False, ("lay idle",))


def test_what_is_listed_twice_is_one_finding() -> None:
    assert len(by_model(CLAIM, CLAIM)) == 1


def test_a_sentence_that_is_not_there_is_refused() -> None:
    lens = Lens(analyses=[CONSISTENCY], ask=Scripted(*[{"consistency": [{**CLAIM, "evidence": [9]}]}] * 4))
    with pytest.raises(InvalidReply, match="no sentence 9"):
        lens.analyze(Article(text=TEXT))


PIECES = (
    "the The 12 14 7-2 34, $4.2 million 40-mile per cent workers people killed fire Sergeant Inspector Mayor Deputy "
    "Ann Lee Leee Lee, vote beat on Tuesday Wednesday's 12 May 1951 at 5 p.m. is was of a , ; “ ” :"
)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.text(max_size=120) | st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join), max_size=8)
)
def test_places_lie_inside_their_sentences(sentences: list[str]) -> None:
    for one in conflicts(sentences, english=True):
        for place in (one.first, one.second):
            assert 0 <= place.start < place.end <= len(sentences[place.sentence])


def test_an_office_in_a_heading_is_held_against_the_story() -> None:
    seed = Article.from_file(SEEDS / "sheinbaum-declines-military-aid.txt")
    found = Lens(offline=True, analyses=[CONSISTENCY]).analyze(seed).consistency or ()
    (offices,) = [one for one in found if one.kind == "name"]
    assert (offices.first, offices.second) == ("former U.S. President Donald Trump", "President Donald Trump")
    (heading,) = [one for one in seed.headings if one.start <= offices.words[1].start < one.end]
    assert "Recently Confirmed President Donald Trump" in heading.text
    assert [span.sentence for span in offices.evidence] == [1]


STORY = [
    "The council of Hull voted late on Monday to close the old harbour bridge to lorries.",
    "Engineers had found deep cracks in several steel cables during a routine inspection.",
    "Hauliers demanded compensation for the longer detour through the northern villages.",
    "Mayor Ann Lee promised that cheaper ferries would carry workers across the estuary.",
    "Schoolchildren will walk along a temporary footpath beside the disused railway line.",
]


def test_a_story_told_many_times_over_is_a_retelling_and_not_one_for_each_two_sentences() -> None:
    found = conflicts(STORY * 14, english=True)
    assert {one.kind for one in found} == {"retelling"}
    assert 1 <= len(found) <= 14
