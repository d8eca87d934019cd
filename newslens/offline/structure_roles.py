"""What each sentence of a story does: it tells a fact, reports speech, evaluates, or gives background."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Literal

from newslens.article.days import days
from newslens.offline.attribution import Attribution
from newslens.offline.judgements import judgement, opinions
from newslens.offline.lexicon import entries, listed, verb_forms
from newslens.offline.parsing import Parse
from newslens.offline.sides import Text
from newslens.offline.structure_clause import Clause, clause, statement
from newslens.offline.structure_speech import interview, spoken
from newslens.offline.structure_when import Time, times

Role = Literal["fact", "speech", "evaluation", "background"]

_HALF = 0.5  # of the words, from which on a sentence is speech
_NEWS = timedelta(days=10)  # what is older than the news by more is no news
_NEAR = 6  # words in which a verb group ends, and a subject that opens a sentence
_DEGREES = frozenset(
    {"a", "an", "the", "also", "so", "too", "very", "quite", "more", "most", "not", "both", "absolutely", "truly", "be"}
)
_PARTICIPLES = frozenset(
    {"been", "gone", "come", "begun", "become", "held", "made", "built", "lost", "won", "met", "sent", "spent"}
)


def roles(text: Text, published: date | None) -> Iterator[Role]:
    """The role of each sentence; of several, the first of speech, evaluation, background.

    Args:
        text: the story.
        published: tells which dates and years are past; None: the latest that the story names.
    """
    readable = [text.sentences[k] if one.words else "" for k, one in enumerate(text.parses)]  # no tables, no noise
    named = [[*times(sentence)] for sentence in readable]
    dated = [[when for day in days(sentence) if (when := day.date)] for sentence in readable]
    now = published or max((day for some in dated for day in some), default=None)
    year = now.year if now else max((one.year for some in named for one in some if one.year), default=0)
    heard_from = interview(text.sentences)
    for k, parsed in enumerate(text.parses):
        others = [one for one in text.attributions[k] if not _is_author(text, k, one)]
        heard = spoken(parsed, others)
        own = frozenset(range(len(parsed.words))) - heard
        if k >= heard_from or _is_speech(parsed, heard):
            yield "speech"
        elif len(others) < len(text.attributions[k]) or _evaluates(text, k, own, named[k]):
            yield "evaluation"
        elif _looks_back(text, k, own, named[k], year) or _is_older(dated[k], now):
            yield "background"
        else:
            yield "fact"


def _is_author(text: Text, k: int, one: Attribution) -> bool:
    """Whether the author of a column says what the author thinks: "I think it is a bad plan"."""
    return text.column and text.sentences[k][slice(*one.source)].lower() in {"i", "we"}


def _is_speech(parsed: Parse, heard: frozenset[int]) -> bool:
    counted = [i for i, word in enumerate(parsed.words) if word.text[0].isalnum()]
    return bool(counted) and sum(i in heard for i in counted) >= _HALF * len(counted)


def _evaluates(text: Text, k: int, own: frozenset[int], named: list[Time]) -> bool:
    """Whether the author's own words judge, demand, or say what the news means."""
    parsed = text.parses[k]
    lows = [low if i in own and not parsed.words[i].capital else "" for i, low in enumerate(parsed.lows)]
    told = entries("structure", "evaluation", "adverbs").intersection(parsed.lows[i] for i in own)
    if told or not _judging().isdisjoint(lows) or _has_phrase(parsed, own, "evaluation"):
        return True
    demands = not named and _demands(text, k, own)
    return demands or _weighs(lows) or _interprets(parsed, own) or _passes_judgement(parsed, own)


def _demands(text: Text, k: int, own: frozenset[int]) -> bool:
    """`The city should drop it`; what must be done by 30 June, or for 2 million, is a rule and no demand."""
    lows, duties = text.parses[k].lows, entries("structure", "evaluation", "duties")
    if duties.isdisjoint(lows) or any(low[0].isdigit() for low in lows):
        return False
    main = _main(text, k)
    return main is not None and main.predicate[0] in own and not duties.isdisjoint(lows[main.predicate[0] :][:2])


