"""What a side is taken on: the words that name it, what is no part of its name, and when two names are one."""

import re
from collections.abc import Iterator, Sequence

from newslens.offline.grammar import DETERMINERS
from newslens.offline.lexicon import entries, plural, verb_forms
from newslens.offline.phrases import Range, after
from newslens.offline.words import Word

Key = tuple[str, ...]

LINKING = frozenset({"on", "in", "for", "to", "with", "over", "from"})


def key(phrase: str) -> Key:
    """The words that name it: no articles, no possessors' marks, nothing behind a preposition but "of"."""
    low = [word.lower() for word in re.findall(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:-[^\W_]+)*", phrase)]
    kept = [word for word in low if (word not in DETERMINERS or word in _others()) and word != "s"]
    end = next((k for k, word in enumerate(kept) if k and word in LINKING), len(kept))
    return tuple(kept[:end])


def endings(naming: Key) -> Iterator[Key]:
    """The key and its shorter endings that may name the same: "military aid" is "aid", "a similar bill" not "bill"."""
    for k in range(len(naming)):
        yield naming[k:]
        if naming[k] in _others() or naming[k] == "of":
            return


def same(one: Key, other: Key) -> bool:
    """Whether one phrase is the other with words before it: "military assistance", "U.S. military assistance"."""
    return bool(one and other) and (one in endings(other) or other in endings(one))


def _others() -> frozenset[str]:
    """Words that make another thing of a thing: "similar", "rival"."""
    return entries("stances", "topics", "others")


def trimmed(words: Sequence[Word], part: Range, *, accused: bool) -> Range:
    """A phrase without a tail that is none of its name.

    Args:
        words: of the sentence.
        part: the phrase, as a range in words.
        accused: it stands behind a verb such as "accuse", so that "of" opens the charge.
    """
    first, last = part
    if accused:
        last = _charge(words, first, last)
    k = last
    while k > first and (words[k - 1].low in _times() or words[k - 1].text.isdigit()):
        k -= 1
    dated = any(words[j].low in _times() for j in range(k, last))
    return (first, k) if dated and not _surname(words, k, first, last) else (first, last)


def _charge(words: Sequence[Word], first: int, last: int) -> int:
    """Where "of lying" begins in "the mayor of Hull of lying"."""
    places = [k for k in range(first + 1, last) if words[k].low == "of"]
    plain = (k for k in places if k + 1 < last and not words[k + 1].capital)
    return next(plain, places[-1] if places else last)


def _surname(words: Sequence[Word], k: int, first: int, last: int) -> bool:
    """Whether the month is a name: "Theresa May"."""
    return last - k == 1 and k > first and words[k - 1].capital and words[k].low in {"may", "march", "august", "april"}


def _times() -> frozenset[str]:
    return entries("stances", "topics", "times")


def completed(words: Sequence[Word], part: Range) -> Range:
    """A bare noun with what it is on or for, where the noun takes that: "a ban on phones", not "the bill on Monday"."""
    first, last = part
    content = [word.low for word in words[first:last] if word.low not in DETERMINERS]
    if len(content) != 1 or last >= len(words) or not _takes(content[0], words[last].low):
        return part
    tail = after(words, last + 1)
    if tail is None:
        return part
    end = trimmed(words, tail, accused=False)[1]
    return (first, end) if end > tail[0] else part


def _takes(noun: str, preposition: str) -> bool:
    if preposition not in LINKING:
        return False
    nouns = entries("stances", "complements", preposition)
    return noun in nouns or any(plural(one) == noun for one in nouns)


def telling(words: Sequence[Word], part: Range, naming: Key, *, verb: str, holder: str) -> bool:
    """Whether a target that nobody asked for is worth a position.

    A bare general noun ("solutions") is not. Behind a verb that also tells what bodies do ("attacked the basket"),
    it has to be something that people argue about, or, unless it may be a welcome or a battle, somebody.
    """
    if len(naming) == 1 and naming[0] in entries("stances", "topics", "general"):
        return False
    if verb not in verb_forms("stances", "bodily"):
        return True
    fights = holder.lower().split()[-1] in entries("stances", "bodily", "fighters")
    greets = verb in verb_forms("stances", "bodily", "greetings")
    return _argued(naming) or (not fights and not greets and _somebody(words, part, naming))


def _argued(naming: Key) -> bool:
    nouns = entries("stances", "issues", "nouns") | entries("stances", "topics", "events")
    return any(word in nouns or word.removesuffix("s") in nouns for word in naming)


def _somebody(words: Sequence[Word], part: Range, naming: Key) -> bool:
    if words[part[1] - 1].capital:
        return not set(naming) <= entries("names", "places", "words")
    people = entries("names", "titles", "words") | entries("names", "organisations", "words")
    return naming[-1] in people | entries("cues", "vague", "nouns") and naming[-1] != "house"
