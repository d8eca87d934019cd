"""Who is said to have said what in a sentence: source, cue and content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from newslens.offline.doers import shared
from newslens.offline.grammar import AUXILIARIES, CONJUNCTIONS, DETERMINERS, PREPOSITIONS
from newslens.offline.language import english
from newslens.offline.lexicon import listed, verb_forms
from newslens.offline.parsing import Parse, parse
from newslens.offline.phrases import Range, after, before
from newslens.offline.statements import OPENING, behind
from newslens.offline.topics import trimmed
from newslens.offline.words import Word

Kind = Literal["direct", "indirect", "mixed"]
Span = tuple[int, int]

_CLOSE = frozenset("”\"’'»")
_NO_VERBS = PREPOSITIONS | CONJUNCTIONS | {"first", "again", "all", "well", "too", "now", "then"}
_NO_REPORT = PREPOSITIONS | {"to", "the", "a", "an", "as"}  # before a verb: "to say", "the claim", "as reported"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Something said or thought, with its source (PolNeAR: Newell, Margolin and Ruths 2018).

    All spans are half-open code points in the sentence.

    Attributes:
        source: who says it; a pronoun is left as it stands.
        cue: the words that attribute it, such as "said" or "according to".
        content: what is said; for direct speech without the quotation marks.
        kind: direct (all of it in quotation marks), mixed (some of it) or indirect.
    """

    source: Span
    cue: Span
    content: Span
    kind: Kind


def attributions(sentence: str) -> tuple[Attribution, ...]:
    """The attributions of a sentence in order; those that are not sure are left out.

    Words that somebody quoted attributes to others stay with the one who is quoted.
    """
    parsed = parse(sentence)
    if not english(parsed.words):
        return ()
    return within(parsed)


def within(parsed: Parse) -> tuple[Attribution, ...]:
    """The attributions of a sentence that is parsed already."""
    found: list[Attribution] = []
    cues = _cues()
    if cues.isdisjoint(parsed.lows):
        return ()
    for i, low in enumerate(parsed.lows):
        if low not in cues or parsed.quote[i] >= 0 or parsed.passive(i):
            continue  # "was told", "is said to": the subject is not the source
        one = _at(parsed, i, found)
        if one is not None and _disjoint(one):
            found.append(one)
    return tuple(found)


@cache
def _phrases() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in listed("cues", "phrases", "of"))


@cache
def _cues() -> frozenset[str]:
    """Every word that an attribution may begin with."""
    return (
        verb_forms("cues", "speech")
        | verb_forms("cues", "thought")
        | verb_forms("cues", "labels")
        | verb_forms("stances", "accusing")
        | {phrase[0] for phrase in _phrases()}
    )


def _at(parsed: Parse, i: int, found: Sequence[Attribution]) -> Attribution | None:
    low = parsed.words[i].low
    if parsed.words[i].capital and i > 0 and parsed.words[i - 1].capital:
        return None  # "Omar Said told"
    if low in verb_forms("cues", "speech") or low in verb_forms("cues", "thought"):
        return _reported(parsed, i, found)
    if low in verb_forms("cues", "labels"):
        return _labelled(parsed, i, found)
    if low in verb_forms("stances", "accusing"):
        return _accused(parsed, i, found)
    fits = (len(p) for p in _phrases() if tuple(word.low for word in parsed.words[i : i + len(p)]) == p)
    length = next(fits, 0)
    return _according(parsed, i, length) if length else None


def _disjoint(one: Attribution) -> bool:
    (start, end), (first, last) = one.source, one.content
    return first < last and (end <= first or last <= start)


def _according(parsed: Parse, i: int, length: int) -> Attribution | None:
    words = parsed.words
    source = after(words, i + length) or _pronoun(words, i + length)
    if source is None:
        return None
    if i <= 1:
        comma = next((k for k in range(source[1], len(words)) if words[k].text == ","), None)
        content = None if comma is None else (comma + 1, len(words))
    else:
        content = (0, i - (words[i - 1].text == ","))
    return None if content is None else _attribution(parsed, source, (i, i + length), content)


def _pronoun(words: Sequence[Word], i: int) -> Range | None:
    return (i, i + 1) if i < len(words) and words[i].low in {"him", "her", "them"} else None


def _labelled(parsed: Parse, i: int, found: Sequence[Attribution]) -> Attribution | None:
    """`X called Y "a disaster"`: what X says begins behind the verb and ends with the quotation."""
    quotes = [
        k for k in range(i + 1, len(parsed.words)) if parsed.quote[k] >= 0 and parsed.clause[k] == parsed.clause[i]
    ]
    source = _source(parsed, i, found)
    if not quotes or source is None:
        return None
    last = quotes[0]
    while last + 1 < len(parsed.words) and parsed.quote[last + 1] == parsed.quote[quotes[0]]:
        last += 1
    return _attribution(parsed, source, (i, i + 1), (i + 1, last + 1))


