"""Sentences by centroid, place and novelty."""

from time import process_time

import pytest

from newslens import SUMMARY, Article, Lens
from newslens.offline.summary import pick_sentences

STORY = [
    "The council voted on Monday to close the harbour bridge for two years.",
    "Engineers found cracks in three of the bridge's eight pillars in May.",
    "The weather was mild for the season.",
    "Closing the harbour bridge will send 20,000 cars a day through the old town.",
    "Shop owners in the old town fear the traffic from the closed bridge.",
    "The council will vote on money for a new bridge in the spring.",
    "The council voted on Monday to close the harbour bridge for two years.",
]


def test_picks_are_in_reading_order_with_the_lead_and_without_repeats() -> None:
    picked = pick_sentences(STORY, count=4)
    assert picked == sorted(set(picked))
    assert picked[0] == 0
    assert not {2, 6} & set(picked)


def test_neither_a_heading_nor_the_headline_itself_is_picked() -> None:
    assert (
        pick_sentences(["The harbour bridge closes", "Background", *STORY], title="The harbour bridge closes")[0] == 2
    )


@pytest.mark.parametrize("text", ["", "—", "Short.", "橋は月曜日に閉鎖された。議会は修理を決めた。"])
def test_any_text_has_an_answer(text: str) -> None:
    sentences = [text] if text else []
    assert pick_sentences(sentences) in ([], [0])


def test_the_summary_is_made_of_sentences_and_cites_them() -> None:
    summary = Lens(offline=True, analyses=[SUMMARY]).analyze(Article.from_text(" ".join(STORY))).summary
    assert summary
    assert [point.text for point in summary.key_points] == [point.evidence[0].text for point in summary.key_points]
    assert summary.text == " ".join(point.text for point in summary.key_points[:3])
    assert summary.method == "classical"


def test_time_is_linear() -> None:
    text = [f"{sentence[:-1]} {number}." for number in range(1500) for sentence in STORY]
    start = process_time()
    pick_sentences(text)
    assert process_time() - start < 4
