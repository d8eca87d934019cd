"""What a lens is made of, checked before the first article: analyses, targets, codebook, templates."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from newslens.analyses import ALL, FRAMING
from newslens.analyses import templates as prompts
from newslens.analyses.analysis import Analysis, Options
from newslens.analyses.codebook import Codebook
from newslens.analyses.schema import strict
from newslens.errors import ConfigurationError
from newslens.options import Judging, Measure
from newslens.reading.asking import Settings

_JUDGED: Mapping[Measure, Mapping[str, Any]] = {
    "logprobs": {"judge-letter": {"question": "", "options": ""}},
    "votes": {"judge-vote": {"questions": ""}},
}
_BUILT_IN = {analysis.name: analysis.result for analysis in ALL}


def checked(analyses: Sequence[Analysis[Any]], taken: frozenset[str]) -> tuple[Analysis[Any], ...]:
    """The analyses, each once and under a name that a report can hold.

    Raises:
        ConfigurationError: none, something that is no analysis, or a name that cannot be used.
    """
    if isinstance(analyses, Analysis):
        raise ConfigurationError("analyses takes a list, such as analyses=[newslens.SUMMARY].")
    analyses = tuple(analyses)
    if not analyses:
        raise ConfigurationError("There is nothing to look for: analyses is empty.")
    for analysis in analyses:
        _check_analysis(analysis, taken)
    names = [analysis.name for analysis in analyses]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"Two analyses are called {name!r}. Give one of them another name.")
    return analyses


def framed(
    analyses: tuple[Analysis[Any], ...], codebook: Codebook | str | None, options: Options
) -> tuple[Analysis[Any], ...]:
    """The analyses, the framing among them with the user's label set.

    Raises:
        ConfigurationError: a codebook that is none, or no framing that could use it.
        CodebookError: a codebook that is missing or breaks its rules.
    """
    if codebook is None:
        return analyses
    book = options.named(codebook) if isinstance(codebook, str) else codebook
    if not isinstance(book, Codebook):
        raise ConfigurationError("codebook takes a name, or a value: codebook=Codebook.load(path).")
    if not any(analysis.name == FRAMING.name for analysis in analyses):
        raise ConfigurationError("codebook is the label set of the framing, which is not among the analyses.")
    return tuple(
        replace(analysis, codebook=book) if analysis.name == FRAMING.name else analysis for analysis in analyses
    )


def asked(analyses: Sequence[Analysis[Any]], options: Options) -> None:
    """Build the schema of each analysis, so that a result type that no server takes is refused here.

    Raises:
        ConfigurationError: a result type that no strict schema can say.
    """
    for analysis in analyses:
        book = analysis.book(options)
        strict(analysis.result, book.codes if book else ())


def _check_analysis(analysis: object, taken: frozenset[str]) -> None:
    if not isinstance(analysis, Analysis):
        raise ConfigurationError(f"analyses takes values such as newslens.SUMMARY, not {type(analysis).__name__}.")
    if not analysis.name.isidentifier() or analysis.name in taken:
        raise ConfigurationError(f"{analysis.name!r} cannot name an analysis: a report could not hold it.")
    if analysis.result is not _BUILT_IN.get(analysis.name, analysis.result):
        raise ConfigurationError(f"{analysis.name!r} is a built-in analysis with another result. Choose another name.")


def settings(  # noqa: PLR0913 - what the lens was given
    *,
    targets: Sequence[str],
    directory: str | os.PathLike[str] | None,
    blind: bool,
    max_output_tokens: int | None,
    temperature: float | None,
    seed: int | None,
) -> Settings:
    """Settings out of what a lens was given.

    Raises:
        ConfigurationError: targets that are none.
    """
    folder = None if directory is None else Path(directory)
    options = Options(targets=_targets(targets), directory=folder)
    return Settings(
        options=options, blind=blind, max_output_tokens=max_output_tokens, temperature=temperature, seed=seed
    )


def _targets(targets: Sequence[str]) -> tuple[str, ...]:
    if isinstance(targets, str) or not isinstance(targets, Sequence):
        raise ConfigurationError(f"targets takes a list of phrases, such as targets=['the bill'], not {targets!r}.")
    for target in targets:
        if not isinstance(target, str) or not target.strip():
            raise ConfigurationError(f"{target!r} is no target. Give a phrase such as 'the carbon tax'.")
    return tuple(dict.fromkeys(" ".join(target.split()) for target in targets))


def used_prompts(
    analyses: Sequence[Analysis[Any]],
    used: Settings,
    judge: Judging | bool,  # noqa: FBT001 - as it was given
) -> dict[str, prompts.Prompt]:
    """Every template that these analyses and their judge use, each filled once to see that its holes fit.

    Raises:
        PromptError: a template that is missing or whose holes do not fit.
    """
    wanted: dict[str, Any] = {"system": {}, "again": {"errors": ""}}
    for method in judge.methods if isinstance(judge, Judging) else ():
        wanted |= _JUDGED.get(method, {})
    for analysis in analyses:
        wanted[analysis.prompt] = analysis.values(used.options, analysis.book(used.options))
        if analysis.reduce is not None:
            wanted[analysis.reduce.prompt] = {"points": ""}
    loaded = {name: prompts.load(name, used.options.directory) for name in wanted}
    for name, prompt in loaded.items():
        prompt.fill(wanted[name])
    return loaded


def used_codebooks(analyses: Sequence[Analysis[Any]], options: Options) -> dict[str, str]:
    """Version and hash of every codebook that these analyses use."""
    books = [book for analysis in analyses if (book := analysis.book(options)) is not None]
    return {book.name: f"{book.version} sha256:{book.sha256}" for book in books}
