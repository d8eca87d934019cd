"""A news article: the text exactly as it was given, and what stands where in it."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict

from newslens.article.html_check import check_text
from newslens.article.layout import Block, Kind, Layout, layout
from newslens.article.published import Published
from newslens.article.sentences import guess_language, split
from newslens.article.spans import SourceText, Span, without_surrogates
from newslens.errors import InputError

if TYPE_CHECKING:
    from newslens.article.html import Extracted

_LANGUAGE_SAMPLE = 4_000  # code points
_LONGEST_TITLE_SHOWN = 60


class _Piece(BaseModel):
    """A line of the article at its half-open offsets."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    start: int
    end: int
    text: SourceText


class Heading(_Piece):
    """A heading inside the article.

    Attributes:
        before: number of the sentence that follows; one more than there are sentences when none does.
    """

    before: int


class Boilerplate(_Piece):
    """A line that is not part of the story; it stays in the text and is kept from the model.

    Attributes:
        reason: why it is left out, in words.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class _Body:
    sentences: tuple[Span, ...]
    paragraphs: tuple[tuple[int, int], ...]


class Article(BaseModel):
    """A frozen article. Offsets are code points of `text`, half-open.

    The constructor stores what it is given; `from_text` and its like also recognise title, byline and date. JSON
    keeps every offset; only a lone surrogate, which JSON cannot hold, becomes U+FFFD there.

    Attributes:
        text: exactly as it was given, line ends and boilerplate included.
        title: the headline.
        byline: the authors' names.
        outlet: who published it.
        published: a date, or a date-time where the time is known.
        url: where it came from.
        language: BCP 47 tag, where it is known.
        source: file or address that it was read from, as the caller gave it.
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
        """The article that a pasted text is. What is given here wins over what the text shows.

        Raises:
            InputError: the text is no text, empty, binary, too long, or has no sentence of prose.
        """
        check_text(text)
        found = layout(text, title=title)
        article = cls(
            text=text,
            title=title or found.title,
            byline=byline or found.byline,
            outlet=outlet,
            published=published or found.published,
            url=url,
            language=language,
            source=source,
        )
        vars(article)["layout"] = found  # what the property would find again
        if not article.sentences:
            raise InputError(
                "The text has only boilerplate: no sentence of prose is left without title, byline and the lines "
                "of a web page. Give the article's text itself."
            )
        return article

    @classmethod
    def from_html(cls, html: str | bytes, *, url: str | None = None, charset: str | None = None) -> Self:
        """The article inside a page. Needs the extra `web`.

        Args:
            html: the page.
            url: where it came from; nothing is fetched.
            charset: encoding of bytes, as an HTTP header states it.

        Raises:
            InputError: the page has no article.
            MissingExtra: the extra is not installed.
        """
        from newslens.article import html as extract

        return cls._from_extracted(extract.from_html(html, url=url, charset=charset))

    @classmethod
    def from_file(cls, path: str | PathLike[str], *, encoding: str | None = None) -> Self:
        """The article in a file: plain text, HTML and what else `newslens.article.files` reads.

        Raises:
            InputError: the file cannot be read as an article.
        """
        from newslens.article import files

        return cls._from_extracted(files.read(path, encoding=encoding), source=str(path))

    @classmethod
    def from_url(
        cls, url: str, *, allow_private: bool = False, timeout_s: float = 20, max_bytes: int = 10_000_000
    ) -> Self:
        """The article at a web address: the one function here that uses the network. Needs the extra `web`.

        Args:
            url: an http or https address.
            allow_private: also fetch from addresses inside the own network.
            timeout_s: seconds for everything together.
            max_bytes: of the page.

        Raises:
            InputError: the page cannot be had, or has no article.
            MissingExtra: the extra is not installed.
        """
        from newslens.article import fetch, files

        page = fetch.get(url, allow_private=allow_private, timeout_s=timeout_s, max_bytes=max_bytes)
        return cls._from_extracted(files.from_page(page), source=url)

    @classmethod
    def _from_extracted(cls, found: "Extracted", source: str | None = None) -> Self:
        return cls.from_text(
            found.text,
            title=found.title,
            byline=found.byline,
            outlet=found.outlet,
            published=found.published,
            url=found.url,
            language=found.language,
            source=source,
        )

    @cached_property
    def layout(self) -> Layout:
        """What each block of the text is."""
        return layout(self.text, title=self.title)

    @cached_property
    def headline(self) -> Span | None:
        """The title where it stands in the text, as sentence 0."""
        title = next(iter(self._blocks("title")), None)
        return self._cut(title.start, title.end, 0) if title else None

    @property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of the story, numbered from 1: no title, byline, heading or boilerplate."""
        return self._body.sentences

    @property
    def paragraphs(self) -> tuple[tuple[int, int], ...]:
        """Numbers of the first and the last sentence of each paragraph."""
        return self._body.paragraphs

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The headings in the story, in order."""
        text, ends = self.text, self._ends
        return tuple(
            Heading(start=at.start, end=at.end, text=text[at.start : at.end], before=bisect_right(ends, at.start) + 1)
            for at in self._blocks("heading")
        )

    @cached_property
    def boilerplate(self) -> tuple[Boilerplate, ...]:
        """The lines that are not the story, in order, each with the reason."""
        return tuple(
            Boilerplate(start=at.start, end=at.end, text=self.text[at.start : at.end], reason=at.reason or "")
            for at in self._blocks("boilerplate")
        )

    @cached_property
    def sha256(self) -> str:
        """Hex digest of the text as UTF-8, a lone surrogate as U+FFFD; the same after a round trip by JSON."""
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
        """The sentences that lie between two offsets (code points), those cut by them included."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return self.sentences[first:last]

    def span(self, start: int, end: int) -> Span:
        """The span of these offsets, with the number of the sentence that it begins in.

        A span in the title has 0, one between sentences the number of the next sentence.

        Raises:
            ValueError: the offsets are not inside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"offsets {start} to {end} are not inside a text of {len(self.text)} code points")
        if self.headline is not None and self.headline.start <= start < self.headline.end:
            return self._cut(start, end, 0)
        before = bisect_right(self._ends, start)
        return self._cut(start, end, min(before + 1, len(self.sentences)))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002 - frozen
        """A copy with some fields changed, validated; nothing that was derived from the old ones comes along."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**fields, **(update or {})})

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        title = self.title and self.title[:_LONGEST_TITLE_SHOWN]
        return [("title", title), ("characters", len(self.text)), ("sha256", self.sha256[:12])]

    @cached_property
    def _body(self) -> _Body:
        blocks = self._blocks("paragraph")
        first_words = self.text[blocks[0].start : blocks[0].start + _LANGUAGE_SAMPLE] if blocks else ""
        language = self.language or guess_language(first_words)
        sentences: list[Span] = []
        paragraphs: list[tuple[int, int]] = []
        for block in blocks:
            first = len(sentences) + 1
            for number, place in enumerate(split(self.text, block.start, block.end, language, wrapped=True), first):
                sentences.append(self._cut(*place, number))
            paragraphs.append((first, len(sentences)))
        return _Body(tuple(sentences), tuple(paragraphs))

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @cached_property
    def _ends(self) -> list[int]:
        return [sentence.end for sentence in self.sentences]

    def _blocks(self, kind: Kind) -> list[Block]:
        return [block for block in self.layout.blocks if block.kind == kind]

    def _cut(self, start: int, end: int, sentence: int) -> Span:
        return Span(start=start, end=end, text=self.text[start:end], sentence=sentence)
