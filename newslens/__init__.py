"""Read news articles with evidence: who says what, who is for and against what, how the story is framed.

>>> import newslens
>>> report = newslens.Lens(offline=True).analyze("Ana Ruiz said on Monday that the bridge is closed.")
>>> report.summary.key_points[0].evidence[0].text
'Ana Ruiz said on Monday that the bridge is closed.'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newslens.version import __version__

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
    from newslens.analyses.coding import coding
    from newslens.analysis import Analysis
    from newslens.article import Article
    from newslens.client import Budget, Rate, Retry
    from newslens.codebook import Codebook
    from newslens.errors import NewslensError
    from newslens.findings import Label
    from newslens.judging.judging import Judging
    from newslens.lens import Lens
    from newslens.reading.outcome import Coverage, Problem
    from newslens.reading.parts import Limits
    from newslens.report import Report
    from newslens.reports import Reports
    from newslens.spans import Span
    from newslens.store import Store
    from newslens.usage import Usage

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
    "Analysis": "analysis",
    "Article": "article",
    "Attribution": "analyses",
    "Budget": "client",
    "Circumstance": "analyses",
    "Codebook": "codebook",
    "Coverage": "reading.outcome",
    "Density": "analyses",
    "FramingNote": "analyses",
    "HeadlineCheck": "analyses",
    "Inconsistency": "analyses",
    "Judging": "judging.judging",
    "KeyPoint": "analyses",
    "LoadedPhrase": "analyses",
    "Label": "findings",
    "Lens": "lens",
    "Limits": "reading.parts",
    "NewslensError": "errors",
    "Problem": "reading.outcome",
    "Rate": "client",
    "Report": "report",
    "Reports": "reports",
    "Retry": "client",
    "Span": "spans",
    "SentenceRole": "analyses",
    "SourceMix": "analyses",
    "Stance": "analyses",
    "Store": "store",
    "Structure": "analyses",
    "Summary": "analyses",
    "Usage": "usage",
    "coding": "analyses.coding",
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
