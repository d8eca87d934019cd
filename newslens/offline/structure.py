"""Who, what, when, where, why and how of a story's main event, and what each of its sentences does."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Literal, NamedTuple

from newslens.offline.attribution import Attribution
from newslens.offline.lexicon import entries
from newslens.offline.names import Kind
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range
from newslens.offline.sides import Text
from newslens.offline.sides import read as read_text
from newslens.offline.structure_clause import Clause, clause, statement
from newslens.offline.structure_roles import Role, roles
from newslens.offline.structure_speech import interview
from newslens.offline.structure_when import GRAINS, Time, times
from newslens.offline.structure_where import Dateline, dateline, places
from newslens.offline.structure_why import means, reason

QuestionWord = Literal["who", "what", "when", "where", "why", "how"]

_LEAD = 3  # sentences in which the main event is looked for
_LASTING = frozenset({"since", "until", "till", "before", "for", "of"})  # before a time that is not the event's
_ENDS = re.compile(r"[.!?…][\"'”’)]*\s*$")  # a line that does not end so stands above the story
_THAT = frozenset({"it", "this", "that"})
_NOBODY = frozenset({"it", "there"})  # subjects that stand for nobody: "There were no survivors"
_ELSEWHERE = frozenset({"as", "because", "while", "although", "though"})  # behind them another event has its place


class Answer(NamedTuple):
    """The answer to a question: half-open code points in a sentence, counted from 0."""

    question: QuestionWord
    sentence: int
    start: int
    end: int


class Structure(NamedTuple):
    """The answers that are sure, and a role for every sentence."""

    answers: tuple[Answer, ...]
    roles: tuple[Role, ...]


class _Event(NamedTuple):
    sentence: int
    parsed: Parse
    told: Range  # without the source behind it
    clause: Clause
    dateline: Dateline | None


def read(sentences: Sequence[str], *, paragraphs: Sequence[int] = (), published: date | None = None) -> Structure:
    """The structure of an English story.

    Args:
        sentences: the story.
        paragraphs: index of the first sentence of each paragraph; empty when it is not known.
        published: the day of the story, which tells what is past; it is never an answer.
    """
    text = read_text(sentences, paragraphs=paragraphs)
    told = sentences[: min(_LEAD, interview(sentences))]
    lead = [k for k, sentence in enumerate(told) if _ENDS.search(sentence)]
    event = next((found for k in lead if (found := _event(text, k))), None)
    answers = () if event is None else tuple(_answers(text, event))
    return Structure(answers, tuple(roles(text, published)))


def _event(text: Text, k: int) -> _Event | None:
    sentence, parsed = text.sentences[k], text.parses[k]
    filed = dateline(sentence) if k == 0 else None
    first = parsed.at(filed.end, filed.end + 1)[0] if filed else 0
    told = statement(parsed, first, text.attributions[k])
    if (saying := _quoted(parsed, text.attributions[k])) is not None:
        return _Event(k, parsed, (first, len(parsed.words)), saying, filed)
    main = clause(parsed, told, sentence)
    return None if main is None else _Event(k, parsed, told, main, filed)


def _quoted(parsed: Parse, attributions: Sequence[Attribution]) -> Clause | None:
    """Who says what, where the sentence opens with a quotation: `"We stay," said Smith`."""
    opens = parsed.quote[:2].count(0) > 0
    found = next((one for one in attributions if one.kind == "direct"), None) if opens else None
    return None if found is None else Clause(parsed.at(*found.source), parsed.at(*found.content))


def _answers(text: Text, event: _Event) -> Iterator[Answer]:
    parsed, (subject, predicate) = event.parsed, event.clause
    why, how = reason(parsed, event.told, predicate[0]), means(parsed, event.told, predicate[0])
    if parsed.lows[subject[0]] in _NOBODY:
        predicate = (subject[0], predicate[1])
    else:
        yield _answer("who", event, subject)
    yield _answer("what", event, _until(predicate, why, how))
    yield from _when(text, event)
    yield from _where(text, event)
    if why is not None:
        yield _answer("why", event, why)
    if how is not None:
        yield _answer("how", event, how)


def _answer(question: QuestionWord, event: _Event, part: Range) -> Answer:
    words = event.parsed.words
    return Answer(question, event.sentence, words[part[0]].start, words[part[1] - 1].end)


def _until(predicate: Range, *others: Range | None) -> Range:
    """The predicate up to the first of the other answers in it."""
    first, last = predicate
    return first, min([last, *(other[0] for other in others if other is not None and first < other[0])])


def _when(text: Text, event: _Event) -> Iterator[Answer]:
    """The most exact time of what is told, or else of its source, the dateline, or a sentence about the event."""
    filed = event.dateline
    told = event.parsed.words[event.told[1] - 1].end
    found = _times(text, event.sentence, filed.end if filed else 0)
    best = min(found, key=lambda one: (one.start >= told, GRAINS.index(one.grain)), default=None)
    if best is not None:
        yield Answer("when", event.sentence, best.start, best.end)
    elif filed is not None and filed.date[0] < filed.date[1]:
        yield Answer("when", event.sentence, *filed.date)
    else:
        later = range(event.sentence + 1, min(event.sentence + _LEAD, len(text.sentences)))
        days = ((k, one) for k in later if _is_about(text, k) for one in _times(text, k, 0) if one.grain == "day")
        yield from (Answer("when", k, one.start, one.end) for k, one in islice(days, 1))


def _is_about(text: Text, k: int) -> bool:
    """Whether a later sentence tells of the same event: "The announcement was made on May 4"."""
    first, second = (*text.parses[k].lows[:2], "", "")[:2]
    return first in _THAT or (first in {"the", "this"} and second in entries("structure", "times", "events"))


def _times(text: Text, k: int, start: int) -> list[Time]:
    """The times of a sentence from a place on: no lasting ones, and none in a quotation."""
    parsed = text.parses[k]
    found = (one for one in times(text.sentences[k]) if one.opens not in _LASTING and one.start >= start)
    return [one for one in found if parsed.quote[parsed.at(one.start, one.end)[0]] < 0]


def _where(text: Text, event: _Event) -> Iterator[Answer]:
    """The first phrase of place with a name, else the place of the dateline."""
    first, last = event.told
    behind = range(event.clause.predicate[0], last)
    last = next((k for k in behind if event.parsed.lows[k] in _ELSEWHERE), last)
    found = next(places(event.parsed, (first, last), _kinds(text, event)), None)
    if found is not None:
        yield _answer("where", event, found)
    elif event.dateline is not None:
        yield Answer("where", event.sentence, *event.dateline.place)


def _kinds(text: Text, event: _Event) -> dict[int, Kind]:
    """For each word of a name what is named."""
    found = (
        (actor.kind, mention)
        for actor in text.actors
        for mention in actor.mentions
        if mention.sentence == event.sentence
    )
    return {k: kind for kind, mention in found for k in range(*event.parsed.at(mention.start, mention.end))}
