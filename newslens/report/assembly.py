"""From an article and what a reading of it gave to a report."""

from datetime import UTC, datetime

from newslens import __version__
from newslens.article.article import Article, require_article
from newslens.reading.outcome import Outcome
from newslens.reading.pipeline import Pipeline
from newslens.reading.wiring import used_codebooks
from newslens.report.report import Provenance, Report, plain_data


async def read_report(pipeline: Pipeline, article: Article | str) -> Report:
    """Read an article, or the text of one, and report on it.

    Raises:
        NewslensError: there is no article in the text, or no analysis gave anything.
    """
    import anyio

    article = await anyio.to_thread.run_sync(require_article, article)
    return build_report(article, await pipeline.read(article), pipeline)


def build_report(article: Article, outcome: Outcome, pipeline: Pipeline) -> Report:
    """The report on one article.

    Raises:
        NewslensError: no analysis gave anything; the error is the first that occurred.
    """
    if not outcome.results and outcome.error is not None:
        raise outcome.error
    built_in = {name: result for name, result in outcome.results.items() if name in Report.model_fields}
    other = {
        analysis.name: plain_data(analysis, outcome.results[analysis.name])
        for analysis in pipeline.analyses
        if analysis.name in outcome.results and analysis.name not in built_in
    }
    return Report(
        article=article,
        other=other,
        coverage=outcome.coverage,
        problems=outcome.problems,
        usage=outcome.usage,
        provenance=_provenance(outcome, pipeline),
        **built_in,
    )


def _provenance(outcome: Outcome, pipeline: Pipeline) -> Provenance:
    settings, judge, offline = pipeline.settings, pipeline.judge, pipeline.ask is None
    return Provenance(
        newslens=__version__,
        reader="classical" if offline else "model",
        model=None if offline else outcome.model or pipeline.model,
        server=pipeline.host or None,
        analyses=tuple(analysis.name for analysis in pipeline.analyses),
        prompts={} if offline else {name: prompt.sha256 for name, prompt in settings.templates.items()},
        codebooks=used_codebooks(pipeline.analyses, settings.options),
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
