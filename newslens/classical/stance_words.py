"""The verbs, nouns and states by which somebody takes a side, read from the lexicon."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from newslens.classical.lexicon import entries, forms, listed, verb_forms


class Verb(NamedTuple):
    """A verb of stance, with the particles behind it.

    Attributes:
        favor: for its object, or against it.
        deniable: not to do it is a side, too: "did not support", where "did not praise" is none.
    """

    favor: bool
    tail: tuple[str, ...] = ()
    offers: bool = False
    deniable: bool = False


class Noun(NamedTuple):
    """A noun of stance."""

    favor: bool
    behind: frozenset[str]  # what stands between it and its target
    offers: bool = False
    owned: bool = True  # it may be somebody's: "X's refusal", "a refusal by X"


@cache
def verbs() -> Mapping[str, tuple[Verb, ...]]:
    """For each verb form what it says of the one who does it; phrasal verbs first."""
    found: dict[str, list[Verb]] = {}
    for side in ("favor", "against"):
        for phrase in (*listed("stances", side, "phrasal"), *listed("stances", side, "verbs")):
            base, *tail = phrase.split()
            for form in forms(base):
                found.setdefault(form, []).append(
                    Verb(side == "favor", tuple(tail), deniable=phrase in entries("stances", "negated", "sides"))
                )
    for form in verb_forms("stances", "offers"):
        found[form] = [Verb(favor=True, offers=True)]
    return {form: tuple(sorted(those, key=lambda verb: -len(verb.tail))) for form, those in found.items()}


@cache
def nouns() -> Mapping[str, Noun]:
    """For each noun what it says of the one whose it is."""
    for_it, against_it, worry = (
        frozenset({"of", "for"}),
        frozenset({"of", "to", "against"}),
        frozenset({"about", "over", "at"}),
    )
    return {
        **dict.fromkeys(listed("stances", "light", "nouns"), Noun(favor=False, behind=worry, owned=False)),
        **dict.fromkeys(listed("stances", "favor", "nouns"), Noun(favor=True, behind=for_it)),
        **dict.fromkeys(listed("stances", "against", "nouns"), Noun(favor=False, behind=against_it)),
        **dict.fromkeys(listed("stances", "offers", "nouns"), Noun(favor=True, behind=for_it, offers=True)),
    }


@cache
def states() -> tuple[tuple[tuple[str, ...], bool], ...]:
    """What somebody may be, word by word, and whether that is in favor."""
    sides = ("favor", "against")
    return tuple(
        (tuple(state.split()), side == "favor") for side in sides for state in listed("stances", "states", side)
    )