def _accused(parsed: Parse, i: int, found: Sequence[Attribution]) -> Attribution | None:
    """`X accused Y of Z`: what X says is what Y is to have done, up to the end of the clause."""
    words, source = parsed.words, _source(parsed, i, found)
    whom = after(words, i + 1) or _pronoun(words, i + 1)
    if source is None or whom is None:
        return None
    first = trimmed(words, whom, accused=True)[1]
    last = next((k for k in range(first, len(words)) if parsed.clause[k] != parsed.clause[i]), len(words))
    charged = parsed.lows[first : first + 1] == ("of",) and not words[first + 1].capital  # "the mayor of Hull"
    return _attribution(parsed, source, (i, i + 1), (first + 1, last)) if charged else None


def _reported(parsed: Parse, i: int, found: Sequence[Attribution]) -> Attribution | None:
    inverted = _inverted(parsed, i)
    if inverted is not None:
        return _attribution(parsed, inverted, (i, i + 1), (0, i))
    source = _source(parsed, i, found)
    if source is None:
        return None
    content = _quotation_ahead(parsed, source) or behind(parsed, i) or _ahead(parsed, source)
    if content is not None and parsed.words[i - 1].low == "who":
        content = _relative(parsed.words, content)
    return None if content is None else _attribution(parsed, source, (i, i + 1), content)


def _relative(words: Sequence[Word], content: Range) -> Range:
    """`Smith, who said he was tired, left`: the content ends with its clause."""
    first, last = content
    return first, next((k for k in range(first, last) if words[k].text == ","), last)


def _quotation_ahead(parsed: Parse, source: Range) -> Range | None:
    """The first part of a quotation that is broken off for its source: `"We stay," she said, "until then"`."""
    j = source[0] - 1
    return (0, j) if j > 1 and parsed.words[j].text in _CLOSE and parsed.quote[0] < 0 <= parsed.quote[1] else None


def _inverted(parsed: Parse, i: int) -> Range | None:
    """The source of `"…," said Smith`."""
    words = parsed.words
    if (
        i == 0
        or words[i - 1].text not in _CLOSE | {","}
        or words[i].low not in verb_forms("cues", "speech")
        or words[i].low.endswith("ing")
    ):
        return None
    quoted_before = any(number >= 0 for number in parsed.quote[:i])
    source = after(words, i + 1)
    if source is None or not quoted_before:
        return None
    named = any(word.capital for word in words[slice(*source)])  # "said board member Joyce Tran"
    return source if named or words[source[0]].low in DETERMINERS | {"senior"} else None


def _source(parsed: Parse, i: int, found: Sequence[Attribution]) -> Range | None:
    words = parsed.words
    if words[i].low.endswith("ing") and not _progressive(words, i):
        if i == 0 or words[i - 1].text not in {",", "”", '"'}:
            return None
        subject = None if found else shared(parsed, i - 1)  # "The board opposed the plan, saying it was dear"
        return parsed.at(*found[-1].source) if found else subject and subject.holder
    if i > 0 and words[i - 1].low in _NO_REPORT:
        return None
    return before(words, i)


def _progressive(words: Sequence[Word], i: int) -> bool:
    return i > 0 and words[i - 1].low in AUXILIARIES


def _ahead(parsed: Parse, source: Range) -> Range | None:
    """What is said, where it stands ahead of the source: `The plan is dead, Smith said`."""
    words = parsed.words
    j = source[0] - 1
    if j <= 1:
        return None
    if words[j].text == "," or words[j].text in _CLOSE:
        clause = words[0].low not in _NO_VERBS and any(word.low in AUXILIARIES for word in words[:j])
        enough = clause or any(number >= 0 for number in parsed.quote[:j])
        return (0, j + (words[j].text != ",")) if enough else None
    return None


def _attribution(parsed: Parse, source: Range, cue: Range, content: Range) -> Attribution:
    words = parsed.words
    first, last = _trim(words, *content)
    inside = [number >= 0 for number in parsed.quote[first:last]]
    spoken = [quoted for quoted, word in zip(inside, words[first:last], strict=True) if word.text[0].isalnum()]
    kind: Kind = "direct" if spoken and all(spoken) else "mixed" if any(inside) else "indirect"
    if kind == "mixed":
        first, last = _with_marks(parsed, first, last)
    return Attribution(_span(words, source), _span(words, cue), _span(words, (first, last)), kind)


def _with_marks(parsed: Parse, first: int, last: int) -> Range:
    """Both marks of a quotation that only a part of the content stands in."""
    opens = first > 0 and parsed.quote[first] >= 0 and parsed.words[first - 1].text in OPENING
    closes = last < len(parsed.words) and parsed.quote[last - 1] >= 0 and parsed.words[last].text in _CLOSE
    return first - opens, last + closes


def _trim(words: Sequence[Word], first: int, last: int) -> Range:
    """Without the marks around it."""
    while first < last and not words[first].text[0].isalnum():
        first += 1
    while last > first and not words[last - 1].text[0].isalnum():
        last -= 1
    return first, last


def _span(words: Sequence[Word], part: Range) -> Span:
    first, last = part
    return (words[first].start, words[last - 1].end) if last > first else (0, 0)
