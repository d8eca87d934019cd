"""Findings, problems and articles as flat rows, with the same typed columns whatever the reports hold.

A row of a finding says which article it is from (`article` is the SHA-256 of the text), what was found, how sure
that is, and where it stands: `text[start:end] == quote`, the sentence of the deciding words, else the first one.
`coverage` is the share of the sentences that the analysis has read. The finding's own fields follow by their
names; one that is taken stands behind its kind ("headline_kind"). Plain lists are joined by "; ", anything deeper
is JSON. U+FFFD stands for a lone surrogate.

An analysis that failed has no rows, as has one that found nothing. `Table.incomplete` tells of it; "problems" has
a row for each thing that is missing; "articles" has a row an article, with two columns for each analysis:
`stances_found` says how many findings are there, null where it was not asked or failed, and `stances_status` what
its `Coverage` says, null where it was not asked.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from pydantic import BaseModel, JsonValue

from newslens.analyses import ALL
from newslens.analyses.findings import Finding
from newslens.article.spans import without_surrogates
from newslens.errors import ConfigurationError
from newslens.report.items import Item, items, sections
from newslens.report.table import Cell, Columns, Row, Table

if TYPE_CHECKING:
    from newslens.analyses.findings import Problem
    from newslens.report.report import Report

Values: TypeAlias = dict[str, Any]
Rows: TypeAlias = tuple[Columns, list[list[Values]]]  # the columns of a kind, and the rows of each report
Fields: TypeAlias = dict[str, tuple[str, type]]  # by the name of a fact (`Item.facts`): its column and that one's type

_ARTICLE: Columns = dict.fromkeys(("article", "title", "outlet", "published", "url", "read_by"), str)
_FINDING: Columns = {
    "kind": str,
    "id": str,
    "number": int,
    "said": str,
    "there": bool,
    "label": str,
    "probability": float,
    "method": str,
    "supported": str,
    "supported_probability": float,
    "grounded": bool,
    "missing": str,
    "sentence": int,
    "sentences": str,
    "start": int,
    "end": int,
    "quote": str,
    "words": str,
    "coverage": float,
}
_PROBLEM: Columns = {"analysis": str, "error": str, "message": str, "start": int, "end": int}
_SPENT: Columns = {
    **dict.fromkeys(("requests", "input_tokens", "cached_tokens", "output_tokens"), int),
    **dict.fromkeys(("cost_usd", "seconds"), float),
}
_TAKEN = frozenset({"key", *_ARTICLE, *_FINDING})
_BUILT_IN = {analysis.name: analysis.result for analysis in ALL}
_LARGEST = 2**63  # no table has an integer beyond it


def table(reports: Sequence["Report"], kind: str | None = None, *, keys: Sequence[str] | None = None) -> Table:
    """What some reports have of a kind, in the columns that this module names.

    Args:
        reports: where to look.
        kind: the name of an analysis, "problems" or "articles"; None: the findings of every analysis.
        keys: the caller's name for each report, for a first column `key`.

    Raises:
        ConfigurationError: there is no such kind.
    """
    known = _kinds(reports)
    if kind not in (None, *known, *_OTHERS):
        listed = ", ".join((*known, *_OTHERS))
        raise ConfigurationError(f"These reports have no analysis {kind!r}. There are tables of {listed}.")
    kinds = [kind] if kind in known else known
    own, rows = _OTHERS.get(kind or "", _findings)(reports, kinds)
    columns: Columns = {**({} if keys is None else {"key": str}), **_ARTICLE, **own}
    heads = [_article(report) for report in reports]
    if keys is not None:
        heads = [head | {"key": key} for head, key in zip(heads, keys, strict=True)]
    found = [cells(head | row, columns) for head, some in zip(heads, rows, strict=True) for row in some]
    return Table(kind or "findings", columns, tuple(found), sum(_lacks(report, kinds) for report in reports))


def cells(values: Mapping[str, Any], columns: Columns) -> Row:
    """A row: the values in the order of the columns, each of its column's type, None where there is none."""
    return {name: _cell(values.get(name), of) for name, of in columns.items()}


def _kinds(reports: Iterable["Report"]) -> list[str]:
    """The built-in analyses, then what else was asked, in the order in which it comes."""
    asked = (name for report in reports for name in (*report.other, *report.provenance.analyses))
    return list(dict.fromkeys([*_BUILT_IN, *asked]))


def _lacks(report: "Report", kinds: Sequence[str]) -> bool:
    """Whether one of the analyses has not read the whole article, or something else of it is missing."""
    unread = {one.analysis for one in report.coverage if one.status != "done"}
    return not unread.union(one.analysis for one in report.problems).isdisjoint(kinds)


def _article(report: "Report") -> Values:
    article, read = report.article, report.provenance
    return {
        **{name: getattr(article, name) for name in ("title", "outlet", "url")},
        "article": article.sha256,
        "published": article.published.isoformat() if article.published else None,
        "read_by": read.model or read.reader,
    }


