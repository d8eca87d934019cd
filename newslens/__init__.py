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

_HOME = {
    "ALL": "analyses",
    "CONSISTENCY": "analyses",
    "DEFAULT": "analyses",
    "FRAMING": "analyses",
    "HEADLINE": "analyses",
    "LOADED": "analyses",
    "SOURCES": "analyses",
    "STANCE": "analyses",
    "STRUCTURE": "analyses",
    "SUMMARY": "analyses",
    "Analysis": "analyses.analysis",
    "Article": "article.article",
    "Attribution": "analyses",
    "Budget": "options",
    "Circumstance": "analyses",
    "Codebook": "analyses.codebook",
    "Coverage": "analyses.findings",
    "Density": "analyses",
    "FramingNote": "analyses",
    "HeadlineCheck": "analyses",
    "Inconsistency": "analyses",
    "Judging": "options",
    "KeyPoint": "analyses",
    "LoadedPhrase": "analyses",
    "Label": "analyses.findings",
    "Lens": "lens",
    "Limits": "options",
    "NewslensError": "errors",
    "Problem": "analyses.findings",
    "Rate": "options",
    "Report": "report.report",
    "Reports": "report.reports",
    "Retry": "options",
    "RunOptions": "options",
    "Span": "article.spans",
    "SentenceRole": "analyses",
    "SourceMix": "analyses",
    "Stance": "analyses",
    "Store": "llm.store",
    "Structure": "analyses",
    "Summary": "analyses",
    "Usage": "errors",
    "coding": "analyses.framing",
    "density": "analyses",
    "mix": "analyses",
    "persuasion": "analyses",
}

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
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
