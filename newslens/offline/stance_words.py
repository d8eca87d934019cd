"""The verbs, nouns and states by which somebody takes a side, read from the lexicon."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from newslens.offline.lexicon import entries, forms, listed, pasts, verb_forms


class Verb(NamedTuple):
    """A verb of stance, with the particles behind it.

    Attributes:
        favor: for its object, or against it.
        deniable: not to do it is a side, too: "did not support", where "did not praise" is none.
        wants: it may only want something done: "wants the report published".
    """

    favor: bool
    tail: tuple[str, ...] = ()
    offers: bool = False
    deniable: bool = False
    wants: bool = False


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
    for form in verb_forms("stances", "wanting"):
        found.setdefault(form, []).append(Verb(favor=True, wants=True))
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
        **dict.fromkeys(listed("stances", "light", "calls"), Noun(favor=True, behind=for_it, owned=False)),
        **dict.fromkeys(listed("stances", "favor", "nouns"), Noun(favor=True, behind=for_it)),
        **dict.fromkeys(listed("stances", "against", "nouns"), Noun(favor=False, behind=against_it)),
        **dict.fromkeys(listed("stances", "offers", "nouns"), Noun(favor=True, behind=for_it, offers=True)),
    }


@cache
def states() -> Mapping[str, tuple[tuple[tuple[str, ...], bool], ...]]:
    """What somebody may be, word by word and by the first word, and whether that is in favor."""
    found: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
    for side in ("favor", "against"):
        for state in (*listed("stances", "states", side), *_felt(side)):
            phrase = tuple(state.split())
            found.setdefault(phrase[0], []).append((phrase, side == "favor"))
    return {first: tuple(those) for first, those in found.items()}


def _felt(side: str) -> Iterator[str]:
    """`Dismayed by`, `furious at`."""
    participles = frozenset().union(*map(pasts, listed("stances", "feelings", side)))
    plain = entries("stances", "feelings", "happy" if side == "favor" else "angry")
    for feeling in sorted(participles | plain):
        yield from (f"{feeling} {behind}" for behind in listed("stances", "feelings", "behind"))


@cache
def roles() -> Mapping[str, bool]:
    """What somebody may be of a thing, a "critic" or a "champion", and whether that is in favor."""
    return {word: side == "favor" for side in ("favor", "against") for word in listed("stances", "roles", side)}


@cache
def feelings() -> Mapping[str, bool]:
    """For each form of a verb that moves its object, whether that is then for what moves it."""
    return {form: side == "favor" for side in ("favor", "against") for form in verb_forms("stances", "feelings", side)}
