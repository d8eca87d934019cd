"""What the forms of a word have in common: "rose", "risen" and "rising" are one. For comparing only."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from newslens.offline.lexicon import table

_ENDINGS = ("ings", "ing", "ied", "ies", "ed", "es", "s", "ly")
_SHORTEST = 3  # letters that have to be left of a word
_REMEMBERED = 1 << 15  # distinct words
_POSSESSIVE = re.compile(r"['’]s?$")


@lru_cache(_REMEMBERED)
def stem(word: str) -> str:
    """The stem of an English word, in any case and possessive or not."""
    low = _POSSESSIVE.sub("", word.lower())
    low = _bases().get(low, low)
    ending = next((e for e in _ENDINGS if low.endswith(e) and len(low) - len(e) >= _SHORTEST), "")
    low = low if low.endswith("ss") else low.removesuffix(ending)
    if len(low) > _SHORTEST and low[-1] == low[-2]:
        low = low[:-1]
    return re.sub("[eyi]$", "", low) if len(low) > _SHORTEST else low


@cache
def _bases() -> Mapping[str, str]:
    """Irregular past forms with their verbs."""
    irregular = table("inflection")["irregular"]
    return {form: base for base, forms in irregular.items() for form in forms.split()}
