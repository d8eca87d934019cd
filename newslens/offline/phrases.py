"""Noun phrases next to a verb, found without a parser: what stands right before it, what stands right behind it."""

from collections.abc import Sequence

from newslens.offline.grammar import ADVERBS, AUXILIARIES, CONJUNCTIONS, DETERMINERS, PREPOSITIONS, PRONOUNS
from newslens.offline.lexicon import entries, verb_forms
from newslens.offline.words import Word

Range = tuple[int, int]  # half-open, in words

SUBJECTS = frozenset({"he", "she", "they", "it", "i", "we"})
_LONGEST = 12  # words; a longer phrase is a misreading
_ABBREVIATED = 3  # letters at most of "Mr", "Gen", "J", whose full stop ends no phrase
_APPOSITION = 16  # words between the commas of "Smith, the mayor of Hull since 2003, said"
_ATTACHING = frozenset({"of", "for", "at", "from", "in", "on", "to", "with"})
_REDUCED = frozenset(
    {"briefed", "familiar", "close", "involved", "aware", "based", "opposed", "loyal"}
)  # "a person briefed on the plan"


_FUNCTION = PREPOSITIONS | CONJUNCTIONS | PRONOUNS | AUXILIARIES
_SKIPPED = AUXILIARIES | ADVERBS
_DANGLING = DETERMINERS | ADVERBS | {"of", "'s"}
_NO_ADVERBS = frozenset({"family", "ally", "assembly", "supply"})
_DATING = frozenset({"on", "in", "late", "early"})  # before a time: "on Monday", "late on Monday", "in May"
_SCARE = 3  # words at most in quotation marks inside a phrase: the firm's "insulting" offer


def before(words: Sequence[Word], verb: int) -> Range | None:
    """The subject right before the verb at index `verb`, or None when none is sure.

    Auxiliaries, adverbs and times between them are skipped, and so is an apposition between commas.
    """
    j = _before_time(words, skip_back(words, verb - 1))
    if j >= 0 and words[j].text == ",":
        j = _before_apposition(words, j)
    j = _behind_head(words, j)
    if j >= 0 and words[j].low == "who":
        j -= 1
        j -= j >= 0 and words[j].text == ","
    if j < 0:
        return None
    if words[j].low in SUBJECTS:
        return (j, j + 1)
    found = _joined(words, _name_back(words, j)) if _is_named(words[j]) else _noun_back(words, j)
    return _whose(words, found) if found is not None and _governed(words, found) else found


def _behind_head(words: Sequence[Word], j: int) -> int:
    """The "who" of a clause with its own verb that ends at `j`, "A person who attended a trial said"; else `j`."""
    for k in range(j, max(0, j - _LONGEST), -1):
        if not (words[k].text[0].isalnum() or words[k].text in {"-", "'"}):
            break
        if words[k].low == "who":
            inner = words[k + 1] if k < j else words[k]
            own = inner.low in _FUNCTION - AUXILIARIES or inner.capital  # its subject: "the man who she said"
            return j if j - k < 2 or own else k  # noqa: PLR2004 - a verb, and something behind it
    return j


def _is_named(word: Word) -> bool:
    return word.capital and word.low not in DETERMINERS


def _joined(words: Sequence[Word], name: Range) -> Range:
    """The name with what "and" joins to it behind a preposition: "of the Health and Safety Executive"."""
    first, last = name
    if first < 2 or words[first - 1].low != "and" or not _is_named(words[first - 2]):  # noqa: PLR2004 - "Health and"
        return name
    other = _name_back(words, first - 2)[0]
    other -= other > 0 and words[other - 1].low == "the"
    return (other, last) if other > 0 and words[other - 1].low == "of" else name


def _whose(words: Sequence[Word], name: Range) -> Range | None:
    """What a name behind a preposition hangs on: "the mayor of Hull", "parents in Hull", Osei in "Osei of Hull"."""
    head = name[0] - 2
    if head < 0 or words[head + 1].low not in _ATTACHING:
        return None
    body = words[head].low in entries("names", "organisations", "words") | entries("names", "titles", "words")
    if _is_named(words[head]) and not body and not _common(words[head]):
        found = _name_back(words, head)
        return found if words[head + 1].low == "of" and not _governed(words, found) else None
    if not _is_named(words[name[1] - 1]):
        return None
    whole = _name_back(words, head) if words[head].capital and body else _noun_back(words, head)
    return None if whole is None or _governed(words, whole) else (whole[0], name[1])


def _governed(words: Sequence[Word], part: Range) -> bool:
    return part[0] > 0 and words[part[0] - 1].low in PREPOSITIONS


