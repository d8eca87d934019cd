"""Attributions by a model: where their words stand, and how much room each source gets."""

from typing import Any

import pytest

from newslens.analyses.analysis import Reading, build_schema
from newslens.analyses.findings import Answer, settle_by_number
from newslens.analyses.sources import (
    SOURCES,
    Attribution,
    ClassRoom,
    SourceMix,
    SourceRoom,
    ask,
    evenness,
    locate_parts,
    merge,
    mix,
    name_sources,
)
from newslens.article.article import Article
from newslens.errors import InvalidReply
from newslens.lens import Lens
from newslens.testing import Scripted

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
VAGUE = {
    **QUOTED,
    "source": "Critics",
    "cue": "say",
    "opens": "the pier",
    "closes": "is lost",
    "source_class": "vague_collective",
    "role": "",
    "quote": "indirect",
    "evidence": [3],
}
HEARSAY = {
    **VAGUE,
    "source": None,
    "cue": "reportedly",
    "opens": "The pier",
    "closes": "moved",
    "source_class": "unattributed",
    "evidence": [4],
}


def read(*answers: dict[str, Any], text: str = TEXT) -> tuple[Attribution, ...]:
    lens = Lens(analyses=[SOURCES], ask=Scripted({"sources": list(answers)}))
    found = lens.analyze(Article(text=text)).get(SOURCES)
    assert found is not None
    return found


def test_the_words_of_a_model_become_spans_around_its_source_and_cue() -> None:
    quoted, hearsay = read(QUOTED, HEARSAY)

    assert [span.text for span in quoted.content] == ["We stay", "Until the end"]
    assert [(span.text, span.sentence) for span in hearsay.words] == [("reportedly", 4)]
    assert (quoted.at and quoted.at.text, hearsay.at) == ("Maria Lopez", None)
    assert (quoted.grounded, hearsay.grounded) == (True, True)
    assert quoted.describe() == "Maria Lopez (the harbour's manager), “said”: We stay … Until the end (direct)"


@pytest.mark.parametrize(
    ("sentence", "source", "cue_at"),
    [
        ("Orr said it was late, but Berg said it was early.", "Berg", 31),
        ("A man who said nothing said it was early.", "A man who said nothing", 23),
    ],
)
def test_of_several_cues_the_one_nearest_to_the_source_counts(sentence: str, source: str, cue_at: int) -> None:
    place = locate_parts(source, "said", "it was", "early", role="", evidence=Article(text=sentence).sentences)

    assert (place.cue and place.cue.start, place.missing) == (cue_at, ())


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
    (found,) = read({**QUOTED, field: words})

    assert (found.grounded, found.missing) == (False, (words,))


@pytest.mark.parametrize("wrong", [{"source_class": "unattributed"}, {"source": None}, {"evidence": []}, {"at": None}])
def test_an_answer_against_the_rules_is_refused(wrong: dict[str, Any]) -> None:
    lens = Lens(analyses=[SOURCES], ask=Scripted(*[{"sources": [{**QUOTED, **wrong}]}] * 4))
    with pytest.raises(InvalidReply):
        lens.analyze(Article(text=TEXT))


def test_parts_are_joined_without_doubles() -> None:
    quoted, hearsay = read(QUOTED, HEARSAY)

    assert merge([(quoted,), (quoted, hearsay)]) == (quoted, hearsay)


def test_a_judge_is_asked_about_sources_only_and_settles_their_class() -> None:
    found = read(HEARSAY, QUOTED)
    (asked,) = ask(found, Reading(Article(text=TEXT)))
    rest = {value: 0.2 / (len(asked.options) - 1) for value in asked.options}
    hearsay, quoted = settle_by_number(found, {asked.key: Answer({**rest, "described": 0.8}, "decision")})

    assert hearsay == found[0]
    assert (quoted.source_class.value, quoted.source_class.probability) == ("described", 0.8)


def test_a_model_is_asked_for_what_it_can_copy_and_no_more() -> None:
    assert set(build_schema(SOURCES.result)["items"]["required"]) == set(QUOTED)


def test_room_is_counted_by_class_and_by_source() -> None:
    direct, vague, hearsay = 5 / 12, 4 / 12, 3 / 12
    named = {"attributions": 1, "words": 5, "of_attributions": 1 / 3, "of_words": direct}
    critics = {"attributions": 1, "words": 4, "of_attributions": 1 / 3, "of_words": vague}
    nobody = {"attributions": 1, "words": 3, "of_attributions": 1 / 3, "of_words": hearsay}

    assert mix(read(QUOTED, VAGUE, HEARSAY), Article(text=TEXT)) == SourceMix(
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


def test_an_article_without_attributions_has_an_empty_mix() -> None:
    assert mix((), Article(text=TEXT)) == SourceMix(by_class=(), by_source=(), balance=None, attributed=0.0, quoted=0.0)


@pytest.mark.parametrize(
    ("words", "even"), [([], None), ([5], None), ([5, 0], None), ([5, 5, 5], 1.0), ([3, 1], 0.8112781245)]
)
def test_balance_is_that_of_pielou(words: list[int], even: float | None) -> None:
    assert evenness(words) == (None if even is None else pytest.approx(even))


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["Maria Lopez", "Ms. Lopez", "Lopez"], ["Maria Lopez"] * 3),
        (["Maria Lopez", "Ana Lopez", "Lopez"], ["Maria Lopez", "Ana Lopez", "Lopez"]),
        (["Maria Lopez", "she", "She"], ["Maria Lopez"] * 3),
        (["Maria Lopez", "he", "she"], ["Maria Lopez", "he", "she"]),
        (["Maria Lopez", "Ana Berg", "she"], ["Maria Lopez", "Ana Berg", "she"]),
        (["The union", "the union"], ["union"] * 2),
    ],
)
def test_names_of_one_person_are_one_and_a_pronoun_only_where_nobody_else_is_named(
    sources: list[str], names: list[str]
) -> None:
    text = " ".join(f"{source} said it was late." for source in sources)
    answers = [
        {
            **VAGUE,
            "source": source,
            "cue": "said",
            "opens": "it was",
            "closes": "was late",
            "source_class": "described" if "union" in source else "named_person",
            "evidence": [number],
        }
        for number, source in enumerate(sources, 1)
    ]

    assert name_sources(read(*answers, text=text), Article(text=text)) == names
