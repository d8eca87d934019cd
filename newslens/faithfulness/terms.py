"""The content words of a sentence in a form in which "rose", "risen" and "rising" are one."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from newslens.classical.grammar import AUXILIARIES, CONJUNCTIONS, DETERMINERS, PREPOSITIONS, PRONOUNS
from newslens.classical.lexicon import table, verb_forms

_WORD = re.compile(r"[^\W_]+(?:[.,’'-][^\W_]+)*")
_ENDINGS = ("ings", "ing", "ied", "ies", "ed", "es", "s", "ly")
_SHORTEST = 3  # letters that have to be left of a word
_REMEMBERED = 1 << 15  # distinct words
_FUNCTION = (
    PREPOSITIONS | CONJUNCTIONS | PRONOUNS | AUXILIARIES | DETERMINERS | {"not", "to", "'s", "as", "also", "still"}
)
_POSSESSIVE = re.compile(r"['’]s?$")


@lru_cache(_REMEMBERED)
def stem(word: str) -> str:
    """What the forms of a word have in common; for comparing only."""
    low = _POSSESSIVE.sub("", word.lower())
    low = _bases().get(low, low)
    ending = next((e for e in _ENDINGS if low.endswith(e) and len(low) - len(e) >= _SHORTEST), "")
    low = low.removesuffix(ending) if not low.endswith("ss") else low
    if len(low) > _SHORTEST and low[-1] == low[-2]:
        low = low[:-1]
    return re.sub("[eyi]$", "", low) if len(low) > _SHORTEST else low


def content(words: str) -> list[str]:
    """Stems of the content words of a text, in order."""
    return [stem(word) for word in _WORD.findall(words) if is_content(word.lower())]


@lru_cache(_REMEMBERED)
def is_content(low: str) -> bool:
    """Whether a lower-cased word is no function word, no word of saying and no mark."""
    return low[:1].isalnum() and low not in _FUNCTION and low not in verb_forms("cues", "speech")


@cache
def _bases() -> Mapping[str, str]:
    """Irregular past forms with their verbs."""
    irregular = table("inflection")["irregular"]
    return {form: base for base, forms in irregular.items() for form in forms.split()}
