"""The built-in analyses, as values in readable tuples.

`DEFAULT` is what an article is asked when nobody says otherwise: what it says, who stands where, how it is framed, what
its headline makes of it, which words and whose voices carry it. `ALL` has the two that few readers of one article
want: whether it contradicts itself, and what its sentences are made of.
"""

from newslens.analyses.framing import FRAMING, FramingNote
from newslens.analyses.headline import HEADLINE, HeadlineCheck
from newslens.analyses.loaded import LOADED, Density, LoadedPhrase, density, persuasion
from newslens.analyses.sources import SOURCES, Attribution, SourceMix, mix
from newslens.analyses.stance import STANCE, Stance
from newslens.analyses.structure import CONSISTENCY, STRUCTURE, Circumstance, Inconsistency, SentenceRole, Structure
from newslens.analyses.summary import SUMMARY, KeyPoint, Summary

DEFAULT = (SUMMARY, STANCE, FRAMING, HEADLINE, LOADED, SOURCES)
ALL = (*DEFAULT, CONSISTENCY, STRUCTURE)

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
    "Attribution",
    "Circumstance",
    "Density",
    "FramingNote",
    "HeadlineCheck",
    "Inconsistency",
    "KeyPoint",
    "LoadedPhrase",
    "SentenceRole",
    "SourceMix",
    "Stance",
    "Structure",
    "Summary",
    "density",
    "mix",
    "persuasion",
]
