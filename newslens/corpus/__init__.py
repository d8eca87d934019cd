"""Many articles: rows of a file or table in, one outcome for each article out, resumed after any interruption."""

from newslens.corpus.estimate import Estimate
from newslens.corpus.inputs import Input
from newslens.corpus.pages import Pages
from newslens.corpus.results import Results, frame
from newslens.corpus.rows import from_frame, read
from newslens.corpus.run import aanalyze_many, analyze_many
from newslens.options import RunOptions
from newslens.report.reports import Outcome

__all__ = [
    "Estimate",
    "Input",
    "Outcome",
    "Pages",
    "Results",
    "RunOptions",
    "aanalyze_many",
    "analyze_many",
    "frame",
    "from_frame",
    "read",
]
