"""What stands around a place of a text: what it is about, and what sets it apart from another place."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from newslens.article.days import Day, days
from newslens.offline import consistency_alike as alike
from newslens.offline.attribution import within
from newslens.offline.consistency_conflict import Place
from newslens.offline.grammar import POSSESSIVES, PREPOSITIONS
from newslens.offline.lexicon import entries, listed
from newslens.offline.parsing import Parse, parse
from newslens.offline.stems import stem
from newslens.offline.words import Word

_REACH = 12  # words on each side that tell what a place is about
_STOPS = frozenset({";", ":", "—"})
_OPENING = frozenset({"after", "before", "when", "while", "as", "because", "and", "but"})  # open a clause of its own
_FRONTED = 8  # words at most of what stands before the first comma: "In the first round, "
_DEFINITE = POSSESSIVES | {"the", "those", "these", "all", "'s"}
_EACH = frozenset({"a", "an", "per", "each", "every"})
_RATES = frozenset({"hour", "day", "week", "month", "year"})
_COUNTED = 3  # words behind a figure that may come before "a day"
_DAY_PARTS = frozenset({"morning", "afternoon", "evening", "night"})
_NAMING = 3  # letters at least of a name that counts


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, read for what it is about.

    Attributes:
        text: the sentence.
        parsed: its words.
        terms: for each word what it stands for; "" for function words, marks, figures, dates, and who says it.
        sources: what the sources of the sentence are called by.
        times: the dates in it.
        all: everything that it is about.
    """

    text: str
    parsed: Parse
    terms: tuple[str, ...]
    sources: frozenset[str]
    times: tuple[Day, ...]
    all: frozenset[str]


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a place of a sentence.

    Attributes:
        place: the words themselves.
        said: their sentence.
        near: what the words around it stand for.
        core: those of its clause.
        ahead: the nearest word before it, or "".
        behind: the nearest word behind it, or "".
        parts: words of its clause that tell of another part or occasion.
        stages: words of its clause that tell of another time, or of what may be.
        names: who and what is named close by.
        times: the days of its clause and those told before it, each with its kind.
    """

    place: Place
    said: Said
    near: frozenset[str]
    core: frozenset[str]
    ahead: str
    behind: str
    parts: frozenset[str]
    stages: frozenset[str]
    names: frozenset[str]
    times: frozenset[tuple[str, object]]


def said(text: str, *, english: bool) -> Said:
    """Read a sentence."""
    parsed = parse(text)
    times = tuple(days(text))
    found = within(parsed) if english else ()
    sources = [parsed.at(*one.source) for one in found]
    blank = {k for one in found for span in (one.source, one.cue) for k in range(*parsed.at(*span))}
    blank |= {k for day in times for k in range(*parsed.at(day.start, day.end))}
    terms = tuple("" if k in blank else term(word.text, english=english) for k, word in enumerate(parsed.words))
    named = {term(word.text, english=english) for first, last in sources for word in parsed.words[first:last]}
    return Said(text, parsed, terms, frozenset(named - {""}), times, frozenset(terms))


def term(word: str, *, english: bool) -> str:
    """What a word stands for: its stem, or that of a word which means the same; "" if it tells nothing."""
    if not word[:1].isalpha() or word.casefold() in entries("consistency", "light", "words"):
        return ""
    if not english:
        return "".join(alike.stem(word)[:1])
    if not alike.stem(word):
        return ""
    return _meanings().get(stem(word), stem(word))


@cache
def _meanings() -> Mapping[str, str]:
    groups = (group.split() for group in listed("consistency", "meaning", "groups"))
    return {stem(word): stem(group[0]) for group in groups for word in group}


def around(one: Said, place: Place) -> Context:
    """What stands around a place of a sentence that is read; its own words left out."""
    lows, (first, last) = one.parsed.lows, one.parsed.at(place.start, place.end)
    before = list(_until(lows, range(first - 1, max(-1, first - 1 - _REACH), -1)))
    behind = list(_until(lows, range(last, min(len(lows), last + _REACH))))
    near = frozenset((*before, *behind))
    core = _clause(one, first) - {*range(first, last)}
    told = [lows[k] for k in core | _fronted(lows) if not (k and one.parsed.words[k].capital)]
    return Context(
        place,
        one,
        _terms(one, near),
        _terms(one, core),
        next((one.terms[k] for k in before if one.terms[k]), ""),
        next((one.terms[k] for k in behind if one.terms[k]), ""),
        entries("consistency", "apart", "parts").intersection(told) | _rate(lows, last) | _kin(lows, core),
        _stages().intersection(map(stem, told)),
        _terms(one, (k for k in near if _is_name(one.parsed.words, k))),
        _times(one, first, core),
    )


def definite(one: Said, place: Place) -> bool:
    """Whether what stands there was told of before: "the 13 workers", "the board's 6-3 vote"."""
    first = one.parsed.at(place.start, place.end)[0]
    return first > 0 and one.parsed.lows[first - 1] in _DEFINITE


def _terms(one: Said, words: Iterable[int]) -> frozenset[str]:
    return frozenset(one.terms[k] for k in words) - {""}


def _until(lows: Sequence[str], reach: Sequence[int]) -> Iterator[int]:
    return takewhile(lambda k: lows[k] not in _STOPS, reach)


def _clause(one: Said, k: int) -> frozenset[int]:
    """The words of the clause of word `k`, from comma to comma."""
    ends = [j for j, low in enumerate(one.parsed.lows) if low == "," or low in _STOPS | _OPENING]
    begin = max((j + 1 for j in ends if j < k), default=0)
    end = min((j for j in ends if j > k), default=len(one.terms))
    return frozenset(j for j in range(begin, end) if one.parsed.clause[j] == one.parsed.clause[k])


def _fronted(lows: Sequence[str]) -> frozenset[int]:
    """The words before the first comma of a sentence that begins by telling when or where."""
    comma = lows.index(",") if "," in lows else 0
    return frozenset(range(comma)) if comma <= _FRONTED and lows[0] in PREPOSITIONS else frozenset()


@cache
def _stages() -> frozenset[str]:
    return frozenset(map(stem, entries("consistency", "apart", "stages")))


def _kin(lows: Sequence[str], core: Iterable[int]) -> frozenset[str]:
    """Whom somebody named is told apart from: "his brother", "the singer's mother"."""
    owned = (lows[k] for k in core if k and (lows[k - 1] in POSSESSIVES or lows[k - 1] == "'s"))
    return entries("consistency", "apart", "kin").intersection(owned)


def _rate(lows: Sequence[str], last: int) -> frozenset[str]:
    """The word that tells how often what ends here happens: "40,000 passengers a day"."""
    found = (lows[k + 1] for k in range(last, min(last + _COUNTED, len(lows) - 1)) if lows[k] in _EACH)
    return frozenset(found) & _RATES


def _is_name(words: Sequence[Word], k: int) -> bool:
    return k > 0 and words[k].capital and len(words[k].text) >= _NAMING


def _times(one: Said, first: int, core: Container[int]) -> frozenset[tuple[str, object]]:
    """The days that tell when what stands at word `first` was so: those before it, and those of its clause."""
    spans = ((day, one.parsed.at(day.start, day.end)) for day in one.times)
    dated = {when(day) for day, (at, behind) in spans if behind <= first or at in core}
    return frozenset(
        dated | {("part", low) for k, low in enumerate(one.parsed.lows) if k in core and low in _DAY_PARTS}
    )


def when(day: Day) -> tuple[str, object]:
    """What a date tells, with its kind: a day of a month, a month, a year or a weekday."""
    if day.weekday is not None:
        return "weekday", day.weekday
    if day.month and day.day:
        return "day", (day.month, day.day)
    return ("month", day.month) if day.month else ("year", day.year)


def apart(one: Context, other: Context, *, same: bool = False) -> bool:
    """Whether another time, part, place or occasion keeps two places apart.

    Args:
        one: the earlier place.
        other: the later one.
        same: whether the later place itself points back ("the 13 workers"), whatever is told of them there.
    """
    if one.parts != other.parts or _elsewhere(one, other) or _other_days(one, other):
        return True
    return not same and (one.stages != other.stages or _long_ago(one) != _long_ago(other))


def contained(one: Context, other: Context) -> bool:
    """Whether the clause of one of them tells nothing that the sentence of the other does not."""
    return any(core and core <= all_ for core, all_ in ((one.core, other.said.all), (other.core, one.said.all)))


def disputed(one: Context, other: Context) -> bool:
    """Whether two sources say it, neither of them the other."""
    first, second = one.said.sources, other.said.sources
    return bool(first) and bool(second) and not first & second


def _elsewhere(one: Context, other: Context) -> bool:
    """Whether each names what the other sentence does not: Hale and Norwood."""
    return bool(one.names - other.said.all) and bool(other.names - one.said.all)


def _other_days(one: Context, other: Context) -> bool:
    both = {kind for kind, _ in one.times} & {kind for kind, _ in other.times}
    return any(not {time for time in one.times & other.times if time[0] == kind} for kind in both)


def _long_ago(one: Context) -> bool:
    """Whether a month or a year tells of another time than now."""
    return any(kind in {"month", "year"} for kind, _ in one.times)
