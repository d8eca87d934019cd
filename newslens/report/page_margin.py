"""The findings beside the text: what a reader has to know first, then chapter by chapter, each finding once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from newslens.analyses.findings import Label, Prose
from newslens.article.article import Article
from newslens.article.spans import Span
from newslens.report.corrected import corrected
from newslens.report.items import Item, Section
from newslens.report.missing import missing
from newslens.report.page_chapters import Chapter, Entry
from newslens.report.page_markup import Host, bulleted, line
from newslens.report.page_story import holds
from newslens.report.plain import carried, plain, worded

if TYPE_CHECKING:
    from newslens.report.report import Report

_KEY = "Tinted sentences are evidence; underlined words decided. The tags behind a sentence lead to its findings."
_METHOD = {
    "decision": "measured by the server's decision",
    "logprobs": "measured from token probabilities",
    "votes": "share of repeated votes",
    "stated": "named by the model; not measured",
    "classical": "by rule; not measured",
}


@dataclass(frozen=True, slots=True)
class Margin:
    """The findings of one report as they stand beside its text."""

    report: "Report"
    chapters: tuple[Chapter, ...]
    host: Host

    def html(self) -> str:
        """Caveats, contents, how to read the marks, chapters."""
        title = self.host.heading(1, "Findings", self.host.id("findings"))
        key = f'<p class="where">{_KEY}</p>' if isinstance(self.report.article, Article) else ""
        found = "".join(map(self._chapter, self.chapters))
        return f"{title}{self._caveats()}{self._contents()}{key}{found}{self._corrected()}"

    def _contents(self) -> str:
        rows = (
            f'<a class="k{chapter.lane}"{self.host.href(chapter.anchor)}><b>{chapter.letter}</b> '
            f"{line(chapter.section.title)} <span>{sum(item.there for item in chapter.section.items):,}</span></a>"
            for chapter in self.chapters
        )
        return f'<nav aria-label="Kinds of findings">{bulleted(rows)}</nav>' if self.chapters else ""

    def _caveats(self) -> str:
        rows = bulleted([*map(line, missing(self.report)), *self._ungrounded()])
        return f'<section class="caveats">{self.host.heading(2, "Caveats")}{rows}</section>' if rows else ""

    def _corrected(self) -> str:
        rows = bulleted(map(line, corrected(self.report)))
        return f'<section class="corrected">{self.host.heading(2, "Corrected by hand")}{rows}</section>' if rows else ""

    def _ungrounded(self) -> Iterable[str]:
        for chapter in self.chapters:
            prose = chapter.section.prose
            if prose is not None and not prose.grounded:
                yield f"<a{self.host.href(chapter.anchor)}>{chapter.letter}</a>{_flag(prose)}"
            for entry in chapter.entries:
                if not entry.item.grounded:
                    yield f"<a{self.host.href(entry.anchor)}>{entry.name}</a>{_flag(entry.item)}"

    def _chapter(self, chapter: Chapter) -> str:
        title = f'<b class="letter">{chapter.letter}</b> {line(chapter.section.title)}'
        heading = self.host.heading(2, title, self.host.id(chapter.anchor))
        there = "".join(self._finding(entry) for entry in chapter.entries if entry.item.there)
        found = f'<ul class="found">{there}</ul>' if there else "<p>Nothing found.</p>"
        content = f"{heading}{_overview(chapter.section)}{found}{self._absent(chapter)}"
        return f'<section class="k{chapter.lane}">{content}</section>'

    def _finding(self, entry: Entry) -> str:
        item = entry.item
        name = f'<a class="name"{self.host.href(entry.anchor)}>{entry.name}</a>'
        told = f"<p>{name} {line(item.text)}{_flag(item)}</p>"
        rest = f"{_labels(item)}{self._where(item.evidence)}{_carried(item)}{_words(item)}{self._quotes(item)}"
        return f"<li{self.host.id(entry.anchor)}>{told}{rest}</li>"

    def _absent(self, chapter: Chapter) -> str:
        rows = "".join(
            f"<li{self.host.id(entry.anchor)}>{entry.name} {line(_not_there(entry.item))}</li>"
            for entry in chapter.entries
            if not entry.item.there
        )
        return f'<p class="absent">Looked for and not found:</p><ul class="absent">{rows}</ul>' if rows else ""

    def _where(self, evidence: Iterable[Span]) -> str:
        """Links to the sentences that stand on the page."""
        numbers = dict.fromkeys(span.sentence for span in evidence if self._is_shown(span))
        headline = [f"the <a{self.host.href('s0')}>headline</a>"] if 0 in numbers else []
        links = [
            f'<a{self.host.href(f"s{number}")} aria-label="{_sentence(number)}">{number}</a>'
            for number in numbers
            if number
        ]
        sentences = [f"sentence{'s' if len(links) > 1 else ''} {', '.join(links)}"] if links else []
        return f'<p class="where">In {" and ".join([*headline, *sentences])}</p>' if numbers else ""

    def _quotes(self, item: Item) -> str:
        """The evidence in full where the text does not show it."""
        return "".join(
            f"<blockquote><small>{_sentence(span.sentence)}</small> {line(span.text)}</blockquote>"
            for span in item.evidence
            if not self._is_shown(span)
        )

    def _is_shown(self, span: Span) -> bool:
        article = self.report.article
        if not isinstance(article, Article) or not holds(span, article.text):
            return False
        return span.sentence <= len(article.sentences) and (span.sentence > 0 or article.headline is not None)


def _overview(section: Section) -> str:
    flag = _flag(section.prose) if section.prose is not None else ""
    return f'<p class="prose">{line(section.overview)}{flag}</p>' if section.overview else ""


def _labels(item: Item) -> str:
    """Its label, then what else was asked of it."""
    first = [_label(item.label)] if item.label is not None else []
    others = [name for name, value in item.facts.items() if value is not None and f"{name}_probability" in item.facts]
    return "".join([*first, *(_other(name, item.facts) for name in others)])


def _other(name: str, facts: Mapping[str, JsonValue]) -> str:
    measured = _bar(facts[f"{name}_probability"]) or "<small>not measured</small>"
    return f'<p class="label">{line(name.replace("_", " "))}: {line(str(facts[name]))} {measured}</p>'


def _label(label: Label[Any]) -> str:
    how = _METHOD[label.method]
    return f'<p class="label"><b>{line(worded(label))}</b> {_bar(label.probability)} <small>{how}</small></p>'


def _bar(probability: object) -> str:
    if not isinstance(probability, float):
        return ""
    return f'<meter aria-label="probability" value="{probability:.2f}">{probability:.0%}</meter>'


def _carried(item: Item) -> str:
    """Whether its sentences carry it, where something measured that."""
    label = item.supported
    return f'<p class="label">{line(carried(label))} {_bar(label.probability)}</p>' if label is not None else ""


def _words(item: Item) -> str:
    """The words that decided, unless the finding's own line tells them."""
    told = plain(item.text).casefold()
    words = [word for word in dict.fromkeys(plain(span.text) for span in item.words) if word.casefold() not in told]
    quoted = ", ".join(f"“{line(word)}”" for word in words)
    return f'<p class="where">Words: {quoted}</p>' if words else ""


def _flag(found: Item | Prose) -> str:
    if found.grounded:
        return ""
    return f' <strong class="flag">not in the article: {line(", ".join(found.missing))}</strong>'


def _not_there(item: Item) -> str:
    return f"{item.text} ({worded(item.label)})" if item.label is not None else item.text


def _sentence(number: int) -> str:
    return f"sentence {number}" if number else "headline"
