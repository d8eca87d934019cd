"""The built-in analyses, as values in readable tuples.

`DEFAULT` is what an article is asked when nobody says otherwise: the three whose quality is measured and held by
floors. `ALL` has the others too.
"""

from newslens.analyses.consistency import CONSISTENCY, Inconsistency
from newslens.analyses.framing import FRAMING, FramingNote
from newslens.analyses.headline import HEADLINE, HeadlineCheck
from newslens.analyses.stance import STANCE, Stance
from newslens.analyses.summary import SUMMARY, KeyPoint, Summary

DEFAULT = (SUMMARY, STANCE, FRAMING)
ALL = (*DEFAULT, HEADLINE, CONSISTENCY)

__all__ = [
    "ALL",
    "CONSISTENCY",
    "DEFAULT",
    "FRAMING",
    "HEADLINE",
    "STANCE",
    "SUMMARY",
    "FramingNote",
    "HeadlineCheck",
    "Inconsistency",
    "KeyPoint",
    "Stance",
    "Summary",
]
