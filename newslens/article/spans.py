"""Spans of an article's text, exact or normalised search for a phrase in it, and borders of grapheme clusters."""

import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import regex
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator

_SURROGATES = regex.compile(r"[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which UTF-8 cannot hold; offsets stay valid."""
    return _SURROGATES.sub("\ufffd", text)


SourceText = Annotated[str, PlainSerializer(without_surrogates, when_used="json")]
"""Text of an article: exact in memory; JSON has U+FFFD for a lone surrogate."""


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
        """The span of a phrase inside this one, found by `locate`; None if it is not there."""
        found = locate(phrase, self.text)
        if found is None:
            return None
        start, end = (self.start + offset for offset in found)
        return self.model_copy(update={"start": start, "end": end, "text": self.text[slice(*found)]})

    @model_validator(mode="after")
    def _offsets_fit(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end must be greater than start, got {self.start} to {self.end}")
        if len(self.text) != self.end - self.start:
            raise ValueError(f"the text has {len(self.text)} code points, but the offsets span {self.end - self.start}")
        return self


def is_span(value: object) -> bool:
    """Whether plain data has exactly the fields of a `Span`."""
    return isinstance(value, dict) and value.keys() == Span.model_fields.keys()


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in the form in which different spellings of the same words are equal.

    Attributes:
        text: decomposed and case-folded, with plain quotes, hyphens and single spaces, without invisible characters.
        offsets: of the grapheme cluster of each character in the original; then the original's length.
    """

    text: str
    offsets: Sequence[int]


# Soft hyphen, zero-width characters, direction marks, word joiners, byte order mark.
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
    """The form of a text in which phrases are compared. Linear in the length of the text."""
    pieces: list[str] = []
    offsets = array("q")
    for part in _PARTS.finditer(text):
        start, end = part.span()
        if part.lastgroup == "plain":
            pieces.append(part.group().translate(_STYLES).casefold())
            offsets.extend(range(start, end))
            continue
        if part.lastgroup == "space":
            piece = " " if _HIDDEN.sub("", part.group()) else ""
        else:
            cluster = part.group()
            runs = (cluster[i : i + _LONGEST_CLUSTER] for i in range(0, len(cluster), _LONGEST_CLUSTER))
            forms = (unicodedata.normalize("NFD", _HIDDEN.sub("", run).translate(_STYLES)).casefold() for run in runs)
            piece = "".join(unicodedata.normalize("NFD", form) for form in forms)
        pieces.append(piece)
        offsets.extend([start] * len(piece))
    offsets.append(len(text))
    return Normalised("".join(pieces), offsets)


def locate(phrase: str, text: str, *, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """Half-open offsets of the first occurrence of the phrase in `text[start:end]`, or None.

    An exact match is preferred to a normalised one. A match begins and ends at borders of words and of grapheme
    clusters. A phrase without visible characters is not found.
    """
    end = len(text) if end is None else min(end, len(text))
    phrase = _strip_invisible(phrase)
    at = text.find(phrase, start, end) if phrase and start >= 0 else -1
    while at >= 0:
        ends = (at, at + len(phrase))
        # The characters beside a border often suffice to tell that two clusters and two words meet there.
        if all(b in (start, end) or (_APART.match(text, b) and not _INSIDE.match(text, b)) for b in ends):
            return ends
        at = text.find(phrase, at + 1, end)
    return next(_find_normalised(phrase, text, start, end), None)


def locate_all(phrase: str, text: str, *, start: int = 0, end: int | None = None) -> tuple[tuple[int, int], ...]:
    """Every occurrence of the phrase in `text[start:end]` in order, exact or normalised, without overlaps."""
    return tuple(_find_normalised(_strip_invisible(phrase), text, start, len(text) if end is None else end))


# Neighbours that UAX #29 never joins. Elsewhere the normalised search decides, which knows the clusters.
_APART = regex.compile(
    rf"(?<![\p{{GCB=Prepend}}\p{{GCB=L}}{_INVISIBLE}])(?<![{_INVISIBLE}][.,'’])(?![.,'’][{_INVISIBLE}])"
    rf"(?:$|(?=[^\w{_EXTENDS}\p{{GCB=RI}}{_INVISIBLE}])"
    r"|(?<!\p{M})(?=[\p{GCB=Other}\p{GCB=LV}\p{GCB=LVT}]))"
)
# Scripts without spaces between words, or with particles attached to them (Korean).
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\p{Hangul}]"
# Inside a word or a number: must, won't, 3.5, 1,000. Not inside one: Mexico's, l'Amérique.
_INSIDE = regex.compile(
    rf"(?<=\w)(?<!{_UNSPACED})(?=\w)(?!{_UNSPACED})"
    r"|(?<=\w)(?=['’]\w)(?!['’]s\b)"
    r"|(?<=\w['’])(?=\w)(?<!\b(?:[cdjlmnst]|qu)['’])"
    r"|(?<=\d)(?=[.,]\d)|(?<=\d[.,])(?=\d)",
    regex.IGNORECASE,
)


def _strip_invisible(phrase: str) -> str:
    first, last = _FIRST_VISIBLE.search(phrase), _LAST_VISIBLE.search(phrase)
    return phrase[first.start() : last.end()] if first and last else ""


def _find_normalised(phrase: str, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if not phrase or not 0 <= start < end:
        return
    window, sought = normalise(text[start:end]), normalise(phrase).text.strip()
    # Only case tells an acronym from a word: US and us, WHO and who, AID and aid.
    is_acronym = len(phrase) <= _LONGEST_ACRONYM and phrase.isalpha() and phrase.isupper()
    at = window.text.find(sought) if sought else -1
    while at >= 0:
        behind = at + len(sought)
        taken = False
        if _is_border(window, at) and _is_border(window, behind):
            last_cluster = _CLUSTER.match(text, start + window.offsets[behind - 1], min(end, len(text)))
            found = start + window.offsets[at], last_cluster.end() if last_cluster else end
            taken = not (is_acronym and text[slice(*found)].islower())
            if taken:
                yield found
        at = window.text.find(sought, behind if taken else at + 1)


def _is_border(window: Normalised, at: int) -> bool:
    if at in (0, len(window.text)):
        return True
    return window.offsets[at - 1] != window.offsets[at] and _INSIDE.match(window.text, at) is None


_WINDOW = 32  # code points that hold nearly every cluster
_ALONE = r"\p{GCB=Other}\p{GCB=Control}"
_SURE_BORDER = regex.compile(rf"(?r)(?<=[{_ALONE}\n])[{_ALONE}\r]")  # searched backwards


def find_borders(text: str, position: int, low: int) -> tuple[int, int]:
    """The nearest borders between grapheme clusters (UAX #29) at or before `position`, and at or after it.

    The text before `low`, a known border at or before `position`, is not read.
    """
    if position in {0, low, len(text)}:
        return position, position
    before, after = text[position - 1], text[position]
    if before.isascii() and after.isascii() and after != "\n":
        return position, position
    sure = _SURE_BORDER.search(text, low, position + 1)
    border = sure.start() if sure else low
    while border < position:
        width = _WINDOW  # since \X looks back over all flags before its start
        while (length := next(_CLUSTER.finditer(text[border : border + width])).end()) == width < len(text) - border:
            width *= 2
        if border + length > position:
            return border, border + length
        border += length
    return position, position
