"""Split text into sentences (sentencex, with corrections for news prose), and find the quotations in them."""

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

import regex

from newslens.article.spans import without_surrogates

_LINE = regex.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_LINE_END = regex.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
# Marks before a line of quoted mail (">>") or of a list ("•", "-"); a number in front may be a date, and stays.
_OPENING_MARKS = regex.compile(
    r"(?:^|(?<=[\n\r\x0b\x0c\x85\u2028\u2029]))[^\S\n\r\x0b\x0c\x85\u2028\u2029]*+"
    r"(?:(?:>[ \t]*+)++(?![\d=])|[•·*▪●■-](?=\s+[^\W_]|\s+[\"'“‘«¿¡(\[*_]+\w))"
)
_WORD = regex.compile(r"\w")
# Code points given to sentencex at once, since it takes quadratic time over quotation marks that are never closed.
_WINDOW = 4_000
_LAST_WORD = regex.compile(r"(?r)[\w,] ")
_LOOK_BACK = 20  # longer than any abbreviation

_TIME_OF_DAY = regex.compile(r"\b[ap]\.m\.\s*$", regex.IGNORECASE)
_DAY_OR_ZONE = regex.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:[ECMP][SD]?|GM|U)TC?|Eastern|Central|Mountain|Pacific)\b"
)
# Abbreviations before a name that sentencex does not know in this language.
_BEFORE_A_NAME = {
    "en": regex.compile(r"\b(?:Ms|Mx)\.\s*$"),
    "fr": regex.compile(r"\b(?:M|MM|Mme|Mmes|Mlle|Mgr|Me)\.\s*$"),
    "hi": regex.compile(r"\b(?:डॉ|प्रो|श्री|सुश्री|पं)\.\s*$"),
}
# "He said no. She left", "until May. She left": sentencex takes "no." for "number" and "May." for a short month.
_WHOLE_WORD = regex.compile(r"\b(?:no|May)\. +(?=[¿¡“\"«\p{Lu}])")
_NUMBERED = regex.compile(r"\s*\(?(?:\d{1,3}|[IVX]{1,5})[.)]\s*")  # "1. The wall": the first words of a list's item
_FUNCTION_WORDS = {
    language: frozenset(words.split())
    for language, words in (
        ("en", "the of and to in is was for that with said"),
        ("es", "el la los las de del que y en un una por con se su dijo"),
        ("fr", "le la les des du et est en un une que pour dans qui au a"),
        ("de", "der die das und ist den von mit dem nicht ein eine zu im"),
        ("pt", "o a os as do da dos das e que em um uma para com não no na"),
        ("it", "il lo la gli le di del della e che un una per con non è nel"),
    )
}
_SAMPLE = 4_000


def split(
    text: str, start: int = 0, end: int | None = None, language: str | None = None, *, wrapped: bool = False
) -> Iterator[tuple[int, int]]:
    """Half-open offsets of the sentences in `text[start:end]`, in order, without surrounding white space.

    The sentences hold all the text except white space and the marks of quoting (">") and of lists ("•", "-") that
    open a line; a stretch without a letter or digit belongs to the sentence before it. Linear in the text's length.

    Args:
        text: the whole text; offsets count its code points.
        start: where to begin.
        end: where to stop; None for the end of the text.
        language: BCP 47 tag, which selects the abbreviations; guessed from the stretch if None.
        wrapped: whether the lines are one wrapped paragraph; otherwise a line end ends a sentence.
    """
    end = len(text) if end is None else end
    language = without_surrogates(language or guess_language(text[start : min(end, start + _SAMPLE)]))
    language = language.partition("-")[0].lower()
    if wrapped:
        yield from _split_line(_LINE_END.sub(" ", _blank_marks(text[start:end])), start, language)
        return
    for line in _LINE.finditer(text, start, end):
        yield from _split_line(_blank_marks(line.group()), line.start(), language)


def guess_language(sample: str) -> str:
    """The language whose commonest words are most frequent in the sample; English if there are none."""
    words = sample[:_SAMPLE].lower().split()
    return max(_FUNCTION_WORDS, key=lambda language: sum(word in _FUNCTION_WORDS[language] for word in words))


def _blank_marks(text: str) -> str:
    """The text with spaces in place of the marks that open its lines, unless it consists of them."""
    unmarked = _OPENING_MARKS.sub(lambda marks: " " * len(marks.group()), text)
    return unmarked if unmarked.strip() else text


