"""Many articles: read side by side in constant memory, one outcome for each, and gone on with after any end."""

from newslens.bulk.job import Input, Outcome
from newslens.bulk.many import aanalyze_many, analyze_many
from newslens.bulk.records import read
from newslens.bulk.results import Results

__all__ = ["Input", "Outcome", "Results", "aanalyze_many", "analyze_many", "read"]
