"""Extractive summaries: the news first, nothing twice, no sentence that cannot stand alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.article.sentences import split
from newslens.offline.summary import pick

SEED = Path(__file__).parents[2] / "seeds" / "sheinbaum-declines-military-aid.txt"

BRIDGE = (
    "The council will close the harbour bridge for nine weeks after engineers found cracks in its deck.",
    "It was built in 1961.",
    "Lorries will be sent round by the northern crossing, fourteen miles away, from the sixteenth of March.",
    "What does this mean for the traders on the quay?",
    "The Harbour Bridge closure will last nine weeks, the council said, because of cracks in the deck.",
    "However, they fear for their spring business.",
    "Traders on the east quay demanded compensation for the weeks in which the bridge stays closed.",
    "The Council’s Options",
    "“Nobody takes a decision like this lightly when so many people cross each day,” she said.",
    "Engineers will inspect the eleven other crossings of the county before the summer season begins.",
)


def test_the_news_comes_first_and_no_weak_sentence_is_picked() -> None:
    assert pick(BRIDGE, count=4) == (0, 2, 6, 9)


def test_of_two_sentences_that_say_the_same_one_is_picked() -> None:
    assert len({0, 4} & set(pick(BRIDGE, count=10))) == 1


@pytest.mark.parametrize(
    "weak",
    [
        "However, the ferry company of the island lost nine captains to the mainland.",
        "It lost nine captains of the island ferry to the mainland in spring.",
        "Why did the ferry company of the island lose nine captains to the mainland?",
        "“The ferry company of the island lost nine captains to the mainland.”",
        "“The ferry company lost nine captains,” she said of the island in spring.",
        "The loss of nine captains raises many questions about the island ferry company.",
        "The Ferry Company Of The Island Lost Nine Captains To The Mainland",
        "Captains left.",
    ],
)
def test_a_sentence_that_stands_alone_is_picked_before_one_that_does_not(weak: str) -> None:
    lead = "Storms kept the fishing fleet in the northern harbours for eleven days this month."
    sound = "A new school opens behind the old lighthouse with places for sixty pupils."

    assert pick([lead, weak, sound], count=2) == (0, 2)


FLEET = "Storms kept the fishing fleet in the northern harbours for eleven days this month."
FERRY = "Mechanics repaired four engines of the island ferry in the dry dock last week."
SCHOOL = "Teachers opened a school behind the lighthouse with places for sixty pupils now."
OPENING = [
    "Farmers in the southern valley sold twice as many apples as during the drought.",
    "Brass bands from nine villages marched through the capital on Sunday afternoon.",
    "Rangers counted thirty wolves near the eastern border after the first snow fell.",
]


def test_words_of_the_title_draw_a_sentence_and_its_repetition_is_left_out() -> None:
    title = "Lighthouse school has places for sixty pupils."
    sentences = [title, *OPENING, FLEET, FERRY, SCHOOL]

    assert pick(sentences, count=5) == (0, 1, 2, 3, 4)
    assert pick(sentences, title=title, count=4) == (1, 2, 3, 6)
    assert pick([title], title=title) == (0,)


def test_the_first_sentence_of_a_paragraph_is_picked_before_one_inside() -> None:
    sentences = [*OPENING, FLEET, FERRY, SCHOOL]

    assert pick(sentences, count=5) == (0, 1, 2, 3, 4)
    assert pick(sentences, paragraphs=[0, 1, 2, 3, 5], count=5) == (0, 1, 2, 3, 5)


def test_a_dateline_does_not_take_the_place_of_the_lead() -> None:
    assert pick(["Sept. 18, 2025, 9:15 p.m.", *BRIDGE], count=1) == (1,)


def test_scripts_without_spaces_are_compared_by_pairs_of_characters() -> None:
    sentences = [
        "总统拒绝了美国提出的军事援助建议。",
        "美国提出的军事援助建议被总统拒绝了。",
        "港口工人因工资纠纷举行为期八天的罢工。",
    ]

    assert pick(sentences) == (0, 2)


def test_an_article_that_tells_its_story_twice_is_summed_up_once() -> None:
    text = SEED.read_text(encoding="utf-8")
    sentences = [text[start:end] for start, end in split(text, language="en")]

    picked = [sentences[index] for index in pick(sentences, title=sentences[0])]

    offered = [
        s for s in picked if "Trump" in s and "military assistance" in s and ("proposed" in s or "offer" in s.lower())
    ]
    declined = [s for s in picked if "Sheinbaum" in s and ("declin" in s or "refus" in s)]
    assert len(picked) == 5
    assert offered
    assert declined
    assert sum("recently confirmed" in s or "recent statement" in s for s in picked) == 1


@pytest.mark.parametrize("sentences", [[], [""], ["", "  ", "...", "\0"]])
def test_nothing_to_tell_gives_nothing(sentences: list[str]) -> None:
    assert pick(sentences) == ()


WORDS = st.sampled_from(
    ["storm", "harbour", "bridge", "council", "However", "she", "?", ".", "“", "”", "总统", "été", "\0", "\ud800", "9"]
)
SENTENCES = st.lists(st.one_of(st.lists(WORDS, max_size=12).map(" ".join), st.text(max_size=40)), max_size=30)


@given(SENTENCES, st.integers(min_value=0, max_value=8))
def test_picks_are_sorted_distinct_places_of_at_most_the_count(sentences: list[str], count: int) -> None:
    picked = pick(sentences, count=count)

    assert list(picked) == sorted(set(picked))
    assert len(picked) <= count
    assert all(0 <= index < len(sentences) and sentences[index].strip() for index in picked)
    assert picked == pick(sentences, count=count)


@given(SENTENCES, st.lists(st.sampled_from(["", " ", "\n", "***", "|", "—"]), max_size=5))
def test_lines_without_a_word_change_nothing(sentences: list[str], empty: list[str]) -> None:
    assert pick([*sentences, *empty]) == pick(sentences)


@given(SENTENCES, st.integers(min_value=1, max_value=6))
def test_a_longer_summary_keeps_what_a_shorter_one_has(sentences: list[str], count: int) -> None:
    assert set(pick(sentences, count=count)) <= set(pick(sentences, count=count + 1))


@given(SENTENCES)
def test_a_sentence_is_never_picked_twice_in_the_same_words(sentences: list[str]) -> None:
    picked = [sentences[index] for index in pick([*sentences, *sentences], count=20) if index < len(sentences)]

    assert len({" ".join(sentence.casefold().split()) for sentence in picked}) == len(picked)


@pytest.mark.parametrize(
    "sentences",
    [
        [f"The council of town {n} met person {n * 7} about the bridge number {n % 91}." for n in range(20_000)],
        ["a" * 10_000_000, "“" + "a " * 500_000, "is " * 100_000, "?" * 200_000, "raises a " * 50_000],
    ],
    ids=["20,000 sentences", "huge sentences"],
)
def test_time_is_linear(sentences: list[str]) -> None:
    assert pick(sentences)  # comparing all pairs would take many minutes
