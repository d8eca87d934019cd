"""Findings, problems and articles as flat rows, with the same typed columns whatever the reports hold.

A row of a finding says which article it is from (`article` is the SHA-256 of the text), what was found, how sure
that is, and where it stands: `text[start:end] == quote`, the sentence of the deciding words, else the first one.
`coverage` is the share of the sentences that the analysis has read. The finding's own fields follow by their
names; a field whose name is taken is prefixed by its kind ("headline_kind"). Plain lists are joined by "; ",
anything deeper is JSON. U+FFFD stands for a lone surrogate.

An analysis that failed has no rows, like one that found nothing; `Table.incomplete` tells them apart. "problems" has
a row for each thing that is missing. "articles" has a row for each article, with two columns for each analysis:
`stances_found` is the number of findings, null where it was not asked or failed, and `stances_status` is the status
of its `Coverage`, null where it was not asked.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel

from newslens.analyses import ALL
from newslens.analyses.findings import Finding
from newslens.article.spans import without_surrogates
from newslens.errors import ConfigurationError, MissingExtra
from newslens.report.data import ReportData
from newslens.report.rows import FindingRow, list_rows, list_sections
from newslens.report.sanitise import to_one_line
from newslens.report.wording import count

Cell: TypeAlias = str | float | int | bool | None
Row: TypeAlias = dict[str, Cell]
Columns: TypeAlias = Mapping[str, type]
_Rows: TypeAlias = tuple[Columns, list[list[dict[str, Any]]]]  # columns, and the rows of each report


def _columns(names: str) -> Columns:
    types = {"": str, "int": int, "float": float, "bool": bool}
    return {name: types[of] for name, _, of in (one.partition(":") for one in names.split())}


_ARTICLE = _columns("article title outlet published url read_by")
_FINDING = _columns(
    "kind id number:int said there:bool label probability:float method supported supported_probability:float "
    "grounded:bool missing sentence:int sentences start:int end:int quote words coverage:float"
)
_PROBLEM = _columns("analysis error message start:int end:int")
_SPENT = _columns("requests:int input_tokens:int cached_tokens:int output_tokens:int cost_usd:float seconds:float")
_TAKEN = frozenset({"key", *_ARTICLE, *_FINDING})
_BUILT_IN = {analysis.name: analysis.result for analysis in ALL}
_LARGEST = 2**63  # no table has an integer beyond it


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Rows of a kind (an analysis, "findings", "problems" or "articles") with typed columns; None is a missing value.

    `incomplete` is the number of articles with missing rows, as an analysis failed or was cut short.
    """

    kind: str
    columns: Columns
    rows: tuple[Row, ...]
    incomplete: int = 0

    def to_dicts(self) -> list[Row]:
        """Copies of the rows."""
        return [dict(row) for row in self.rows]

    def to_pandas(self) -> Any:
        """The `pandas.DataFrame`, of types that hold nulls: `string`, `Int64`, `boolean`, and `float64`.

        Raises:
            MissingExtra: pandas is not installed.
        """
        # Not through narwhals: it makes False of a missing boolean in pandas, and has no integers with gaps there.
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtra("A pandas table needs pandas. Run: pip install pandas") from error
        types = {str: "string", int: "Int64", float: "float64", bool: "boolean"}
        columns = {name: ([row[name] for row in self.rows], types[of]) for name, of in self.columns.items()}
        return pd.DataFrame({name: pd.Series(cells, dtype=of) for name, (cells, of) in columns.items()})

    def to_polars(self) -> Any:
        """The `polars.DataFrame`; `MissingExtra` if polars is not installed."""
        try:
            import polars as pl
        except ImportError as error:
            raise MissingExtra("A polars table needs polars. Run: pip install polars") from error
        types = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}
        return pl.DataFrame(self.to_dicts(), schema={name: types[of] for name, of in self.columns.items()})

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __repr__(self) -> str:
        gaps = f"; INCOMPLETE for {count(self.incomplete, 'article')}, see problems" if self.incomplete else ""
        size = f"{count(len(self.rows), 'row')}, {count(len(self.columns), 'column')}"
        return f"<Table of {to_one_line(self.kind)}: {size}{gaps}>"

    def _repr_html_(self) -> str:
        from newslens.report.html import render_grid

        return render_grid(repr(self)[len("<Table of ") : -1], tuple(self.columns), self.rows)


def build_table(reports: Sequence[ReportData], kind: str | None = None, *, keys: Sequence[str] | None = None) -> Table:
    """What some reports have of a kind, in the columns that this module describes.

    Args:
        reports: the reports.
        kind: the name of an analysis, "problems" or "articles"; with None, the findings of every analysis.
        keys: the caller's name for each report, for a first column `key`.

    Raises:
        ConfigurationError: there is no such kind.
    """
    asked = (name for report in reports for name in (*report.other, *report.provenance.analyses))
    known = list(dict.fromkeys([*_BUILT_IN, *asked]))
    if kind not in (None, *known, "problems", "articles"):
        listed = to_one_line(", ".join((*known, "problems", "articles")))
        raise ConfigurationError(f"These reports have no analysis {kind!r}. There are tables of {listed}.")
    kinds = [kind] if kind in known else known
    list_of = {"problems": _list_problems, "articles": _list_articles}.get(kind or "", _list_findings)
    columns, rows = list_of(reports, kinds)
    columns = {**({} if keys is None else {"key": str}), **_ARTICLE, **columns}
    cells = []
    for key, report, some in zip(keys or [""] * len(reports), reports, rows, strict=True):
        article = report.article
        head = {name: getattr(article, name) for name in ("title", "outlet", "url")}
        head |= {"key": key, "article": article.sha256, "read_by": report.provenance.model or report.provenance.reader}
        head["published"] = article.published.isoformat() if article.published else None
        cells += [to_cells(head | row, columns) for row in some]
    incomplete = sum(
        any(one.analysis in kinds for one in report.problems)
        or any(one.analysis in kinds and one.status != "done" for one in report.coverage)
        for report in reports
    )
    return Table(kind or "findings", columns, tuple(cells), incomplete)


