"""Many articles: read side by side in constant memory, one outcome for each, and gone on with after any end."""

from newslens.bulk.estimate import Estimate
from newslens.bulk.job import Input, Outcome
from newslens.bulk.many import aanalyze_many, analyze_many
from newslens.bulk.options import Options
from newslens.bulk.pages import Pages
from newslens.bulk.records import read
from newslens.bulk.results import Results
from newslens.bulk.tables import frame, from_frame

__all__ = [
    "Estimate",
    "Input",
    "Options",
    "Outcome",
    "Pages",
    "Results",
    "aanalyze_many",
    "analyze_many",
    "frame",
    "from_frame",
    "read",
]
