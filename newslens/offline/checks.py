"""Compare a summary with its article without a model: numbers, dates, names, quotations and negation.

A fault says that the article has something else, or nothing of the kind. Where no fault is found, the sentence may
still be wrong: code cannot tell that an article supports it.
"""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache, partial
from itertools import takewhile
from operator import eq
from typing import TypeVar

from newslens.analyses.claims import Name, find_names, find_quotations
from newslens.analyses.findings import SupportLabel
from newslens.analyses.summary import Faithfulness, Fault, FaultKind, Row, Summary
from newslens.article.article import Article
from newslens.article.dates import Day, days
from newslens.article.sentences import split
from newslens.article.spans import Span, locate
from newslens.offline.figures import Figure, read_figures
from newslens.offline.language import Word, cut, entries, is_english, listed, stem, table, verb_forms

Value = TypeVar("Value", Figure, Day)

_MOST_EVIDENCE = 4  # sentences
_LEAST_FIRST, _LEAST_NEXT = 0.12, 0.18  # share of a sentence's weight that each sentence of evidence has to add
_COMMON = 2_000  # sentences; a term of more of them does not tell where a statement comes from
_CONTEXT = 60  # code points in which the two words before and behind a value are looked for
_ALIKE = 0.5  # share of a sentence's weight in a sentence of the article that it may deny
_FEWEST = 3  # content words of a sentence that tell what is denied
_DENIED, _NEAR = 6, 10  # words behind a negation, and around a word, in which it is denied
_KIN, _ENDING = 4, 4  # letters that "Mexican" and "Mexico" share at least, and that they differ in at most
_TALLY = 10  # what is counted in words rather than read off
_CLOSE = 0.75  # ratio of `difflib` from which one name may be a misspelling of the other

_CLASSES = ("prepositions", "conjunctions", "pronouns", "auxiliaries", "determiners")
_CLOSED = frozenset({"to", "also", "still"}).union(*(entries("grammar", name) for name in _CLASSES))
_TERM = re.compile(r"[^\W_]+(?:[.,’'-][^\W_]+)*")
_NEIGHBOUR = re.compile(rf"{_TERM.pattern}|[%$€£]")
_TOKEN = re.compile(r"\w+(?:['&](?!s\b)\w+)*")
_CAPITALS = re.compile(r"\b(?!The )[A-Z][\w’'-]*(?: (?:(?:of|the|for|and) ){0,2}[A-Z][\w’'-]*){1,7}")
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}")
_STOP = re.compile(r"(\w\w+)[.!?][”\"’')]*\s+$")
_GAP = re.compile(r"\.\.\.|…|\[[^\]]*\]")
_RELATIVE = re.compile(
    r"\b(?:ago|yesterday|today|tomorrow|(?:last|next|this|previous|earlier|later)\s+(?:that\s+)?"
    r"(?:week|month|year|decade|century|spring|summer|autumn|fall|winter))\b",
    re.IGNORECASE,
)


def check_summary(article: Article, summary: str | Summary) -> Faithfulness:
    """Compare each sentence of a summary with the article.

    Numbers, dates, names and quotations are looked up in the whole article, in any language (names not in German);
    negation is compared in English, with the sentences of the article that are most alike. A sentence with a fault is
    `unsupported`; any other is `unclear`, since code cannot tell that the article supports it.

    Args:
        article: what the summary is of.
        summary: prose by anybody, in which a line end ends a sentence; of a `Summary`, its text.
    """
    text = summary.text if isinstance(summary, Summary) else summary
    source, rows = Source(article), []
    for number, (start, end) in enumerate(split(text), 1):
        said = Statement(text[start:end], start, number, source)
        rules = (compare_numbers, compare_dates, compare_names, compare_quotations, compare_negation)
        faults = sorted((fault for rule in rules for fault in rule(said)), key=lambda fault: fault.words.start)
        supported = SupportLabel(value="unsupported" if faults else "unclear", method="classical")
        evidence = tuple(sorted(said.evidence, key=lambda span: span.start))
        rows.append(Row(text=said.text, number=number, supported=supported, evidence=evidence, faults=tuple(faults)))
    return Faithfulness(rows=tuple(rows))


