"""Whose words stand at a place of a text: the author's own, a quotation's, or what a source is said to have said."""

from collections.abc import Iterator
from dataclasses import dataclass

from newslens.offline.lexicon import verb_forms
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, before
from newslens.offline.sides import AUTHOR, Text
from newslens.offline.sources_said import said

_REACH = 16  # words between a verb and what it says of something
_SCARE = 3  # words at most in quotation marks that keep a distance; more are a quotation


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose words a phrase is.

    Attributes:
        in_quote: all of it stands in quotation marks.
        speaker: who is said to say it, directly or not; None: the author, or somebody who is not named.
        scare_quotes: some of it stands in quotation marks around three words or fewer, and nobody is said to say it.
    """

    in_quote: bool = False
    speaker: str | None = None
    scare_quotes: bool = False


def voice(text: Text, sentence: int, start: int, end: int) -> Voice:
    """Whose words stand at half-open code points of a sentence."""
    parsed = text.parses[sentence]
    words = [i for i in range(*parsed.at(start, end)) if parsed.words[i].text[0].isalnum()]
    quoted = [parsed.quote[i] for i in words if parsed.quote[i] >= 0]
    speaker = _said(text, sentence, start) or _subject(text, sentence, start, verb_forms("cues", "labels"))
    speaker = speaker or text.turns.get(sentence)
    if not quoted:
        return Voice(speaker=speaker)
    speaker = speaker or _near(text, sentence, start) or _going_on(text, sentence, quoted[0]) or _before(text, sentence)
    return Voice(
        in_quote=len(quoted) == len(words),
        speaker=speaker,
        scare_quotes=speaker is None and _spoken(parsed, quoted[0]) <= _SCARE,
    )


def _said(text: Text, sentence: int, start: int) -> str | None:
    """The source whose content a place stands in; of a far one, too: "its opponents, he said, are fanatics"."""
    near = (one for one in text.attributions[sentence] if one.content[0] <= start < one.content[1])
    found = next(near, None)
    if found is not None:
        return _name(text, sentence, *found.source)
    if not text.english:
        return None
    parsed = text.parses[sentence]
    at = parsed.at(start, start + 1)[0]
    far = (one for one in said(parsed) if one.source and any(first <= at < last for first, last in one.content))
    return next((_name(text, sentence, *_place(parsed, one.source)) for one in far if one.source), None)


def _place(parsed: Parse, source: Range) -> tuple[int, int]:
    first, last = source
    return parsed.words[first].start, parsed.words[last - 1].end


def _name(text: Text, sentence: int, start: int, end: int) -> str | None:
    """The fullest name of a source, else its words as they stand; None for the author."""
    name = text.holder(sentence, start, end) or text.sentences[sentence][start:end]
    return None if name == AUTHOR else name


def _spoken(parsed: Parse, quotation: int) -> int:
    """How many words a quotation has."""
    marked = zip(parsed.words, parsed.quote, strict=True)
    return sum(number == quotation and word.text[0].isalnum() for word, number in marked)


def _near(text: Text, sentence: int, start: int) -> str | None:
    """Who speaks elsewhere in the sentence, if only one does, or finds fault or praises in it."""
    sources = {
        _name(text, sentence, *one.source)
        for one in text.attributions[sentence]
        if one.kind != "indirect" and one.content[1] <= start
    }
    judging = verb_forms("verbs", "blame") | verb_forms("verbs", "praise")
    return sources.pop() if len(sources) == 1 else _subject(text, sentence, start, judging)


def _subject(text: Text, sentence: int, start: int, verbs: frozenset[str]) -> str | None:
    """The subject of the last of some verbs before a place: `Orr slammed the “crooks”`, `Orr called it shameful`."""
    parsed = text.parses[sentence]
    place = parsed.at(start, start + 1)[0]
    ahead = range(max(0, place - _REACH), place)
    judged = [i for i in ahead if parsed.lows[i] in verbs and parsed.quote[i] < 0 and not parsed.passive(i)]
    subject = before(parsed.words, judged[-1]) if judged else None
    if subject is None:
        return None
    return _name(text, sentence, *_place(parsed, subject))


def _going_on(text: Text, sentence: int, quotation: int) -> str | None:
    """Whose quotation it is when it runs on into a sentence that tells."""
    if not text.parses[sentence].awaited or quotation != max(text.parses[sentence].quote):
        return None
    for k in range(sentence + 1, len(text.parses)):
        if not _opens_quoted(text.parses[k]):
            return None
        if sources := list(_direct(text, k)):
            return sources[0]
        if not text.parses[k].awaited:
            return None
    return None


def _before(text: Text, sentence: int) -> str | None:
    """The speaker of the quotation right before, in one paragraph: `“We stay,” Orr said. “They are crooks.”`."""
    k = sentence
    while k > text.referents.reach(sentence) and _opens_quoted(text.parses[k]):
        k -= 1
        if sources := list(_direct(text, k)):
            return sources[-1]
    return None


def _opens_quoted(parsed: Parse) -> bool:
    first = next((i for i, word in enumerate(parsed.words) if word.text[0].isalnum()), None)
    return first is not None and parsed.quote[first] >= 0


def _direct(text: Text, sentence: int) -> Iterator[str]:
    """Whom a sentence quotes."""
    quoting = (one for one in text.attributions[sentence] if one.kind != "indirect")
    yield from filter(None, (_name(text, sentence, *one.source) for one in quoting))
