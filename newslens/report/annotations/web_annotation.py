"""W3C Web Annotation (Data Model, Recommendation of 23 February 2017): a report as JSON-LD, and such pages read back.

A finding is one annotation that classifies its sentences: its kind is a tag, its label a class, both textual bodies.
The words that decided are a second annotation, which highlights them. Each target has a position, in code points (4.2.5
by 4.2.4), and a quotation with its surroundings. Its source is the text itself, named by its hash (RFC 6920), as
offsets hold for the text and not for the page it came from; that page is the target's scope.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, JsonValue

from newslens import __version__
from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.article import Article
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations import corrections as core
from newslens.report.data import Correction, ReportData

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_SCHEME = "ni:///sha-256;"
_NAMED = re.compile(f"{_SCHEME}([A-Za-z0-9_-]{{43}})")
_PAGE = "#findings"
_WORDS = "-words"
_AROUND = 32  # code points before and after a quotation


def to_web_annotation(report: ReportData) -> dict[str, JsonValue]:
    """An AnnotationPage with the findings of a report.

    Raises:
        InputError: the report has no text.
    """
    article, made = core.get_article(report), report.provenance
    source = _name_source(article)
    head: dict[str, JsonValue] = {
        "type": "Annotation",
        "creator": {"type": "Software", "name": made.model or f"newslens, {made.reader}"},
        "created": made.created.isoformat(),
        "generator": {"type": "Software", "name": f"newslens {__version__}"},
    }
    items: list[JsonValue] = []
    for row in core.list_marked(report).values():
        one, name = core.Annotation.of(row), f"{source}#{row.id}"
        values = {"tagging": row.kind, "classifying": one.label, "describing": row.text or None}
        body: list[JsonValue] = [
            {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": without_surrogates(value)}
            for purpose, value in values.items()
            if value is not None
        ]
        target = [_to_target(place, article) for place in one.evidence]
        items.append({"id": name, **head, "motivation": "classifying", "body": body, "target": target})
        if one.words:
            target = [_to_target(place, article) for place in one.words]
            items.append(
                {"id": name + _WORDS, **head, "motivation": "highlighting", "body": body[:1], "target": target}
            )
    return {"@context": _CONTEXT, "id": f"{source}{_PAGE}", "type": "AnnotationPage", "items": items}


def _name_source(article: Article) -> str:
    return _SCHEME + urlsafe_b64encode(bytes.fromhex(article.sha256)).decode().rstrip("=")


def _to_target(place: core.Place, article: Article) -> JsonValue:
    start, end = place
    around = {"exact": (start, end), "prefix": (max(0, start - _AROUND), start), "suffix": (end, end + _AROUND)}
    quoted = {name: without_surrogates(article.text[slice(*part)]) for name, part in around.items()}
    return {
        "type": "SpecificResource",
        "source": _name_source(article),
        **({"scope": article.url} if article.url else {}),
        "selector": [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {"type": "TextQuoteSelector", **quoted},
        ],
    }


class _Agent(core.Loose):
    type: str = ""
    id: str | None = None
    name: str | None = None
    nickname: str | None = None
    email: str | None = None


class _Body(core.Loose):
    value: str
    purpose: str = ""
    creator: _Agent | str | None = None


class _Selector(core.Loose):
    type: str
    start: int | None = None
    end: int | None = None
    exact: str | None = None


class _Resource(core.Loose):
    id: str


class _Target(core.Loose):
    source: _Resource | str
    selector: tuple[_Selector, ...] | _Selector


class _Annotation(core.Loose):
    id: str
    motivation: str | tuple[str, ...] = ()
    body: tuple[_Body, ...] | _Body = ()
    target: tuple[_Target, ...] | _Target
    creator: _Agent | str | None = None
    created: AwareDatetime | None = None
    modified: AwareDatetime | None = None


class _Page(core.Loose):
    id: str
    items: tuple[_Annotation, ...]


def read_web_annotation(
    reports: Iterable[ReportData],
    exported: Sequence[Any],
    *,
    by: str | None = None,
    at: datetime | None = None,
    analyses: Sequence[Analysis[Any]] = ALL,
) -> dict[str, tuple[Correction, ...]]:
    """What people changed, by the hash of the article. Bodies with the purpose `commenting` are notes.

    An annotation that keeps its id is the finding it was; one with another id was added.

    Args:
        reports: those that `to_web_annotation` was given, at least the ones on the exported articles.
        exported: AnnotationPages, as `json.load` gives them.
        by: who did what the pages name no person for, such as deletions.
        at: when that was, with a time zone.
        analyses: where label sets are looked up; name your own in addition to `ALL`.

    Raises:
        InputError: this is not such a page, or a part of it cannot be matched to the reports; the message names it.
    """
    originals = core.Originals(reports, analyses)
    pages = core.parse_export(tuple[_Page, ...], exported, tool="Web Annotation")
    works = []
    for number, page in enumerate(pages, 1):
        where = f"page {number}"
        targets = (target for one in page.items for target in _to_tuple(one.target))
        sources = {one.source if isinstance(one.source, str) else one.source.id for one in targets}
        if len(sources) > 1:
            raise InputError(f"{where} is on {len(sources)} texts. Give a page for each.")
        source = sources.pop() if sources else page.id.removesuffix(_PAGE)
        named = _NAMED.fullmatch(source)  # no report is on a source that is named otherwise
        digest = urlsafe_b64decode(f"{named[1]}=").hex() if named else source
        annotations = _read_annotations(page, core.get_article(originals.get(digest, where)), where)
        works.append(core.Work(digest, annotations, "web_annotation", where, by, at))
    return core.collect_corrections(originals, [work.article for work in works], works)


def _read_annotations(page: _Page, article: Article, where: str) -> list[core.Annotation]:
    prefix = f"{_name_source(article)}#"
    found: list[core.Annotation] = []
    words: dict[str, tuple[core.Place, ...]] = {}
    for one in page.items:
        name = one.id.removeprefix(prefix) if one.id.startswith(prefix) else None
        places = _read_places(one, article, where)
        if "highlighting" not in _to_tuple(one.motivation):
            found.append(_read_annotation(one, name, places, where))
        elif name is None or not name.endswith(_WORDS):
            raise InputError(f"{where}: {one.id[:80]!r} highlights words of no finding. Classify it, or remove it.")
        elif (of := name.removesuffix(_WORDS)) in words:
            raise InputError(f"{where}: the words of {of} are there twice. Keep one of the annotations.")
        else:
            words[of] = places
    return [replace(one, words=words.get(one.finding or "", ())) for one in found]


def _read_annotation(one: _Annotation, name: str | None, places: tuple[core.Place, ...], where: str) -> core.Annotation:
    values: dict[str, list[str]] = {"tagging": [], "classifying": [], "commenting": []}
    agents: list[_Agent | str | None] = []  # of the label, then of the annotation
    for body in _to_tuple(one.body):
        values.setdefault(body.purpose, []).append(body.value)
        agents += [body.creator] if body.purpose == "classifying" else []
    for purpose in ("tagging", "classifying"):
        if len(values[purpose]) > 1:
            raise InputError(f"{where}: {one.id[:80]!r} has {len(values[purpose])} bodies for {purpose}. Keep one.")
    by = None
    for agent in (*agents, one.creator):
        if isinstance(agent, _Agent):
            is_person = agent.type != "Software"
            by = by or (is_person and (agent.name or agent.nickname or agent.email or agent.id)) or None
        else:
            by = by or agent
    return core.Annotation(
        kind=next(iter(values["tagging"]), ""),
        finding=name,
        label=next(iter(values["classifying"]), None),
        evidence=places,
        note="\n".join(values["commenting"]),
        by=by,
        at=one.modified or (one.created if by else None),
    )


def _read_places(one: _Annotation, article: Article, where: str) -> tuple[core.Place, ...]:
    which = repr(one.id[:80])
    places = set()
    for target in _to_tuple(one.target):
        selectors: Mapping[str, _Selector] = {selector.type: selector for selector in _to_tuple(target.selector)}
        position, quote = selectors.get("TextPositionSelector"), selectors.get("TextQuoteSelector")
        if position is None or position.start is None or position.end is None:
            raise InputError(f"{where}: a target of {which} has no TextPositionSelector with start and end. Add it.")
        start, end = position.start, position.end
        if quote is not None and quote.exact != without_surrogates(article.text[start:end]):
            raise InputError(f"{where}: {which} quotes other words than stand at {start}-{end}.")
        places.add((start, end))
    return tuple(sorted(places))


def _to_tuple(one: Any) -> tuple[Any, ...]:
    """JSON-LD's single value as the list that it is short for."""
    return one if isinstance(one, tuple) else (one,)
