"""Put what came of a reading, and its circumstances, into a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from newslens.analyses.analysis import Analysis
from newslens.article.article import Article
from newslens.llm.source import Source
from newslens.reading.asking import Settings
from newslens.reading.judge import Judge
from newslens.reading.outcome import Outcome
from newslens.report.report import Provenance, Report, plain_data
from newslens.version import __version__


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a lens is made of, as far as a report names it."""

    analyses: tuple[Analysis[Any], ...]
    settings: Settings
    source: Source
    calls: Literal["joint", "separate"]
    codebooks: Mapping[str, str]
    judge: Judge | None = None


def assembled(article: Article, outcome: Outcome, made_by: Circumstances) -> Report:
    """The report on one article.

    Raises:
        NewslensError: no analysis gave anything; the error is the one that was in the way.
    """
    if not outcome.results and outcome.error is not None:
        raise outcome.error
    built_in = {name: result for name, result in outcome.results.items() if name in Report.model_fields}
    other = {
        analysis.name: plain_data(analysis, outcome.results[analysis.name])
        for analysis in made_by.analyses
        if analysis.name in outcome.results and analysis.name not in built_in
    }
    return Report(
        article=article,
        other=other,
        coverage=outcome.coverage,
        problems=outcome.problems,
        usage=outcome.usage,
        provenance=_provenance(outcome, made_by),
        **built_in,
    )


def _provenance(outcome: Outcome, made_by: Circumstances) -> Provenance:
    settings, source = made_by.settings, made_by.source
    offline = source.kind == "classical"
    judge = made_by.judge
    return Provenance(
        newslens=__version__,
        reader="classical" if offline else "model",
        model=None if offline else outcome.model or source.model,
        server=source.host,
        analyses=tuple(analysis.name for analysis in made_by.analyses),
        prompts={} if offline else {name: prompt.sha256 for name, prompt in settings.templates.items()},
        codebooks=dict(made_by.codebooks),
        targets=settings.options.targets,
        calls=made_by.calls,
        judged_by=judge.method if judge else None,
        judge=judge.judging.model if judge else None,
        min_probability=judge.judging.min_probability if judge else None,
        blind=settings.blind,
        max_output_tokens=settings.max_output_tokens,
        temperature=settings.temperature,
        seed=settings.seed,
        created=datetime.now(UTC),
    )
