"""The report on one article, with its views: text, Markdown, HTML and tables."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from newslens import __version__
from newslens.analyses.analysis import adapter
from newslens.analyses.loaded import name_speakers
from newslens.article.article import Article, require_article
from newslens.reading.pipeline import list_codebooks
from newslens.reading.reader import ReadingResult
from newslens.report.data import Provenance, ReportData
from newslens.report.markdown import render_markdown
from newslens.report.tables import Row, build_table
from newslens.report.terminal import render_text
from newslens.report.wording import summarise

if TYPE_CHECKING:
    from newslens.reading.pipeline import Pipeline


class Report(ReportData):
    """What newslens found in one article, with its views.

    A result that is None was not asked for, or failed: `coverage` and `problems` tell which. An empty result was
    asked for, and the article has no such finding. `ReportData` describes the fields.
    """

    def to_dicts(self, kind: str | None = None) -> list[Row]:
        """A flat dictionary for each finding of a kind ("stances", …), or of all kinds. See `to_pandas`."""
        return build_table([self], kind).to_dicts()

    def to_pandas(self, kind: str | None = None) -> Any:
        """A `pandas.DataFrame` with one row for each finding; `newslens.report.tables` describes the columns.

        Args:
            kind: name of an analysis, "problems" or "articles"; with None, the findings of all analyses.

        Raises:
            ConfigurationError: there is no such kind.
            MissingExtra: pandas is not installed.
        """
        return build_table([self], kind).to_pandas()

    def to_polars(self, kind: str | None = None) -> Any:
        """The same as a `polars.DataFrame`."""
        return build_table([self], kind).to_polars()

    def to_markdown(self) -> str:
        """The report as a memo: the findings with footnotes into the article, and what was not measured."""
        return render_markdown(self)

    def to_html(self) -> str:
        """The report as one self-contained HTML page: the text with its marks, the findings, no script."""
        from newslens.report.html import render_page

        return render_page(self)

    def _repr_html_(self) -> str:
        from newslens.report.html import render_fragment

        return render_fragment(self)

    def __str__(self) -> str:
        return render_text(self)

    def __repr__(self) -> str:
        return summarise(self)


async def read_report(pipeline: "Pipeline", article: Article | str) -> Report:
    """Read an article, or the text of one, and report on it; `NewslensError` if no analysis gave anything."""
    article = await anyio.to_thread.run_sync(require_article, article)
    return build_report(article, await pipeline.read(article), pipeline)


def build_report(article: Article, reading: ReadingResult, pipeline: "Pipeline") -> Report:
    """The report on one article, or the first error that occurred if no analysis gave anything."""
    if not reading.results and reading.error is not None:
        raise reading.error
    built_in = {name: result for name, result in reading.results.items() if name in Report.model_fields}
    if built_in.get("loaded") and built_in.get("sources"):
        built_in["loaded"] = name_speakers(built_in["loaded"], built_in["sources"])
    other = {
        analysis.name: adapter(analysis.result).dump_python(reading.results[analysis.name], mode="json", by_alias=True)
        for analysis in pipeline.analyses
        if analysis.name in reading.results and analysis.name not in built_in
    }
    settings, judge, is_offline = pipeline.settings, pipeline.judge, pipeline.ask is None
    provenance = Provenance(
        newslens=__version__,
        reader="classical" if is_offline else "model",
        model=None if is_offline else reading.model or pipeline.model,
        server=pipeline.host or None,
        analyses=tuple(analysis.name for analysis in pipeline.analyses),
        prompts={} if is_offline else {name: prompt.sha256 for name, prompt in settings.templates.items()},
        codebooks=list_codebooks(pipeline.analyses, settings.options),
        targets=settings.options.targets,
        calls=pipeline.calls,
        judged_by=judge.method if judge else None,
        judge=judge.judging.model if judge else None,
        min_probability=judge.judging.min_probability if judge else None,
        blind=settings.blind,
        max_output_tokens=settings.max_output_tokens,
        temperature=settings.temperature,
        seed=settings.seed,
        created=datetime.now(UTC),
    )
    return Report(
        article=article,
        other=other,
        coverage=reading.coverage,
        problems=reading.problems,
        usage=reading.usage,
        provenance=provenance,
        **built_in,
    )