def _main(text: Text, k: int) -> Clause | None:
    parsed = text.parses[k]
    return clause(parsed, statement(parsed, 0, text.attributions[k]), text.sentences[k])


def _weighs(lows: Sequence[str]) -> bool:
    """`Is crucial`, `remains a vital issue`."""
    weights, links = entries("structure", "evaluation", "weights"), entries("structure", "evaluation", "links")
    for k, low in enumerate(lows):
        if low in links:
            behind = next((m for m in range(k + 1, len(lows)) if lows[m] not in _DEGREES), len(lows))
            if lows[behind : behind + 1] and lows[behind] in weights:
                return True
    return False


def _interprets(parsed: Parse, own: frozenset[int]) -> bool:
    """`This decision signals a shift`: what the news means."""
    opens = parsed.lows[:1] and parsed.lows[0] in {"this", "it", "that", "such"}
    meaning = verb_forms("structure", "evaluation", "meaning")
    return bool(opens) and any(parsed.lows[i] in meaning for i in own if i <= _NEAR)


def _passes_judgement(parsed: Parse, own: frozenset[int]) -> bool:
    passed = judgement(parsed, (0, len(parsed.words)), effects=False)
    return passed is not None and passed.cue[0] in own


@cache
def _judging() -> frozenset[str]:
    """Adjectives that stand for a judgement wherever they stand."""
    return entries("structure", "evaluation", "adjectives") | frozenset(
        word
        for word, favor in opinions().items()
        if not favor and word.endswith(("less", "ful", "ous", "ible", "able"))
    )


def _looks_back(text: Text, k: int, own: frozenset[int], named: list[Time], year: int) -> bool:
    """Whether the author's own words tell of a time before the news."""
    parsed = text.parses[k]
    main = _main(text, k)
    if any(one.grain == "decade" or (one.year and one.year < year and one.opens != "since") for one in named):
        return True
    if _is_perfect(parsed, main) or _lasts(parsed, main, named) or _tells_origin(parsed, own):
        return True
    marked = any(parsed.lows[i] in entries("structure", "background", "adverbs") for i in own)
    return marked or _has_phrase(parsed, own, "background")


def _is_older(dated: list[date], now: date | None) -> bool:
    return bool(dated) and now is not None and max(dated) < _day(now) - _NEWS


def _day(when: date) -> date:
    return date(when.year, when.month, when.day)


def _is_perfect(parsed: Parse, main: Clause | None) -> bool:
    """`The factory had employed`: what was over before."""
    if main is None:
        return False
    first = main.predicate[0]
    had = "had" in parsed.lows[first : first + 2]
    return had and any(
        low.endswith(("ed", "en", "wn")) or low in _PARTICIPLES for low in parsed.lows[first + 1 : first + _NEAR]
    )


def _lasts(parsed: Parse, main: Clause | None, named: list[Time]) -> bool:
    """`Since 2019 the airport has lost`: what began before the news and goes on."""
    since = any(one.opens == "since" for one in named)
    return since and main is not None and parsed.lows[main.predicate[0]] in {"has", "have", "had"}


def _tells_origin(parsed: Parse, own: frozenset[int]) -> bool:
    """`Built in 1932`, `was founded in`."""
    origins = entries("structure", "background", "origins")
    return any(i in own and parsed.lows[i] in origins and parsed.lows[i + 1 : i + 2] == ("in",) for i in own)


@cache
def _phrases(section: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The phrases of a role by their first word."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in listed("structure", section, "phrases"):
        words = tuple(phrase.split())
        found[words[0]] = (*found.get(words[0], ()), words)
    return found


def _has_phrase(parsed: Parse, own: frozenset[int], section: str) -> bool:
    known = _phrases(section)
    return any(_stands(parsed, i, phrase) for i in own for phrase in known.get(parsed.lows[i], ()))


def _stands(parsed: Parse, i: int, phrase: Sequence[str]) -> bool:
    """Whether a phrase stands at word `i`; "*" in it is any word."""
    lows = parsed.lows[i : i + len(phrase)]
    return len(lows) == len(phrase) and all(part in {low, "*"} for part, low in zip(phrase, lows, strict=True))
