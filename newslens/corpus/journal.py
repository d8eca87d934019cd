"""The state of a run in the store, by which a restart resumes it, and the settings that a run belongs to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from newslens import __version__
from newslens.analyses.analysis import adapter
from newslens.article.article import Article
from newslens.corpus.inputs import KeyedInput
from newslens.errors import NewslensError
from newslens.llm.store import Row, Store
from newslens.reading.pipeline import Pipeline, list_codebooks
from newslens.report.data import ArticleReference
from newslens.report.report import Report
from newslens.report.reports import Outcome, dump_error, load_error


class Journal:
    """The outcomes of one run in a store.

    Args:
        store: where outcomes are kept.
        pipeline: how articles are read; a run belongs to one set of settings.
        run: name of the run; None derives one from the settings, so that the same call resumes it.
        retry_failed: do not find failed and incomplete articles, so that they are read again.

    Raises:
        StoreError: the store cannot be used.
    """

    def __init__(self, store: Store, pipeline: Pipeline, *, run: str | None, retry_failed: bool) -> None:
        self._settings = json.dumps(describe_settings(pipeline))
        self._store = store
        self._run = run or f"run-{_hash(self._settings)}"
        self._retry_failed = retry_failed

    def begin(self) -> None:
        """Begin or resume the run.

        Raises:
            ConfigurationError: it was begun with other settings.
        """
        self._store.begin(self._run, self._settings)

    def find(self, given: KeyedInput) -> Outcome | None:
        """The stored outcome of an article, with its text put back.

        A row that is damaged, or that this version cannot read, counts as missing: the article is read again, from
        answers in the store.
        """
        try:
            row = self._store.row(self._run, given.key, given.article)
            if row is None or (self._retry_failed and row.state != "done"):
                return None
            if row.error is not None:
                return replace(given.failed(load_error(json.loads(row.error))), stored=True)
            report = Report.model_validate_json(row.report or "")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        if isinstance(report.article, ArticleReference) and not isinstance(given.content, NewslensError):
            article = given.content if isinstance(given.content, Article) else Article.from_text(given.content)
            report = report.model_copy(update={"article": article})
        return replace(given.done(report), stored=True)

    def keep(self, outcome: Outcome) -> None:
        """Store the outcome of an article.

        Raises:
            StoreError: the store cannot be written.
        """
        if outcome.error is not None:
            row = Row("failed", error=json.dumps(dump_error(outcome.error)))
        else:
            report = outcome.unwrap()
            row = Row("done" if report.complete else "partial", report=report.without_text().model_dump_json())
        self._store.keep(self._run, outcome.key, outcome.article, row)


def describe_settings(pipeline: Pipeline) -> dict[str, Any]:
    """All settings that a report depends on, by name; the server as a hash, because its path may hold a token."""
    used, judge = pipeline.settings, pipeline.judge
    return {
        "newslens": __version__,
        "reader": pipeline.kind,
        "model": pipeline.model,
        "server": _hash(pipeline.server),
        "analyses": {analysis.name: _hash(adapter(analysis.result).json_schema()) for analysis in pipeline.analyses},
        "prompts": {name: prompt.sha256 for name, prompt in used.templates.items()},
        "codebooks": list_codebooks(pipeline.analyses, used.options),
        "targets": used.options.targets,
        "blind": used.blind,
        "calls": pipeline.calls,
        "limits": asdict(pipeline.limits),
        "judging": asdict(judge.judging) if judge else None,
        "max_output_tokens": used.max_output_tokens,
        "temperature": used.temperature,
        "seed": used.seed,
    }


def shorten_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in about 500 characters, for each line of a results file: compound values become hashes."""
    return {
        name: {"sha256": _hash(value)} if isinstance(value, (Mapping, list, tuple)) else value
        for name, value in settings.items()
    }


def list_differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The names of the settings that differ, with the values of those that are not hashes."""
    found = []
    for name in {**before, **now}:
        old, new = before.get(name), now.get(name)
        if old != new:
            is_hash = isinstance(old, dict) or isinstance(new, dict)
            found.append(name if is_hash else f"{name} ({old!r} before, {new!r} now)")
    return ", ".join(found)


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]
