"""The content words of a sentence in a form in which "rose", "risen" and "rising" are one."""

import re
from functools import lru_cache

from newslens.offline.grammar import AUXILIARIES, CONJUNCTIONS, DETERMINERS, PREPOSITIONS, PRONOUNS
from newslens.offline.lexicon import verb_forms
from newslens.offline.stems import stem

_WORD = re.compile(r"[^\W_]+(?:[.,’'-][^\W_]+)*")
_REMEMBERED = 1 << 15  # distinct words
_FUNCTION = (
    PREPOSITIONS | CONJUNCTIONS | PRONOUNS | AUXILIARIES | DETERMINERS | {"not", "to", "'s", "as", "also", "still"}
)


def content(words: str) -> list[str]:
    """Stems of the content words of a text, in order."""
    return [stem(word) for word in _WORD.findall(words) if is_content(word.lower())]


@lru_cache(_REMEMBERED)
def is_content(low: str) -> bool:
    """Whether a lower-cased word is no function word, no word of saying and no mark."""
    return low[:1].isalnum() and low not in _FUNCTION and low not in verb_forms("cues", "speech")
