"""Two days for one event, and weekdays that the calendar refutes."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from newslens.article.days import days
from newslens.offline import figures as reader
from newslens.offline.consistency_conflict import Conflict, Place
from newslens.offline.consistency_context import Context, Said, apart, around, contained, term, when
from newslens.offline.consistency_numbers import agree, figures, unit
from newslens.offline.lexicon import entries

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONGEST_GAP = 5  # code points between a weekday and its date, with no word in them
_LATEST = 12  # dates of a kind that each is compared with
_KINDS = frozenset({"day", "clock", "year", "weekday"})
_SHARED = 2  # words around two dates that they share at least
_FOREIGN = 0.7  # part of the words around two dates that they share, where no list tells what keeps two dates apart


def wrong_weekdays(sentences: Sequence[str]) -> Iterator[Conflict]:
    """Dates that fall on another weekday than the text says."""
    for k, sentence in enumerate(sentences):
        for one, other in pairwise(days(sentence)):
            gap = sentence[one.end : other.start]
            beside = len(gap) <= _LONGEST_GAP and not any(map(str.isalnum, gap))
            date = other.date
            if beside and date is not None and one.weekday not in {None, date.weekday()}:
                note = f"by the calendar, that day is a {_DAYS[date.weekday()]}"
                yield Conflict("date", Place(k, one.start, one.end), Place(k, other.start, other.end), note)


def two_days(read: Sequence[Said], *, english: bool) -> Iterator[Conflict]:
    """Events with two days, two years or two times of the day."""
    holders: dict[str, list[tuple[object, Context]]] = defaultdict(list)
    for k, one in enumerate(read):
        for kind, value, context in _dated(one, k):
            for earlier, each in holders[kind][-_LATEST:]:
                if earlier != value and _one_event(each, context, english=english):
                    what = "times" if kind == "clock" else "days"
                    yield Conflict("date", each.place, context.place, f"two {what} for the same event")
            holders[kind].append((value, context))


def _dated(one: Said, sentence: int) -> list[tuple[str, object, Context]]:
    """The dates and times of a sentence that are the only ones of their kind in it."""
    found = [(*when(day), day.start, day.end) for day in one.times]
    found += [
        ("clock", figure.value, figure.start, figure.end)
        for figure in reader.figures(one.text)
        if figure.unit == "clock"
    ]
    uses = Counter(kind for kind, _, _, _ in found)
    return [
        (kind, value, around(one, Place(sentence, start, end)))
        for kind, value, start, end in found
        if uses[kind] == 1 and kind in _KINDS and not one.parsed.quoted(start)
    ]


def _one_event(one: Context, other: Context, *, english: bool) -> bool:
    shared = len(one.near & other.near)
    fewer = min(len(one.near), len(other.near)) or 1
    alike = contained(one, other) if english else shared / fewer >= _FOREIGN
    enough = (shared >= _SHARED and alike) or _incident(one, other)
    return enough and one.said.text != other.said.text and not (apart(one, other) or _counts_other(one, other))


def _incident(one: Context, other: Context) -> bool:
    """Whether one of two dates is that of something which happened once, so far as a text tells: "Wednesday's fire"."""
    beside = {one.ahead, one.behind, other.ahead, other.behind}
    return not _incidents().isdisjoint(beside & one.core & other.core)


@cache
def _incidents() -> frozenset[str]:
    return frozenset(term(word, english=True) for word in entries("consistency", "incidents", "words"))


def _counts_other(one: Context, other: Context) -> bool:
    """Whether another number of the same things is told of each day."""
    first, second = ({unit(figure): figure for figure in figures(each.said.text)} for each in (one, other))
    return any(not agree(figure, second[kind]) for kind, figure in first.items() if kind in second)
