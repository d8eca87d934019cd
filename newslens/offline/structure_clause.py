"""The main clause of a sentence that tells news: its subject, its verb, and where its predicate ends."""

from collections.abc import Sequence
from typing import NamedTuple

from newslens.offline.attribution import Attribution
from newslens.offline.grammar import AUXILIARIES, BORDERS, CONJUNCTIONS, DETERMINERS, PREPOSITIONS
from newslens.offline.joints import is_phrase
from newslens.offline.lexicon import entries
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, skip_back
from newslens.offline.structure_speech import told_before
from newslens.offline.structure_verbs import is_finite, is_participle, is_reduced
from newslens.offline.structure_when import times

_LONGEST_OPENER = 30  # words before the comma of "In an interesting development, …"
_LONGEST_SUBJECT = 30
_RELATIVES = frozenset({"that", "which", "who", "whose", "whom", "where"})
_ENDS = BORDERS | {"as", "(", ")"}
_EMPTY = frozenset({"what", "how", "why", "whether", "where"})  # a clause for a subject
_LINKING = frozenset({"meanwhile", "moreover", "however", "instead", "still"})
_INSERTED = _RELATIVES | DETERMINERS | {"including", "along", "together"}


class Clause(NamedTuple):
    """Half-open ranges in words; the predicate begins with the verb, its auxiliaries and its adverbs."""

    subject: Range
    predicate: Range


def statement(parsed: Parse, first: int, attributions: Sequence[Attribution]) -> Range:
    """What a sentence tells without "…, police said" behind it, from word `first`."""
    last = len(parsed.words)
    ahead = (parsed.at(*one.content) for one in attributions if one.content[1] <= min(one.source[0], one.cue[0]))
    last = next((end for start, end in ahead if start <= first + 1 < end), told_before(parsed) or last)
    while last > first and not parsed.words[last - 1].text[0].isalnum():
        last -= 1
    return first, last


def clause(parsed: Parse, within: Range, sentence: str) -> Clause | None:
    """The main clause in a stretch of words, or None when no verb is sure.

    Args:
        parsed: the sentence.
        within: the stretch, as of `statement`.
        sentence: its text.
    """
    if within[0] >= within[1]:
        return None
    timed = [parsed.at(one.start, one.end) for one in times(sentence)]
    first = _subject_begins(parsed, within, timed)
    verb = _verb(parsed, first, within[1])
    if verb is None:
        return None
    end = verb
    while end > first and (_is_skipped(parsed, first, end) or _times_verb(parsed, timed, end)):
        end = _ends_time(timed, end) or end - 1
    if end == first or parsed.lows[first] in _EMPTY:
        return None
    predicate = max(skip_back(parsed.words, verb - 1) + 1, end)
    return Clause((first, _name_end(parsed, first, end)), (predicate, _end(parsed, verb, within[1], timed)))


def _name_end(parsed: Parse, first: int, end: int) -> int:
    """Where a subject ends without the clause about it: "Pope Francis|, who has been in hospital"."""
    pairs = (k for k in range(first + 1, end - 1) if parsed.lows[k] == "," and parsed.lows[k + 1] in _RELATIVES)
    return next(pairs, end)


def _is_skipped(parsed: Parse, first: int, end: int) -> bool:
    return parsed.lows[end - 1] == "," or skip_back(parsed.words, end - 1) < max(first, end - 1)


def _times_verb(parsed: Parse, timed: Sequence[Range], end: int) -> bool:
    """Whether a phrase of time ends here that is no part of a subject, as it is in "a bridge built in 1920"."""
    start = _ends_time(timed, end)
    return start is not None and not is_participle(parsed.lows[start - 1])


def _ends_time(timed: Sequence[Range], end: int) -> int | None:
    """Where the phrase of time begins that ends here."""
    return next((start for start, last in timed if last == end and start > 0), None)


def _subject_begins(parsed: Parse, within: Range, timed: Sequence[Range]) -> int:
    """Behind what a sentence may open with: "On Tuesday", "In an interesting development,", "However,"."""
    first, last = within
    for _ in range(3):
        behind = _behind_opener(parsed, first, last, timed)
        if behind is None:
            break
        first = behind
    return first


