"""The built-in analyses, as values in one readable tuple."""

from newslens.analyses.framing import FRAMING, FramingNote
from newslens.analyses.stance import STANCE, Stance
from newslens.analyses.summary import SUMMARY, KeyPoint, Summary

ALL = (SUMMARY, STANCE, FRAMING)

__all__ = ["ALL", "FRAMING", "STANCE", "SUMMARY", "FramingNote", "KeyPoint", "Stance", "Summary"]
