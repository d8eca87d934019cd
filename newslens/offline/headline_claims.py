"""Cut a headline into the claims that it makes, without labels, questions and the source that it ends with."""

from collections.abc import Iterator, Sequence

from newslens.offline.consistency_numbers import figures
from newslens.offline.grammar import PREPOSITIONS
from newslens.offline.headline_strength import hedges
from newslens.offline.headline_terms import Text, is_content
from newslens.offline.joints import is_phrase
from newslens.offline.lexicon import entries, verb_forms
from newslens.offline.words import Word, cut

_ENDS = frozenset({":", ";", "!", "?", ".", "…", "—", "–", "|"})
_JOINTS = frozenset({",", "and", "as", "while", "but", "after", "amid", "despite"})
_HYPHENS = frozenset({"-", "‐"})
_FEWEST = 2  # content words of a claim
_INITIALS = 2  # letters before a full stop that ends no sentence
_LONGEST = 400  # code points; what is longer is no headline
_LONGEST_SOURCE = 6  # words of "a study of 900 twins finds"
_LONGEST_NAME = 3
_LABEL = 3  # words and marks of "(Exclusive)"


def claims(headline: str) -> list[Text]:
    """The claims of a headline in order; a label such as "Mayor:" is one only where nothing else is."""
    if len(headline) > _LONGEST:
        return []
    counted = tuple(figures(headline))
    parts = [
        Text(words, [one for one in counted if words[0].start <= one.start < words[-1].end])
        for words in _pieces(_unlabelled(cut(headline)))
    ]
    told = [part for part in parts if len(part.terms) >= _FEWEST]
    return told or [part for part in parts if part.terms]


def _unlabelled(words: Sequence[Word]) -> Sequence[Word]:
    """A headline without "(Exclusive)" before or "[Video]" behind it."""
    first = _LABEL if _is_label(words[:_LABEL]) else 0
    last = len(words) - (_LABEL if _is_label(words[-_LABEL:]) else 0)
    return words[first:last]


def _is_label(words: Sequence[Word]) -> bool:
    marks = "".join(word.text for word in (*words[:1], *words[2:]))
    return marks in {"()", "[]"} and not is_content(words[1].low)


def _pieces(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The words between marks, those cut where two sides of a joint say enough each; what asks claims nothing."""
    first = 0
    for i in range(len(words) + 1):
        if i < len(words) and not _is_end(words, i):
            continue
        if i == len(words) or words[i].low != "?":
            yield from _joined(_unsourced(words[first:i]))
        first = i + 1


def _is_end(words: Sequence[Word], i: int) -> bool:
    low = words[i].low
    if low == ".":
        return i > 0 and len(words[i - 1].text) > _INITIALS
    spaced = 0 < i < len(words) - 1 and words[i - 1].end < words[i].start and words[i].end < words[i + 1].start
    return low in _ENDS or (low in _HYPHENS and spaced)


def _unsourced(words: Sequence[Word]) -> Sequence[Word]:
    """A piece without the source behind its last comma: of ", study suggests" only the hedge stays."""
    comma = max((k for k, word in enumerate(words) if word.low == ","), default=-1)
    source = words[comma + 1 :]
    if not _is_source(source):
        return words
    return [*words[: max(comma, 0)], *(source[k] for k in hedges(Text(source, ())))]


def _is_source(words: Sequence[Word]) -> bool:
    """Whether words name who says the rest, and nothing that is said: "study finds", "says minister", "report"."""
    if not 0 < len(words) <= _LONGEST_SOURCE:
        return False
    telling = verb_forms("cues", "speech") | verb_forms("headline", "sources")
    if words[0].low not in telling:
        return words[-1].low in (telling if len(words) > 1 else entries("headline", "sources", "nouns"))
    return _is_teller(words[1:]) or words[-1].low in entries("headline", "sources", "nouns")


def _is_teller(words: Sequence[Word]) -> bool:
    """Whether words behind "says" are a speaker: "minister", "UN chief", "Elena Rossi"; not "of shortage"."""
    if not words or any(word.low in PREPOSITIONS for word in words):
        return False
    tellers = (
        entries("names", "titles", "words"),
        entries("names", "organisations", "words"),
        entries("cues", "vague", "nouns"),
    )
    named = len(words) <= _LONGEST_NAME and all(word.capital for word in words)
    return named or any(words[-1].low in those for those in tellers)


def _joined(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    first, lows = 0, [word.low for word in words]
    for i, low in enumerate(lows):
        cuts = low in _JOINTS and not is_phrase(lows, i)
        if cuts and min(_weight(words[first:i]), _weight(words[i + 1 :])) >= _FEWEST:
            yield words[first:i]
            first = i + 1
    if words[first:]:
        yield words[first:]


def _weight(words: Sequence[Word]) -> int:
    return sum(is_content(word.low) for word in words)
