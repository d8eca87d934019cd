"""Sources by a model and without: whose words they are, where they stand, and how much room each gets."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newslens.analyses.analysis import Reading
from newslens.analyses.findings import settled
from newslens.analyses.questions import Answer
from newslens.analyses.schema import strict
from newslens.analyses.sources import SOURCES, Attribution, merge, questions
from newslens.analyses.sources_located import located
from newslens.analyses.sources_mix import ClassRoom, SourceMix, SourceRoom, evenness, mix
from newslens.article.article import Article
from newslens.errors import InvalidReply, LanguageUnknown
from newslens.lens import Lens
from newslens.offline.sides import read
from newslens.offline.sources import sourced
from newslens.offline.voices import voice
from newslens.testing import Scripted

SEEDS = Path(__file__).parents[2] / "seeds"

TEXT = (
    "“We stay,” said Maria Lopez, the harbour's manager. “Until the end.” Critics say that the pier is lost. "
    "The pier reportedly moved. The council met on Monday."
)
QUOTED = {
    "source": "Maria Lopez",
    "cue": "said",
    "opens": "We stay",
    "closes": "Until the end",
    "source_class": "named_person",
    "role": "the harbour's manager",
    "quote": "direct",
    "anonymity_reason": "",
    "evidence": [2, 1],
}
HEARSAY = {
    **QUOTED,
    "source": None,
    "cue": "reportedly",
    "opens": "The pier",
    "closes": "moved",
    "source_class": "unattributed",
    "role": "",
    "quote": "indirect",
    "evidence": [4],
}


def by_model(*answers: dict[str, Any]) -> tuple[Attribution, ...]:
    lens = Lens(analyses=[SOURCES], ask=Scripted({"sources": list(answers)}))
    found = lens.analyze(Article(text=TEXT)).get(SOURCES)
    assert found is not None
    return found


def by_rules(article: Article) -> tuple[Attribution, ...]:
    found = Lens(offline=True, analyses=[SOURCES]).analyze(article).get(SOURCES)
    assert found is not None
    return found


def test_the_words_of_a_model_become_spans_around_its_source_and_cue() -> None:
    quoted, hearsay = by_model(QUOTED, HEARSAY)

    assert [span.text for span in quoted.content] == ["We stay", "Until the end"]
    assert [(span.text, span.sentence) for span in hearsay.words] == [("reportedly", 4)]
    assert quoted.at is not None
    assert (quoted.at.text, hearsay.at) == ("Maria Lopez", None)
    assert (quoted.grounded, hearsay.grounded) == (True, True)
    assert quoted.told() == "Maria Lopez (the harbour's manager), “said”: We stay … Until the end (direct)"


@pytest.mark.parametrize(
    ("sentence", "source", "cue_at"),
    [
        ("Orr said it was late, but Berg said it was early.", "Berg", 31),
        ("A man who said nothing said it was early.", "A man who said nothing", 23),
    ],
)
def test_of_several_cues_the_one_nearest_to_the_source_counts(sentence: str, source: str, cue_at: int) -> None:
    place = located(source, "said", "it was", "early", role="", evidence=Article(text=sentence).sentences)

    assert place.cue is not None
    assert (place.cue.start, place.missing) == (cue_at, ())


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("source", "Lopez Maria"),
        ("cue", "insisted"),
        ("opens", "We leave"),
        ("closes", "is lost"),
        ("role", "a sailor"),
    ],
)
def test_words_that_do_not_stand_in_the_evidence_leave_it_ungrounded(field: str, words: str) -> None:
    (found,) = by_model({**QUOTED, field: words})

    assert (found.grounded, found.missing) == (False, (words,))


@pytest.mark.parametrize("wrong", [{"source_class": "unattributed"}, {"source": None}, {"evidence": []}, {"at": None}])
def test_an_answer_against_the_rules_is_refused(wrong: dict[str, Any]) -> None:
    lens = Lens(analyses=[SOURCES], ask=Scripted(*[{"sources": [{**QUOTED, **wrong}]}] * 4))
    with pytest.raises(InvalidReply):
        lens.analyze(Article(text=TEXT))


def test_parts_are_joined_without_doubles() -> None:
    quoted, hearsay = by_model(QUOTED, HEARSAY)

    assert merge([(quoted,), (quoted, hearsay)]) == (quoted, hearsay)


def test_a_judge_is_asked_about_sources_only_and_settles_their_class() -> None:
    found = by_model(HEARSAY, QUOTED)
    (asked,) = questions(found, Reading(Article(text=TEXT)))
    rest = {value: 0.2 / (len(asked.options) - 1) for value in asked.options}
    hearsay, quoted = settled(found, {asked.key: Answer({**rest, "described": 0.8}, "decision")})

    assert hearsay == found[0]
    assert (quoted.source_class.value, quoted.source_class.probability) == ("described", 0.8)


def test_a_model_is_asked_for_what_it_can_copy_and_no_more() -> None:
    assert set(strict(SOURCES.result)["items"]["required"]) == set(QUOTED)


def test_without_a_model_a_quotation_keeps_its_source_over_sentences() -> None:
    quoted, vague, hearsay = by_rules(Article(text=TEXT))

    assert [span.text for span in quoted.content] == ["We stay", "Until the end"]
    assert [one.source_class.value for one in (quoted, vague, hearsay)] == [
        "named_person",
        "vague_collective",
        "unattributed",
    ]
    assert quoted.role == "the harbour's manager"
    assert [span.sentence for span in quoted.evidence] == [1, 2]


@pytest.mark.parametrize(
    ("sentences", "who"),
    [
        (["Maria Lopez said it was late.", "She said it was cold.", "Lopez said she was ill."], ["Maria Lopez"] * 3),
        (["Tom Becker met Maria Lopez.", "“I am ill,” she said."], ["Maria Lopez"]),
        (["Anna Berg met Maria Lopez.", "“I am ill,” she said."], ["she"]),
        (["A man from Hull said he saw it.", "The man said it was red."], ["A man from Hull"] * 2),
        (["A man said he saw it.", "A man said it was red."], ["A man", "A man"]),
        (["The union said it would strike.", "Police said it was calm.", "The union said it won."],
         ["The union", "Police", "The union"]),
    ],
)  # fmt: skip
def test_who_is_meant_is_found_where_the_text_leaves_no_doubt(sentences: list[str], who: list[str]) -> None:
    assert [one.who for one in sourced(sentences)] == who


def test_the_reason_for_anonymity_holds_for_its_like_in_the_paragraph() -> None:
    article = Article(
        text="The plan is dead, two officials said. The officials asked not to be named because the talks are secret."
    )
    (found,) = by_rules(article)

    assert (found.source, found.source_class.value) == ("two officials", "anonymous")
    assert found.anonymity_reason == "because the talks are secret"
    assert [span.sentence for span in found.evidence] == [1, 2]


def test_somebody_elses_anonymity_is_not_shared() -> None:
    (found, _) = sourced(
        ["Two officials said the plan is dead.", "An aide, who asked not to be named, said it was alive."]
    )

    assert (found.source_class, found.anonymity_reason) == ("described", "")


@pytest.mark.parametrize(
    ("sentences", "content"),
    [
        (["“We stay.", "Until the end,” Orr said."], [["We stay", "Until the end"]]),
        (["“We stay,” Orr said, “until the end.”"], [["We stay", "until the end"]]),
        (["Orr said he was ill, adding that he was in bed."], [["he was ill"], ["he was in bed"]]),
        (["The rosters, Orr said, were needed."], [["The rosters", "were needed"]]),
        (["“We stay,” Orr said.", "“Go on,” Berg said.", "“No.”"], [["We stay"], ["Go on", "No"]]),
    ],
)
def test_what_is_said_is_whole_and_without_its_source(sentences: list[str], content: list[list[str]]) -> None:
    found = sourced(sentences)

    assert [[sentences[k][start:end] for k, start, end in one.content] for one in found] == content


def test_the_union_is_the_union_all_through_the_text() -> None:
    between = [
        f"{name} said it was late." for name in ("Orr", "Berg", "Holt", "Lund", "Moss", "Nash", "Pike", "Quill", "Rush")
    ]
    found = sourced(["The union said it would strike.", *between, "“It is over,” said the union."])

    assert (found[0].who, found[-1].who) == ("The union", "The union")


def test_marks_are_no_words() -> None:
    article = Article(text="Maria Lopez said the plan, if any, was dead.")

    assert [room.words for room in mix(by_rules(article), article).by_source] == [6]


def test_what_the_author_says_is_nobodys() -> None:
    assert sourced(["I think that the plan is bad.", "We said that it would fail."]) == ()


def test_room_is_counted_by_class_and_by_source() -> None:
    article = Article(text=TEXT)
    direct, vague, hearsay = 5 / 12, 4 / 12, 3 / 12
    named = {"attributions": 1, "words": 5, "of_attributions": 1 / 3, "of_words": direct}
    critics = {"attributions": 1, "words": 4, "of_attributions": 1 / 3, "of_words": vague}
    nobody = {"attributions": 1, "words": 3, "of_attributions": 1 / 3, "of_words": hearsay}

    assert mix(by_rules(article), article) == SourceMix(
        by_class=(
            ClassRoom(source_class="named_person", **named),
            ClassRoom(source_class="vague_collective", **critics),
            ClassRoom(source_class="unattributed", **nobody),
        ),
        by_source=(
            SourceRoom(source="Maria Lopez", source_class="named_person", first=0.0, **named),
            SourceRoom(source="Critics", source_class="vague_collective", first=0.5, **critics),
        ),
        balance=evenness([5, 4]),
        attributed=12 / 27,
        quoted=5 / 27,
    )


@pytest.mark.parametrize(
    ("words", "even"), [([], None), ([5], None), ([5, 0], None), ([5, 5, 5], 1.0), ([3, 1], 0.8112781245)]
)
def test_balance_is_that_of_pielou(words: list[int], even: float | None) -> None:
    assert evenness(words) == (None if even is None else pytest.approx(even))


def test_an_article_without_attributions_has_an_empty_mix() -> None:
    article = Article(text="The council met on Monday.")

    assert mix((), article) == SourceMix(by_class=(), by_source=(), balance=None, attributed=0.0, quoted=0.0)


@pytest.mark.parametrize("name", ["anonymous-sources", "dock-strike-wire", "river-compact", "spanish-transit"])
def test_every_part_is_a_span_of_the_article_and_none_overlap(name: str) -> None:
    article = Article.from_file(SEEDS / f"{name}.txt")
    found = () if name == "spanish-transit" else by_rules(article)

    for one in found:
        assert all(article.text[span.start : span.end] == span.text for span in one.words)
        assert all(left.end <= right.start for left, right in zip(one.words, one.words[1:], strict=False))
        assert one.grounded
    assert sum(room.of_words for room in mix(found, article).by_class) == pytest.approx(1.0 if found else 0.0)


def test_another_language_is_refused() -> None:
    with pytest.raises(LanguageUnknown, match="sources in English only"):
        by_rules(Article.from_file(SEEDS / "spanish-transit.txt"))


WORDS = st.sampled_from(
    [
        "said",
        "he",
        "it",
        "that",
        ",",
        ".",
        "“",
        "”",
        "who",
        "officials",
        "of",
        "by",
        "described",
        "reportedly",
        "is",
        "to",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=16).map(" ".join) | st.text(max_size=60), max_size=6))
def test_places_lie_inside_their_sentences(sentences: list[str]) -> None:
    for one in sourced(sentences):
        own = [one.cue, *([one.source] if one.source else [])]
        places = [(one.sentence, *place) for place in own] + list(one.content)
        assert all(0 <= start < end <= len(sentences[k]) for k, start, end in places)
        assert (one.source is None) == (one.source_class == "unattributed")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("“It is over,” said board member Joyce Tran.", "board member Joyce Tran"),
        ("“Danny ran all his life,” said his sister, Abena Osei.", "Abena Osei"),
        ("“Why now?” asked Robert Haynes.", "Robert Haynes"),
        ("“We go,” said the mayor, who smiled.", "the mayor"),
    ],
)
def test_who_stands_behind_the_verb_is_the_source_by_name_where_there_is_one(sentence: str, source: str) -> None:
    (found,) = by_rules(Article.from_text(f"{sentence} The council met on Monday."))
    assert found.source == source


@pytest.mark.parametrize("role", ["Board member", "School board member", "Police board chairman"])
def test_a_title_takes_in_the_body_before_it(role: str) -> None:
    (found,) = sourced([f"{role} Joyce Tran said the vote was lost."])
    assert found.role == role


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("The Prospect union", "named_organisation"),
        ("The Halden foundation", "named_organisation"),
        ("The Welsh government", "described"),
        ("The London court", "described"),
        ("The drivers' union", "described"),
    ],
)
def test_a_body_with_a_name_before_it_is_named(source: str, kind: str) -> None:
    (found,) = sourced([f"{source} said that the deal was dead."])
    assert found.source_class == kind


TURNS = [
    "Nora Pike has run the Dunmore ferry for ten years.",
    "Interviewer: Why did it stop?",
    "Pike: The pier is rotten.",
    "It is a disgrace.",
    "The council said it would pay.",
    "Interviewer: And now?",
    "Pike: We wait.",
]
STARTS = [0, 1, 2, 5, 6]


def test_the_turns_of_an_interview_are_told_by_whom_their_label_names() -> None:
    found = [(one.who, one.sentence, one.told, one.quote) for one in sourced(TURNS, paragraphs=STARTS)]
    assert found == [
        ("Nora Pike", 2, (2, 3, 4, 6), "direct"),
        ("The council", 4, (4,), "indirect"),
    ]


@pytest.mark.parametrize(("sentence", "speaker"), [(0, None), (1, None), (2, "Nora Pike"), (3, "Nora Pike")])
def test_words_in_a_turn_are_those_of_who_speaks(sentence: int, speaker: str | None) -> None:
    end = len(TURNS[sentence])
    assert voice(read(TURNS, paragraphs=STARTS), sentence, end - 5, end - 1).speaker == speaker
