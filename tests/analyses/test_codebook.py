"""Codebooks: what a file may say, how a wrong one is refused, and what the built-in ones hold."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from newslens.analyses.codebook import (
    RESERVED,
    Codebook,
    CodebookLabel,
    Example,
    find_prompts,
    list_codebook_names,
    render_codebook,
)
from newslens.errors import CodebookError

BUILT_IN = ("episodic_thematic", "generic_frames", "persuasion", "policy_frames")

HEAD = """
name = "tiny"
version = "1"
title = "Tiny"
source = "This test"
licence = "MIT"
multiple = false
"""
FERRY = """
[[labels]]
code = "ferry"
name = "Ferries"
definition = "Boats that carry people across."
"""


def write(directory: Path, text: str, name: str = "tiny.toml") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_becomes_a_frozen_codebook(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEAD
        + FERRY
        + """
include = ["a boat sails"]
exclude = ["it only carries freight"]
examples = [{ text = "The boat was late again.", phrase = "was late" }]
cues = { "ferr*" = 2, "pier" = 0.5 }
""",
    )

    book = Codebook.load(path)

    assert book == Codebook(
        name="tiny",
        version="1",
        title="Tiny",
        source="This test",
        licence="MIT",
        multiple=False,
        labels=(
            CodebookLabel(
                code="ferry",
                name="Ferries",
                definition="Boats that carry people across.",
                include=("a boat sails",),
                exclude=("it only carries freight",),
                examples=(Example(text="The boat was late again.", phrase="was late"),),
                cues={"ferr*": 2.0, "pier": 0.5},
            ),
        ),
    )
    with pytest.raises(ValidationError):
        setattr(book, "name", "other")  # noqa: B010 - mypy knows that it is frozen


def test_groups_of_cues_are_one_table(tmp_path: Path) -> None:
    grouped = """
