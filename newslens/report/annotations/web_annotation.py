"""W3C Web Annotation (Data Model, Recommendation of 23 February 2017): a report as JSON-LD, and such pages read back.

A finding is one annotation that classifies its sentences: its kind is a tag, its label a class, both textual bodies.
The words that decided are a second annotation, which highlights them. Each target has a position, in code points (4.2.5
by 4.2.4), and a quotation with what stands around it. Source is the text itself, named by its hash (RFC 6920), as
offsets hold for the text and not for the page it came from; that page is the target's scope.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, JsonValue

from newslens import __version__
from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.article import Article
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations.corrections import Correction, Work, by_article, corrections
from newslens.report.annotations.exports import Loose, Originals, read
from newslens.report.annotations.marks import Mark, Place, article_of, places, shown
from newslens.report.items import Item

if TYPE_CHECKING:
    from newslens.report.report import Report

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_SCHEME = "ni:///sha-256;"
_NAMED = re.compile(f"{_SCHEME}([A-Za-z0-9_-]{{43}})")
_PAGE = "findings"
_WORDS = "-words"
_AROUND = 32  # code points before and after a quotation


def page(report: "Report") -> dict[str, JsonValue]:
    """An AnnotationPage with the findings of a report.

    Raises:
        InputError: the report is without its article's text.
    """
    article = article_of(report)
    items: list[JsonValue] = [one for item in shown(report) for one in _annotations(item, article, report)]
    return {"@context": _CONTEXT, "id": f"{_source(article)}#{_PAGE}", "type": "AnnotationPage", "items": items}


def _source(article: Article) -> str:
    return _SCHEME + urlsafe_b64encode(bytes.fromhex(article.sha256)).decode().rstrip("=")


def _digest(source: str) -> str:
    """The hash that a source is named by; a source that is not named so stays what it is, and no report is on it."""
    named = _NAMED.fullmatch(source)
    return urlsafe_b64decode(f"{named[1]}=").hex() if named else source


def _annotations(item: Item, article: Article, report: "Report") -> Iterator[JsonValue]:
    tag = _body("tagging", item.kind)
    label = [_body("classifying", item.label.value)] if item.label is not None else []
    about = [_body("describing", item.text)] if item.text else []
    head = _head(report)
    name = f"{_source(article)}#{item.id}"
    targets = _targets(places(item.evidence), article)
    yield {"id": name, **head, "motivation": "classifying", "body": [tag, *label, *about], "target": targets}
    if item.words:
        targets = _targets(places(item.words), article)
        yield {"id": name + _WORDS, **head, "motivation": "highlighting", "body": [tag], "target": targets}


def _head(report: "Report") -> dict[str, JsonValue]:
    made = report.provenance
    return {
        "type": "Annotation",
        "creator": {"type": "Software", "name": made.model or f"newslens, {made.reader}"},
        "created": made.created.isoformat(),
        "generator": {"type": "Software", "name": f"newslens {__version__}"},
    }


def _body(purpose: str, value: str) -> JsonValue:
    return {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": without_surrogates(value)}


def _targets(where: Iterable[Place], article: Article) -> list[JsonValue]:
    scope: dict[str, JsonValue] = {"scope": article.url} if article.url else {}
    return [
        {"type": "SpecificResource", "source": _source(article), **scope, "selector": _selectors(place, article)}
        for place in where
    ]


def _selectors(place: Place, article: Article) -> list[JsonValue]:
    start, end = place
    around = {"exact": (start, end), "prefix": (max(0, start - _AROUND), start), "suffix": (end, end + _AROUND)}
    quoted = {name: without_surrogates(article.text[slice(*part)]) for name, part in around.items()}
    return [{"type": "TextPositionSelector", "start": start, "end": end}, {"type": "TextQuoteSelector", **quoted}]


class _Agent(Loose):
    type: str = ""
    id: str | None = None
    name: str | None = None
    nickname: str | None = None
    email: str | None = None


class _Body(Loose):
    value: str
    purpose: str = ""
    creator: _Agent | str | None = None


class _Selector(Loose):
    type: str
    start: int | None = None
    end: int | None = None
    exact: str | None = None


class _Resource(Loose):
    id: str


class _Target(Loose):
    source: _Resource | str
    selector: tuple[_Selector, ...] | _Selector


class _Annotation(Loose):
    id: str
    motivation: str | tuple[str, ...] = ()
    body: tuple[_Body, ...] | _Body = ()
    target: tuple[_Target, ...] | _Target
    creator: _Agent | str | None = None
    created: AwareDatetime | None = None
    modified: AwareDatetime | None = None


class _Page(Loose):
    id: str
    items: tuple[_Annotation, ...]


def corrected(
    reports: Iterable["Report"],
    exported: Sequence[Any],
    *,
    by: str | None = None,
    at: datetime | None = None,
    analyses: Sequence[Analysis[Any]] = ALL,
) -> dict[str, tuple[Correction, ...]]:
    """What people changed, by the hash of the article. Bodies with the purpose `commenting` are notes.

    An annotation that keeps its id is the finding it was; one with an id of its own was added.

    Args:
        reports: those that `page` was given, at least the ones on the exported articles.
        exported: AnnotationPages, as `json.load` gives them.
        by: who did what the pages do not name a person for, such as deletions.
        at: when that was, with a time zone.
        analyses: where label sets are looked up; name your own beside `ALL`.

    Raises:
        InputError: a page is none, or holds what cannot be matched to the reports; the message names it.
    """
    originals = Originals.of(reports, analyses)
    pages = enumerate(read(tuple[_Page, ...], exported, tool="Web Annotation"), 1)
    return by_article(_changes(one, originals, f"page {number}", by, at) for number, one in pages)


def _changes(
    one: _Page, originals: Originals, where: str, by: str | None, at: datetime | None
) -> tuple[str, tuple[Correction, ...]]:
    """The hash of the article that a page is about, and what was changed there."""
    digest = _digest(_about(one, where))
    report = originals.on(digest, where)
    marks = _marks(one, article_of(report), where)
    work = Work(marks=marks, tool="web_annotation", where=where, by=by, at=at)
    return digest, corrections(report, work, originals.vocabulary)


def _about(one: _Page, where: str) -> str:
    """The text that a page is about: the source of its targets, or, with none left, what its id says."""
    sources = {_iri(target.source) for annotation in one.items for target in _many(annotation.target)}
    if len(sources) > 1:
        raise InputError(f"{where} is on {len(sources)} texts. Give a page for each.")
    return sources.pop() if sources else one.id.removesuffix(f"#{_PAGE}")


def _marks(one: _Page, article: Article, where: str) -> list[Mark]:
    prefix = f"{_source(article)}#"
    marks: list[Mark] = []
    words: dict[str, tuple[Place, ...]] = {}
    for annotation in one.items:
        name = annotation.id.removeprefix(prefix) if annotation.id.startswith(prefix) else None
        if "highlighting" not in _many(annotation.motivation):
            marks.append(_mark(annotation, name, article, where))
        elif name is not None and name.endswith(_WORDS):
            if (of := name.removesuffix(_WORDS)) in words:
                raise InputError(f"{where}: the words of {of} are there twice. Keep one of the annotations.")
            words[of] = _places(annotation, article, where)
        else:
            raise InputError(
                f"{where}: {annotation.id[:80]!r} highlights words of no finding. Classify it, or remove it."
            )
    return [replace(mark, words=words.get(mark.item or "", ())) for mark in marks]


def _mark(annotation: _Annotation, name: str | None, article: Article, where: str) -> Mark:
    bodies = _many(annotation.body)
    who = _person(annotation, bodies)
    return Mark(
        kind=_single(annotation, bodies, "tagging", where) or "",
        item=name,
        label=_single(annotation, bodies, "classifying", where),
        evidence=_places(annotation, article, where),
        note="\n".join(body.value for body in bodies if body.purpose == "commenting"),
        by=who,
        at=annotation.modified or (annotation.created if who else None),
    )


def _single(annotation: _Annotation, bodies: Sequence[_Body], purpose: str, where: str) -> str | None:
    values = [body.value for body in bodies if body.purpose == purpose]
    if len(values) > 1:
        raise InputError(f"{where}: {annotation.id[:80]!r} has {len(values)} bodies for {purpose}. Keep one.")
    return values[0] if values else None


def _person(annotation: _Annotation, bodies: Sequence[_Body]) -> str | None:
    """The person behind the label, else behind the annotation; software is nobody."""
    named = [*(body.creator for body in bodies if body.purpose == "classifying"), annotation.creator]
    return next(filter(None, map(_name, named)), None)


def _name(agent: _Agent | str | None) -> str | None:
    if not isinstance(agent, _Agent):
        return agent
    return None if agent.type == "Software" else agent.name or agent.nickname or agent.email or agent.id


def _places(annotation: _Annotation, article: Article, where: str) -> tuple[Place, ...]:
    found = [_place(target, annotation.id, article, where) for target in _many(annotation.target)]
    return tuple(sorted(set(found)))


def _place(target: _Target, which: str, article: Article, where: str) -> Place:
    selectors: Mapping[str, _Selector] = {one.type: one for one in _many(target.selector)}
    position, quote = selectors.get("TextPositionSelector"), selectors.get("TextQuoteSelector")
    if position is None or position.start is None or position.end is None:
        raise InputError(f"{where}: a target of {which[:80]!r} has no TextPositionSelector with start and end. Add it.")
    place = (position.start, position.end)
    if quote is not None and quote.exact != without_surrogates(article.text[slice(*place)]):
        raise InputError(f"{where}: {which[:80]!r} quotes other words than stand at {place[0]}-{place[1]}.")
    return place


def _iri(resource: _Resource | str) -> str:
    return resource if isinstance(resource, str) else resource.id


def _many(one: Any) -> tuple[Any, ...]:
    """JSON-LD's single values as what they are short for."""
    return one if isinstance(one, tuple) else (one,)
