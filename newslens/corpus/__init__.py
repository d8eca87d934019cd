"""Many articles: read side by side in constant memory, one outcome for each, and gone on with after any end."""

from newslens.corpus.estimate import Estimate
from newslens.corpus.job import Input
from newslens.corpus.many import aanalyze_many, analyze_many
from newslens.corpus.pages import Pages
from newslens.corpus.records import read
from newslens.corpus.results import Results
from newslens.corpus.tables import frame, from_frame
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
