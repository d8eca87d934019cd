"""The article: its text exactly as given, with sentences, paragraphs, headings and boilerplate."""

import hashlib
import os
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from operator import attrgetter
from os import PathLike
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from newslens.article.dates import Published
from newslens.article.layout import Block, Kind, Layout, read_layout
from newslens.article.sentences import guess_language, split
from newslens.article.spans import SourceText, Span, without_surrogates
from newslens.errors import InputError

MAX_CHARACTERS = 20_000_000  # code points; the longest news texts have a hundredth of it
_CONTROLS = "".join(map(chr, {*range(32), 127, 0xFFFD} - {*map(ord, "\t\n\v\f\r")}))
_MOST_CONTROLS = 0.05  # share of the characters; prose with some broken letters stays below
_LANGUAGE_SAMPLE = 4_000  # code points
_LONGEST_TITLE_SHOWN = 60
_LONGEST_PATH = 1_000  # characters
_START, _END = attrgetter("start"), attrgetter("end")


class _Piece(BaseModel):
    """A line of the article with its half-open offsets."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    start: int
    end: int
    text: SourceText


class Heading(_Piece):
    """A heading inside the article; the sentence `before` follows, the number of sentences plus one if none does."""

    before: int


class Boilerplate(_Piece):
    """A line that is not part of the story, with the reason in words; it remains in the text, but no model sees it."""

    reason: str


class Article(BaseModel):
    """A frozen article. Offsets are code points of `text`, half-open.

    The constructor stores what it is given; `from_text` and the other class methods also find title, byline and date.
    JSON keeps every offset; only a lone surrogate, which JSON cannot hold, becomes U+FFFD.

    Attributes:
        text: exactly as given, line ends and boilerplate included.
        published: a date, or a date-time if the time is known.
        url: where the page says it stands, if not given.
        language: BCP 47 tag.
        source: file or address it was read from, as given by the caller.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    text: SourceText
    title: SourceText | None = None
    byline: SourceText | None = None
    outlet: SourceText | None = None
    published: Published | None = None
    url: SourceText | None = None
    language: SourceText | None = None
    source: SourceText | None = None

    @classmethod
    def from_text(  # noqa: PLR0913 - one keyword for each field
        cls,
        text: str,
        *,
        title: str | None = None,
        byline: str | None = None,
        outlet: str | None = None,
        published: datetime | date | None = None,
        url: str | None = None,
        language: str | None = None,
        source: str | None = None,
    ) -> Self:
        """The article in a pasted text. The arguments take precedence over what is found in the text.

        Raises:
            InputError: `text` is not a str, is empty, binary or too long, or has no sentence of prose.
        """
        _check_text(text)
        found = read_layout(text, title=title)
        title, byline, published = title or found.title, byline or found.byline, published or found.published
        where = {"outlet": outlet, "url": url, "language": language, "source": source}
        article = cls(text=text, title=title, byline=byline, published=published, **where)
        vars(article)["layout"] = found  # what the property would compute again
        if not article.sentences:
            raise InputError("The text has only boilerplate and no sentence of prose. Give the article's text itself.")
        return article

    @classmethod
    def from_html(cls, html: str | bytes, *, url: str | None = None, charset: str | None = None) -> Self:
        """The article inside a page that came from `url`; `charset` is the encoding in the HTTP header of the bytes.

        Raises:
            InputError: the page has no article.
            MissingExtra: the extra `web` is not installed.
        """
        from newslens.article import html as extract

        return cls.from_text(**asdict(extract.from_html(html, url=url, charset=charset)))

    @classmethod
    def from_file(cls, path: str | PathLike[str], *, encoding: str | None = None) -> Self:
        """The article in a file: plain text, Markdown, HTML, or the JSON that extractors write.

        Raises:
            InputError: the file cannot be read as an article.
        """
        from newslens.article import files

        return cls.from_text(**asdict(files.read_article(path, encoding=encoding)), source=str(path))

    @classmethod
    def from_url(
        cls, url: str, *, allow_private: bool = False, timeout_s: float = 20, max_bytes: int = 10_000_000
    ) -> Self:
        """The article at a web address; the only function here that uses the network. See `fetch_page`.

        Raises:
            InputError: the page cannot be fetched, or has no article.
            MissingExtra: the extra `web` is not installed.
        """
        from newslens.article import fetch, files

        page = fetch.fetch_page(url, allow_private=allow_private, timeout_s=timeout_s, max_bytes=max_bytes)
        return cls.from_text(**asdict(files.from_page(page)), source=url)

    @cached_property
    def layout(self) -> Layout:
        """What each block of the text is."""
        return read_layout(self.text, title=self.title)

    @cached_property
    def headline(self) -> Span | None:
        """The title where it stands in the text, as sentence 0."""
        return next((self._cut(title.start, title.end, 0) for title in self._blocks("title")), None)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of the story, numbered from 1: no title, byline, heading or boilerplate."""
        blocks = self._blocks("paragraph")
        first_words = self.text[blocks[0].start : blocks[0].start + _LANGUAGE_SAMPLE] if blocks else ""
        language = self.language or guess_language(first_words)
        places = (split(self.text, block.start, block.end, language, wrapped=True) for block in blocks)
        return tuple(self._cut(*place, number) for number, place in enumerate(chain.from_iterable(places), 1))

    @cached_property
    def paragraphs(self) -> tuple[tuple[int, int], ...]:
        """Numbers of the first and the last sentence of each paragraph."""
        inside = (self.within(block.start, block.end) for block in self._blocks("paragraph"))
        return tuple((spans[0].sentence, spans[-1].sentence) for spans in inside if spans)

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The headings in the story, in order."""
        return tuple(
            Heading(before=bisect_right(self.sentences, block.start, key=_END) + 1, **self._piece(block))
            for block in self._blocks("heading")
        )

    @cached_property
    def boilerplate(self) -> tuple[Boilerplate, ...]:
        """The lines that are not part of the story, in order, each with a reason."""
        return tuple(
            Boilerplate(reason=block.reason or "", **self._piece(block)) for block in self._blocks("boilerplate")
        )

    @cached_property
    def sha256(self) -> str:
        """Hex digest of the text in UTF-8, with U+FFFD for lone surrogates; a round trip through JSON keeps it."""
        return hashlib.sha256(without_surrogates(self.text).encode()).hexdigest()

    def sentence(self, number: int) -> Span:
        """The sentence with this number; 0 is the headline.

        Raises:
            IndexError: there is no such sentence.
        """
        if number == 0 and self.headline is not None:
            return self.headline
        if not 1 <= number <= len(self.sentences):
            raise IndexError(f"no sentence {number}: the article has 1 to {len(self.sentences)}")
        return self.sentences[number - 1]

    def within(self, start: int, end: int) -> tuple[Span, ...]:
        """The sentences between two offsets (code points), including those that the offsets cut."""
        first, last = bisect_right(self.sentences, start, key=_END), bisect_left(self.sentences, end, key=_START)
        return self.sentences[first:last]

    def span(self, start: int, end: int) -> Span:
        """The span with these offsets and the number of the sentence that it begins in, or of the next; 0 in the title.

        Raises:
            ValueError: the offsets are not inside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"offsets {start} to {end} are not inside a text of {len(self.text)} code points")
        if self.headline is not None and self.headline.start <= start < self.headline.end:
            return self._cut(start, end, 0)
        return self._cut(start, end, min(bisect_right(self.sentences, start, key=_END) + 1, len(self.sentences)))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002 - frozen
        """A copy with some fields changed, validated; derived values are computed anew."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**fields, **(update or {})})

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        title = self.title and self.title[:_LONGEST_TITLE_SHOWN]
        return [("title", title), ("characters", len(self.text)), ("sha256", self.sha256[:12])]

    def _blocks(self, kind: Kind) -> list[Block]:
        return [block for block in self.layout.blocks if block.kind == kind]

    def _piece(self, block: Block) -> dict[str, Any]:
        return {"start": block.start, "end": block.end, "text": self.text[block.start : block.end]}

    def _cut(self, start: int, end: int, sentence: int) -> Span:
        return Span(start=start, end=end, text=self.text[start:end], sentence=sentence)


