"""Cut a sentence into words and marks with exact offsets."""

import re
from functools import lru_cache
from typing import NamedTuple

LONGEST = 4_000
"""A "sentence" of more code points is a table or noise: it has no findings."""

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|['’](?:s|ll|ve|re|d|m)\b"  # the possessive, and what "she's", "I've" and "he'll" are short for
    r"|\d+(?:[.,]\d+)*"
    r"|[^\W_]+(?:['’&-](?!(?:s|ll|ve|re|d|m)\b)[^\W_]+)*"
    r"|''(?!')"  # a quotation mark typed as two apostrophes
    r"|[^\w\s]"
)
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
_SENTENCES = 1 << 10  # sentences whose words are remembered
_KNOWN = 1 << 15  # distinct words that are remembered; a long text uses most of its words often


class Word(NamedTuple):
    """One word or mark; `low` is lower-cased with straight apostrophes, `capital` that it starts in upper case."""

    text: str
    low: str
    capital: bool
    start: int
    end: int


@lru_cache(_SENTENCES)  # each reader of an article asks for the same sentences
def cut(sentence: str) -> tuple[Word, ...]:
    """The words and marks of a sentence, in order; none for more than `LONGEST` code points."""
    if len(sentence) > LONGEST:
        return ()
    return tuple(Word(*_seen(match[0]), *match.span()) for match in _TOKEN.finditer(sentence))


@lru_cache(_KNOWN)
def _seen(text: str) -> tuple[str, str, bool]:
    """What a word is wherever it stands; the same strings again for the same word keep a long text small."""
    return text, text.lower().translate(_CURLY), text[:1].isupper()
