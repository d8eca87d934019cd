"""Which names, numbers and quotations of a piece of prose do not stand in the article.

A model's prose is its own; what it names is not. Quotations are looked for as they are, numbers as digits, names
word by word and with their capital. A word that opens a sentence is a name only if the next one looks like one.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from newslens.article.sentences import guess_language, split
from newslens.article.spans import locate, locate_all, normalise

_QUOTED = re.compile(
    r"“([^“”\"]+)[”\"]|\"([^\"“”]+)[\"”]|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」"
    r"|(?<!\w)‘((?:[^‘’]|’(?=\w))+)’(?!\w)"
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WORD = re.compile(r"\w+(?:[’']\w+)*|[:“\"«„‘]")
_OPENERS = frozenset(':“"«„‘')
_POSSESSIVE = re.compile(r"[’']s?$")
_TITLE, _MOST_CAPITALS = 5, 0.7  # words, and the share above which capitals are title case and mark no names


def unfounded(said: Iterable[str], named: Iterable[str], text: str) -> tuple[str, ...]:
    """What `said` (prose) and `named` (whole phrases) hold and `text` does not, each once, in order."""
    missing = [phrase for phrase in named if not _stands(phrase, text)]
    for prose in said:
        missing += [quotation for quotation in quotations(prose) if not _stands(quotation, text)]
        missing += [number for number in _NUMBER.findall(prose) if not _counts(number, text)]
        missing += [name for name, opens in names(prose) if not _stands(name, text, capital=not opens)]
    return tuple(dict.fromkeys(missing))


def quotations(prose: str) -> list[str]:
    """What stands between quotation marks."""
    found = (next(filter(None, match.groups())).strip(" .,;") for match in _QUOTED.finditer(prose))
    return [quotation for quotation in found if quotation]


def names(prose: str) -> list[tuple[str, bool]]:
    """Words that look like names, and whether each opens a sentence, where a capital says little."""
    if guess_language(prose) == "de":  # where every noun has a capital
        return []
    return [name for start, end in split(prose) for name in _named(_WORD.findall(prose[start:end]))]


def _named(tokens: list[str]) -> Iterator[tuple[str, bool]]:
    words = [token for token in tokens if token not in _OPENERS]
    if len(words) >= _TITLE and sum(word[0].isupper() for word in words) > _MOST_CAPITALS * len(words):
        return
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        opens = before == "" or before in _OPENERS
        word = _POSSESSIVE.sub("", token)
        acronym = sum(map(str.isupper, word)) > 1  # or a name such as McKay
        if len(word) > 1 and word[0].isupper() and "_" not in word and (not opens or acronym or _is_titled(after)):
            yield word, opens and not acronym


def _is_titled(word: str) -> bool:
    return word[:1].isupper() and not word.isupper()


def _stands(phrase: str, text: str, *, capital: bool = False) -> bool:
    if normalise(phrase).text.strip() not in _normal(text):  # most of what is missing ends here, at little cost
        return False
    found = locate(phrase, text)
    if found is None or not capital or text[found[0]].isupper():
        return found is not None
    return any(text[start].isupper() for start, _ in locate_all(phrase, text))


def _counts(number: str, text: str) -> bool:
    """Whether the digits stand there: "400" stands in "$400m" and 1200 in "1,200", and 40 in neither."""
    digits = _THOUSANDS.sub("", number)
    return re.search(rf"(?<!\d)(?<!\d[.,:]){re.escape(digits)}(?!\d|[.,:]\d)", _plain_numbers(text)) is not None


@lru_cache(maxsize=2)  # one article is asked about many times in a row
def _normal(text: str) -> str:
    return normalise(text).text


@lru_cache(maxsize=2)
def _plain_numbers(text: str) -> str:
    return _THOUSANDS.sub("", text)
