"""Find noun phrases around a place in a sentence, without a parser: closed word classes, capitals and verb forms."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from newslens.offline.language import Word, entries, forms, listed, pasts, table

Range = tuple[int, int]  # half-open, in words

OPENING = frozenset(["“", '"', "‘", "'", "«", "''"])
CLOSING = frozenset(["”", '"', "’", "'", "»", "''"])
CURRENCY = frozenset("$£€¥#@%")

_ABBREVIATED = 4  # letters at most of "Gen", whose full stop ends no phrase
_LONGEST = 40  # words of a noun phrase
_ASIDE = 8  # words in parentheses
_TITLE_CASE = 0.7  # share of the longer words of a headline that have a capital


@cache
def group(name: str) -> frozenset[str]:
    """A group of words of `lexicons/attribution.toml`."""
    return entries("attribution", "words", name)


PRONOUNS, DETERMINERS, ALONE = group("pronouns"), group("determiners"), group("alone")
PREPOSITIONS, JOINING, SUBORDINATE = group("prepositions"), group("joining"), group("subordinate")
AUXILIARY = group("be") | group("auxiliary")
BETWEEN = AUXILIARY | group("adverbs")  # may stand between a subject and its verb
TIME = group("time") | entries("names", "never", "words")
_NO_NOUN = (PRONOUNS | SUBORDINATE | PREPOSITIONS | BETWEEN | {"and", "or", "there", "here"}) - group("nominal")


class Form(NamedTuple):
    """A form of a verb: the lists that the verb stands in, and what the form may be (base, third, past, ing)."""

    takes: frozenset[str]
    tenses: frozenset[str]


@cache
def cue_verbs() -> Mapping[str, Form]:
    """Every form of every verb that attributes."""
    found: dict[str, Form] = {}
    for kind in ("speech", "thought", "object", "aim", "with_preposition"):
        for verb in {phrase.split()[0] for phrase in listed("attribution", "verbs", kind)}:
            for form in forms(verb):
                tenses = {"past"} if form in pasts(verb) else {"ing"} if form.endswith("ing") else {"third"}
                tenses = {"base"} | (tenses & {"past"}) if form == verb else tenses
                known = found.get(form, Form(frozenset(), frozenset()))
                found[form] = Form(known.takes | {kind}, known.tenses | tenses)
    return found


@cache
def _irregular() -> frozenset[str]:
    return frozenset(form for those in table("inflection")["irregular"].values() for form in those.split())


class Sentence:
    """The words of a sentence with their quotation marks, and the noun phrases in it.

    Attributes:
        words: the words and marks.
        quote: for each of them the number of the quotation it stands in, or -1.
        lows: each of them in lower case.
    """

    def __init__(self, words: Sequence[Word], quote: Sequence[int]) -> None:
        self.words, self.quote = words, quote
        self.lows = [word.low for word in words]
        self.size = len(words)

    def low(self, k: int) -> str:
        """Word k in lower case; "" behind the end."""
        return self.lows[k] if k < self.size else ""

    def is_title(self) -> bool:
        """Whether nearly every longer word has a capital, as in a headline."""
        longer = [word.capital for word in self.words if len(word.text) >= _ABBREVIATED and word.text[0].isalpha()]
        return sum(longer) > _TITLE_CASE * len(longer)

    def skip_back(self, j: int) -> int:
        """The last index at or before j that is neither an auxiliary nor an adverb."""
        while j >= 0:
            low = self.lows[j]
            if low == "'s" and (j == 0 or self.lows[j - 1] not in PRONOUNS | {"who", "that", "there"}):
                break
            adverb = low.endswith("ly") and not self.words[j].capital and low not in {"family", "ally"}
            if not (low in BETWEEN or adverb or low.endswith("n't")):
                break
            j -= 1
        return j

    def is_noun(self, k: int) -> bool:
        """Whether word k may stand in a noun phrase; a determiner only if it may stand alone."""
        word, low = self.words[k], self.lows[k]
        if not word.text[0].isalnum() or self.quote[k] >= 0 or low in _NO_NOUN or low.endswith("n't"):
            return False
        if low in DETERMINERS:
            return low in ALONE
        form = None if word.capital else cue_verbs().get(low)
        return form is None or not (low in _irregular() or form.tenses == {"ing"})

    def is_past(self, k: int) -> bool:
        """Whether word k looks like the past form of a verb."""
        return not self.words[k].capital and (self.lows[k].endswith("ed") or self.lows[k] in _irregular())

    def is_inside(self, k: int) -> bool:
        """Whether a mark or "and" at k joins what stands around it: "Gen. Lee", "the mayor's aide", "Ann and Tom"."""
        low, before = self.lows[k], self.words[k - 1]
        if low == ".":
            return before.capital and len(before.text) <= _ABBREVIATED
        if low == "-":
            return self.words[k].start == before.end
        names = before.capital and k + 1 < self.size and self.words[k + 1].capital
        return low in {"'s", "&", "'"} or (low == "and" and names)

    def noun_back(self, j: int) -> Range | None:
        """The noun phrase that ends with word j, with what hangs on it: "a spokesman for the mayor of Hull"."""
        k = self.before_aside(j) if j >= 0 and self.lows[j] == ")" else j
        if k >= 0 and self.lows[k] in PRONOUNS:
            return k, k + 1
        if k < 0 or not self.is_noun(k):
            return None
        last = j + 1
        while k >= max(0, last - _LONGEST):
            low = self.lows[k]
            if low == ")":
                k = self.before_aside(k)
                continue
            if low == "that" and k + 1 < last and (self.words[k + 1].capital or self.lows[last - 1].endswith("s")):
                break
            if low in DETERMINERS and not self.is_noun(k):
                if k == 0 or self.lows[k - 1] not in JOINING | {"all", "both"}:
                    k -= 1
                    break
            elif not (self.is_noun(k) or (k > 0 and self.hangs(k))):
                break
            k -= 1
        return self.trim_source(k + 1, last)

    def hangs(self, k: int) -> bool:
        """Whether word k joins two parts of a noun phrase."""
        infinitive = self.lows[k] == "to" and not self.words[k + 1].capital and self.lows[k + 1] not in DETERMINERS
        return self.is_inside(k) or (self.lows[k] in JOINING and not infinitive and self.is_noun(k - 1))

    def before_aside(self, j: int) -> int:
        """The index before the parenthesis that closes at j; -1 if none opens near by."""
        return next((k for k in range(j - 1, max(-1, j - _ASIDE), -1) if self.lows[k] == "("), 0) - 1

    def trim_source(self, first: int, last: int) -> Range | None:
        """A source without what only stands before it or breaks into it; None if that leaves no noun."""
        for m in range(first, last - 1):  # "a poll released in May", "included members of the council"
            behind = self.lows[m + 1]
            if self.is_past(m) and (behind in PREPOSITIONS | DETERMINERS | {"to"} or behind.isdigit()):
                first, last = (first, m) if m > first else (m + 1, last)
                break
        while first < last and (not self.words[first].text[0].isalnum() or self.lows[first] in JOINING | {"and"}):
            first += 1
        while last > first and self.lows[last - 1] in TIME | JOINING:
            last -= 1
        if first >= last:
            return None
        low, end = self.lows[first], self.lows[last - 1]
        alone = last - first == 1 and not low.endswith("s") and low not in group("plural") | ALONE
        broken = alone or end.endswith(("ing", "ous", "ive"))  # "the ongoing | issues", "mass | protests"
        return None if broken and not self.words[last - 1].capital else (first, last)

    def noun_ahead(self, first: int) -> Range | None:
        """The noun phrase that begins with word `first`."""
        if self.low(first) in PRONOUNS | group("objects"):
            return first, first + 1
        k = first
        while k < min(self.size, first + _LONGEST):
            if self.lows[k] in DETERMINERS or self.is_noun(k):
                if k > first and self.is_verb(k):
                    break
            elif not first < k < self.size - 1 or not self.goes_on(k):
                break
            k += 1
        while k > first and self.lows[k - 1] in (JOINING | DETERMINERS | {"'s", "and", "-", "."}) - ALONE:
            k -= 1
        return (first, k) if k > first else None

    def is_verb(self, k: int) -> bool:
        """Whether word k looks like the verb of a noun phrase right before it."""
        low, form = self.lows[k], cue_verbs().get(self.lows[k])
        third = form is not None and form.tenses == {"third"}
        return not self.words[k].capital and (self.is_past(k) or low in group("common") or third)

    def goes_on(self, k: int) -> bool:
        """Whether a noun phrase that is read from its beginning goes on behind word k, which is no part of a noun."""
        low = self.lows[k]
        if self.lows[k - 1] in entries("sources", "withheld", "words"):  # "people familiar with the matter"
            return low in JOINING
        if low in {"for", "at", "from"}:
            return self.lows[k + 1] in DETERMINERS or self.words[k + 1].capital
        return low == "of" or self.is_inside(k)

    def agrees(self, form: Form, source: Range, chain: set[str]) -> bool:
        """Whether a verb and its subject agree in number; "battleground states" and "the party claims" do not."""
        if form.tenses & {"past", "ing"}:
            return True
        head = next((k for k in range(*source) if self.lows[k] in JOINING or self.lows[k] == "("), source[1]) - 1
        low, named = self.lows[head], self.words[head].capital and self.lows[source[0]] != "the"
        ends_in_s = low.endswith("s") and not low.endswith(("ss", "us"))
        plural = low in group("plural") or "and" in self.lows[slice(*source)] or (ends_in_s and not named)
        if "base" in form.tenses:
            return plural or ends_in_s or bool(group("modal") & chain)
        return (not plural or low in {"media", "who"}) and not AUXILIARY & chain

    def cut(self, parts: Iterable[Range], *taken: Range) -> tuple[Range, ...]:
        """The parts without the words that are taken, and without marks at their ends."""
        out = {k for part in taken for k in range(*part)}
        kept: list[Range] = []
        for first, last in parts:
            run: list[int] = []
            for k in range(first, last + 1):
                if k < last and k not in out:
                    run.append(k)
                    continue
                spoken = [m for m in run if self.words[m].text[0].isalnum() or self.lows[m] in CURRENCY]
                if spoken:
                    kept.append(self.with_marks(spoken[0], spoken[-1] + 1))
                run = []
        return tuple(kept)

    def with_marks(self, first: int, last: int) -> Range:
        """A range with both marks of a quotation that is only a part of it."""
        if self.quote[first] == self.quote[last - 1]:
            return first, last
        behind = next((k for k in range(last, self.size) if self.quote[k] < 0), self.size)
        opens = first > 0 and self.quote[first] >= 0 and self.words[first - 1].text in OPENING
        closes = self.quote[last - 1] >= 0 and behind < self.size and self.words[behind].text in CLOSING
        return first - opens, behind + 1 if closes else last
