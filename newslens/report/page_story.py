"""The article's own text: paragraphs, headings, the marks of the findings, and links from them to the margin."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from newslens.article.article import Article
from newslens.article.layout import Block
from newslens.article.spans import Span
from newslens.report.page_chapters import Entry
from newslens.report.page_marks import MOST_NAMED, Mark, Segment, segments
from newslens.report.page_markup import Host, line, safe, shortened, shown

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_LONGEST_TOLD = 90  # code points of the words that show when the pointer rests on a link


class Story:
    """One article with the marks of its findings, written out from top to bottom once."""

    def __init__(self, article: Article, entries: Sequence[Entry], host: Host) -> None:
        self._article = article
        self._text = shown(article.text)  # all of it at once, then piece by piece no more than escaped
        self._entries = entries
        self._host = host
        marks = [mark for owner, entry in enumerate(entries) for mark in _marks(owner, entry, article.text)]
        self._segments = segments(marks)
        self._ends = [segment.end for segment in self._segments]
        self._closing = sorted((mark.end, mark.owner) for mark in marks)
        self._led = 0  # how many of them the text has links for

    def html(self, facts: str) -> str:
        """The whole article; `facts` is HTML that stands below the title."""
        opening = f'<article lang="{_language(self._article)}" dir="auto"><header>{self._title()}{facts}</header>'
        body = "".join(self._block(block) for block in self._article.layout.blocks if block.kind != "title")
        return f"{opening}{body}{self._links(len(self._text))}</article>"

    def _title(self) -> str:
        headline = self._article.headline
        if headline is None:
            return self._host.heading(0, line(self._article.title or "Untitled"))
        content = self._sentence(headline)
        return self._host.heading(0, content, ' dir="auto"')

    def _block(self, block: Block) -> str:
        if block.kind == "paragraph":
            return f'<p dir="auto">{"".join(self._sentences(block))}</p>'
        content = self._marked(block.start, block.end) + self._links(block.end)
        if block.kind == "heading":
            return self._host.heading(1, content, ' dir="auto"')
        if block.kind == "boilerplate":
            reason = f"<small>Left out: {safe(block.reason or '')}</small>"
            return f'<p class="left-out" dir="auto">{reason} {content}</p>'
        return f'<p class="credit" dir="auto">{content}</p>'

    def _sentences(self, block: Block) -> Iterator[str]:
        at = block.start
        for sentence in self._article.within(block.start, block.end):
            yield self._between(at, sentence.start)
            yield self._sentence(sentence)
            at = sentence.end
        yield self._between(at, block.end)

    def _between(self, start: int, end: int) -> str:
        """What stands between two sentences: white space, which no mark shows on, or the mark of a list."""
        return " " if start < end and self._text[start:end].isspace() else self._marked(start, end)

    def _sentence(self, sentence: Span) -> str:
        content = self._marked(sentence.start, sentence.end) + self._links(sentence.end, sentence.sentence)
        return f"<span{self._host.id(f's{sentence.sentence}')}>{content}</span>"

    def _marked(self, start: int, end: int) -> str:
        parts, at = [], start
        for place in range(bisect_right(self._ends, start), len(self._segments)):
            segment = self._segments[place]
            if segment.start >= end:
                break
            first, last = max(segment.start, start), min(segment.end, end)
            parts += [escape(self._text[at:first]), self._mark(segment, self._text[first:last])]
            at = last
        rest = escape(self._text[at:end])
        return f"{''.join(parts)}{rest}" if parts else rest

    def _mark(self, segment: Segment, text: str) -> str:
        deciding = segment.strong or segment.owners
        lanes = {self._entries[owner].lane for owner in deciding}
        look = f"k{min(lanes)}" if segment.strong or len(lanes) == 1 else "several"
        words = " words" if segment.strong else ""
        return f'<mark class="{look}{words}" title="{self._names(segment)}">{escape(text)}</mark>'

    def _names(self, segment: Segment) -> str:
        names = " ".join(self._entries[owner].name for owner in segment.owners)
        return f"{names} +{segment.more}" if segment.more else names

    def _links(self, end: int, sentence: int = 0) -> str:
        """Links to the findings whose marks have ended by here, behind the sentence's number; each mark once."""
        first = self._led
        while self._led < len(self._closing) and self._closing[self._led][0] <= end:
            self._led += 1
        if first == self._led:
            return ""
        owners = sorted({owner for _, owner in self._closing[first : self._led]})
        more = f" +{len(owners) - MOST_NAMED:,}" if len(owners) > MOST_NAMED else ""
        links = " ".join(self._link(self._entries[owner]) for owner in owners[:MOST_NAMED])
        number = f"{sentence} " if sentence else ""
        return f" <sup>{number}{links}{more}</sup>"

    def _link(self, entry: Entry) -> str:
        told = shortened(entry.told, _LONGEST_TOLD)
        return f'<a class="k{entry.lane}"{self._host.href(entry.anchor)} title="{told}">{entry.name}</a>'


def holds(span: Span, text: str) -> bool:
    """Whether the words stand where the span says; the results of an analysis of the user's own may not."""
    return text[span.start : span.end] == span.text


def _marks(owner: int, entry: Entry, text: str) -> Iterable[Mark]:
    if not entry.item.there:
        return
    evidence = entry.item.evidence
    words = (span for span in entry.item.words if span not in evidence)  # words that are all of it are not stronger
    for strong, spans in ((False, evidence), (True, words)):
        yield from (Mark(span.start, span.end, owner, strong) for span in spans if holds(span, text))


def _language(article: Article) -> str:
    """Its tag; empty, which says "not known", where there is none that HTML could hold."""
    tag = article.language or ""
    return tag if _LANGUAGE.fullmatch(tag) else ""
