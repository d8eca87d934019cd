"""The report on one article: results, what was covered, what went wrong, what it cost, where it came from."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from pydantic import BaseModel, Field, JsonValue, ValidationError, model_validator

from newslens.analyses import (
    ALL,
    Attribution,
    FramingNote,
    HeadlineCheck,
    Inconsistency,
    LoadedPhrase,
    Stance,
    Structure,
    Summary,
)
from newslens.analyses.analysis import Analysis
from newslens.analyses.findings import Problem, Result
from newslens.analyses.schema import adapter
from newslens.article.article import Article
from newslens.article.dates import Published
from newslens.article.spans import SourceText, Span, is_span, without_surrogates
from newslens.errors import Usage
from newslens.options import Measure
from newslens.reading.outcome import Coverage
from newslens.report.annotations.corrections import Correction

if TYPE_CHECKING:
    from newslens.report.table import Row, Table

R = TypeVar("R")


class ArticleReference(Result):
    """An article without its text, for reports that must not carry it.

    Attributes:
        sha256: hash of the text (`Article.sha256`).
        length: code points of the text.
    """

    sha256: str
    length: int
    title: SourceText | None
    byline: SourceText | None
    outlet: SourceText | None
    published: Published | None
    url: SourceText | None
    language: SourceText | None
    source: SourceText | None


class Provenance(Result):
    """Where a report comes from, so that it can be made again.

    Attributes:
        reader: `model`, or `classical` for the offline reader.
        model: the model as the server named itself; None offline.
        server: host of the server; None offline.
        prompts: hash of each template used.
        codebooks: version and hash of each codebook used.
        judged_by: what the server measures labels by (`Label.method` tells of each); None: nothing did.
        judge: the model that judged, if it is another than the one that read.
        min_probability: below which a label became `unclear`.
        created: when the report was made (UTC).
    """

    newslens: str
    reader: Literal["model", "classical"]
    model: str | None = None
    server: str | None = None
    analyses: tuple[str, ...]
    prompts: dict[str, str]
    codebooks: dict[str, str]
    targets: tuple[str, ...] = ()
    calls: Literal["joint", "separate"] = "joint"
    blind: bool = False
    judged_by: Measure | None = None
    judge: str | None = None
    min_probability: float | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    created: datetime


class Report(Result):
    """What newslens found in one article.

    A result that is None was not asked for, or failed: `coverage` and `problems` tell which. An empty one was
    asked for and the article has none.

    Attributes:
        article: what was read, or a reference to it (see `without_text`).
        other: results of analyses that are not built in, as plain data; `report.get(analysis)` types them.
        corrections: what people changed (see `newslens.report.annotations`), beside what was measured.
    """

    article: Article | ArticleReference
    summary: Summary | None = None
    stances: tuple[Stance, ...] | None = None
    framing: tuple[FramingNote, ...] | None = None
    headline: tuple[HeadlineCheck, ...] | None = None
    loaded: tuple[LoadedPhrase, ...] | None = None
    sources: tuple[Attribution, ...] | None = None
    consistency: tuple[Inconsistency, ...] | None = None
    structure: Structure | None = None
    other: dict[str, JsonValue] = Field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    coverage: tuple[Coverage, ...]
    problems: tuple[Problem, ...] = ()
    usage: Usage = Usage()
    provenance: Provenance

    @property
    def complete(self) -> bool:
        """Whether every analysis has read the whole article."""
        return not self.problems and all(one.status == "done" for one in self.coverage)

    def get(self, analysis: Analysis[R]) -> R | None:
        """The result of an analysis, built in or the user's own; None if there is none."""
        if analysis.name in _BUILT_IN:
            result: R | None = getattr(self, analysis.name)
            return result
        value = self.other.get(analysis.name)
        return None if value is None else adapter(analysis.result).validate_json(json.dumps(value))

    def without_text(self) -> Self:
        """The same report with the article's hash and metadata only; spans keep the words that they quote."""
        if isinstance(self.article, ArticleReference):
            return self
        facts = self.article.model_dump(exclude={"text"})
        reference = ArticleReference(sha256=self.article.sha256, length=len(self.article.text), **facts)
        return self.model_copy(update={"article": reference})

    def corrected(self, corrections: Iterable[Correction]) -> Self:
        """The same report with corrections, as `newslens.report.annotations` reads them, behind those it has."""
        return self.model_copy(update={"corrections": (*self.corrections, *corrections)})

    def to_dicts(self, kind: str | None = None) -> "list[Row]":
        """A flat dictionary for each finding of a kind ("stances", …); None: of all kinds. See `to_pandas`."""
        return self._table(kind).to_dicts()

    def to_pandas(self, kind: str | None = None) -> Any:
        """A `pandas.DataFrame` with a row a finding; columns as `newslens.report.tables` has them.

        Args:
            kind: name of an analysis, "problems" or "articles"; None: the findings of all analyses.

        Raises:
            ConfigurationError: there is no such kind.
            MissingExtra: pandas is not installed.
        """
        return self._table(kind).to_pandas()

    def to_polars(self, kind: str | None = None) -> Any:
        """The same as a `polars.DataFrame`."""
        return self._table(kind).to_polars()

    def to_markdown(self) -> str:
        """The report as a memo: the findings with footnotes into the article, and what was not measured."""
        from newslens.report.markdown import markdown

        return markdown(self)

    def _table(self, kind: str | None) -> "Table":
        from newslens.report.tables import table

        return table([self], kind)

    @model_validator(mode="after")
    def _spans_hold(self) -> Self:
        """A report read from JSON holds what every report holds: `article.text[start:end] == text`."""
        if isinstance(self.article, Article):
            text = without_surrogates(self.article.text)  # as the plain data of `other` has it
            for span in spans_of(self):
                if text[span.start : span.end] != without_surrogates(span.text):
                    raise ValueError(f"the words at {span.start}-{span.end} are not those of the article")
        return self

    def __repr__(self) -> str:
        from newslens.report.line import line

        return line(self)

    def __str__(self) -> str:
        from newslens.report.terminal import terminal

        return terminal(self)

    def to_html(self) -> str:
        """The report as one self-contained HTML page: the text with its marks, the findings, no script."""
        from newslens.report.html import page

        return page(self)

    def _repr_html_(self) -> str:
        from newslens.report.html import fragment

        return fragment(self)


def plain_data(analysis: Analysis[Any], result: Any) -> JsonValue:
    """A result as `Report.other` holds it and `Report.get` reads it."""
    data: JsonValue = adapter(analysis.result).dump_python(result, mode="json", by_alias=True)
    return data


_BUILT_IN = frozenset(analysis.name for analysis in ALL)


def spans_of(value: Any) -> Iterator[Span]:
    """Every span in a result, however deep."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, BaseModel) and not isinstance(value, Article):
        for name in type(value).model_fields:
            yield from spans_of(getattr(value, name))
    elif is_span(value):
        with suppress(ValidationError):  # a result of the user's own may have these names, and mean others
            yield Span.model_validate(value)
    elif isinstance(value, tuple | list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from spans_of(one)
