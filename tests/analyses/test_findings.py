"""One model for two sides: what a language model fills in becomes what the user gets, or is refused."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from newslens.analyses import FramingNote, KeyPoint, Stance
from newslens.analyses.findings import Grounding, Label
from newslens.analyses.stance import StanceLabel
from newslens.article.spans import Span

TEXT = "Ana Ruiz opposes the dam. The dam is old. Ruiz said it leaks."
FIRST = Span(start=0, end=25, text=TEXT[:25], sentence=1)
THIRD = Span(start=42, end=61, text=TEXT[42:], sentence=3)
GROUNDING = Grounding(sentences={1: FIRST, 3: THIRD}, text=TEXT, codes=("economic",))

POINT = {"text": "The dam leaks.", "evidence": [3]}
STANCE = {"holder": "Ana Ruiz", "target": "the dam", "label": "against", "voice": "paraphrased", "evidence": [1], "note": ""}  # fmt: skip  # noqa: E501
NOTE = {"frame": "economic", "primary": True, "function": None, "evidence": [1], "note": ""}


def validated(kind: type[Any], data: dict[str, Any]) -> Any:
    return TypeAdapter(kind).validate_python(data, context=GROUNDING)


def test_sentence_numbers_become_spans_in_reading_order_and_each_once() -> None:
    assert validated(KeyPoint, {**POINT, "evidence": [3, 1, 3]}).evidence == (FIRST, THIRD)


def test_a_stated_label_has_no_probability() -> None:
    assert validated(Stance, STANCE).label == StanceLabel(value="against", probability=None, method="stated")


@pytest.mark.parametrize(
    ("kind", "data", "complaint"),
    [
        (KeyPoint, {**POINT, "evidence": [2]}, "there is no sentence 2; cite only 1, 3"),
        (KeyPoint, {**POINT, "evidence": []}, "at least 1 item"),
        (KeyPoint, {**POINT, "evidence": ["1"]}, "cite a sentence by its number"),
        (KeyPoint, {**POINT, "evidence": [True]}, "cite a sentence by its number"),
        (KeyPoint, {**POINT, "confidence": 0.9}, "Extra inputs"),
        (Stance, {**STANCE, "label": "positive"}, "Input should be 'favor', 'against'"),
        (Stance, {**STANCE, "evidence": []}, "needs at least one sentence"),
        (FramingNote, {**NOTE, "frame": "money"}, "'money' is not a code of the codebook: economic"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(kind: type[Any], data: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        validated(kind, data)


def test_a_stance_of_none_needs_no_evidence() -> None:
    assert validated(Stance, {**STANCE, "label": "none", "evidence": []}).evidence == ()


@pytest.mark.parametrize(
    ("kind", "data", "missing"),
    [
        (KeyPoint, {**POINT, "text": "Engineers at Hydro say 30 walls leak."}, ("30", "Hydro")),
        (Stance, {**STANCE, "holder": "Bob Lee"}, ("Bob Lee",)),
        (Stance, {**STANCE, "holder": "author"}, ()),
        (Stance, {**STANCE, "target": "fire"}, ("fire",)),
        (FramingNote, {**NOTE, "note": "costs of Hydro"}, ("Hydro",)),
    ],
)
def test_what_the_article_lacks_is_kept_and_marked(
    kind: type[Any], data: dict[str, Any], missing: tuple[str, ...]
) -> None:
    finding = validated(kind, data)
    assert (finding.grounded, finding.missing) == (not missing, missing)


def test_given_targets_are_the_only_ones_and_need_not_be_the_articles_words() -> None:
    asked = replace(GROUNDING, given=frozenset({"water"}))
    stance = TypeAdapter(Stance).validate_python({**STANCE, "target": "Water"}, context=asked)
    assert stance.grounded
    with pytest.raises(ValidationError, match="'the dam' is none of the targets"):
        TypeAdapter(Stance).validate_python(STANCE, context=asked)


@pytest.mark.parametrize(
    ("kind", "data", "complaint"),
    [
        (KeyPoint, {**POINT, "grounded": True}, "'grounded' was not asked for"),
        (KeyPoint, {**POINT, "method": "classical"}, "'method' was not asked for"),
        (KeyPoint, {**POINT, "supported": {"value": "supported", "probability": 1.0}}, "'supported' was not asked"),
        (KeyPoint, {**POINT, "evidence": [FIRST.model_dump()]}, "cite a sentence by its number"),
        (Stance, {**STANCE, "label": {"value": "favor", "probability": 0.9, "method": "votes"}}, "measured, not told"),
        (FramingNote, {**NOTE, "label": "present"}, "'label' was not asked for"),
    ],
)
def test_a_model_cannot_fill_in_what_newslens_measures(kind: type[Any], data: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        validated(kind, data)


def test_the_offline_reader_can() -> None:
    classical = replace(GROUNDING, method="classical")
    data = {**NOTE, "label": {"value": "present", "method": "classical"}, "words": [FIRST]}
    note = TypeAdapter(FramingNote).validate_python(data, context=classical)
    assert (note.method, note.label.method, note.words) == ("classical", "classical", (FIRST,))


def test_a_result_round_trips_without_a_grounding() -> None:
    stance = validated(Stance, STANCE)
    assert Stance.model_validate_json(stance.model_dump_json()) == stance


@pytest.mark.parametrize("probability", [0.5, 1.0])
def test_nobody_can_give_a_stated_label_a_probability(probability: float) -> None:
    with pytest.raises(ValidationError, match="nothing measured it"):
        Label[str](value="favor", probability=probability, method="stated")
    assert Label[str](value="favor", probability=probability, method="votes").probability == probability


def test_findings_of_a_measured_label_can_stand_in_a_set() -> None:
    one, same = (
        StanceLabel(value="favor", probability=0.9, distribution={"favor": 0.9, "against": 0.1}, method="votes")
        for _ in range(2)
    )
    stated = validated(Stance, STANCE)
    assert {stated.model_copy(update={"label": label}) for label in (one, same, stated.label)} == {
        stated,
        stated.model_copy(update={"label": one}),
    }
