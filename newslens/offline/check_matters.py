"""Words that take a side of a matter: "rose" and "fell", "accepted" and "rejected"."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from newslens.offline.lexicon import forms, table


class Side(NamedTuple):
    """On which side of a matter a word stands."""

    matter: int
    sign: int


@cache
def sides() -> Mapping[str, frozenset[Side]]:
    """The sides of each word form."""
    pairs = table("faithfulness")["opposites"]["pairs"]
    known: dict[str, set[Side]] = {}
    for matter, pair in enumerate(pairs):
        for sign, words in zip((1, -1), pair, strict=True):
            for word in words.split():
                for form in forms(word) | {word}:
                    known.setdefault(form, set()).add(Side(matter, sign))
    return {form: frozenset(those) for form, those in known.items()}


def same_side(one: str, other: str) -> bool:
    """Whether two word forms say the same of a matter: "beat" and "defeated"."""
    return not sides().get(one, frozenset()).isdisjoint(sides().get(other, frozenset()))


@cache
def matters(key: str) -> frozenset[int]:
    """The matters of the words that the lexicon lists under a key."""
    words = table("faithfulness")["opposites"][key]
    return frozenset(side.matter for word in words for side in sides()[word])
