"""Whether a summary says what its article says."""

from newslens.faithfulness.check import check_summary
from newslens.faithfulness.result import Faithfulness, Fault, FaultKind, Row

__all__ = ["Faithfulness", "Fault", "FaultKind", "Row", "check_summary"]