[[labels.cues]]
weight = 2
terms = ["ferr*", "pier"]
[[labels.cues]]
weight = 0.5
terms = ["boat"]
"""

    book = Codebook.load(write(tmp_path, HEAD + FERRY + grouped))

    assert book.labels[0].cues == {"ferr*": 2.0, "pier": 2.0, "boat": 0.5}


FAULTS = {
    "no TOML": ("name = tiny", ["is not TOML", "line 1"]),
    "unknown key of the book": (HEAD + "licens = 'x'" + FERRY, ["unknown key 'licens'", "write 'licence'"]),
    "unknown key of a label": (
        HEAD + FERRY + "defnition = 'x'",
        ["label 'ferry'", "'defnition'", "'definition'"],
    ),
    "unknown key of an example": (
        HEAD + FERRY + "examples = [{ text = 'a', phrase = 'a', why = 'b' }]",
        ["label 'ferry'", "unknown key 'why'", "known: text, phrase"],
    ),
    "missing key": (HEAD + FERRY.replace("code", "#"), ["label 1", "key 'code' is missing"]),
    "no labels": (HEAD + "labels = []", ["'labels'", "at least 1 item"]),
    "labels missing": (HEAD, ["key 'labels' is missing"]),
    "a label that is no table": (HEAD + "labels = ['ferry']", ["label 1"]),
    "labels that are no list": (HEAD + "labels = 3", ["'labels'"]),
    "one code twice": (HEAD + FERRY + FERRY, ["code 'ferry' is given to two labels", "rename one"]),
    "bad code": (HEAD + FERRY.replace('"ferry"', '"Ferry line"'), ["'Ferry line' must be lower-case"]),
    "reserved none": (HEAD + FERRY.replace('"ferry"', '"none"'), ["code 'none' is reserved"]),
    "reserved unclear": (HEAD + FERRY.replace('"ferry"', '"unclear"'), ["code 'unclear' is reserved"]),
    "phrase not in its text": (
        HEAD + FERRY + "examples = [{ text = 'The boat was late.', phrase = 'is late' }]",
        ["label 'ferry'", "phrase 'is late' is not in its text"],
    ),
    "empty cue": (HEAD + FERRY + "cues = { '' = 1 }", ["cue ''", "remove it"]),
    "star alone": (HEAD + FERRY + "cues = { '*' = 1 }", ["cue '*'", "remove it"]),
    "star inside": (HEAD + FERRY + "cues = { 'f*y' = 1 }", ["cue 'f*y'", "does not end a word"]),
    "zero weight": (HEAD + FERRY + "cues = { ferry = 0 }", ["label 'ferry'", "'ferry'", "greater than 0"]),
    "negative weight": (HEAD + FERRY + "cues = { ferry = -1 }", ["greater than 0"]),
    "infinite weight": (HEAD + FERRY + "cues = { ferry = inf }", ["finite"]),
    "no number": (HEAD + FERRY + "cues = { ferry = 'x' }", ["number"]),
    "a group without weight": (HEAD + FERRY + "cues = [{ terms = ['a'] }]", ["group 1", "`weight`"]),
    "multiple in words": (HEAD.replace("false", '"no"') + FERRY, ["'multiple'", "boolean"]),
    "blank definition": (HEAD + FERRY.replace("Boats that carry people across.", " "), ["'definition'"]),
}


@pytest.mark.parametrize(("text", "told"), FAULTS.values(), ids=FAULTS)
def test_a_broken_file_is_refused_and_says_where_and_what_now(tmp_path: Path, text: str, told: list[str]) -> None:
    path = write(tmp_path, text)

    with pytest.raises(CodebookError) as caught:
        Codebook.load(path)

    message = str(caught.value)
    assert message.startswith(str(path))
    assert [words for words in told if words not in message] == []


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + FERRY + "extra = 1\ncues = { Boat = 1 }")

    with pytest.raises(CodebookError) as caught:
        Codebook.load(path)

    assert len(str(caught.value).splitlines()) == 2


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(HEAD.encode() + b"note = '\xe9'")

    with pytest.raises(CodebookError, match="cannot be read"):
        Codebook.load(tmp_path / "missing.toml")
    with pytest.raises(CodebookError, match="is not UTF-8"):
        Codebook.load(latin)


def test_the_digest_depends_on_what_is_said_and_not_on_the_layout(tmp_path: Path) -> None:
    plain = Codebook.load(write(tmp_path, HEAD + FERRY + "cues = { a = 1, b = 2 }"))
    relaid = (HEAD + "# a remark\n" + FERRY + "cues = { b = 2.0, a = 1.0 }").replace("\n", "\r\n")
    changed = HEAD + FERRY + "cues = { a = 1, b = 3 }"

    assert Codebook.load(write(tmp_path, relaid)).sha256 == plain.sha256
    assert Codebook.load(write(tmp_path, changed)).sha256 != plain.sha256
    assert len(plain.sha256) == 64


def test_a_file_of_the_callers_own_comes_before_the_built_in_one(tmp_path: Path) -> None:
    write(tmp_path, HEAD.replace('"tiny"', '"policy_frames"') + FERRY, "policy_frames.toml")
    write(tmp_path, HEAD + FERRY)

    assert Codebook.named("policy_frames", directory=tmp_path).codes == ("ferry",)
    assert "economic" in Codebook.named("policy_frames").codes
    assert Codebook.named("generic_frames", directory=tmp_path).name == "generic_frames"
    assert list_codebook_names(tmp_path) == (*BUILT_IN, "tiny")
    assert list_codebook_names() == BUILT_IN


@pytest.mark.parametrize("name", ["nothing", "../policy_frames", "", "policy_frames.toml", "a\0b"])
def test_a_name_that_is_no_codebook_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(CodebookError, match="episodic_thematic, generic_frames, persuasion, policy_frames"):
        Codebook.named(name)


def test_a_file_that_calls_itself_otherwise_is_refused(tmp_path: Path) -> None:
    write(tmp_path, HEAD + FERRY, "other.toml")

    with pytest.raises(CodebookError, match="says name = 'tiny'"):
        Codebook.named("other", directory=tmp_path)


def test_label_gives_the_label_of_a_code() -> None:
    book = Codebook.named("policy_frames")

    assert book.label("crime").name == "Crime and punishment"
    with pytest.raises(KeyError):
        book.label("none")


def test_the_render_codebook_has_one_line_a_label_with_its_rules(tmp_path: Path) -> None:
    rules = 'include = ["a boat\\nsails", "it sinks"]\nexclude = ["it only carries freight"]\n'
    ship = '[[labels]]\ncode = "ship"\nname = "Ships"\ndefinition = "All others"\n'

    book = Codebook.load(write(tmp_path, HEAD + FERRY + rules + ship))

    assert render_codebook(book) == (
        "ferry: Boats that carry people across; counts when a boat sails, or it sinks;"
        " does not count when it only carries freight.\n"
        "ship: All others."
    )


def test_codes_and_cues_are_enough(tmp_path: Path) -> None:
    book = Codebook.load(write(tmp_path, '[[labels]]\ncode = "by_sea"\ncues = ["ferr*", "Pier"]\n', "ways.toml"))

    assert (book.name, book.title, book.version, book.multiple, book.threshold) == ("ways", "ways", "1", True, 0.25)
    assert book.labels == (CodebookLabel(code="by_sea", name="by sea", cues={"ferr*": 1.0, "Pier": 1.0}),)
    assert render_codebook(book) == "by_sea: by sea."


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_books_are_written_in_full(name: str) -> None:
    book = Codebook.named(name)

    for label in book.labels:
        assert label.include, label.code
        assert label.exclude, label.code
        assert len(label.examples) >= 2, label.code
    assert any(label.cues for label in book.labels) == (name != "persuasion")  # techniques are phrases
    assert book.language == "en"
    assert not set(RESERVED) & set(book.codes)


def test_built_in_books_have_the_labels_of_their_sources() -> None:
    codes: dict[str, Any] = {name: Codebook.named(name).codes for name in BUILT_IN}

    assert codes == {
        "episodic_thematic": ("episodic", "thematic", "mixed"),
        "generic_frames": (
            "responsibility",
            "conflict",
            "economic_consequences",
            "human_interest",
            "morality",
        ),
        "persuasion": (
            "name_calling",
            "guilt_by_association",
            "doubt",
            "appeal_to_hypocrisy",
            "questioning_the_reputation",
            "flag_waving",
            "appeal_to_authority",
            "appeal_to_popularity",
            "appeal_to_values",
            "appeal_to_fear_prejudice",
            "causal_oversimplification",
            "false_dilemma",
            "consequential_oversimplification",
            "straw_man",
            "whataboutism",
            "red_herring",
            "slogans",
            "conversation_killer",
            "appeal_to_time",
            "loaded_language",
            "obfuscation_vagueness",
            "exaggeration_minimisation",
            "repetition",
        ),
        "policy_frames": (
            "economic",
            "capacity",
            "morality",
            "fairness",
            "legality",
            "policy",
            "crime",
            "security",
            "health",
            "quality_of_life",
            "cultural_identity",
            "public_opinion",
            "political",
            "external_regulation",
            "other",
        ),
    }


def test_built_in_files_are_all_found_by_name() -> None:
    files = sorted((find_prompts() / "codebooks").glob("*.toml"))

    assert tuple(tomllib.loads(path.read_text(encoding="utf-8"))["name"] for path in files) == list_codebook_names()


def test_a_changed_copy_is_checked_and_has_a_digest_of_its_own() -> None:
    book = Codebook.named("policy_frames")
    first = book.model_copy(update={"labels": book.labels[:1]})
    assert first == Codebook(**{**book.model_dump(), "labels": book.labels[:1]})
    assert first.sha256 != book.sha256
    with pytest.raises(ValidationError, match="at least 1 item"):
        book.model_copy(update={"labels": ()})


def test_equal_codebooks_are_one_in_a_set() -> None:
    book = Codebook.named("policy_frames")
    assert {book, book.model_copy(), book.model_copy(update={"version": "mine"})} == {
        book,
        book.model_copy(update={"version": "mine"}),
    }
