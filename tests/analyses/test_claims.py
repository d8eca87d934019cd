"""What a model's prose claims: names, numbers and quotations have to stand in the article."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.analyses.claims import find_names, find_quotations, find_unfounded
from newslens.article.article import Article

TEXT = (
    "Ana Ruiz, of the U.N., said on May 4 that 1,200 people left. “We won’t wait,” she said. "
    "Mexico’s army stayed. $400m, 1990s, F-16s, COVID19."
)


@pytest.mark.parametrize(
    ("prose", "missing"),
    [
        ("Ruiz said that 1,200 people had left.", ()),
        ("The speaker was not going to wait.", ()),
        ('She said: "We won\'t wait".', ()),
        ('She said: "We will wait".', ("We will wait",)),
        ("About 1,300 people left on May 4.", ("1,300",)),
        ("About 200 people left.", ("200",)),
        ("According to Ruiz and Smith, people left.", ("Smith",)),
        ("Mexico's army and NATO stayed.", ("NATO",)),
        ("Mexican soldiers stayed.", ()),  # a sentence's first word is no name for its capital alone
        ("It cost $400m in the 1990s, said the F-16s of COVID19.", ()),
        ("It cost 40 in 1,991 for 16.5.", ("40", "1,991", "16.5")),
        ("", ()),
    ],
)
def test_what_the_article_lacks_is_named(prose: str, missing: tuple[str, ...]) -> None:
    assert find_unfounded([prose], [], TEXT) == missing


def test_a_phrase_has_to_stand_there_whole_and_each_gap_is_named_once() -> None:
    assert find_unfounded(["Smith and Smith"], ["Ana Ruiz", "Ana Smith"], TEXT) == ("Ana Smith", "Smith")


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("On May 4, the New York mayor agreed.", ["On", "May", "New", "York"]),
        ("Boris Johnson agreed. He left.", ["Boris", "Johnson"]),
        ("Sen. Warren and a U.S. Pentagon man agreed with Mr. Putin.", ["Sen", "Warren", "Pentagon", "Mr", "Putin"]),
        ("Officials agreed.", []),
        ("NATO agreed.", ["NATO"]),
        ("He said: Nobody came.", []),
        ("Council Votes To Close Old Bridge On Monday", []),
    ],
)
def test_names_are_capitals_that_open_no_sentence(prose: str, found: list[str]) -> None:
    assert [name.text for name in find_names(prose)] == found


@pytest.mark.parametrize(
    "prose", ["He said “so it is”.", 'He said "so it is".', "Er sagt „so it is“.", "«so it is»", "‘so it is’, he said"]
)
def test_quotation_marks_of_many_kinds_are_seen(prose: str) -> None:
    assert [prose[start:end] for start, end in find_quotations(prose)] == ["so it is"]
    assert list(find_quotations('"..." and ““')) == []


def test_a_name_is_no_common_word_of_the_same_letters() -> None:
    assert find_unfounded(["He asked Will Bush."], [], "They will polish a bush.") == ("Will", "Bush")


SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.stem)
def test_no_sentence_of_an_article_is_unfounded_in_it(path: Path) -> None:
    article = Article.from_file(path)
    assert find_unfounded([span.text for span in article.sentences], [], article.text) == ()


@given(st.text(max_size=200))
def test_no_text_is_unfounded_in_itself(text: str) -> None:
    assert not [claim for claim in find_unfounded([text], [], text) if any(map(str.isdigit, claim))]
