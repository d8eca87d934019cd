"""Tone toward a target, and positions in so many words."""

import pytest

from newslens import STANCE, Article, Lens
from newslens.offline.stances import find_positions

NAMES = frozenset({"Sheinbaum", "Orr", "Trump", "Democrats"})


@pytest.mark.parametrize(
    ("sentence", "position"),
    [
        ("Sheinbaum declined the offer of military aid.", ("Sheinbaum", "against", "the offer of military aid")),
        ("In May, President Ann Orr strongly supported the bill.", ("President Ann Orr", "favor", "the bill")),
        ("Mr. Orr has repeatedly criticized Trump's plan for the port.", ("Mr. Orr", "against", "Trump's plan")),
        ("Orr, a member of the council, opposes higher fares.", ("Orr", "against", "higher fares")),
        ("Ann Orr, who backs the plan, left.", ("Ann Orr", "favor", "the plan")),
        ("The White House vowed to fight the ruling.", ("The White House", "against", "the ruling")),
        ("Trump endorsed Kobach the day before the vote.", ("Trump", "favor", "Kobach")),
        ("Orr rejected Republican attacks on the law.", ("Orr", "against", "Republican attacks")),
        ("When Orr praised the crew, it rained.", ("Orr", "favor", "the crew")),
        ("Orr accused Trump of lying about it.", ("Orr", "against", "Trump")),
        ("Democrats spoke out against the cuts.", ("Democrats", "against", "the cuts")),
    ],
)
def test_a_named_subject_a_verb_of_position_and_an_object(sentence: str, position: tuple[str, str, str]) -> None:
    assert [(one.holder, one.tone, one.target) for one in find_positions(sentence, (), NAMES)] == [position]


@pytest.mark.parametrize(
    "sentence",
    [
        "Orr did not support the bill.",
        "Orr would oppose the bill.",
        "Critics oppose the bill.",
        "She declined the offer.",
        "Orr declined to comment.",
        "The White House declined immediate comment.",
        "Orr supported it.",
        "Orr called for Trump to resign.",
        "A spokesman for Orr criticized the bill.",
        "Orr was criticized by Trump.",
        "Leaders in Congress rejected the bill.",
        "Trump Opposes New Bill As Orr Backs Deal",
        "It rained.",
    ],
)
def test_anything_less_is_no_position(sentence: str) -> None:
    assert not list(find_positions(sentence, (), NAMES))


def test_nothing_is_looked_for_in_quotations() -> None:
    sentence = "“Trump praised the crew,” he said."
    assert not list(find_positions(sentence, ((1, 25),), NAMES))


def read(text: str, *targets: str) -> list[tuple[str, str, str, list[int]]]:
    stances = Lens(offline=True, analyses=[STANCE], targets=targets).analyze(Article.from_text(text)).stances
    return [
        (one.holder, one.target, one.label.value, [span.sentence for span in one.evidence]) for one in stances or ()
    ]


def test_without_targets_there_are_positions_only() -> None:
    text = "Trump made an offer on Monday. President Ann Orr declined the offer. The disgraceful Trump is a liar."
    assert read(text) == [("President Ann Orr", "the offer", "against", [2])]


def test_a_tone_is_the_authors_and_says_that_it_is_one() -> None:
    text = (
        "Ann Larsen spoke on Monday in the old town hall. The brilliant and brave Larsen won a splendid victory. "
        "“Larsen is a corrupt liar and a disgrace,” said one man in the hall."
    )
    lens = Lens(offline=True, analyses=[STANCE], targets=["Ann Larsen", "Hull"])
    stances = lens.analyze(Article.from_text(text)).stances
    assert stances
    told = {one.target: (one.holder, one.voice, one.label.value, one.note) for one in stances}
    assert told == {
        "Ann Larsen": ("author", "author", "favor", "tone of 2 sentences, not a stated position"),
        "Hull": ("author", "author", "none", "the author does not mention it"),
    }
    (larsen,) = (one for one in stances if one.target == "Ann Larsen")
    assert [span.sentence for span in larsen.evidence] == [2]
    assert {span.text for span in larsen.words} >= {"brilliant", "brave", "victory"}


def test_with_a_target_positions_toward_it_are_reported_under_its_name() -> None:
    text = (
        "Trump made an offer of aid on Monday. President Ann Orr declined the offer of aid. It rained all day in Hull."
    )
    assert ("President Ann Orr", "offer", "against", [2]) in read(text, "offer")


@pytest.mark.parametrize("target", ["?", "(", "a.*", "é", "the U.S."])
def test_a_target_is_never_a_pattern(target: str) -> None:
    assert [one[2] for one in read("It rained on Monday, and the sun shone on Tuesday.", target)] == ["none"]