def _articles(reports: Sequence["Report"], kinds: Sequence[str]) -> Rows:
    counts = {name: of for kind in kinds for name, of in ((f"{kind}_found", int), (f"{kind}_status", str))}
    rows = [[{"complete": report.complete, "problems": len(report.problems)} | _counted(report)] for report in reports]
    return {"complete": bool, **counts, "problems": int, **_SPENT}, rows


def _counted(report: "Report") -> Values:
    """How many findings of each analysis are there, how much of the text it has read, and what all of it cost."""
    found = {f"{section.kind}_found": sum(item.there for item in section.items) for section in sections(report)}
    return found | {f"{one.analysis}_status": one.status for one in report.coverage} | dict(report.usage)


def _problems(reports: Sequence["Report"], _: Sequence[str]) -> Rows:
    return _PROBLEM, [[_problem(one) for one in report.problems] for report in reports]


def _problem(one: "Problem") -> Values:
    start, end = one.characters or (None, None)
    return {"analysis": one.analysis, "error": one.kind, "message": one.message, "start": start, "end": end}


def _findings(reports: Sequence["Report"], kinds: Sequence[str]) -> Rows:
    """The findings of one or many kinds, with the fields of all of them."""
    found = [[item for item in items(report) if item.kind in kinds] for report in reports]
    own = _own(kinds, [item for some in found for item in some])
    columns = dict(_FINDING)
    for column, of in (pair for fields in own.values() for pair in fields.values()):
        columns[column] = of if columns.get(column, of) is of else str
    pairs = zip(reports, found, strict=True)
    return columns, [[_finding(item, own[item.kind], report) for item in some] for report, some in pairs]


def _finding(item: Item, own: Fields, report: "Report") -> Values:
    label, span = item.label, item.deciding
    measured = {"label": label.value, "probability": label.probability, "method": label.method} if label else {}
    weighed = item.supported
    carried = {"supported": weighed.value, "supported_probability": weighed.probability} if weighed else {}
    place = {"sentence": span.sentence, "start": span.start, "end": span.end, "quote": span.text} if span else {}
    return {
        **{name: getattr(item, name) for name in ("kind", "id", "number", "there", "grounded")},
        **measured,
        **carried,
        **place,
        "said": item.text,
        "missing": list(item.missing),
        "sentences": [one.sentence for one in item.evidence],
        "words": [one.text for one in item.words],
        "coverage": next((one.share for one in report.coverage if one.analysis == item.kind), None),
        **{column: item.facts.get(fact) for fact, (column, _) in own.items()},
    }


def _own(kinds: Iterable[str], found: Sequence[Item]) -> dict[str, Fields]:
    """The fields of each kind of finding: as declared, or as an analysis of the user's has filled them."""
    own: dict[str, Fields] = {}
    for kind in kinds:
        declared = (
            _declared(_BUILT_IN[kind]) if kind in _BUILT_IN else _seen([one for one in found if one.kind == kind])
        )
        own[kind] = {fact: (f"{kind}_{fact}" if fact in _TAKEN else fact, of) for fact, of in declared.items()}
    return own


def _declared(result: Any) -> dict[str, type]:
    """The facts that the findings of a result have, with their types."""
    facts: dict[str, type] = {}
    for finding in _finding_classes(result):
        fields = {name: _options(known.annotation) for name, known in finding.model_fields.items()}
        own = {name: of for name, of in fields.items() if name not in Finding.model_fields}
        labels = finding.labels()
        facts |= {name: _narrowest(of) for name, of in own.items() if name not in labels}
        for name in labels[1:]:
            facts |= {name: str, f"{name}_probability": float}
    return facts


def _finding_classes(annotation: Any) -> Iterator[type[Finding]]:
    if isinstance(annotation, type) and issubclass(annotation, Finding):
        yield annotation
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for known in annotation.model_fields.values():
            yield from _finding_classes(known.annotation)
    else:
        for part in get_args(annotation):
            yield from _finding_classes(part)


def _options(annotation: Any) -> set[type]:
    """The types that a field may have; `str` for everything that is no class."""
    parts = get_args(annotation) or (annotation,)
    return {part if isinstance(part, type) else str for part in parts} - {NoneType}


def _seen(found: Iterable[Item]) -> dict[str, type]:
    """The facts that findings have, with a type that all of their values have."""
    values: dict[str, list[JsonValue]] = {}
    for item in found:
        for fact, value in item.facts.items():
            values.setdefault(fact, []).append(value)
    return {fact: _narrowest({_type(value) for value in known} - {NoneType}) for fact, known in values.items()}


def _type(value: JsonValue) -> type:
    return str if isinstance(value, int) and not -_LARGEST <= value < _LARGEST else type(value)


def _narrowest(options: set[type]) -> type:
    if options == {int, float}:
        return float
    return next((of for of in (bool, int, float) if options == {of}), str)


def _cell(value: Any, of: type) -> Cell:
    if value is None:
        return None
    if of is not str:
        cell: Cell = of(value)
        return cell
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return "; ".join(map(_text, value))
    return _text(value)


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return without_surrogates(text)


_OTHERS: Mapping[str, Callable[[Sequence["Report"], Sequence[str]], Rows]] = {
    "problems": _problems,
    "articles": _articles,
}