def to_cells(values: Mapping[str, Any], columns: Columns) -> Row:
    """A row: the values in the order of the columns, each of its column's type, None where there is no value."""
    return {name: _to_cell(values.get(name), of) for name, of in columns.items()}


def _to_cell(value: Any, of: type) -> Cell:
    if value is None:
        return None
    if of is not str:
        cell: Cell = of(value)
        return cell
    is_flat = isinstance(value, list) and not any(isinstance(one, list | dict) for one in value)
    parts = value if is_flat else [value]
    texts = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in parts)
    return without_surrogates("; ".join(texts))


def _list_problems(reports: Sequence[ReportData], _: Sequence[str]) -> _Rows:
    rows = []
    for report in reports:
        places = [dict(zip(("start", "end"), one.characters or (), strict=False)) for one in report.problems]
        said = [{"analysis": one.analysis, "error": one.kind, "message": one.message} for one in report.problems]
        rows.append([one | place for one, place in zip(said, places, strict=True)])
    return _PROBLEM, rows


def _list_articles(reports: Sequence[ReportData], kinds: Sequence[str]) -> _Rows:
    """How many findings of each analysis there are, how much of the text it has read, and what all of it cost."""
    counts = {name: of for one in kinds for name, of in ((f"{one}_found", int), (f"{one}_status", str))}
    rows = []
    for report in reports:
        sections = list_sections(report)
        found = {f"{section.kind}_found": sum(row.is_there for row in section.rows) for section in sections}
        status = {f"{one.analysis}_status": one.status for one in report.coverage}
        whole = {"complete": report.complete, "problems": len(report.problems), **dict(report.usage)}
        rows.append([whole | found | status])
    return {"complete": bool, **counts, "problems": int, **_SPENT}, rows


def _list_findings(reports: Sequence[ReportData], kinds: Sequence[str]) -> _Rows:
    found = [[row for row in list_rows(report) if row.kind in kinds] for report in reports]
    names: dict[str, dict[str, str]] = {}  # of the column of each fact, by kind
    columns = dict(_FINDING)
    for kind in kinds:
        rows = [row for some in found for row in some if row.kind == kind] if kind not in _BUILT_IN else []
        facts = _declared_facts(_BUILT_IN[kind]) if kind in _BUILT_IN else _seen_facts(rows)
        names[kind] = {fact: f"{kind}_{fact}" if fact in _TAKEN else fact for fact in facts}
        for fact, of in facts.items():
            column = names[kind][fact]
            columns[column] = of if columns.get(column, of) is of else str
    pairs = zip(reports, found, strict=True)
    return columns, [[_write_finding(row, names[row.kind], report) for row in some] for report, some in pairs]


def _write_finding(row: FindingRow, names: Mapping[str, str], report: ReportData) -> dict[str, Any]:
    label, support, span = row.label, row.supported, row.deciding
    return {
        **{name: getattr(row, name) for name in ("kind", "id", "number", "grounded")},
        **({"label": label.value, "probability": label.probability, "method": label.method} if label else {}),
        **({"supported": support.value, "supported_probability": support.probability} if support else {}),
        **({"sentence": span.sentence, "start": span.start, "end": span.end, "quote": span.text} if span else {}),
        "said": row.text,
        "there": row.is_there,
        "missing": list(row.missing),
        "sentences": [one.sentence for one in row.evidence],
        "words": [one.text for one in row.words],
        "coverage": next((one.share for one in report.coverage if one.analysis == row.kind), None),
        **{column: row.facts.get(fact) for fact, column in names.items()},
    }


def _declared_facts(result: Any) -> dict[str, type]:
    """The facts that the findings of a result type have (`FindingRow.facts`), with their types."""
    if not isinstance(result, type) or not issubclass(result, BaseModel):
        return {fact: of for part in get_args(result) for fact, of in _declared_facts(part).items()}
    if not issubclass(result, Finding):
        fields = result.model_fields.values()
        return {fact: of for known in fields for fact, of in _declared_facts(known.annotation).items()}
    facts: dict[str, type] = {}
    for name, known in result.model_fields.items():
        if name not in Finding.model_fields and name not in result.labels():
            options = get_args(known.annotation) or (known.annotation,)
            facts[name] = _narrowest({one if isinstance(one, type) else str for one in options} - {NoneType})
    for name in result.labels()[1:]:
        facts |= {name: str, f"{name}_probability": float}
    return facts


def _seen_facts(rows: Iterable[FindingRow]) -> dict[str, type]:
    """The facts that findings of a user's own analysis have, with a type that all of their values have."""
    types: dict[str, set[type]] = {}
    for row in rows:
        for fact, value in row.facts.items():
            is_large = isinstance(value, int) and not -_LARGEST <= value < _LARGEST
            types.setdefault(fact, set()).add(str if is_large else type(value))
    return {fact: _narrowest(seen - {NoneType}) for fact, seen in types.items()}


def _narrowest(options: set[type]) -> type:
    if options == {int, float}:
        return float
    return next((of for of in (bool, int, float) if options == {of}), str)
