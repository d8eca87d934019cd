"""Loaded phrases by a model and without: each has its place in its sentence, and the one whose word it is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newslens.analyses.analysis import Analysis, Options, Reading
from newslens.analyses.codebook import Codebook
from newslens.analyses.loaded import LOADED, Density, LoadedPhrase, WordingLabel, density, merge, persuasion
from newslens.analyses.questions import Answer
from newslens.article.article import Article
from newslens.errors import ConfigurationError, InputError, InvalidReply, LanguageUnknown
from newslens.lens import Lens
from newslens.offline.lexicon import table
from newslens.offline.loaded import TECHNIQUES, find
from newslens.offline.sides import read
from newslens.offline.voices import Voice, voice
from newslens.testing import Scripted

SEEDS = Path(__file__).parents[2] / "seeds"
TEXT = "The mayor rammed through the budget. “It is a shameful deal,” Ann Orr said. Nobody else spoke on Monday."
RAMMED = {"phrase": "rammed through", "technique": "loaded_language", "neutral": "passed", "evidence": [1]}
SHAMEFUL = {"phrase": "shameful", "technique": "loaded_language", "neutral": "", "evidence": [2]}
PIECES = ["most", "corrupt", "ever", "“", "”", '"', "thugs", "said", "Orr", ",", "so-called", "experts"]
SIX_GROUPS = {
    "attack on reputation": {
        "name_calling",
        "guilt_by_association",
        "doubt",
        "appeal_to_hypocrisy",
        "questioning_the_reputation",
    },
    "justification": {
        "flag_waving",
        "appeal_to_authority",
        "appeal_to_popularity",
        "appeal_to_values",
        "appeal_to_fear_prejudice",
    },
    "simplification": {"causal_oversimplification", "false_dilemma", "consequential_oversimplification"},
    "distraction": {"straw_man", "whataboutism", "red_herring"},
    "call": {"slogans", "conversation_killer", "appeal_to_time"},
    "manipulative wording": {
        "loaded_language",
        "obfuscation_vagueness",
        "exaggeration_minimisation",
        "repetition",
    },
}


def by_model(*answers: dict[str, Any], text: str = TEXT) -> tuple[LoadedPhrase, ...]:
    lens = Lens(analyses=[LOADED], ask=Scripted({"loaded": list(answers)}))
    found = lens.analyze(Article(text=text)).get(LOADED)
    assert found is not None
    return found


def by_rules(text: str, analysis: Analysis[tuple[LoadedPhrase, ...]] = LOADED) -> tuple[LoadedPhrase, ...]:
    found = Lens(analyses=[analysis]).analyze(Article(text=text)).get(analysis)
    assert found is not None
    return found


def shown(found: Sequence[LoadedPhrase]) -> list[tuple[str, str, int]]:
    return [(one.phrase, one.technique, one.evidence[0].sentence) for one in found]


def test_a_models_phrase_becomes_the_span_of_its_place() -> None:
    (found,) = by_model(RAMMED)

    assert [(span.text, span.start, span.sentence) for span in found.words] == [("rammed through", 10, 1)]
    assert found.model_dump(include={"label", "in_quote", "speaker", "scare_quotes", "neutral", "grounded"}) == {
        "label": {"value": "loaded", "probability": None, "distribution": None, "method": "stated"},
        "in_quote": False,
        "speaker": None,
        "scare_quotes": False,
        "neutral": "passed",
        "grounded": True,
    }
    assert LoadedPhrase.model_validate_json(found.model_dump_json()) == found


def test_a_phrase_that_stands_elsewhere_leaves_the_finding_ungrounded() -> None:
    (found,) = by_model({**RAMMED, "evidence": [2]})
    assert (found.words, found.grounded, found.missing) == ((), False, ("rammed through",))


def test_whose_words_they_are_is_found_whoever_answers() -> None:
    assert [one.model_dump(exclude={"method", "label", "neutral"}) for one in by_model(RAMMED, SHAMEFUL)] == [
        one.model_dump(exclude={"method", "label", "neutral"}) for one in by_rules(TEXT)
    ]
    assert [(one.phrase, one.in_quote, one.speaker) for one in by_rules(TEXT)] == [
        ("rammed through", False, None),
        ("shameful", True, "Ann Orr"),
    ]


@pytest.mark.parametrize(
    "answer",
    [{**RAMMED, "technique": "doubt"}, {**RAMMED, "in_quote": False}, {**RAMMED, "evidence": []}],
    ids=["a technique that was not asked for", "a voice of the model's own", "no sentence"],
)
def test_a_model_may_only_say_what_it_was_asked(answer: dict[str, Any]) -> None:
    lens = Lens(analyses=[LOADED], ask=Scripted(*[{"loaded": [answer]}] * 4))
    with pytest.raises(InvalidReply):
        lens.analyze(Article(text=TEXT))


@pytest.mark.parametrize(
    ("sentences", "phrase", "expected"),
    [
        (["The crooks won."], "crooks", Voice()),
        (["“The crooks won,” Ann Orr said."], "crooks", Voice(in_quote=True, speaker="Ann Orr")),
        (["Ann Orr said that the crooks had won."], "crooks", Voice(speaker="Ann Orr")),
        (["According to Ann Orr, the crooks won."], "crooks", Voice(speaker="Ann Orr")),
        (["The trial was a “witch hunt”."], "witch hunt", Voice(in_quote=True, scare_quotes=True)),
        (["It was “a witch hunt against the judges of the north”."], "witch hunt", Voice(in_quote=True)),
        (["Ann Orr called it a “witch hunt”."], "witch hunt", Voice(in_quote=True, speaker="Ann Orr")),
        (["Ann Orr called it “a sham” and “a witch hunt”."], "witch hunt", Voice(in_quote=True, speaker="Ann Orr")),
        (["Ann Orr slammed the “witch hunt” on Monday."], "witch hunt", Voice(in_quote=True, speaker="Ann Orr")),
        (["The trial was slammed as a “witch hunt”."], "witch hunt", Voice(in_quote=True, scare_quotes=True)),
        (["The so-called “experts” met."], "so-called “experts”", Voice(scare_quotes=True)),
        (["“We stay,” Ann Orr said.", "“They are crooks.”"], "crooks", Voice(in_quote=True, speaker="Ann Orr")),
        (["“They are crooks.", "They took it all,” Ann Orr said."], "crooks", Voice(in_quote=True, speaker="Ann Orr")),
        (["“We stay,” Ann Orr said.", "The crooks won."], "crooks", Voice()),
        (
            ["“We stay,” Ann Orr said.", "Tom Lee rose.", "“They are all crooks in there.”"],
            "crooks",
            Voice(in_quote=True),
        ),
    ],
)
def test_a_voice_comes_from_quotation_marks_and_attribution(sentences: list[str], phrase: str, expected: Voice) -> None:
    text = read(sentences)
    k = next(k for k, sentence in enumerate(sentences) if phrase in sentence)
    start = sentences[k].index(phrase)
    assert voice(text, k, start, start + len(phrase)) == expected


def test_a_new_paragraph_is_not_the_speaker_before() -> None:
    same, new = (
        by_rules(f"“We stay in the town,” Ann Orr said.{gap}“They are all crooks, and we know it.”")
        for gap in (" ", "\n\n")
    )
    assert [one.speaker for one in (*same, *new)] == ["Ann Orr", None]


def test_a_quotation_that_is_left_open_is_not_the_next_paragraphs() -> None:
    (found,) = by_rules("“They are all crooks in there.\n\nTom Lee said the port was open and “will stay so.”")
    assert (found.in_quote, found.speaker) == (True, None)


@pytest.mark.parametrize(
    ("sentence", "phrases"),
    [
        ("Crooks, a cafe on the quay, closed in May.", []),
        ("Crooks Lane was closed in May.", []),
        ("The road to Traitor Hill was closed in May.", []),
        ("The loony left has won.", ["loony left"]),
        ("It was an utterly shameful deal.", ["utterly shameful"]),
        ("Everyone knows everyone in the village.", []),
        ("Nobody in the old harbour office was a crook.", []),
    ],
)
def test_the_longest_phrase_counts_and_a_name_does_not(sentence: str, phrases: list[str]) -> None:
    assert [sentence[one.start : one.end] for one in find(read([sentence]))] == phrases


def test_the_headline_is_read_too() -> None:
    title = "Shameful Leeds vote passes budget on Monday night"
    article = Article.from_text(f"{title}\n\nThe council passed the budget on Monday.", title=title)
    found = Lens(analyses=[LOADED]).analyze(article).get(LOADED)
    assert shown(found or ()) == [("Shameful", "loaded_language", 0)]


def test_parts_become_one_list_in_reading_order_with_no_doubles() -> None:
    first, second = by_model(RAMMED, SHAMEFUL)
    again = second.model_copy(update={"phrase": "Shameful", "neutral": "bad"})
    assert [one.phrase for one in merge([(second,), (again, first)])] == ["rammed through", "shameful"]


def test_two_phrases_that_stand_nowhere_stay_two() -> None:
    assert len(by_model({**RAMMED, "phrase": "one"}, {**RAMMED, "phrase": "two"})) == 2


def test_the_codebook_has_the_23_techniques_of_its_source() -> None:
    assert set(Codebook.named("persuasion").codes) == set().union(*SIX_GROUPS.values())
    assert len(Codebook.named("persuasion").codes) == 23


def test_an_analysis_of_other_techniques_asks_for_these_alone() -> None:
    doubts = persuasion(techniques=("doubt", "slogans"))
    book = doubts.book(Options())
    assert book is not None
    assert set(book.codes) == {"doubt", "slogans"}
    assert book.sha256 != Codebook.named("persuasion").sha256

    answer = {"phrase": "Nobody else spoke", "technique": "doubt", "neutral": "", "evidence": [3]}
    found = Lens(analyses=[doubts], ask=Scripted({"persuasion": [answer]})).analyze(Article(text=TEXT)).get(doubts)
    assert found is not None
    assert shown(found) == [("Nobody else spoke", "doubt", 3)]


@pytest.mark.parametrize("techniques", [("doubts",), (), "doubt"])
def test_what_is_no_technique_is_refused_with_those_that_there_are(techniques: Any) -> None:
    with pytest.raises(ConfigurationError, match="name_calling, guilt_by_association, doubt"):
        persuasion(techniques)


def test_without_rules_there_is_an_error_and_no_empty_finding() -> None:
    with pytest.raises(ConfigurationError, match="no rules for doubt, only for loaded_language"):
        by_rules(TEXT, persuasion(["loaded_language", "doubt"]))


def test_only_the_techniques_asked_for_come_out() -> None:
    text = "The mayor and his cronies rammed through a budget on Monday, and the council met again on Friday."
    assert shown(by_rules(text, persuasion(["name_calling"]))) == [("cronies", "name_calling", 1)]


def test_another_language_is_refused() -> None:
    with pytest.raises(LanguageUnknown, match="loaded language in English only"):
        by_rules((SEEDS / "spanish-transit.txt").read_text(encoding="utf-8"))


def test_a_judge_is_asked_about_each_phrase_that_stands_there() -> None:
    found = (*by_model({**RAMMED, "phrase": "elsewhere"}), *by_model(RAMMED))
    assert LOADED.judge is not None
    (question,) = LOADED.judge.ask(found, Reading(Article(text=TEXT), book=LOADED.book(Options())))
    assert (question.key, list(question.options)) == ("1", ["loaded", "neutral", "unclear"])
    assert question.text.startswith(
        "Is the wording “rammed through” in sentence 1 loaded, or is it the plain word for it?"
    )

    answer = Answer({"loaded": 0.2, "neutral": 0.7, "unclear": 0.1}, "decision")
    left, measured = LOADED.judge.settle(found, {"1": answer})
    assert left == found[0]
    assert measured == found[1].model_copy(update={"label": WordingLabel.measured(answer)})
    assert (left.is_there, measured.is_there) == (True, False)


def test_a_density_parts_the_authors_words_from_those_of_others() -> None:
    found = by_rules(f"{TEXT} The trial was a “witch hunt”. Ann Orr said that the crooks had won.")
    assert len(found) == 4
    assert density(found, 500) == Density(own=2.0, quoted=6.0, words=500)


def test_a_density_counts_neither_what_is_not_found_nor_what_is_plain() -> None:
    (lost,), (found,) = by_model({**RAMMED, "phrase": "elsewhere"}), by_model(RAMMED)
    plain = found.model_copy(update={"label": WordingLabel(value="neutral", method="votes")})
    assert density([lost, plain], 100) == Density(own=0.0, quoted=0.0, words=100)


def test_a_density_of_no_words_is_refused() -> None:
    with pytest.raises(InputError, match="one word at least, not 0"):
        density((), 0)


def test_a_finding_tells_whose_word_it_is_and_a_plainer_one() -> None:
    assert [one.told() for one in by_rules(f"{TEXT} The trial was a “witch hunt”.")] == [
        "“rammed through” (loaded language); plainer: pass",
        "“shameful” (loaded language, Ann Orr)",
        "“witch hunt” (loaded language, in scare quotes)",
    ]


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (
            "sheinbaum-declines-military-aid.txt",
            ["plagued", "bold decision", "overwhelming power", "under the guise of", "pivotal moment"],
        ),
        ("dock-strike-business.txt", ["union bosses", "union bosses"]),
        ("dock-strike-local.txt", []),
        ("dock-strike-wire.txt", []),
        ("anonymous-sources.txt", []),
        ("opinion-column.txt", []),
        ("river-compact.txt", []),
        ("wire-stub.txt", []),
    ],
)
def test_the_sample_articles_hold_these_and_no_others(seed: str, expected: list[str]) -> None:
    assert [one.phrase for one in by_rules((SEEDS / seed).read_text(encoding="utf-8"))] == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=80),
            st.lists(st.sampled_from(PIECES)).map(" ".join),
        ),
        max_size=8,
    )
)
def test_places_lie_in_order_inside_their_sentences(sentences: list[str]) -> None:
    text = read(sentences)
    found = find(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(sentences[one.sentence])
        assert one.technique in TECHNIQUES
        heard = voice(text, one.sentence, one.start, one.end)
        assert not (heard.scare_quotes and heard.speaker)
    ends = [(one.sentence, one.end) for one in found]
    assert all((two.sentence, two.start) >= end for two, end in zip(found[1:], ends, strict=False))


def test_every_group_of_the_lexicon_decides_something() -> None:
    lexicon = table("loaded")
    rows = [row for technique in TECHNIQUES for row in lexicon[technique]]
    roles = {"joins", "follows", "unless", "ahead", "literal"}
    assert set(lexicon) == {"origin", "groups", *TECHNIQUES}
    assert {key for row in rows for key in row} == {"terms", "nouns", "verbs", "neutral", *roles}
    assert {name for row in rows for role in roles & row.keys() for name in row[role].split()} == set(lexicon["groups"])


def test_a_users_codebook_may_define_the_techniques(tmp_path: Path) -> None:
    (tmp_path / "codebooks").mkdir()
    ours = Codebook.named("persuasion").label("doubt")
    (tmp_path / "codebooks" / "persuasion.toml").write_text(
        'name = "persuasion"\nversion = "9"\ntitle = "t"\nsource = "s"\nlicence = "l"\nmultiple = true\n'
        '[[labels]]\ncode = "doubt"\nname = "Doubt"\ndefinition = "Ours."\n',
        encoding="utf-8",
    )
    theirs = persuasion(["doubt"]).book(Options(directory=tmp_path))
    assert theirs is not None
    assert theirs.label("doubt").definition == "Ours." != ours.definition
    with pytest.raises(ConfigurationError, match="no technique 'loaded_language'"):
        LOADED.book(Options(directory=tmp_path))


def test_an_analysis_is_an_ordinary_value() -> None:
    assert replace(LOADED, name="mine").book(Options()) == LOADED.book(Options())


def test_a_paraphrase_around_its_source_is_not_the_authors() -> None:
    found = by_rules("The trader Jon Webb welcomed the decision. Its opponents, he said, are fanatics and hypocrites.")
    assert [(one.phrase, one.speaker) for one in found] == [("fanatics", "Jon Webb"), ("hypocrites", "Jon Webb")]


@pytest.mark.parametrize(
    "sentence", ["Derek Foley called the decision shameful.", "Derek Foley, a fan, described the plan as shameful."]
)
def test_what_somebody_calls_a_thing_is_not_the_authors_word(sentence: str) -> None:
    assert [(one.phrase, one.speaker) for one in by_rules(sentence)] == [("shameful", "Derek Foley")]