def require_article(given: Article | str) -> Article:
    """An article that has sentences, from an `Article` or its text; a path is refused.

    Raises:
        InputError: there is no article in the text, or the text is the name of a file.
    """
    is_word = isinstance(given, str) and len(given) < _LONGEST_PATH and len(given.split()) == 1 and "\0" not in given
    if is_word and os.path.isfile(given):  # type: ignore[arg-type]  # noqa: PTH113 - a text is not a Path
        raise InputError(f"{given!r} is a file, not a text. Read it with Article.from_file.")
    article = given if isinstance(given, Article) else Article.from_text(given)
    if not article.sentences:
        raise InputError("The article has no sentence to read. Article.from_text says what it found instead.")
    return article


def _check_text(text: object) -> None:
    if not isinstance(text, str):
        hint = " Use Article.from_file for a path, Article.from_html for a page in bytes."
        needs_hint = isinstance(text, (PathLike, bytes, bytearray))
        raise InputError(f"The text must be a str, not {type(text).__name__}.{hint if needs_hint else ''}")
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. Split it into articles first."
        )
    if not text.strip():
        raise InputError("The text is empty or only white space.")
    if not any(map(str.isalnum, text)):
        raise InputError("The text has no letter and no digit: there is nothing to read in it.")
    share = sum(map(text.count, _CONTROLS)) / len(text)
    if share > _MOST_CONTROLS:
        raise InputError(
            f"The text looks like binary data: {share:.0%} of it are control or replacement characters. Use "
            "Article.from_file for a file, or decode the text with its real encoding."
        )
