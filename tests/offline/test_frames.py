"""Weighted cues of a codebook."""

from typing import Any

import pytest

from newslens import FRAMING, Codebook, Lens
from newslens.analyses.framing import coding
from newslens.errors import CodebookError
from newslens.offline.frames import score_labels

PLAIN = "It rained on the hills in the west for most of the day."


def book(*labels: dict[str, Any], **fields: Any) -> Codebook:
    return Codebook.model_validate({"labels": labels, **fields})


FERRY = {"code": "ferry", "cues": {"ferr*": 2, "car ferry": 3, "pier": 1}}
TRAIN = {"code": "train", "cues": ["train", "rail's end"]}


@pytest.mark.parametrize(
    ("sentence", "cues"),
    [
        ("The ferries are late.", ["ferr*"]),
        ("The FERRY sails.", ["ferr*"]),
        ("A car-ferry sails.", ["car ferry"]),
        ("A car, ferry and all.", ["ferr*"]),
        ("At the pier's end", ["pier"]),
        ("Piers fall.", []),
        ("A ferry ferry", ["ferr*", "ferr*"]),
    ],
)
def test_a_cue_is_a_word_a_phrase_or_a_stem_and_the_longest_counts(sentence: str, cues: list[str]) -> None:
    found = score_labels([sentence], book(FERRY, threshold=0.1))
    assert [hit.cue for one in found for hit in one.hits] == cues
    assert all(sentence[hit.start : hit.end].strip() for one in found for hit in one.hits)


def test_apostrophes_match_in_any_style() -> None:
    assert [one.code for one in score_labels(["At the rail’s end"], book(TRAIN, threshold=0.1))] == ["train"]


def test_no_cue_counts_inside_an_idiom() -> None:
    crime = book({"code": "crime", "cues": {"killer": 3, "partner*": 1}}, threshold=0.1)
    assert not score_labels(["She has a killer instinct and a partner in crime."], crime)
    assert score_labels(["A killer fled."], crime)


def test_scores_fall_with_length_and_rise_slowly_with_repetition() -> None:
    once, twice, longer = (
        score_labels([text], book(FERRY, threshold=0.01))[0].score
        for text in ("ferry", "ferry ferry", "ferry " + PLAIN * 4)
    )
    assert longer < once < twice < 2 * once


def test_the_codebook_sets_the_threshold_and_ties_keep_its_order() -> None:
    sentence = "The ferry and the train were late."
    assert [one.code for one in score_labels([sentence], book(FERRY, TRAIN, threshold=0.2))] == ["ferry", "train"]
    assert [one.code for one in score_labels([sentence], book(FERRY, TRAIN, threshold=0.3))] == ["ferry"]
    equal = book({"code": "b", "cues": ["train"]}, {"code": "a", "cues": ["ferry"]}, threshold=0.2)
    assert [one.code for one in score_labels([sentence], equal)] == ["b", "a"]


def test_one_hit_is_not_enough_in_a_longer_text() -> None:
    assert not score_labels(["The ferry.", *[PLAIN] * 4], book(FERRY, threshold=0.1))
    assert score_labels(["The ferry.", *[PLAIN] * 3, "The pier."], book(FERRY, threshold=0.1))


def test_codes_and_cues_are_all_that_a_codebook_needs() -> None:
    analysis = coding(book(FERRY, TRAIN))
    found = Lens(offline=True, analyses=[analysis]).analyze("The ferry was late. So was the train.").get(analysis)
    assert found
    assert {one.code: [span.text for span in one.words] for one in found} == {"ferry": ["ferry"], "train": ["train"]}


def test_a_codebook_without_cues_is_refused() -> None:
    with pytest.raises(CodebookError, match=r"'codebook' has no cues. Add some, or name a model"):
        Lens(offline=True, analyses=[coding(book({"code": "ferry"}))]).analyze("The ferry was late.")


def test_the_strongest_frame_is_primary_and_cites_its_sentences() -> None:
    text = "The budget deficit grew on Monday. It rained. Taxes, wages and prices went up, the economy ministry said."
    framing = Lens(offline=True, analyses=[FRAMING]).analyze(text).framing
    assert framing
    assert (framing[0].frame, framing[0].primary) == ("economic", True)
    assert [span.sentence for span in framing[0].evidence] == [1, 3]
    assert {span.text.lower() for span in framing[0].words} >= {"budget", "deficit", "taxes", "wages", "prices"}
