"""Find the names, numbers and quotations in a piece of prose, and which of them the article lacks.

Quotations are looked for as they stand, numbers as digits, names word by word and with their capital. A word that opens
a sentence counts as a name only if the next word looks like one.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from newslens.article.sentences import guess_language, split
from newslens.article.spans import locate, locate_all, normalise

_QUOTED = re.compile(
    r"“([^“”\"]+)[”\"]|\"([^\"“”]+)[\"”]|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」"
    r"|(?<!\w)‘((?:[^‘’]|’(?=\w))+)’(?!\w)"
)
_AROUND = " .,;"  # stripped from what stands between quotation marks
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WORD = re.compile(r"\w+(?:[’']\w+)*|[:“\"«„‘]")
_OPENERS = frozenset(':“"«„‘')
_POSSESSIVE = re.compile(r"[’']s?$")
_TITLE, _MOST_CAPITALS = 5, 0.7  # words, and the share above which capitals are title case and mark no names


class Name(NamedTuple):
    """A word that looks like a name.

    Attributes:
        text: the word without a possessive ending.
        start: offset of its first code point.
        opens: it opens a sentence, where a capital says little.
    """

    text: str
    start: int
    opens: bool

    @property
    def end(self) -> int:
        """The offset behind its last code point."""
        return self.start + len(self.text)


def find_unfounded(said: Iterable[str], named: Iterable[str], text: str) -> tuple[str, ...]:
    """What `said` (prose) and `named` (whole phrases) hold and `text` does not, each once, in order."""
    missing = [phrase for phrase in named if not _stands(phrase, text)]
    for prose in said:
        quotations = (prose[start:end] for start, end in find_quotations(prose))
        missing += [quotation for quotation in quotations if not _stands(quotation, text)]
        missing += [number for number in _NUMBER.findall(prose) if not _has_number(number, text)]
        missing += [one.text for one in find_names(prose) if not _stands(one.text, text, capital=not one.opens)]
    return tuple(dict.fromkeys(missing))


def find_quotations(prose: str) -> Iterator[tuple[int, int]]:
    """Half-open offsets of what stands between quotation marks, without the punctuation around it."""
    for match in _QUOTED.finditer(prose):
        start, end = match.span(match.lastindex or 0)
        start += len(prose[start:end]) - len(prose[start:end].lstrip(_AROUND))
        stripped = prose[start:end].rstrip(_AROUND)
        if stripped:
            yield start, start + len(stripped)


def find_names(prose: str) -> Iterator[Name]:
    """The words that look like names; none in German, where every noun has a capital."""
    language = guess_language(prose)
    if language == "de":
        return
    for start, end in split(prose, language=language):
        tokens = [(match.group(), match.start()) for match in _WORD.finditer(prose, start, end)]
        words = [token for token, _ in tokens if token not in _OPENERS]
        if len(words) >= _TITLE and sum(word[0].isupper() for word in words) > _MOST_CAPITALS * len(words):
            continue
        for before, (token, at), (after, _) in zip([("", 0), *tokens], tokens, [*tokens[1:], ("", 0)], strict=False):
            opens = before[0] == "" or before[0] in _OPENERS
            word = _POSSESSIVE.sub("", token)
            acronym = sum(map(str.isupper, word)) > 1  # or a name such as McKay
            titled = after[:1].isupper() and not after.isupper()
            if len(word) > 1 and word[0].isupper() and "_" not in word and (not opens or acronym or titled):
                yield Name(word, at, opens and not acronym)


def _stands(phrase: str, text: str, *, capital: bool = False) -> bool:
    if normalise(phrase).text.strip() not in _normal(text):  # most of what is missing ends here, at little cost
        return False
    found = locate(phrase, text)
    if found is None or not capital or text[found[0]].isupper():
        return found is not None
    return any(text[start].isupper() for start, _ in locate_all(phrase, text))


def _has_number(number: str, text: str) -> bool:
    """Whether the digits stand there: "400" stands in "$400m" and 1200 in "1,200", and 40 in neither."""
    digits = _THOUSANDS.sub("", number)
    return re.search(rf"(?<!\d)(?<!\d[.,:]){re.escape(digits)}(?!\d|[.,:]\d)", _plain_numbers(text)) is not None


@lru_cache(maxsize=2)  # one article is asked about many times in a row
def _normal(text: str) -> str:
    return normalise(text).text


@lru_cache(maxsize=2)
def _plain_numbers(text: str) -> str:
    return _THOUSANDS.sub("", text)