def _behind_opener(parsed: Parse, first: int, last: int, timed: Sequence[Range]) -> int | None:
    if first >= last:
        return None
    if (label := _label_end(parsed, first)) > first:
        return label
    time = next((end for start, end in timed if start == first), None)
    if time is not None:
        return time + (time < last and parsed.lows[time] == ",")
    if not _opens(parsed, first):
        return None
    stop = min(last, first + _LONGEST_OPENER)
    commas = (k for k in range(first + 1, stop) if parsed.lows[k] == "," and k + 1 < last)
    ends = (k + 1 for k in commas if parsed.lows[k + 1] != "and" and not parsed.words[k + 1].text[0].isdigit())
    return next(ends, None)


def _label_end(parsed: Parse, first: int) -> int:
    """Behind a mark, "(Exclusive)" or "SPORT –" at the beginning of a sentence; else `first`."""
    marks = [not low[0].isalnum() for low in parsed.lows[first : first + 3]]
    if marks[0]:
        return first + (3 if parsed.lows[first + 2 : first + 3] == (")",) else 1)
    labelled = parsed.lows[first] in entries("structure", "openers", "labels") and marks[1:2] == [True]
    return first + 2 if labelled else first


def _opens(parsed: Parse, k: int) -> bool:
    low = parsed.lows[k]
    opener = low in PREPOSITIONS | CONJUNCTIONS or low in entries("structure", "openers", "words")
    behind = parsed.lows[k + 1] if k + 1 < len(parsed.lows) else ""
    linking = behind == "," and (low in _LINKING or low.endswith("ly"))
    timing = behind in {"after", "before", "into"} and low.endswith("s")  # "Hours after the talks began,"
    return opener or linking or timing or low.endswith(("ing", "ed"))


def _verb(parsed: Parse, first: int, last: int) -> int | None:
    """The first word of the finite verb of the main clause."""
    k = first + 1
    while k < min(last, first + _LONGEST_SUBJECT):
        low = parsed.lows[k]
        if low == "," and _inserts(parsed, k + 1):
            k = next((m for m in range(k + 1, last) if parsed.lows[m] == ","), last)
        elif low in _RELATIVES and parsed.lows[k - 1] != "so":
            k = _behind_relative(parsed, k, last)
        elif low in {";", ":"}:
            return None
        elif is_finite(parsed, first, k) and not is_reduced(parsed, k, last):
            return k
        k += 1
    return None


def _inserts(parsed: Parse, k: int) -> bool:
    """Whether what follows a comma belongs to the subject: "Lee, the mayor of Hull," or "the fire, described as"."""
    low = parsed.lows[k] if k < len(parsed.lows) else ""
    return low in _INSERTED or low.endswith("ed")


def _behind_relative(parsed: Parse, k: int, last: int) -> int:
    """The last word of the verb of a relative clause: "that have burned"."""
    verb = next((m for m in range(k + 1, last) if is_finite(parsed, k - 1, m)), last)
    while verb + 1 < last and (parsed.lows[verb] in AUXILIARIES or parsed.lows[verb] in {"not", "been", "also"}):
        verb += 1
    return verb


def _end(parsed: Parse, verb: int, last: int, timed: Sequence[Range]) -> int:
    """Where the predicate ends: before a comma, a subordinate clause, or the phrases of time at its end."""
    end = next((k for k in range(verb + 1, last) if _ends_clause(parsed, k)), last)
    while (time := _ends_time(timed, end)) is not None and time > verb:
        end = time
    return end


def _ends_clause(parsed: Parse, k: int) -> bool:
    low = parsed.lows[k]
    return (low in _ENDS and not is_phrase(parsed.lows, k)) or (low == "," and not _inside_number(parsed, k))


def _inside_number(parsed: Parse, k: int) -> bool:
    return k + 1 < len(parsed.words) and parsed.words[k + 1].text[0].isdigit()