def _before_time(words: Sequence[Word], j: int) -> int:
    """The last index before a time that ends at `j`: "The court on Monday rejected", "The board last week rejected"."""
    k = j
    while k > 0 and (words[k].low in entries("stances", "topics", "times") or words[k].text.isdigit()):
        k -= 1
    if k == j:
        return j
    dated = words[k].low in _DATING
    while k > 0 and words[k].low in _DATING:
        k -= 1
    relative = words[k + 1].low in {"last", "this", "next", "earlier", "yesterday"}
    return skip_back(words, k) if dated or relative else j


def after(words: Sequence[Word], first: int) -> Range | None:
    """The noun phrase that begins at index `first`, or None: `of` phrases belong to it, others do not."""
    j = first
    while j < len(words) and j - first < _LONGEST and _continues(words, first, j) and not _verb_of(words, first, j):
        j += 1
    while j > first and (words[j - 1].text in {"-", "."} or words[j - 1].low in _DANGLING):
        j -= 1
    return (first, j) if j > first else None


def _verb_of(words: Sequence[Word], first: int, j: int) -> bool:
    """Whether word `j` is the verb of a subject that ends before it: "the offer signals", "the plan passed"."""
    closes = j > first and words[j - 1].low in entries("stances", "issues", "nouns")
    low = words[j].low
    return closes and not words[j].capital and low != "'s" and (low.endswith(("s", "ed")) or low == "say")


def skip_back(words: Sequence[Word], j: int) -> int:
    """The last index at or before `j` that is no auxiliary and no adverb."""
    while j >= 0 and (words[j].low in _SKIPPED or _denies(words[j]) or _is_adverb(words[j])):
        j -= 1
    return j


def _denies(word: Word) -> bool:
    return word.low == "cannot" or word.low.endswith("n't")


def skip_ahead(words: Sequence[Word], j: int) -> int:
    """The first index at or behind `j` that is no adverb."""
    while j < len(words) and _is_adverb(words[j]):
        j += 1
    return j


def _is_adverb(word: Word) -> bool:
    return word.low.endswith("ly") and not word.capital and word.low not in _NO_ADVERBS


def _before_apposition(words: Sequence[Word], comma: int) -> int:
    """Index of the last word before "…, who/the/a/41 …,", or of the name in "the mayor, Ann Lee,"; else -1."""
    for k in range(comma - 1, max(0, comma - _APPOSITION), -1):
        if words[k].text in '“”"':
            return -1
        if words[k].text == ",":
            return _apposed(words, k, comma)
    return -1


def _apposed(words: Sequence[Word], first: int, comma: int) -> int:
    following, preceding = words[first + 1], words[first - 1]
    called = not preceding.capital or preceding.low in entries("names", "titles", "words")
    if following.capital and words[comma - 1].capital and called:
        return comma - 1
    opens = following.low in DETERMINERS | {"who", "whose"} or following.low in entries("names", "titles", "words")
    return first - 1 if opens or following.text.isdigit() or preceding.capital else -1


def _name_back(words: Sequence[Word], j: int) -> Range:
    k = j
    while k > 0 and j - k < _LONGEST and _in_name(words, k - 1):
        k -= 1
    if k > 0 and words[k - 1].low in {"the", "a", "an"}:
        k -= 1
    while k < j and not words[k].text[0].isalnum():
        k += 1
    return (k, j + 1)


def _in_name(words: Sequence[Word], k: int) -> bool:
    word = words[k]
    if word.text in {".", "-"}:
        return k > 0 and words[k - 1].capital and (word.text == "-" or len(words[k - 1].text) <= _ABBREVIATED)
    if word.low in {"de", "van", "von", "bin", "al", "la", "del"}:
        return True
    if word.low == "&" or owns(words, k):
        return k > 0
    title = word.low in entries("names", "titles", "words")
    return title or (word.capital and word.low not in entries("names", "openers", "words"))


def _noun_back(words: Sequence[Word], j: int) -> Range | None:
    if not _nominal(words[j]):
        return None
    k = j
    while k >= 0 and j - k < _LONGEST:
        word = words[k]
        if _opens_clause(words, k, j):
            return _bare(words, k + 1, j)
        if word.low in DETERMINERS:
            if k > 1 and words[k - 1].low in _ATTACHING and _common(words[k - 2]):
                k = _head_of_attachment(words, k - 1)
                continue
            return (k, j + 1)
        if word.low in _ATTACHING and k > 0 and _common(words[k - 1]):
            k = _head_of_attachment(words, k)
        elif owns(words, k - 1):
            k = _owner(words, k - 2)
            if words[k].low not in DETERMINERS:
                return (k, j + 1)
        elif _nominal(word):
            k -= 1
        else:
            break
    return _bare(words, k + 1, j)


