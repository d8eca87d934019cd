"""Source, cue and content of what is said."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.offline.attribution import Attribution, attributions
from newslens.offline.words import LONGEST, cut

SAID = [
    ("“The plan is dead,” said Smith.", "Smith", "said", "The plan is dead", "direct"),
    ('"The plan is dead," Smith told reporters.', "Smith", "told", "The plan is dead", "direct"),
    ("‘It’s over,’ Smith said.", "Smith", "said", "It’s over", "direct"),
    ("He insisted: “I did nothing wrong.”", "He", "insisted", "I did nothing wrong", "direct"),
    ("“We stay,” she added, “until it ends.”", "she", "added", "We stay", "direct"),
    ("Smith said the plan was dead.", "Smith", "said", "the plan was dead", "indirect"),
    ("The plan is dead, Smith said.", "Smith", "said", "The plan is dead", "indirect"),
    ("Smith said 1,500 people marched.", "Smith", "said", "1,500 people marched", "indirect"),
    ("A guard who attended a trial in May said that it was off.", "A guard", "said", "it was off", "indirect"),
    ("Ann Lee of the Port and Harbour Union said it was off.", "Ann Lee", "said", "it was off", "indirect"),
    ("Omar Said told reporters that it was off.", "Omar Said", "told", "it was off", "indirect"),
    ("The mayor said prices rose last year.", "The mayor", "said", "prices rose last year", "indirect"),
    ("Many Mexican leaders believe that aid hurts.", "Many Mexican leaders", "believe", "aid hurts", "indirect"),
    ("Smith, who said he was tired, left.", "Smith", "said", "he was tired", "indirect"),
    ("U.S. officials said Tuesday that talks had failed.", "U.S. officials", "said", "talks had failed", "indirect"),
    ("Doctors warned that cuts would hurt.", "Doctors", "warned", "cuts would hurt", "indirect"),
    (
        "A person briefed on the plan said that it was off.",
        "A person briefed on the plan",
        "said",
        "it was off",
        "indirect",
    ),
    ("According to the ministry, 40 died.", "the ministry", "According to", "40 died", "indirect"),
    ("40 people died, according to police.", "police", "according to", "40 people died", "indirect"),
    ("In the view of Mr Berg, the law is sound.", "Mr Berg", "In the view of", "the law is sound", "indirect"),
    ("Smith, the mayor since 2003, said “it is dead” and gone.", "Smith", "said", "“it is dead” and gone", "mixed"),
    ("Smith accused the mayor of Hull of lying, and left.", "Smith", "accused", "lying", "indirect"),
    ("Smith accused her of “pure greed”.", "Smith", "accused", "pure greed", "direct"),
    ("Smith called the plan “a disaster”.", "Smith", "called", "the plan “a disaster”", "mixed"),
]


@pytest.mark.parametrize(("sentence", "source", "cue", "content", "kind"), SAID)
def test_what_is_said_has_its_source_cue_content_and_kind(
    sentence: str, source: str, cue: str, content: str, kind: str
) -> None:
    found = [
        (sentence[slice(*one.source)], sentence[slice(*one.cue)], sentence[slice(*one.content)], one.kind)
        for one in attributions(sentence)
    ]
    assert found == [(source, cue, content, kind)]


@pytest.mark.parametrize(
    "sentence",
    [
        "She was told that the plan was dead.",
        "It is said that the plan is dead.",
        "The said plan is dead.",
        "Smith declined to say whether the plan was dead.",
        "The claim drew fire.",
        "Smith was accused of lying.",
        "Smith accused the mayor of Hull.",
        "In its report on the union the reply came late.",
        "By rejecting the offer, she emphasized a commitment.",
        "Le ministre a dit que le plan est mort.",
        "",
    ],
)
def test_what_is_not_surely_attributed_is_left_out(sentence: str) -> None:
    assert attributions(sentence) == ()


def test_a_participle_shares_the_source_of_the_verb_before_it() -> None:
    sentence = "She emphasized that Mexico has plans, asserting that force would not help."
    assert attributions(sentence) == (
        Attribution((0, 3), (4, 14), (20, 73), "indirect"),
        Attribution((0, 3), (38, 47), (53, 73), "indirect"),
    )


def test_words_inside_a_quotation_attribute_nothing_in_the_articles_voice() -> None:
    sentence = "“Jones said that I lied,” Smith said."
    assert [sentence[slice(*one.source)] for one in attributions(sentence)] == ["Smith"]


PIECES = [
    "Smith",
    "said",
    "that",
    "the",
    "plan",
    "“",
    "”",
    '"',
    "’s",
    ",",
    ".",
    "who",
    "according to",
    "U.S.",
    "of",
    "was",
    "he",
]
ODDITIES = ["warned", "told", "called", "-", "%", "'", "\x00", "\ud800", "\u202e"]
NEWSLIKE = st.lists(st.sampled_from([*PIECES, *ODDITIES]), max_size=30).map(" ".join)


@given(st.one_of(st.text(max_size=200), NEWSLIKE))
def test_spans_lie_in_the_sentence_and_source_and_content_never_overlap(sentence: str) -> None:
    for one in attributions(sentence):
        for start, end in (one.source, one.cue, one.content):
            assert 0 <= start < end <= len(sentence)
        assert one.source[1] <= one.content[0] or one.content[1] <= one.source[0]


@given(st.one_of(st.text(max_size=200), NEWSLIKE))
def test_words_stand_where_they_say(sentence: str) -> None:
    words = cut(sentence)
    assert [sentence[word.start : word.end] for word in words] == [word.text for word in words]
    assert all(one.end <= other.start for one, other in pairwise(words))


def test_what_is_too_long_for_a_sentence_has_no_words() -> None:
    assert cut("a " * LONGEST) == ()
    assert attributions("Smith said the plan was dead. " * LONGEST) == ()


def test_a_participle_behind_a_comma_has_the_subject_of_the_main_clause() -> None:
    sentence = "The board opposed the merger that Orr proposed, saying it was dear."
    (found,) = attributions(sentence)
    assert (sentence[slice(*found.source)], sentence[slice(*found.content)]) == ("The board", "it was dear")
