"""An outcome as a line of JSON, and back."""

import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import JsonValue, model_validator

from newslens.analyses.findings import Result
from newslens.corpus.job import Outcome
from newslens.corpus.journal import error_of, plain
from newslens.report.report import Report


class _Error(Result):
    kind: str
    message: str
    fields: dict[str, JsonValue]


class _Line(Result):
    key: str
    article: str
    settings: dict[str, JsonValue] | None = None
    report: Report | None = None
    error: _Error | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.report is None) == (self.error is None):
            raise ValueError("a line has a report or an error")
        return self


def line_of(outcome: Outcome, settings: Mapping[str, JsonValue] | None = None) -> str:
    """The line, with its end: `key`, `article` (hash), `settings` where they are known, and `report` or `error`."""
    head = f'{{"key":{json.dumps(outcome.key)},"article":{json.dumps(outcome.article)},'
    if settings is not None:
        head += f'"settings":{json.dumps(settings)},'
    if outcome.report is None:
        return f'{head}"error":{json.dumps(plain(outcome.error))}}}\n'
    return f'{head}"report":{outcome.report.model_dump_json()}}}\n'


def outcome_of(line: str | bytes) -> Outcome:
    """The outcome that a line holds; a report that stands there alone gets the hash of its text as key.

    Raises:
        ValueError: it is no such line.
    """
    data = _data(line)
    if "provenance" in data:
        report = Report.model_validate(data)
        return Outcome(report.article.sha256, report)
    read = _Line.model_validate(data)
    if read.error is None:
        return Outcome(read.key, read.report, article=read.article)
    return Outcome(read.key, error=error_of(read.error.model_dump()), article=read.article)


def _data(line: str | bytes) -> dict[str, Any]:
    try:
        data = json.loads(line)  # not pydantic's: a key may hold a lone surrogate
    except RecursionError as error:
        raise ValueError("it nests too deep") from error
    if not isinstance(data, dict):
        raise ValueError(f"it holds a {type(data).__name__}")  # noqa: TRY004 - all faults of a line are one error
    return data
