"""Spans of an article's text, and where a phrase stands in it: exactly or normalised, never nearly."""

import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import regex
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator

_SURROGATES = regex.compile(r"[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which no UTF-8 can hold; offsets stay as they are."""
    return _SURROGATES.sub("\ufffd", text)


SourceText = Annotated[str, PlainSerializer(without_surrogates, when_used="json")]
"""Text of an article: kept to the code point in memory; JSON shows U+FFFD for a lone surrogate."""


class Span(BaseModel):
    """A stretch of the article: `article.text[span.start:span.end] == span.text`.

    Attributes:
        start: offset of the first code point.
        end: offset behind the last code point.
        text: the words as they stand in the article.
        sentence: number of the sentence as the model saw it, from 1; 0 is the headline.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    start: int = Field(ge=0)
    end: int
    text: SourceText
    sentence: int = Field(ge=0)

    def find(self, phrase: str) -> Self | None:
        """The span of a phrase inside this one, by `locate`; None if it does not stand here."""
        found = locate(phrase, self.text)
        if found is None:
            return None
        start, end = found
        place = {"start": self.start + start, "end": self.start + end, "text": self.text[start:end]}
        return self.model_copy(update=place)

    @model_validator(mode="after")
    def _offsets_fit(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} is not behind start {self.start}")
        if len(self.text) != self.end - self.start:
            raise ValueError(f"text has {len(self.text)} code points, the offsets {self.end - self.start}")
        return self


def is_span(value: object) -> bool:
    """Whether plain data is that of a `Span`."""
    return isinstance(value, dict) and value.keys() == Span.model_fields.keys()


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in the form in which spellings of the same words are equal.

    Attributes:
        text: decomposed and case-folded; plain quotes, hyphens and single spaces; nothing invisible.
        offsets: for each character of `text`, where the grapheme cluster that it comes from starts in the
            original; and one more, the length of the original.
    """

    text: str
    offsets: Sequence[int]


# The invisible: soft hyphen, zero-width characters, direction marks, word joiners, byte order mark.
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_STYLES = {
    **dict.fromkeys(map(ord, "“”„‟«»″〝〞＂「」『』"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛‹›′`´ʼ＇"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-"),
    ord("…"): "...",
}
_ONE_TO_ONE = "!-~“”„‟«»‘’‚‛‹›‐‑‒–—―−一-\u9fff、。，"
_EXTENDS = r"\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}"  # what makes one cluster with the character before
_PARTS = regex.compile(
    rf"(?P<plain>[{_ONE_TO_ONE}]+(?: [{_ONE_TO_ONE}]+)*)(?![{_EXTENDS}])"
    rf"|(?P<space>[\s\p{{Z}}{_INVISIBLE}]+)(?![{_EXTENDS}])"
    r"|\X"
)
_HIDDEN = regex.compile(f"[{_INVISIBLE}]")
_FIRST_VISIBLE = regex.compile(rf"[^\s\p{{Z}}{_INVISIBLE}]")
_LAST_VISIBLE = regex.compile(rf"(?r)[^\s\p{{Z}}{_INVISIBLE}]")
_CLUSTER = regex.compile(r"\X")
_LONGEST_ACRONYM = 5
# Sorting combining marks is quadratic in the length of the run (UAX #15 caps it for the same reason).
_LONGEST_CLUSTER = 32


def normalise(text: str) -> Normalised:
    """Text in the form in which phrases are compared, with the way back to the original.

    Quote styles, dashes, Unicode spaces, runs of white space, soft hyphens and other invisible characters,
    composed and decomposed letters, and case make no difference in it. Linear in the length of the text.
    """
    pieces: list[str] = []
    offsets = array("q")
    for part in _PARTS.finditer(text):
        start, end = part.span()
        if part.lastgroup == "plain":
            pieces.append(part.group().translate(_STYLES).casefold())
            offsets.extend(range(start, end))
            continue
        piece = _spaces(part.group()) if part.lastgroup == "space" else _folded(part.group())
        pieces.append(piece)
        offsets.extend([start] * len(piece))
    offsets.append(len(text))
    return Normalised("".join(pieces), offsets)


def _spaces(run: str) -> str:
    return " " if _HIDDEN.sub("", run) else ""


def _folded(cluster: str) -> str:
    parts = (cluster[i : i + _LONGEST_CLUSTER] for i in range(0, len(cluster), _LONGEST_CLUSTER))
    return "".join(_folded_part(_HIDDEN.sub("", part).translate(_STYLES)) for part in parts)


def _folded_part(text: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())


def locate(phrase: str, text: str, *, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """Half-open offsets of the phrase's first place in `text[start:end]`, or None.

    An exact match comes before a normalised one. Both begin and end at word borders, and on whole grapheme
    clusters; a phrase with nothing visible in it stands nowhere.
    """
    end = len(text) if end is None else min(end, len(text))
    phrase = _visible(phrase)
    if not phrase or not 0 <= start < end:
        return None
    exact = _exact(phrase, text, start, end)
    return exact or next(_normalised(phrase, text, start, end), None)


def locate_all(phrase: str, text: str, *, start: int = 0, end: int | None = None) -> tuple[tuple[int, int], ...]:
    """Every place of the phrase in `text[start:end]` in order, exact or normalised, without overlaps."""
    end = len(text) if end is None else min(end, len(text))
    phrase = _visible(phrase)
    if not phrase or not 0 <= start < end:
        return ()
    return tuple(_normalised(phrase, text, start, end))


# Neighbours that no rule of UAX #29 joins. Elsewhere the normalised search decides, which knows the clusters.
_APART = regex.compile(
    rf"(?<![\p{{GCB=Prepend}}\p{{GCB=L}}{_INVISIBLE}])(?<![{_INVISIBLE}][.,'’])(?![.,'’][{_INVISIBLE}])"
    rf"(?:$|(?=[^\w{_EXTENDS}\p{{GCB=RI}}{_INVISIBLE}])"
    r"|(?<!\p{M})(?=[\p{GCB=Other}\p{GCB=LV}\p{GCB=LVT}]))"
)
# Scripts that put no space between words, or put what belongs to a word right behind it (Korean particles).
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\p{Hangul}]"
# Inside a word or a number: must, won't, 3.5, 1,000. Not inside one: Mexico's, l'Amérique.
_INSIDE = regex.compile(
    rf"(?<=\w)(?<!{_UNSPACED})(?=\w)(?!{_UNSPACED})"
    r"|(?<=\w)(?=['’]\w)(?!['’]s\b)"
    r"|(?<=\w['’])(?=\w)(?<!\b(?:[cdjlmnst]|qu)['’])"
    r"|(?<=\d)(?=[.,]\d)|(?<=\d[.,])(?=\d)",
    regex.IGNORECASE,
)


def _visible(phrase: str) -> str:
    """The phrase from its first to its last visible character."""
    first, last = _FIRST_VISIBLE.search(phrase), _LAST_VISIBLE.search(phrase)
    return phrase[first.start() : last.end()] if first and last else ""


def _exact(phrase: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    at = text.find(phrase, start, end)
    while at >= 0:
        behind = at + len(phrase)
        if all(border in (start, end) or _is_clear(text, border) for border in (at, behind)):
            return at, behind
        at = text.find(phrase, at + 1, end)
    return None


def _is_clear(text: str, border: int) -> bool:
    """Whether two clusters and two words meet here, as far as the characters beside it can tell."""
    return _APART.match(text, border) is not None and _INSIDE.match(text, border) is None


def _normalised(phrase: str, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    window = normalise(text[start:end])
    sought = normalise(phrase).text.strip()
    at = window.text.find(sought) if sought else -1
    while at >= 0:
        behind = at + len(sought)
        taken = False
        if _is_border(window, at) and _is_border(window, behind):
            last_cluster = _CLUSTER.match(text, start + window.offsets[behind - 1], end)
            found = start + window.offsets[at], last_cluster.end() if last_cluster else end
            taken = not _is_another_word(phrase, text[slice(*found)])
            if taken:
                yield found
        at = window.text.find(sought, behind if taken else at + 1)


def _is_border(window: Normalised, at: int) -> bool:
    if at in (0, len(window.text)):
        return True
    return window.offsets[at - 1] != window.offsets[at] and _INSIDE.match(window.text, at) is None


def _is_another_word(phrase: str, found: str) -> bool:
    """Whether only case tells an acronym from a word: US and us, WHO and who, AID and aid."""
    return len(phrase) <= _LONGEST_ACRONYM and phrase.isalpha() and phrase.isupper() and found.islower()
