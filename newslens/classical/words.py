"""Cut a sentence into words and marks with exact offsets."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from newslens.classical.lexicon import closed

LONGEST = 4_000
"""A "sentence" of more code points is a table or noise: it has no findings."""

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|['’](?:s|ll|ve|re|d|m)\b"  # the possessive, and what "she's", "I've" and "he'll" are short for
    r"|\d+(?:[.,]\d+)*"
    r"|[^\W_]+(?:['’&-](?!(?:s|ll|ve|re|d|m)\b)[^\W_]+)*"
    r"|[^\w\s]"
)
_ENOUGH = 40  # words that would have shown some of the commonest ones
_RAREST = 20  # one word in so many; in English prose it is one in four
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


class Word(NamedTuple):
    """One word or mark; `low` is lower-cased with straight apostrophes and quotes."""

    text: str
    low: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """It starts with an upper-case letter."""
        return self.text[:1].isupper()


def cut(sentence: str) -> list[Word]:
    """The words and marks of a sentence, in order; none for more than `LONGEST` code points."""
    if len(sentence) > LONGEST:
        return []
    return [Word(m.group(), m.group().lower().translate(_CURLY), m.start(), m.end()) for m in _TOKEN.finditer(sentence)]


def english(words: Sequence[Word]) -> bool:
    """Whether the words may be English: its function words are no fewer than its neighbours', and not rare."""
    own = sum(word.low in closed("english") for word in words)
    other = sum(word.low in closed("neighbours") for word in words)
    latin = sum(word.text.isascii() for word in words)
    rare = len(words) >= _ENOUGH and own * _RAREST < len(words)
    return own >= other and 2 * latin >= len(words) and not rare
