"""What is taken off around a model's JSON, and what is refused rather than guessed."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newslens.errors import InvalidReply
from newslens.llm.exchange import ParsedReply, parse_reply

READ: list[tuple[str, str, Any]] = [
    ("BOM", '\ufeff{"a": 1}', {"a": 1}),
    ("fence", '```json\n{"a": 1}\n```', {"a": 1}),
    ("fence without a language", '```\n{"a": 1}\n```', {"a": 1}),
    ("fence that never ends", '```json\n{"a": 1}', {"a": 1}),
    ("chatter", 'Sure! Here it is: {"a": 1} I hope that helps.', {"a": 1}),
    ("chatter with a lone brace, then a fence", 'Use { to open.\n```json\n{"a": 1}\n```', {"a": 1}),
    ("chatter with a citation", 'As [1] says: {"a": 1}', {"a": 1}),
    ("chatter with braces that are no JSON", 'Fill {name}: {"a": 1}', {"a": 1}),
    ("chatter with an odd quote", 'A 5" disk: {"a": 1}', {"a": 1}),
    ("a fence inside a string", 'So: {"a": "```{}```"}', {"a": "```{}```"}),
    ("thoughts", '<think>Is it {"a": 2}?</think>\n{"a": 1}', {"a": 1}),
    ("thoughts that the template opened", 'Is it {"a": 2}?</think>{"a": 1}', {"a": 1}),
    ("the end of a thought inside a string", 'So: {"a": "</think>"}', {"a": "</think>"}),
    ("trailing commas", '{"a": [1, 2,\n], "b": {"c": ",]",},}', {"a": [1, 2], "b": {"c": ",]"}}),
    ("an array", "Here: [1, 2]", [1, 2]),
    ("escapes", 'So: {"a": "\\"}{\\\\"}', {"a": '"}{\\'}),
]


@pytest.mark.parametrize(("text", "value"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_json_as_models_write_it_is_read_and_flagged(text: str, value: Any) -> None:
    assert parse_reply(text) == ParsedReply(value, repaired=True)


REFUSED: list[tuple[str, str, str]] = [
    ("blank", "", "no JSON object"),
    ("prose", "It rained.", "no JSON object"),
    ("cut off in a list", '{"a": [1, 2', "line 1 column 12"),
    ("cut off after a whole part", '{"a": {"b": 1}, "c', "character 16"),
    ("cut off in a fence", '```json\n{"a": {"b": 1},', "line 1 column 1"),
    ("two objects", '{"a": 1} or {"a": 2}', "several JSON values"),
    ("a draft, then a cut-off answer", '{"a": 1}, or better {"a": [2,', "line 1 column 9"),
    ("two fences", '```\n{"a": 1}\n```\n{\n```\n{"a": 2}\n```', "several JSON values"),
    ("a draft, then no answer", '{"a": 1}</think>Sorry, no.', "line 1 column 9"),
    ("single quotes", "{'a': 1}", "line 1 column 2"),
    ("no comma", '{"a": 1 "b": 2}', "character 8"),
    ("a comment", '{"a": 1 // one\n}', "character 8"),
    ("not a number", '{"a": NaN}', "not JSON"),
    ("a second comma", '{"a": [1,,]}', "character 9"),
    ("the same key twice", '{"a": [1], "a": []}', "same key twice"),
    ("the same key twice in a fence", '```\n{"a": {"b": 1, "b": 2}}\n```', "same key twice|Expecting value"),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_nothing_is_guessed(text: str, said: str) -> None:
    with pytest.raises(InvalidReply, match=said) as caught:
        parse_reply(text)
    assert caught.value.raw_text == text
    assert len(caught.value.errors) == 1


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
prose = st.text(st.characters(exclude_characters="{[`<"))


@settings(max_examples=20)
@given(values, st.booleans())
def test_plain_json_is_read_as_it_is(value: Any, ascii_only: bool) -> None:  # noqa: FBT001 - drawn
    assert parse_reply(json.dumps(value, ensure_ascii=ascii_only)) == ParsedReply(value, repaired=False)


@settings(max_examples=20)
@given(st.dictionaries(st.text(), values), prose, prose)
def test_an_object_is_found_whatever_is_said_around_it(value: Any, before: str, after: str) -> None:
    assert parse_reply(f"{before}{json.dumps(value)}{after}").value == value


@settings(max_examples=20)
@given(st.dictionaries(st.text(), values, min_size=1), st.data())
def test_a_cut_off_object_is_never_completed(value: Any, data: st.DataObject) -> None:
    text = json.dumps(value)
    end = data.draw(st.integers(1, len(text) - 1))
    with pytest.raises(InvalidReply):
        parse_reply(text[:end])


@given(st.text(st.sampled_from('{}[]",:\\`\n ath<>/ink1')))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidReply):
        assert json.loads(json.dumps(parse_reply(text).value)) == parse_reply(text).value


HOSTILE = [
    "{", "[", "[1,", '{"a":', '{"', '"', "{}", '{"a":"\\"', "```\n", "``` ", "<think>", "[ , ", "\\", ", ", "{a} ",
    '{"a":1,} ',
]  # fmt: skip


def test_any_length_of_anything_takes_linear_time() -> None:
    for piece in HOSTILE:
        with pytest.raises(InvalidReply):
            parse_reply(piece * (1_000_000 // len(piece)))
