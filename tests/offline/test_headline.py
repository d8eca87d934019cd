"""Whether the story carries its headline, and how the headline calls."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens import Article, Lens
from newslens.analyses.headline import HEADLINE, HeadlineCheck, Unsupported
from newslens.analyses.questions import Answer
from newslens.errors import InvalidReply
from newslens.offline import headline
from newslens.offline.headline import Related, relate, unsupported
from newslens.offline.headline_signals import Signal, asserts, signals
from newslens.testing import Scripted

SEEDS = Path(__file__).parents[2] / "seeds"
STORY = "The council may close the Alder pool in May. The mayor said that no decision had been made. Nobody was hurt."
TITLE = "Council closes Alder pool!"
ARTICLE = Article.from_text(
    f"{TITLE}\n\n{STORY}\n\nMayor rejected the plan\n\nThe mayor backed the plan.\n", title=TITLE
)


def checked(article: Article) -> tuple[HeadlineCheck, ...]:
    found = Lens(analyses=[HEADLINE], offline=True).analyze(article).get(HEADLINE)
    assert found is not None
    return found


def answered(*checks: dict[str, object]) -> tuple[HeadlineCheck, ...]:
    reply = json.dumps({"headline": list(checks)})
    found = Lens(analyses=[HEADLINE], ask=Scripted(reply, reply)).analyze(ARTICLE).get(HEADLINE)
    assert found is not None
    return found


def told(check: HeadlineCheck) -> tuple[str, str, list[int]]:
    return check.kind, check.relation.value, [span.sentence for span in check.evidence]


def test_the_headline_comes_first_then_the_subheadings_that_claim_something() -> None:
    assert [told(check) for check in checked(ARTICLE)] == [
        ("headline", "overstated", [1]),
        ("subheading", "contradicted", [4]),
    ]
    assert {check.relation.method for check in checked(ARTICLE)} == {"classical"}


def test_the_crisis_that_deepens_in_a_title_only_is_not_carried_by_the_story() -> None:
    text = (SEEDS / "sheinbaum-declines-military-aid.txt").read_text(encoding="utf-8")
    headline, *rest = checked(Article.from_text(text))
    assert headline.relation.value == "partially_supported"
    assert headline.signals == ("exclamation",)
    assert headline.unsupported == (Unsupported(kind="word", text="Deepens"),)
    assert {one.text.split()[-1] for one in rest if one.kind == "subheading"} == {"Cartels", "Declined"}


def test_an_article_with_no_headline_has_no_checks() -> None:
    assert checked(Article.from_text("It rained on Monday. The match was called off, and nobody minded.")) == ()


def test_in_another_language_marks_names_and_numbers_are_still_told() -> None:
    story = "El alcalde de Valdemera subió el billete del tranvía el lunes. La protesta duró tres días en la ciudad."
    (check,) = checked(Article.from_text(story, title="¿Subirá Madrid el billete a 40 euros?", language="es"))
    assert told(check) == ("headline", "unclear", [])
    assert check.signals == ("question",)
    assert check.unsupported == (Unsupported(kind="number", text="40"), Unsupported(kind="name", text="Madrid"))


def test_what_a_model_says_is_kept_and_the_rest_is_computed() -> None:
    (check,) = answered({"text": TITLE, "kind": "headline", "relation": "supported", "evidence": [1]})
    assert told(check) == ("headline", "supported", [1])
    assert (check.signals, check.unsupported, check.grounded) == (("exclamation",), (), True)
    assert check.relation.method == "stated"


def test_a_heading_that_the_article_lacks_is_kept_and_marked() -> None:
    (check,) = answered(
        {"text": "Zebra wins the Derby", "kind": "subheading", "relation": "not_addressed", "evidence": []}
    )
    assert not check.grounded
    assert Unsupported(kind="name", text="Derby") in check.unsupported


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"evidence": []}, "needs at least one sentence"),
        ({"evidence": [0]}, "no evidence for a headline"),
        ({"evidence": [99]}, "no sentence 99"),
        ({"signals": ["exclamation"]}, "'signals' was not asked for"),
        ({"unsupported": []}, "'unsupported' was not asked for"),
    ],
)
def test_an_answer_that_cannot_be_shown_is_refused(wrong: dict[str, object], complaint: str) -> None:
    with pytest.raises(InvalidReply, match=complaint):
        answered({"text": TITLE, "kind": "headline", "relation": "supported", "evidence": [1], **wrong})


def test_the_part_that_carries_a_headline_speaks_for_the_parts_that_do_not_mention_it() -> None:
    (first, *_) = checked(ARTICLE)
    carried = first.model_copy(update={"relation": first.relation.model_copy(update={"value": "supported"})})
    silent = first.model_copy(
        update={
            "relation": first.relation.model_copy(update={"value": "not_addressed"}),
            "evidence": (),
            "unsupported": (Unsupported(kind="word", text="pool"),),
        }
    )
    assert HEADLINE.merge([(silent,), (carried,), (silent,)]) == (carried,)
    assert HEADLINE.merge([]) == ()


def test_a_judge_is_asked_about_each_that_has_evidence_and_measures_its_relation() -> None:
    checks = checked(ARTICLE)
    assert HEADLINE.judge is not None
    distribution = {"contradicted": 0.1, "overstated": 0.8, "supported": 0.1}
    settled = HEADLINE.judge.settle(checks, {"0": Answer(distribution, "decision")})
    assert settled[0].relation.model_dump() == {
        "value": "overstated",
        "probability": 0.8,
        "distribution": distribution,
        "method": "decision",
    }
    assert settled[1] == checks[1]


@pytest.mark.parametrize(
    ("headline", "story", "expected"),
    [
        ("No money for schools", "There is no new money for schools, the minister said.", "supported"),
        ("Police arrest three over theft", "Police arrested three men suspected of theft.", "supported"),
        ("Mayor: ‘We will not pay’", "We will not pay, the mayor said.", "supported"),
        ("Is the bridge safe?", "The bridge is safe.", "unclear"),
        ("500 jobs lost at plant", "About 480 jobs were lost at the plant, the union said.", "supported"),
        ("900 jobs lost at plant", "Exactly 480 jobs were lost at the plant, the union said.", "contradicted"),
        ("Ships never sail in May", "Ships sail in May when the ice has gone.", "contradicted"),
        ("Costs climb", "The cost of a ticket was not told.", "not_addressed"),
        ("!!!", "It rained.", "unclear"),
    ],
)
def test_a_claim_is_held_against_single_sentences(headline: str, story: str, expected: str) -> None:
    assert relate(headline, [story]).value == expected


def test_claims_are_judged_alone_and_show_their_own_sentences() -> None:
    story = ["The ferry sank on Monday.", "It rained.", "The union rejected the offer of pay."]
    assert relate("Ferry sinks: union rejects offer", story) == Related("supported", (0, 2))
    assert relate("Ferry sinks: union accepts offer", story) == Related("contradicted", (2,))
    assert relate("Ferry sinks: wolves roam Paris", story) == Related("partially_supported", (0,))
    assert unsupported("Ferry sinks: wolves roam Paris", story) == ["wolves", "roam", "Paris"]


@pytest.mark.parametrize(
    ("heading", "claims"),
    [
        ("Rents rose as fast as wages in May, survey shows", ["Rents rose as fast as wages in May"]),
        ("Exports fell between May and July", ["Exports fell between May and July"]),
        ("Night trains between Oslo and Bergen end", ["Night trains between Oslo and Bergen end"]),
        ("Adeyemi quits as party leader", ["Adeyemi quits as party leader"]),
        ("Union chief quits as pay talks fail", ["Union chief quits", "pay talks fail"]),
        ("Bread to get dearer, says minister", ["Bread to get dearer"]),
        ("Bread to get dearer, says Elena Rossi", ["Bread to get dearer"]),
        ("Bread to get dearer, court documents show", ["Bread to get dearer"]),
        ("Bread to get dearer – report", ["Bread to get dearer"]),
        ("Tea may protect hearts, study suggests", ["Tea may protect hearts, study suggests"]),
        ("Minister visits flooded town, warns of job cuts", ["Minister visits flooded town", "warns of job cuts"]),
        (
            "Harbour pilots strike, ferry firms protest at delays",
            ["Harbour pilots strike", "ferry firms protest at delays"],
        ),
        ("(Exclusive) Bank hid losses [Video]", ["Bank hid losses"]),
        ("Man (42) jailed over raid", ["Man (42) jailed over raid"]),
    ],
)
def test_a_headline_is_cut_between_claims_and_not_inside_one(heading: str, claims: list[str]) -> None:
    assert headline.told(heading) == claims


@pytest.mark.parametrize("source", [", survey shows", ", says union boss", " – report", ", two officials said"])
def test_who_says_it_is_no_part_of_what_is_claimed(source: str) -> None:
    story = ["The ferry line will be sold to a bank, the board told its staff."]
    assert relate(f"Ferry line to be sold to bank{source}", story) == Related("supported", (0,))
    assert unsupported(f"Ferry line to be sold to bank{source}", story) == []


def test_a_source_that_only_suggests_keeps_a_claim_from_being_sure() -> None:
    story = ["Tea may protect the hearts of old people, a trial suggests."]
    assert relate("Tea protects hearts, trial suggests", story).value == "supported"
    assert relate("Tea protects hearts, trial finds", story).value == "overstated"


def test_what_a_sentence_denies_may_have_its_matter_in_the_sentence_before() -> None:
    story = ["It was a rainy spring in Leon.", "Sales of shoes sank to 40,000 pairs."]
    assert relate("Shoe sales in rainy Leon climb sharply", story) == Related("contradicted", (1,))
    assert relate("Shoe sales in rainy Leon climb sharply", story[1:]).value == "not_addressed"


def test_a_sentence_that_shares_one_word_with_a_claim_denies_nothing() -> None:
    story = ["Shoe shops in rainy Leon count their sales.", "Sales of hats sank to 400."]
    assert relate("Shoe sales in rainy Leon climb sharply", story) == Related("partially_supported", (0,))


def test_two_neighbours_carry_what_neither_carries_alone() -> None:
    story = ["It rained.", "Elena Rossi is the finance minister.", "She resigned on Friday."]
    assert relate("Finance minister Rossi resigns", story) == Related("supported", (1, 2))


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("You Won’t BELIEVE What Happened Next!", ("exclamation", "all_caps", "curiosity_gap")),
        ("UNESCO names new site", ()),
        ("Here’s why rents rise", ("curiosity_gap",)),
        ("US and UK sign pact", ()),
        ("¿Quién paga?", ("question",)),
    ],
)
def test_signals_are_marks_shouting_and_withheld_news(headline: str, expected: tuple[Signal, ...]) -> None:
    assert signals(headline, ["The site was named by UNESCO."]) == expected


@pytest.mark.parametrize("heading", ["Court rejected the appeal", "Union rejects offer", "Rents have doubled"])
def test_a_heading_with_a_verb_in_a_tense_claims_something(heading: str) -> None:
    assert asserts(heading)


@pytest.mark.parametrize(
    "heading",
    ["Conclusion", "A wet spell", "What the dam was for", "The Reactions From Both Sides", "Moving Forward", ""],
)
def test_a_heading_that_names_its_matter_claims_nothing(heading: str) -> None:
    assert not asserts(heading)


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=4))
def test_any_text_gets_a_relation_that_its_sentences_show(headline: str, story: list[str]) -> None:
    related = relate(headline, story)
    assert all(0 <= k < len(story) for k in related.sentences)
    assert bool(related.sentences) == (related.value not in {"not_addressed", "unclear"})
    assert all(part in headline for part in unsupported(headline, story))
    assert len(set(signals(headline, story))) == len(signals(headline, story))


@given(
    st.lists(
        st.sampled_from(("harbour", "pilots", "leave", "Oslo", "quietly", "grey", "ferries")), min_size=2, max_size=6
    )
)
def test_a_story_carries_its_own_words(words: list[str]) -> None:
    sentence = " ".join(words)
    assert relate(sentence, [sentence]).value == "supported"


def test_each_claim_of_a_headline_is_held_against_the_story_by_itself() -> None:
    seed = Article.from_file(SEEDS / "sheinbaum-declines-military-aid.txt")
    claims = [one for one in checked(seed) if one.kind == "claim"]
    assert [(one.text, one.relation.value) for one in claims] == [
        ("Trump’s Military Aid to Mexico Rejected", "supported"),
        ("Cartel Crisis Deepens", "partially_supported"),
    ]
    assert [[lost.text for lost in one.unsupported] for one in claims] == [[], ["Deepens"]]


def test_a_headline_with_one_claim_is_not_told_twice() -> None:
    story = "The council voted on Tuesday to build a tram line. Mayor Ada Berg said she supports it."
    assert [one.kind for one in checked(Article.from_text(f"Council votes for tram\n\n{story}"))] == ["headline"]
