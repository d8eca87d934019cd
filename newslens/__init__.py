"""Read news articles with evidence: who says what, who is for and against what, how the story is framed.

>>> import newslens
>>> report = newslens.Lens(offline=True).analyze("Ana Ruiz said on Monday that the bridge is closed.")
>>> report.summary.key_points[0].evidence[0].text
'Ana Ruiz said on Monday that the bridge is closed.'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from newslens.analyses import (
        ALL,
        CONSISTENCY,
        DEFAULT,
        FRAMING,
        HEADLINE,
        LOADED,
        SOURCES,
        STANCE,
        STRUCTURE,
        SUMMARY,
        Attribution,
        Circumstance,
        Density,
        FramingNote,
        HeadlineCheck,
        Inconsistency,
        KeyPoint,
        LoadedPhrase,
        SentenceRole,
        SourceMix,
        Stance,
        Structure,
        Summary,
        density,
        mix,
        persuasion,
    )
    from newslens.analyses.analysis import Analysis
    from newslens.analyses.codebook import Codebook
    from newslens.analyses.findings import Coverage, Label, Problem
    from newslens.analyses.framing import coding
    from newslens.article.article import Article
    from newslens.article.spans import Span
    from newslens.errors import NewslensError, Usage
    from newslens.lens import Lens
    from newslens.llm.store import Store
    from newslens.options import Budget, Judging, Limits, Rate, Retry, RunOptions
    from newslens.report.report import Report
    from newslens.report.reports import Reports

_HOME = {  # the public names by module
    "analyses": (
        "ALL Attribution CONSISTENCY Circumstance DEFAULT Density FRAMING FramingNote HEADLINE HeadlineCheck "
        "Inconsistency KeyPoint LOADED LoadedPhrase SOURCES STANCE STRUCTURE SUMMARY SentenceRole SourceMix "
        "Stance Structure Summary density mix persuasion"
    ),
    "analyses.analysis": "Analysis",
    "analyses.codebook": "Codebook",
    "analyses.findings": "Coverage Label Problem",
    "analyses.framing": "coding",
    "article.article": "Article",
    "article.spans": "Span",
    "errors": "NewslensError Usage",
    "lens": "Lens",
    "llm.store": "Store",
    "options": "Budget Judging Limits Rate Retry RunOptions",
    "report.report": "Report",
    "report.reports": "Reports",
}
_MODULES = {name: module for module, names in _HOME.items() for name in names.split()}

__all__ = [
    "ALL",
    "CONSISTENCY",
    "DEFAULT",
    "FRAMING",
    "HEADLINE",
    "LOADED",
    "SOURCES",
    "STANCE",
    "STRUCTURE",
    "SUMMARY",
    "Analysis",
    "Article",
    "Attribution",
    "Budget",
    "Circumstance",
    "Codebook",
    "Coverage",
    "Density",
    "FramingNote",
    "HeadlineCheck",
    "Inconsistency",
    "Judging",
    "KeyPoint",
    "Label",
    "Lens",
    "Limits",
    "LoadedPhrase",
    "NewslensError",
    "Problem",
    "Rate",
    "Report",
    "Reports",
    "Retry",
    "RunOptions",
    "SentenceRole",
    "SourceMix",
    "Span",
    "Stance",
    "Store",
    "Structure",
    "Summary",
    "Usage",
    "__version__",
    "coding",
    "density",
    "mix",
    "persuasion",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: pydantic and the rest cost time that `import newslens` must not."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
