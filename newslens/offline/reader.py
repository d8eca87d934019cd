"""Read an article with no model: each analysis's classical reader, through the same grounding and merging code."""

from collections.abc import Sequence
from typing import Any

from newslens.analyses.analysis import Analysis, Reading
from newslens.article.article import Article
from newslens.errors import ConfigurationError, NewslensError
from newslens.reading.asking import Asker, Settings
from newslens.reading.outcome import Coverage, Outcome, Problem


def read(article: Article, analyses: Sequence[Analysis[Any]], settings: Settings) -> Outcome:
    """Results by classical methods, deterministic, with no request sent."""
    results, problems, error = {}, [], None
    for analysis in analyses:
        try:
            results[analysis.name] = _read(article, analysis, settings)
        except NewslensError as failure:
            error = error or failure
            problems.append(Problem.of(analysis.name, failure))
    everything = [(0, len(article.text))]
    coverage = [
        Coverage.of(analysis.name, article, everything if analysis.name in results else ()) for analysis in analyses
    ]
    return Outcome(results, tuple(coverage), tuple(problems), error=error)


def _read(article: Article, analysis: Analysis[Any], settings: Settings) -> Any:
    if analysis.offline is None:
        raise ConfigurationError(f"{analysis.name!r} has no offline reader. Name a model: Lens(model=…).")
    value = analysis.offline(Reading(article, settings.options, analysis.book(settings.options)))
    citable = {span.sentence: span for span in article.sentences}
    if article.headline:
        citable[0] = article.headline
    return analysis.merge([Asker(article, settings).result(analysis, value, citable, "classical")])