def _split_line(line: str, offset: int, language: str) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences of a line: between the ends of the pieces, except those inside a sentence."""
    safe = without_surrogates(line)
    start, held, has_word = 0, 0, False
    for end in (*_find_ends(safe, language), len(line)):
        new_word = _WORD.search(line, held, end) is not None
        is_end = has_word and new_word and not _NUMBERED.fullmatch(line, 0, held)
        if held and (end == held or (is_end and not _is_inside(safe, held, language))):
            sentence = line[start:held]
            if sentence.strip():
                yield offset + held - len(sentence.lstrip()), offset + start + len(sentence.rstrip())
            start, has_word = held, False
        held, has_word = end, has_word or new_word


def _is_inside(line: str, border: int, language: str) -> bool:
    """Whether a sentence continues over this border, judged by the words beside it."""
    before = line[max(0, border - _LOOK_BACK) : border]
    if before[-1] == "." and line[border].isascii() and line[border].isalnum():
        return True  # D-N.Y.
    if _TIME_OF_DAY.search(before) and _DAY_OR_ZONE.match(line, border):
        return True
    abbreviation = _BEFORE_A_NAME.get(language)
    return abbreviation is not None and abbreviation.search(before) is not None


def _find_ends(line: str, language: str) -> Iterator[int]:
    """Ends of sentencex's pieces, read through a window that moves along the line."""
    import sentencex  # type: ignore[import-untyped] # it ships no types

    start = 0
    while start < len(line):
        stop = start + _WINDOW
        word = _LAST_WORD.search(line, start + _WINDOW // 2, stop) if stop < len(line) else None
        stop = word.end() if word else min(stop, len(line))  # rather after a word that ends no sentence
        window = line[start:stop]
        ends = [piece["end_index"] for piece in sentencex.get_sentence_boundaries(language, window)]
        missed = [match.end() for match in _WHOLE_WORD.finditer(window)]
        ends = sorted({*ends, *(end for end in missed if not _is_quoted(window, ends, end))})
        if stop < len(line):
            ends.pop()  # the window ends there, not the sentence
        yield from (start + end for end in ends)
        start = start + ends[-1] if ends else stop


def _is_quoted(window: str, ends: list[int], at: int) -> bool:
    """Whether a quotation is open here, counted from the beginning of the sentence."""
    place = bisect_left(ends, at)
    before = window[ends[place - 1] if place else 0 : at]
    return before.count('"') % 2 == 1 or any(before.rfind(q) > before.rfind(c) for q, c in ("“”", "«»", "„“"))


# “…”, "…", «…», ''…''; ‘…’ and '…' where the mark is no apostrophe.
_MARK = re.compile(r"(?=[“”\"«»‘'’])(?:[“”\"«»]|''(?!')|(?<!\w)[‘'](?=\w)|(?<=[\w.,!?…])['’](?!\w))")
_BEFORE = re.compile(r"[\w.,!?…]")  # before an apostrophe that opens nothing: "the owners' plan"
_CLOSING = {"''": "''", "“": "”", '"': '"', "«": "»", "‘": "’", "'": "'"}


class Quotations(NamedTuple):
    """The quotations of one sentence.

    Attributes:
        spans: half-open code points, marks left out, outermost quotations only.
        opened: the sentence begins inside a quotation.
        awaited: the mark that would close the last quotation, or "" when it is closed.
    """

    spans: tuple[tuple[int, int], ...]
    opened: bool
    awaited: str


def find_quotations(sentences: Iterable[str], starts: Container[int]) -> Iterator[Quotations]:
    """The quotations of each sentence; `starts` has the index of the first sentence of each paragraph, from 0.

    A quotation that is not closed goes on in the next sentence of its paragraph.
    """
    awaited = ""
    for number, sentence in enumerate(sentences):
        found = quotations(sentence, awaited="" if number in starts else awaited)
        awaited = found.awaited
        yield found


def quotations(sentence: str, *, awaited: str = "") -> Quotations:
    """The quotations of a sentence, before which the mark `awaited` was left open; an open one runs to the end.

    An apostrophe that closes nothing is not a mark. A mark that can only close may close what began before.
    """
    found: list[tuple[int, int]] = []
    opened, begin = bool(awaited), 0
    for mark in _MARK.finditer(sentence):
        sign = mark.group()
        if awaited:
            if sign == awaited:
                found.append((begin, mark.start()))
                awaited = ""
        elif sign in _CLOSING and not (sign in "'’" and _BEFORE.match(sentence, mark.start() - 1)):
            awaited, begin = _CLOSING[sign], mark.end()
        elif sign in "”»" and not found:
            found.append((0, mark.start()))
    if awaited in ("'", "’"):
        awaited = ""
    if awaited:
        found.append((begin, len(sentence)))
    return Quotations(tuple(found), opened, awaited)
