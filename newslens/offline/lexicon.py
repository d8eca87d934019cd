"""Read the English word lists beside this module, with every form that a word takes."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent / "lexicons"
_VOWELS = frozenset("aeiou")
_IRREGULAR_DOUBLING = frozenset(
    "begin cut get hit put run shut spur stun win rebut forbid undercut".split()  # noqa: SIM905 - as in the lists
)


@cache
def table(name: str) -> Mapping[str, Any]:
    """The word list `lexicons/<name>.toml`; every list names its origin."""
    with (_HERE / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def listed(name: str, section: str, key: str) -> tuple[str, ...]:
    """The entries under a key of a word list, in order: words of a block, or phrases of an array."""
    value = table(name)[section][key]
    return tuple(value.split()) if isinstance(value, str) else tuple(value)


@cache
def entries(name: str, section: str, key: str) -> frozenset[str]:
    """The entries under a key of a word list, to look words up in."""
    return frozenset(listed(name, section, key))


@cache
def verb_forms(name: str, section: str, key: str = "verbs") -> frozenset[str]:
    """Every form of every verb under a key of a word list."""
    return all_forms(listed(name, section, key))


@cache
def forms(verb: str) -> frozenset[str]:
    """Every form of a verb: `deny` gives deny, denies, denied, denying. A particle stays behind the verb."""
    base, _, particle = verb.partition(" ")
    tail = f" {particle}" if particle else ""
    return frozenset(form + tail for form in {base, _third(base), _ing(base), *pasts(base)})


@cache
def pasts(verb: str) -> frozenset[str]:
    """Past tense and past participle of a verb."""
    irregular = table("inflection")["irregular"].get(verb)
    return frozenset(irregular.split()) if irregular else frozenset({_regular_past(verb)})


def plural(noun: str) -> str:
    """The plural of a regular noun, which is also the third person of a regular verb."""
    return _third(noun)


def all_forms(verbs: Iterable[str]) -> frozenset[str]:
    """Every form of every verb."""
    return frozenset().union(*map(forms, verbs))


def _third(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh", "o")):
        return word + "es"
    return word[:-1] + "ies" if _ends_in_consonant_y(word) else word + "s"


def _ing(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return _stem(verb) + "ing"


def _regular_past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if _ends_in_consonant_y(verb) else _stem(verb) + "ed"


def _stem(verb: str) -> str:
    return verb + verb[-1] if verb in _doubling() else verb


@cache
def _doubling() -> frozenset[str]:
    return entries("inflection", "doubling", "words") | _IRREGULAR_DOUBLING


def _ends_in_consonant_y(word: str) -> bool:
    return word.endswith("y") and word[-2:-1] not in _VOWELS
