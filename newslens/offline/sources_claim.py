"""What the parts of an attribution are, in the words of one sentence."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newslens.offline.attribution import Kind
from newslens.offline.grammar import DETERMINERS, PREPOSITIONS
from newslens.offline.lexicon import entries
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, after

_CLOSES = frozenset({".", ",", ";", "”", '"'})
_FULL_NAME = 2  # words, of which the comma before it is one more
_LOOSE = frozenset({"and", "but", "or"})
_BELONGING = frozenset({"from", "for", "at", "with"})  # "a diplomat from the region"


class Claim(NamedTuple):
    """Somebody's words in one sentence; all ranges are half-open, in words.

    Attributes:
        source: who is said to say it; None where nobody is named, as in "it is said".
        cue: the words that attribute it.
        content: what is said, in order, without source, cue and the marks around it.
    """

    source: Range | None
    cue: Range
    content: tuple[Range, ...]
    kind: Kind


def claim(parsed: Parse, source: Range | None, cue: Range, content: Iterable[Range]) -> Claim:
    """The claim with its content cut around source and cue, and what of it is quoted."""
    taken = [cue, *([source] if source else [])]
    parts = tuple(part for whole in content for part in _without(parsed, whole, taken))
    return Claim(source, cue, parts, _kind(parsed, parts))


def completed(parsed: Parse, source: Range) -> Range:
    """A source with what tells which one: "two of the officials", "four officials familiar with the talks".

    Of "said his sister, Abena Osei." it is the name.
    """
    if (named := _name_behind(parsed, source)) is not None:
        return named
    first, last = source
    if first > 1 and parsed.lows[first - 1] == "of" and parsed.words[first - 2].low in DETERMINERS:
        first -= 2
    behind = last
    if parsed.lows[last : last + 1] and parsed.lows[last] in entries("sources", "withheld", "words"):
        behind += parsed.lows[last + 1 : last + 2] != () and parsed.lows[last + 1] in PREPOSITIONS | {"to"}
    elif parsed.words[last - 1].capital or not _BELONGING.intersection(parsed.lows[last : last + 1]):
        return first, last
    rest = after(parsed.words, behind + 1)
    return first, rest[1] if rest else last


def _name_behind(parsed: Parse, source: Range) -> Range | None:
    """A full name in an apposition that ends the clause."""
    first, last = source
    words = parsed.words
    if any(word.capital for word in words[first:last]) or parsed.lows[last : last + 1] != (",",):
        return None
    end = last + 1
    while end < len(words) and words[end].capital:
        end += 1
    closed = end == len(words) or words[end].text in _CLOSES
    return (last + 1, end) if end - last > _FULL_NAME and closed else None


def _without(parsed: Parse, whole: Range, taken: Iterable[Range]) -> Iterator[Range]:
    first, last = whole
    for start, end in sorted(taken):
        if first < end and start < last:
            yield from _trimmed(parsed, first, start)
            first = max(first, end)
    yield from _trimmed(parsed, first, last)


def _trimmed(parsed: Parse, first: int, last: int) -> Iterator[Range]:
    """The range without the marks around it and a conjunction at its end; nothing where there are only marks."""
    spoken = [i for i in range(first, last) if parsed.words[i].text[0].isalnum()]
    while spoken and parsed.lows[spoken[-1]] in _LOOSE:
        spoken.pop()
    if spoken:
        yield _with_marks(parsed, spoken[0], spoken[-1] + 1)


def _with_marks(parsed: Parse, first: int, last: int) -> Range:
    """With both marks of a quotation that only a part of the range stands in."""
    if len({parsed.quote[i] for i in range(first, last)}) == 1:
        return first, last
    opens = first > 0 and parsed.quote[first] >= 0 and parsed.quote[first - 1] < 0
    behind = next((k for k in range(last, len(parsed.words)) if parsed.quote[k] < 0), last)
    closes = parsed.quote[last - 1] >= 0 and behind < len(parsed.words)
    return first - opens, behind + 1 if closes else last


def _kind(parsed: Parse, parts: Iterable[Range]) -> Kind:
    quoted = [parsed.quote[i] >= 0 for part in parts for i in range(*part) if parsed.words[i].text[0].isalnum()]
    return "indirect" if not any(quoted) else "direct" if all(quoted) else "mixed"
