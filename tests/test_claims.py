"""What a model's prose claims: names, numbers and quotations have to stand in the article."""

import pytest

from newslens.claims import claims, unfounded

TEXT = "Ana Ruiz, of the U.N., said on May 4 that 1,200 people left. “We won’t wait,” she said. Mexico’s army stayed."


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
        ("", ()),
    ],
)
def test_what_the_article_lacks_is_named(prose: str, missing: tuple[str, ...]) -> None:
    assert unfounded([prose], [], TEXT) == missing


def test_a_phrase_has_to_stand_there_whole_and_each_gap_is_named_once() -> None:
    assert unfounded(["Smith and Smith"], ["Ana Ruiz", "Ana Smith"], TEXT) == ("Ana Smith", "Smith")


def test_claims_are_quotations_numbers_and_names() -> None:
    assert claims("On May 4, the New York mayor called it “a 3.5% farce”.") == [
        "a 3.5% farce", "4", "3.5", "May", "New", "York",
    ]  # fmt: skip