class Source:
    """An article to look statements up in.

    Attributes:
        article: the article.
        text: its text, and behind it the title, byline and outlet that were given beside it.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.text = "\n".join(filter(None, (article.text, article.title, article.byline, article.outlet)))
        self._places: dict[str, list[int]] = defaultdict(list)
        for index, span in enumerate(article.sentences):
            for term in find_terms(span.text):
                self._places[term].append(index)

    @cached_property
    def dates(self) -> list[Day]:
        """Every date."""
        return list(days(self.text))

    @cached_property
    def figures(self) -> list[Figure]:
        """Every number."""
        return read_figures(self.text, self.dates)

    @cached_property
    def around(self) -> Mapping[tuple[str, ...], list[Figure | Day]]:
        """The numbers and dates by the words around them."""
        found: dict[tuple[str, ...], list[Figure | Day]] = defaultdict(list)
        values: list[Figure | Day] = [*self.figures, *self.dates]
        for value in values:
            for words in _words_around(self.text, value):
                found[words].append(value)
        return found

    @cached_property
    def words(self) -> Mapping[str, bool]:
        """Every word in lower case, and whether it stands with a capital; also what names abbreviate to: "eu", "us"."""
        text = self.text.replace("’", "'")
        initials = [[word[0] for word in run.split()] for run in _CAPITALS.findall(text)]
        acronyms = ("".join(those) for run in initials for those in (run, filter(str.isupper, run)))
        words = {*_TOKEN.findall(text), *acronyms, *(one.replace(".", "") for one in _DOTTED.findall(text))}
        capitals = {word.lower() for word in words if word[:1].isupper()}
        return {low: low in capitals for low in {*capitals, *map(str.lower, words)}}

    def weight(self, terms: frozenset[str]) -> float:
        """The sum of the inverse document frequencies of terms; unknown terms count as rare."""
        total = 1 + len(self.article.sentences)
        return sum(math.log(1 + total / (0.5 + len(self._places.get(term, ())))) for term in terms)

    def find_evidence(self, terms: frozenset[str]) -> list[Span]:
        """The sentences that the terms come from, the best first; each of them adds terms of its own."""
        weights = {term: self.weight(frozenset({term})) for term in terms}
        whole, left, found, sentences = sum(weights.values()), terms, list[Span](), self.article.sentences
        while len(found) < _MOST_EVIDENCE:
            gains: dict[int, float] = defaultdict(float)
            for term in left:
                places = self._places.get(term, [])
                for index in places if len(places) <= _COMMON else ():
                    gains[index] += weights[term]
            best = max(gains, key=lambda index: (gains[index], -len(sentences[index].text), -index), default=None)
            if best is None or gains[best] < (_LEAST_NEXT if found else _LEAST_FIRST) * whole:
                break
            found.append(sentences[best])
            left -= find_terms(found[-1].text)
        return found

    def has_name(self, name: str) -> bool:
        """Whether the article has a word of a name or another form of it: "Mexican" for "Mexico", "EU" for "E.U."."""
        low = name.lower().replace("’", "'")
        peoples = (group.split() for group in listed("faithfulness", "peoples", "groups"))
        same = [one for group in peoples if low in group for one in group]
        if any(one in self.words for one in (low, low + "s", low.removesuffix("s"), low.removesuffix("es"), *same)):
            return True
        if any(has_capital and _are_kin(low, one) for one, has_capital in self.words.items()):
            return True
        aliases = table("names")["aliases"]["groups"]
        meant = [group for group in aliases if any(low in one.lower().replace(".", "").split() for one in group)]
        return any(locate(one, self.text) for group in meant for one in group)


class Statement:
    """A sentence of a summary.

    Attributes:
        text: the sentence.
        source: the article.
        terms: the stems of its content words.
        dates: its dates.
        evidence: the sentences of the article that it comes from, the best first.
    """

    def __init__(self, text: str, offset: int, number: int, source: Source) -> None:
        self.text = text
        self.source = source
        self.terms = find_terms(text)
        self.dates = list(days(text))
        self.evidence = source.find_evidence(self.terms)
        self._offset, self._number = offset, number

    def fault(self, kind: FaultKind, start: int, end: int, expected: tuple[int, int] | None) -> Fault:
        """A fault at these offsets of the sentence; `expected` are offsets of `Source.text`."""
        first, article = self._offset + start, self.source.article
        words = Span(start=first, end=self._offset + end, text=self.text[start:end], sentence=self._number)
        inside = expected is not None and expected[1] <= len(article.text)
        return Fault(kind=kind, words=words, expected=article.span(*expected) if expected and inside else None)

    def find_changes(
        self, values: list[Value], stated: list[Value], agrees: Callable[[Value, Value], bool | None]
    ) -> Iterator[tuple[Value, list[Value]]]:
        """The values that the article lacks, or has otherwise between the same words, each with its rivals there."""
        starts = [one.start for one in stated]
        places = [(bisect_left(starts, span.start), bisect_left(starts, span.end)) for span in self.evidence]
        for value in values:
            beside = (one for words in _words_around(self.text, value) for one in self.source.around.get(words, ()))
            same = [one for one in beside if isinstance(one, type(value)) and agrees(value, one) is not None]
            if not any(agrees(value, one) for one in same or stated):
                near = (one for first, last in places for one in stated[first:last])
                yield value, same or [one for one in near if agrees(value, one) is False]


def compare_numbers(said: Statement) -> Iterator[Fault]:
    """Each number that the article lacks, or has otherwise between the same words.

    A small count may be of what the article names one by one, unless it has another number of the same noun.
    """
    figures = read_figures(said.text, said.dates)
    for figure, rivals in said.find_changes(figures, said.source.figures, Figure.agrees):
        rivals.sort(key=lambda one: (one.noun != figure.noun, one.unit != figure.unit, abs(one.value - figure.value)))
        expected = (rivals[0].start, rivals[0].end) if rivals else None
        if figure.unit or figure.value > _TALLY or (rivals and rivals[0].noun == figure.noun):
            yield said.fault("changed_number", figure.start, figure.end, expected)


def compare_dates(said: Statement) -> Iterator[Fault]:
    """Each date that the article lacks, or has otherwise between the same words.

    The month and the year of publication may stand in a summary; and where the evidence tells a time from another one
    ("a year ago"), only a date that it has instead is a fault.
    """
    when = said.source.article.published
    published = when.date() if isinstance(when, datetime) else when
    issue = {(published.year, None), (published.year, published.month), (None, published.month)} if published else set()
    is_relative = any(_RELATIVE.search(span.text) for span in said.evidence)
    agrees = partial(_may_be_same, published=published)
    for day, rivals in said.find_changes(said.dates, said.source.dates, agrees):
        rivals.sort(key=lambda one: (one.day is None) != (day.day is None) or (one.year is None) != (day.year is None))
        is_of_issue = day.day is None and day.weekday is None and (day.year, day.month) in issue
        if rivals or not (is_relative or is_of_issue):
            yield said.fault("changed_date", day.start, day.end, (rivals[0].start, rivals[0].end) if rivals else None)


def compare_names(said: Statement) -> Iterator[Fault]:
    """Each name of which the article has no form; words beside one another are one name."""
    text, missing = said.text, list[tuple[int, int]]()
    titles, unchecked = entries("names", "titles", "words"), entries("names", "never", "words")
    unchecked |= titles | entries("faithfulness", "regions", "words")
    dated = {offset for day in said.dates for offset in range(day.start, day.end)}
    dotted = (Name(match.group().replace(".", ""), match.start(), opens=False) for match in _DOTTED.finditer(text))
    for name in sorted([*find_names(text), *dotted], key=lambda name: name.start):
        low, after = name.text.lower(), text[name.end : name.end + _CONTEXT].lstrip()[:1]
        before = _STOP.search(text, max(0, name.start - _CONTEXT), name.start)
        if name.start in dated or low in unchecked or re.fullmatch(r"[IVX]+", name.text):
            continue
        opens = name.opens or (before is not None and before[1].lower() not in titles)
        if opens and (not after.isupper() or low in entries("names", "openers", "words") or low.endswith("ly")):
            continue
        if not said.source.has_name(name.text):
            is_next = missing and text[missing[-1][1] : name.start].isspace()
            missing.append((missing.pop()[0] if is_next else name.start, name.end))
    near = {  # names that may have been meant
        match.group(): (span.start + match.start(), span.start + match.end())
        for span in (said.evidence if missing else ())
        for match in re.finditer(r"\b[A-Z]\w+", span.text)
    }
    for start, end in missing:
        close = get_close_matches(text[start:end], near, 1, _CLOSE)
        yield said.fault("changed_name", start, end, near[close[0]] if close else None)


def compare_quotations(said: Statement) -> Iterator[Fault]:
    """Each quotation that does not stand in the article, apart from the gaps that it shows."""
    for start, end in find_quotations(said.text):
        quotation = said.text[start:end]
        if all(locate(part, said.source.text) for part in _GAP.split(quotation) if find_terms(part)):
            continue
        near = next(iter(said.source.find_evidence(find_terms(quotation))), None)
        first, last = next(find_quotations(near.text), (0, len(near.text))) if near else (0, 0)
        yield said.fault("altered_quotation", start, end, (near.start + first, near.start + last) if near else None)


def compare_negation(said: Statement) -> Iterator[Fault]:
    """Each negation that the sentence adds to words of the article, or leaves out."""
    words, source = cut(said.text), said.source
    if len(said.terms) < _FEWEST or not is_english(None, [said.text]):
        return
    least = _ALIKE * source.weight(said.terms)
    alike = [span for span in said.evidence if source.weight(said.terms & find_terms(span.text)) >= least]
    places: dict[str, list[tuple[Span, Sequence[Word], dict[str, Word], int]]] = defaultdict(list)
    for span in alike:
        read = cut(span.text)
        negated = find_denied(read)
        for k, one in enumerate(read):
            places[stem(one.low)].append((span, read, negated, k))
    denied, is_plain = find_denied(words), not any(map(_is_negative, words))
    for term, word in {stem(word.low): word for word in words if stem(word.low) in places}.items():
        span, theirs, denied_there, k = places[term][0]
        near = (one for _, read, _, at in places[term] for one in read[max(0, at - _NEAR) : at + _NEAR])
        if term in denied and not any(_is_negative(one) and stem(one.low) not in said.terms for one in near):
            mine, other = denied[term], theirs[k]
        elif is_plain and all(term in those for _, _, those, _ in places[term]):
            mine, other = word, denied_there[term]
        else:
            continue
        yield said.fault("negation_flipped", mine.start, mine.end, (span.start + other.start, span.start + other.end))


def find_denied(words: Sequence[Word]) -> dict[str, Word]:
    """The negations by the stem of what each of them denies: the first content word behind it."""
    found: dict[str, Word] = {}
    for at, word in enumerate(words):
        ahead = words[at + 1 : at + _DENIED]
        behind = ahead[0].low if ahead else ""
        if not (_denies(word.low) or (word.low in {"fail", "fails", "failed"} and behind == "to")):
            continue
        if behind in entries("faithfulness", "negation", "limiting") or (at and words[at - 1].low == ","):
            continue  # "not only", "the state, not the city"
        if any(one.low in {"until", "till", "since"} for one in words[at + 1 :]):  # it has come to an end
            continue
        focus = next((one for one in ahead if is_content(one.low) and not one.low.endswith("ly")), None)
        if focus is not None:
            found.setdefault(stem(focus.low), word)
    return found


def find_terms(text: str) -> frozenset[str]:
    """The stems of the content words of a text."""
    return frozenset(stem(word) for word in _TERM.findall(text) if is_content(word.lower()))


@lru_cache(1 << 15)
def is_content(low: str) -> bool:
    """Whether a word in lower case is neither a function word nor a verb of saying."""
    return low[:1].isalnum() and not (
        low in _CLOSED or low in verb_forms("attribution", "verbs", "speech") or _denies(low)
    )


def _words_around(text: str, value: Figure | Day) -> list[tuple[str, ...]]:
    """Two words before a value and one behind it, and one and two, where there are as many."""
    before = _NEIGHBOUR.findall(text[max(0, value.start - _CONTEXT) : value.start].lower())[-2:]
    behind = _NEIGHBOUR.findall(text[value.end : value.end + _CONTEXT].lower())[:2]
    return [
        (*before[-left:], "", *behind[:right])
        for left, right in ((2, 1), (1, 2))
        if len(before) >= left and len(behind) >= right
    ]


def _may_be_same(one: Day, other: Day, published: date | None) -> bool | None:
    """Whether two dates may be of one day, a weekday being the last one before publication; None if nothing tells."""
    known = []
    for day in (one, other):
        when = day.date
        if when is None and day.weekday is not None and published is not None:
            when = published - timedelta(days=(published.weekday() - day.weekday) % 7)
        whole = (when.year, when.month, when.day, when.weekday()) if when else None
        known.append(whole or (day.year, day.month, day.day, day.weekday))
    same = [a == b for a, b in zip(*known, strict=True) if a is not None and b is not None]
    return all(same) if same else None


def _denies(low: str) -> bool:
    return low.endswith("n't") or low in entries("faithfulness", "negation", "plain")


def _is_negative(word: Word) -> bool:
    """Whether a word denies something, also by its meaning ("refused")."""
    return _denies(word.low) or word.low.startswith("non-") or stem(word.low) in _negative_stems()


@cache
def _negative_stems() -> frozenset[str]:
    return frozenset(map(stem, entries("faithfulness", "empty", "words")))


def _are_kin(one: str, other: str) -> bool:
    """Whether two words begin alike and one of them is a people, as with "Mexico" and "Mexican"."""
    shared = sum(1 for _ in takewhile(bool, map(eq, one, other)))
    if shared < _KIN or max(len(one), len(other)) - shared > _ENDING:
        return False
    peoples = entries("names", "adjectives", "words")
    return any(low.removesuffix("s") in peoples or low.endswith(("an", "ans", "ese", "ish")) for low in (one, other))
