"""The state of a run in the store: what became of each article, so that a restart goes on instead of again."""

import json
from dataclasses import replace

from pydantic import ValidationError

from newslens.article.article import Article
from newslens.corpus.job import Job
from newslens.corpus.settings import digest, settings
from newslens.errors import NewslensError
from newslens.llm.store import Row, Store
from newslens.reading.pipeline import Pipeline
from newslens.report.data import ArticleReference
from newslens.report.report import Report
from newslens.report.reports import Outcome, dump_error, load_error


class Journal:
    """One run in a store.

    Args:
        store: where.
        pipeline: how articles are read; a run belongs to one set of settings.
        run: name of the run; None: one that belongs to these settings, so that the same call goes on.
        retry_failed: read failed and incomplete articles again.

    Raises:
        StoreError: the store cannot be used.
    """

    def __init__(self, store: Store, pipeline: Pipeline, *, run: str | None, retry_failed: bool) -> None:
        self._settings = json.dumps(settings(pipeline))
        self._store = store
        self._run = run or f"run-{digest(self._settings)}"
        self._retry_failed = retry_failed

    def begin(self) -> None:
        """Begin the run, or go on with it.

        Raises:
            ConfigurationError: it was begun with other settings.
        """
        self._store.begin(self._run, self._settings)

    def known(self, job: Job) -> Outcome | None:
        """What became of this article before; None if it is to be read.

        A report that this version cannot read is none: the article is read again, its answers being in the store.
        """
        row = self._store.row(self._run, job.key, job.article)
        if row is None or (self._retry_failed and row.state != "done"):
            return None
        if row.error is not None:
            return replace(job.failed(load_error(json.loads(row.error))), stored=True)
        try:
            report = Report.model_validate_json(row.report or "")
        except ValidationError:
            return None
        return replace(job.done(_whole(report, job.content)), stored=True)

    def keep(self, outcome: Outcome) -> None:
        """Write down what became of an article."""
        if outcome.error is not None:
            row = Row("failed", error=json.dumps(dump_error(outcome.error)))
        else:
            report = outcome.unwrap()
            row = Row("done" if report.complete else "partial", report=report.without_text().model_dump_json())
        self._store.keep(self._run, outcome.key, outcome.article, row)


def _whole(report: Report, content: Article | str | NewslensError) -> Report:
    """The report with its article back, which its row has only the hash of."""
    article = Article.from_text(content) if isinstance(content, str) else content
    fits = isinstance(report.article, ArticleReference) and isinstance(article, Article)
    return report.model_copy(update={"article": article}) if fits else report
