"""W3C Web Annotation (Data Model, Recommendation of 23 February 2017): a report as JSON-LD, and such pages read back.

A finding is one annotation that classifies its sentences: its kind is a tag, its label a class, both textual bodies.
The words that decided are a second annotation, which highlights them. Each target has a position, in code points (4.2.5
by 4.2.4), and a quotation with its surroundings. Its source is the text itself, named by its hash (RFC 6920), as
offsets hold for the text and not for the page it came from; that page is the target's scope.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, AliasPath, AwareDatetime, BeforeValidator, Field, JsonValue, model_validator

from newslens import __version__
from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.article import Article
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations import corrections as core
from newslens.report.data import ReportData

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_SCHEME = "ni:///sha-256;"
_NAMED = re.compile(f"{_SCHEME}([A-Za-z0-9_-]{{43}})")
_PAGE = "#findings"
_WORDS = "-words"
_AROUND = 32  # code points before and after a quotation


def to_web_annotation(report: ReportData) -> dict[str, JsonValue]:
    """An AnnotationPage with the findings of a report; `InputError` if it has no text."""
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


T = TypeVar("T")
_Many = Annotated[tuple[T, ...], BeforeValidator(lambda one: one if isinstance(one, list | tuple) else [one])]
"""JSON-LD's list, which a single value is short for."""


class _Agent(core.Loose):
    type: str = ""
    id: str | None = None
    name: str | None = None
    nickname: str | None = None
    email: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: Any) -> Any:
        return {"id": data} if isinstance(data, str) else data


class _Body(core.Loose):
    value: str
    purpose: str = ""
    creator: _Many[_Agent] = ()


class _Selector(core.Loose):
    type: str
    start: int | None = None
    end: int | None = None
    exact: str | None = None


class _Target(core.Loose):
    source: str = Field(validation_alias=AliasChoices(AliasPath("source", "id"), "source"))
    selector: _Many[_Selector]


class _Annotation(core.Loose):
    id: str
    motivation: _Many[str] = ()
    body: _Many[_Body] = ()
    target: _Many[_Target]
    creator: _Many[_Agent] = ()
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
) -> core.Corrections:
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
    found: core.Corrections = {}
    for number, page in enumerate(core.parse_export(tuple[_Page, ...], exported, tool="Web Annotation"), 1):
        where = f"page {number}"
        sources = {target.source for one in page.items for target in one.target} or {page.id.removesuffix(_PAGE)}
        if len(sources) > 1:
            raise InputError(f"{where} is on {len(sources)} texts. Give a page for each.")
        named = _NAMED.fullmatch(source := sources.pop())  # no report is on a source that is named otherwise
        digest = urlsafe_b64decode(f"{named[1]}=").hex() if named else source
        report = originals.get(digest, where)
        annotations = _read_annotations(page, core.get_article(report), where)
        work = core.Work(report, annotations, "web_annotation", where, by, at)
        found[digest] = found.get(digest, ()) + originals.list_changes(work)
    return found


def _read_annotations(page: _Page, article: Article, where: str) -> list[core.Annotation]:
    prefix = f"{_name_source(article)}#"
    found: list[core.Annotation] = []
    words: dict[str, tuple[core.Place, ...]] = {}
    for one in page.items:
        name = one.id.removeprefix(prefix) if one.id.startswith(prefix) else None
        places = _read_places(one, article, where)
        if "highlighting" not in one.motivation:
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
    for body in one.body:
        values.setdefault(body.purpose, []).append(body.value)
    for purpose in ("tagging", "classifying"):
        if len(values[purpose]) > 1:
            raise InputError(f"{where}: {one.id[:80]!r} has {len(values[purpose])} bodies for {purpose}. Keep one.")
    agents = [agent for body in one.body if body.purpose == "classifying" for agent in body.creator]
    people = [agent for agent in (*agents, *one.creator) if agent.type != "Software"]
    names = [agent.name or agent.nickname or agent.email or agent.id for agent in people]
    by = next(filter(None, names), None)
    return core.Annotation(
        kind="".join(values["tagging"]),
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
    for target in one.target:
        selectors = {selector.type: selector for selector in target.selector}
        position, quote = selectors.get("TextPositionSelector"), selectors.get("TextQuoteSelector")
        if position is None or position.start is None or position.end is None:
            raise InputError(f"{where}: a target of {which} has no TextPositionSelector with start and end. Add it.")
        start, end = position.start, position.end
        if quote is not None and quote.exact != without_surrogates(article.text[start:end]):
            raise InputError(f"{where}: {which} quotes other words than stand at {start}-{end}.")
        places.add((start, end))
    return tuple(sorted(places))