def owns(words: Sequence[Word], k: int) -> bool:
    """Whether word `k` is the mark of a possessor: "the mayor's", "the teachers'"."""
    if k < 1 or words[k].low == "'s":
        return k > 0
    follows = k + 1 < len(words) and words[k + 1].start > words[k].end and _nominal(words[k + 1])
    return words[k].low == "'" and follows and words[k - 1].low.endswith("s") and words[k - 1].end == words[k].start


def _owner(words: Sequence[Word], j: int) -> int:
    """Where the possessor that ends at `j` begins; one without an article is its last word."""
    if words[j].capital:
        return _name_back(words, j)[0]
    k = j
    while k > 0 and j - k < _LONGEST and _nominal(words[k]) and words[k].low not in DETERMINERS:
        k -= 1
    return k if words[k].low in DETERMINERS else j


def _opens_clause(words: Sequence[Word], k: int, j: int) -> bool:
    """Whether word `k` opens the clause of the subject that ends at `j`: "Jones said critics", "said that voters"."""
    plural = words[j].low in entries("cues", "vague", "nouns")  # no plural follows the pronoun "that"
    return (k < j and _reports(words[k])) or (words[k].low == "that" and plural)


def _reports(word: Word) -> bool:
    past = word.low.endswith("ed") or word.low in {"said", "says", "told"}
    return past and not word.capital and word.low in verb_forms("cues", "speech")


def _head_of_attachment(words: Sequence[Word], preposition: int) -> int:
    k = preposition - 1
    return k - 1 if k > 0 and words[k].low in _REDUCED else k


def _bare(words: Sequence[Word], first: int, j: int) -> Range | None:
    """A phrase without an article counts only when a plural that can speak is its first noun: "senior officials"."""
    ends = PREPOSITIONS | _REDUCED
    head = next((k for k in range(first, j + 1) if words[k].low in ends), j + 1) - 1
    sure = words[head].low in entries("cues", "vague", "nouns") or (
        words[first].capital and first < head and words[head].low in entries("names", "titles", "words")
    )
    return (first, j + 1) if sure else None


def _nominal(word: Word) -> bool:
    if word.text == "-":
        return True
    return word.text[0].isalnum() and not (word.low in _FUNCTION or _denies(word) or _is_adverb(word))


def _common(word: Word) -> bool:
    lower = not word.capital or word.low in entries("cues", "vague", "nouns")
    return lower and _nominal(word) and word.low not in DETERMINERS


def _continues(words: Sequence[Word], first: int, j: int) -> bool:
    """Whether word `j` goes on with the noun phrase that begins at `first`."""
    word = words[j]
    if j > first and (word.low in {"of", "'s"} or not word.text[0].isalnum()):
        return word.low in {"of", "'s"} or _joins(words, j)
    if word.low in DETERMINERS:
        return j == first or words[j - 1].low == "of" or words[j - 1].low in DETERMINERS
    return word.text != "-" and _nominal(word) and word.low not in _REDUCED


def _joins(words: Sequence[Word], j: int) -> bool:
    """Whether the mark at `j` stands inside a noun phrase: "U.S.-led", "3%", "farmers' union", "Mr. Hill"."""
    mark, before_it = words[j].text, words[j - 1]
    following = words[j + 1] if j + 1 < len(words) else None
    if mark in {"-", "&"}:
        return True
    if mark == "%":
        return before_it.text[0].isdigit()
    if following is None:
        return False
    if owns(words, j) or _scare_quoted(words, j):
        return True
    return mark == "." and before_it.capital and len(before_it.text) <= _ABBREVIATED and following.capital


def _scare_quoted(words: Sequence[Word], j: int) -> bool:
    """Whether the mark at `j` opens or closes quotation marks around a few words inside the phrase."""
    if words[j].text not in '“"”':
        return False
    if words[j].start > words[j - 1].end:
        closing = (k for k in range(j + 2, min(len(words), j + 2 + _SCARE)) if words[k].text in '"”')
        end = next(closing, None)
        return end is not None and _goes_on(words, end)
    opened = any(words[k].text in '“"' and words[k].start > words[k - 1].end for k in range(max(1, j - 1 - _SCARE), j))
    return opened and _goes_on(words, j)


def _goes_on(words: Sequence[Word], mark: int) -> bool:
    """Whether the phrase goes on behind the mark with a noun that stands apart from it."""
    following = words[mark + 1] if mark + 1 < len(words) else None
    return following is not None and following.start > words[mark].end and _nominal(following)
