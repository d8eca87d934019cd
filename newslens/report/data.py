"""What a report holds: results, coverage and problems, cost, where it comes from, and what people corrected."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, JsonValue, ValidationError, model_validator

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
from newslens.analyses.analysis import Analysis, adapter
from newslens.analyses.findings import Coverage, Problem, Result
from newslens.article.article import Article
from newslens.article.dates import Published
from newslens.article.spans import SourceText, Span, is_span, without_surrogates
from newslens.errors import Usage
from newslens.options import Measure

R = TypeVar("R")

_BUILT_IN = frozenset(analysis.name for analysis in ALL)


class ArticleReference(Result):
    """An article without its text, for reports that must not carry it; `length` is in code points."""

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
    """What is needed to make the report again.

    Attributes:
        reader: `model`, or `classical` for the offline reader.
        model: name of the model as the server gave it; None offline.
        prompts: hash of each template used.
        codebooks: version and hash of each codebook used.
        judged_by: how the server measures labels (`Label.method` says it of each); None if nothing measured them.
        judge: the model that judged, if it is another than the one that read.
        min_probability: a label below it became `unclear`.
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


class Held(Result):
    """What a finding said and showed at one time."""

    label: str | None
    evidence: tuple[Span, ...]
    words: tuple[Span, ...] = ()


class Correction(Result):
    """One finding as measured and as a person left it; see `newslens.report.annotations`.

    Attributes:
        kind: name of the analysis; None for a remark on the whole article.
        finding: id of the finding ("stances-3"); None for an added finding and for a remark.
        before: as measured; None for an added finding.
        after: as corrected; None for a deleted finding.
        by: who corrected it, as the tool names people; None if it does not say, as for `at`.
    """

    kind: str | None
    finding: str | None
    before: Held | None
    after: Held | None
    by: str | None
    at: AwareDatetime | None
    tool: Literal["label_studio", "doccano", "web_annotation"]
    note: SourceText = ""

    @property
    def changes(self) -> tuple[str, ...]:
        """What differs: "added", "deleted", "label", "evidence", "words", "note"."""
        if self.before and self.after:
            changed = [name for name in Held.model_fields if getattr(self.before, name) != getattr(self.after, name)]
        else:
            changed = ["deleted"] if self.before else ["added"] if self.kind else []
        return (*changed, *(["note"] if self.note else []))

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.changes:
            raise ValueError("a correction without a change corrects nothing")
        return self


class ReportData(Result):
    """The fields of a `Report`, which adds the views.

    Attributes:
        article: what was read, or a reference to it (see `without_text`).
        other: results of analyses that are not built in, as plain data; `report.get(analysis)` types them.
        corrections: what people changed, beside what was measured.
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
        """The result of an analysis, built in or the user's own; None if there is no result."""
        if analysis.name in _BUILT_IN:
            result: R | None = getattr(self, analysis.name)
            return result
        value = self.other.get(analysis.name)
        return None if value is None else adapter(analysis.result).validate_json(json.dumps(value))

    def without_text(self) -> Self:
        """The same report with the article's hash and metadata only; spans keep the words that they quote."""
        if isinstance(self.article, ArticleReference):
            return self
        metadata = self.article.model_dump(exclude={"text"})
        reference = ArticleReference(sha256=self.article.sha256, length=len(self.article.text), **metadata)
        return self.model_copy(update={"article": reference})

    def with_corrections(self, corrections: Iterable[Correction]) -> Self:
        """The same report with more corrections, as `newslens.report.annotations` reads them."""
        return self.model_copy(update={"corrections": (*self.corrections, *corrections)})

    @model_validator(mode="after")
    def _spans_match(self) -> Self:
        """`article.text[start:end] == text` holds for every span, in a report that was read from JSON too."""
        if isinstance(self.article, Article):
            text = without_surrogates(self.article.text)  # as the plain data of `other` has it
            for span in find_spans(self):
                if text[span.start : span.end] != without_surrogates(span.text):
                    raise ValueError(f"the words at {span.start}-{span.end} are not those of the article")
        return self


def find_spans(value: Any) -> Iterator[Span]:
    """Every span in a result, at any depth."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, BaseModel) and not isinstance(value, Article):
        for name in type(value).model_fields:
            yield from find_spans(getattr(value, name))
    elif is_span(value):
        with suppress(ValidationError):  # a user's own result may have these names with another meaning
            yield Span.model_validate(value)
    elif isinstance(value, tuple | list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from find_spans(one)
