"""Find who is said to have said what inside one sentence, by the verbs that attribute it.

What counts as source, cue and content follows PolNeAR (Newell, Margolin and Ruths 2018). There is no parser behind it:
a source is the noun phrase before a verb of `lexicons/attribution.toml`, the content is what such a verb takes.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from newslens.offline.language import Word, forms, listed, pasts
from newslens.offline.noun_phrases import (
    ALONE,
    AUXILIARY,
    BETWEEN,
    CLOSING,
    CURRENCY,
    DETERMINERS,
    OPENING,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATE,
    TIME,
    Form,
    Range,
    Sentence,
    cue_verbs,
    group,
)

_DASHES = frozenset("—–―")
_NEAR = 6  # attributions whose subject a later verb of the sentence may share
_FULL_NAME, _RELATIVE = 2, 10  # words of a name, words from "who" to its last noun phrase
_APPOSITION = 30  # words between commas
_SETTING, _CLAUSE = 14, 14  # words between a verb and "that", between a subject and its verb
_NO_CONTENT = PREPOSITIONS | SUBORDINATE | AUXILIARY | {"and", "or", "so", "nothing", "something", "little"}


class Attribution(NamedTuple):
    """Somebody's words in one sentence; ranges are half-open, in words.

    Attributes:
        source: who says it; None where nobody is named.
        cue: the words that attribute it.
        content: what is said, in order; empty where the sentence has a verb of speech and no more: "He said:".
    """

    source: Range | None
    cue: Range
    content: tuple[Range, ...]


class _Content(NamedTuple):
    """Where content begins behind a verb, where the cue ends, and whether the content is a clause."""

    cue_end: int
    start: int
    clause: bool


@cache
def _particles() -> Mapping[str, Sequence[list[str]]]:
    """For the form of a verb what may stand between it and its content, longest first: "for", "out against"."""
    found: dict[str, list[list[str]]] = {}
    for phrase in sorted(listed("attribution", "verbs", "with_preposition"), key=len, reverse=True):
        verb, *rest = phrase.split()
        for form in forms(verb):
            found.setdefault(form, []).append(rest)
    return found


@cache
def _participles() -> frozenset[str]:
    """Those that attribute to nobody in the passive: "it is believed that"."""
    return frozenset().union(*map(pasts, listed("attribution", "verbs", "impersonal")))


def find_attributions(words: Sequence[Word], quote: Sequence[int]) -> list[Attribution]:
    """The attributions of a sentence, in order.

    Args:
        words: the words and marks of the sentence.
        quote: for each of them the number of the quotation it stands in, or -1.
    """
    return _Reader(words, quote).read()


class _Reader(Sentence):
    """Reads one sentence."""

    def __init__(self, words: Sequence[Word], quote: Sequence[int]) -> None:
        super().__init__(words, quote)
        self.found: list[Attribution] = []

    def read(self) -> list[Attribution]:
        known, hearsay = cue_verbs(), group("hearsay")
        for i, low in enumerate(self.lows):
            one = None
            if self.quote[i] >= 0:
                continue
            if low in known:
                one = self.by_verb(i, known[low])
            elif low == "according" and self.low(i + 1) == "to":
                one = self.by_phrase(i)
            elif low in hearsay:
                one = Attribution(None, (i, i + 1), self.cut([(self.start(i), self.end(i))], (i, i + 1)))
            if one is not None:
                self.found.append(one)
        return self.apart(self.found) if len(self.found) > 1 else self.found

    def apart(self, found: Sequence[Attribution]) -> list[Attribution]:
        """The attributions without those that stand inside another one; common verbs first, then the longer ones."""

        def rank(one: Attribution) -> tuple[bool, int]:
            return self.lows[one.cue[0]] not in group("common"), -sum(last - first for first, last in one.content)

        taken: set[int] = set()
        kept = []
        for one in sorted(found, key=rank):
            if one.cue[0] not in taken:
                kept.append(one)
                taken.update(k for part in (*one.content, one.source or (0, 0)) for k in range(*part))
        return sorted(kept, key=lambda one: one.cue)

    # Attributions

    def by_verb(self, i: int, form: Form) -> Attribution | None:
        """What verb i attributes to its subject."""
        before = self.lows[i - 1] if i else ""
        noun = (
            before == "to" or before[:1].isdigit() or before in PREPOSITIONS or before in DETERMINERS - ALONE - {"that"}
        )
        if noun or (i and self.words[i].capital and not ("third" in form.tenses and self.is_title())):
            return None
        speech, past = "speech" in form.takes, "past" in form.tenses
        if speech and past and i > 1 and (source := self.inverted(i)) is not None:
            parts = [(self.start(i), i)]
            if self.quote[i - 2] >= 0:
                parts = [*self.quoted_before(i), *self.quoted_behind(source[1])]
            return Attribution(source, (i, i + 1), self.cut(parts, source, (i, i + 1)))
        j = self.skip_back(i - 1)
        chain = set(self.lows[j + 1 : i])
        if past and group("be") & chain and "'s" not in chain:
            return self.impersonal(i, j + 1)
        alone = "ing" in form.tenses and not group("be") & chain
        joined = before in {",", "and"} or (i > 0 and self.words[i - 1].text in CLOSING)
        if (alone and not joined) or (past and self.low(i + 1) == "by"):
            return None
        return self.by_subject(i, form, self.subject(j, alone=alone), chain, alone=alone)

    def by_subject(
        self, i: int, form: Form, source: Range | None, chain: set[str], *, alone: bool
    ) -> Attribution | None:
        """What verb i attributes to a subject, with the auxiliaries and adverbs between them."""
        if source is None or self.lows[source[0]] in {"i", "we", "you"} or not self.agrees(form, source, chain):
            return None
        cue, behind = (i, i + 1), self.behind(i, form)
        speech = "speech" in form.takes
        if speech and not alone and (parts := self.before(i, source, bare=behind is None)):
            return Attribution(source, cue, self.cut(parts, source, cue))
        if behind is not None:
            part = (behind.start, self.content_end(source, behind))
            return Attribution(source, (i, behind.cue_end), self.cut([part], source))
        ends = i + 2 >= self.size or self.low(i + 1) in {".", ":"}
        return Attribution(source, cue, ()) if speech and ends and source[0] <= 1 else None

    def by_phrase(self, i: int) -> Attribution | None:
        """`According to X`, before or behind the content."""
        source = self.noun_ahead(i + 2)
        if source is None:
            return None
        part = (self.start(i), i)
        if i <= 1:
            comma = next((k for k in range(source[1], self.size) if self.lows[k] == ","), self.size)
            part = (comma + 1, self.end(comma + 1))
        return Attribution(source, (i, i + 2), self.cut([part], source))

    def impersonal(self, i: int, first: int) -> Attribution | None:
        """`It is believed that`, `He is said to`: participle i, with its auxiliaries from word `first` on."""
        if self.lows[i] not in _participles() or self.low(i + 1) not in {"that", "to"}:
            return None
        return Attribution(None, (first, i + 1), self.cut([(self.start(i), self.end(i))], (first, i + 1)))

    # Sources

    def inverted(self, i: int) -> Range | None:
        """The source behind its verb: `"…," said X`, or `…, said Ann Lee` at the end of a sentence."""
        comma = self.lows[i - 1] == ","
        quoted = self.quote[i - 2] >= 0 and (comma or self.words[i - 1].text in CLOSING)
        if not (quoted or (comma and self.lows[i] == "said")) or self.lows[i] in {"told", "read"}:
            return None
        source = self.noun_ahead(i + 1)
        if source is None or quoted:
            return source
        return source if self.words[source[0]].capital and self.low(source[1]) in {"", ",", ".", "who"} else None

    def subject(self, j: int, *, alone: bool) -> Range | None:
        """The subject of a verb whose auxiliaries begin behind word j; a participle may stand `alone`."""
        low = self.lows[j] if j >= 0 else ""
        if low in {"and", "or", "but"} or (alone and low == ","):
            return self.shared(j)
        if low in {"who", "which", "that"} and j > 0:
            return self.noun_back(j - 1 - (self.lows[j - 1] == ","))
        if low in TIME:  # "The court on Monday rejected"
            k = next((k for k in range(j, -1, -1) if self.lows[k] not in TIME and not self.lows[k].isdigit()), -1)
            k = self.skip_back(k)
            j = k if k >= 0 and (self.is_noun(k) or self.lows[k] in PRONOUNS | {",", ")"}) else j
        if j < 0 or self.lows[j] != ",":
            found = self.noun_back(j)
            first = found[0] if found else 0  # "A man who ran the shop said"
            marks = (k for k in range(first - 2, max(0, first - _RELATIVE), -1) if self.lows[k] in {"who", ","})
            who = next(marks, 0)
            return self.noun_back(who - 1) if who and self.lows[who] == "who" else found
        for k in range(j - 1, max(0, j - _APPOSITION), -1):  # "Lee, the mayor since May, said"
            if self.quote[k] >= 0 or self.lows[k] in {";", ":"}:
                break
            if self.lows[k] == "," and (head := self.noun_back(k - 1)) is not None:
                named = all(word.capital or word.text == "." for word in self.words[k + 1 : j]) and j - k > _FULL_NAME
                if named and not self.words[head[1] - 1].capital:  # "the mayor, Ann Lee, said"
                    return k + 1, j
                return head
        return None

    def shared(self, j: int) -> Range | None:
        """The subject that a verb behind "and", or a participle, shares with the verb before it."""
        named = (
            one.source
            for one in reversed(self.apart(self.found[-_NEAR:]))
            if one.source and self.lows[one.cue[0]] != "according"
        )
        last = next(named, None)
        breaks = SUBORDINATE - {"who", "that", "which"} | {";", ":"}
        first = (k + 1 for k in range(j - 1, -1, -1) if self.lows[k] in breaks)
        return last or self.noun_ahead(next(first, 0))

    # Content

    def start(self, i: int) -> int:
        """Where the part of the sentence with word i begins."""
        return next((k for k in range(i, 0, -1) if self.lows[k - 1] == ";"), 0)

    def end(self, k: int) -> int:
        """Where content that begins with word k ends: with the sentence, or where that turns to other things."""
        for m in range(k + 1, self.size - 1):
            low, behind = self.lows[m], self.lows[m + 1]
            if self.quote[m] >= 0:
                continue
            if low == ";" or low in _DASHES or (low == behind == "-"):
                return m
            if low not in {",", "and", "but"} or m == k + 1:
                continue
            form = cue_verbs().get(behind, Form(frozenset(), frozenset()))
            says = "speech" in form.takes and (form.tenses == {"past"} or behind == "says")
            turns = behind in group("turning") or "ing" in form.tenses if low == "," else says
            if turns or self.is_said(m + 1):
                return m
        return self.size

    def content_end(self, source: Range, content: _Content) -> int:
        """Where content behind its verb ends: a phrase sooner than a clause, all at the comma after "When …"."""
        first, opens = content.start, source[0] - 1
        end = self.end(first)
        conditional = opens >= 0 and self.lows[opens] in group("opening") and "," not in self.lows[:opens]
        if content.clause and not conditional:
            return end
        for m in range(first + 1, min(end, self.size - 1)):
            if self.quote[m] >= 0:
                continue
            low, behind = self.lows[m], self.lows[m + 1]
            leaves = behind in group("leaving") or behind in PRONOUNS or behind.endswith("ing")
            if low == "," and (conditional or leaves):
                return m
            if low == "and" and not conditional and (self.is_past(m + 1) or behind in AUXILIARY):
                return m
        return end

    def is_said(self, k: int) -> bool:
        """Whether a noun phrase with a common verb of speech begins here: "he said", "and the mayor has said"."""
        source = self.noun_ahead(k + (self.lows[k] in {"and", "or"}))
        j = source[1] if source else self.size
        while j < self.size and (self.lows[j] in BETWEEN or self.lows[j].endswith("ly")):
            j += 1
        return self.low(j) in group("common")

    def before(self, i: int, source: Range, *, bare: bool) -> list[Range]:
        """The content before its source: `"…," he said`, `The plan is dead, he said`; and its rest behind."""
        left = source[0] - 1
        mark, follows = self.words[max(left, 0)].text, self.low(i + 1)
        if left > 0 and mark in CLOSING and self.quote[left - 1] >= 0:
            return [*self.quoted_before(source[0]), *self.quoted_behind(i + 1)]
        if left < 2 or mark != "," or not (bare or not self.words[i + 1].text[0].isalnum()):  # noqa: PLR2004 - "Now, he"
            return []
        if follows == "," and i + 2 < self.size:
            return [(self.start(left), left), (i + 2, self.end(i + 2))]
        closes = follows in CLOSING | {"", "."} or follows in PREPOSITIONS | TIME
        return [(self.start(left), left)] if closes else []

    def quoted_before(self, k: int) -> list[Range]:
        """The last quotation before word k, with what stands before it in its part of the sentence."""
        last = next((m for m in range(k - 1, -1, -1) if self.quote[m] >= 0), k - 1)
        start = last
        while start > 0 and (self.quote[start - 1] >= 0 or self.lows[start - 1] not in {";", "."}):
            start -= 1
        return [(start, last + 1)]

    def quoted_behind(self, k: int) -> list[Range]:
        """The next quotation from word k on, unless another verb of speech stands before it."""
        first = next((m for m in range(k, self.size) if self.quote[m] >= 0), self.size)
        others = (cue_verbs().get(low) for low in self.lows[k:first])
        if first == self.size or any(form is not None and "speech" in form.takes for form in others):
            return []
        return [(first, next((m for m in range(first, self.size) if self.quote[m] < 0), self.size))]

    def behind(self, i: int, form: Form) -> _Content | None:  # noqa: PLR0911 - one for each thing a verb may take
        """What verb i takes behind it; None if there is nothing of the kind."""
        for rest in _particles().get(self.lows[i], ()):
            k = i + 1 + len(rest)
            if self.lows[i + 1 : k] == rest and k < self.size and self.words[k].text[0].isalnum():
                return _Content(k, k, clause=False)
        clausal, speech = bool(form.takes & {"speech", "thought"}), "speech" in form.takes
        k = i + 1
        while self.is_adverbial(k):
            k += 1
        k = self.past_setting(i, k) if clausal else k
        if k >= self.size:
            return None
        low, follows = self.lows[k], self.words[min(k + 1, self.size - 1)].text
        if (speech and (low == ":" or (low == "," and follows in OPENING))) or (clausal and low == "that"):
            return _Content(i + 1, k + 1, clause=True)
        if self.words[k].text in OPENING or low in group("question") or low == "that":
            return _Content(i + 1, k, clause=clausal)
        infinitive = low == "to" and self.low(k + 1) not in DETERMINERS and follows.islower()
        if infinitive and ("aim" in form.takes or self.lows[i] in group("addressing")):
            return _Content(i + 1, k, clause=False)
        if low == "to" or low in _NO_CONTENT or not (self.words[k].text[0].isalnum() or low in CURRENCY):
            return None
        clause = self.lows[i] in group("saying") or (clausal and self.is_clause(k))
        return _Content(i + 1, k, clause=clause) if clause or "object" in form.takes else None

    def is_adverbial(self, k: int) -> bool:
        """Whether word k only tells when or how: "said Monday", "said bluntly"; not "called Monday's vote"."""
        low = self.low(k)
        return (low in TIME and self.low(k + 1) != "'s") or (low.endswith("ly") and not self.words[k].capital)

    def past_setting(self, i: int, k: int) -> int:
        """The index behind whom and where it is told, if what is said follows: "told reporters in Hull that"."""
        told, placed = self.lows[i] in group("addressing"), self.low(k) in PREPOSITIONS
        for m in range(k, min(self.size, k + _SETTING) if told or placed else k):
            if self.lows[m] in {"that", ":"} or (self.words[m].text in OPENING and m > k):
                return m
            if self.lows[m] == ";":
                break
            if placed and m > k + 1 and self.lows[m] in PRONOUNS:
                return m
        whom = self.noun_ahead(k) if told and not placed else None
        return whom[1] if whom else k

    def is_clause(self, k: int) -> bool:
        """Whether a clause begins with word k: a subject, and a finite verb soon behind it."""
        if self.lows[k] in PRONOUNS | {"there"}:
            return k + 1 < self.size and self.words[k + 1].text[0].isalnum()
        stops = SUBORDINATE | {",", ";", ":"}
        for low in self.lows[k + 1 : k + _CLAUSE]:
            if low in stops or low in group("finite") or low.endswith("n't"):
                return low not in stops
        return False
