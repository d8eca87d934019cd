"""The offline readers: each takes an article and gives plain data as a model would answer."""

from collections.abc import Callable, Mapping
from typing import Any

from newslens.analyses.analysis import Reading
from newslens.offline.frames import read_coding, read_framing
from newslens.offline.headline import read_headline
from newslens.offline.loaded import read_loaded
from newslens.offline.sources import read_sources
from newslens.offline.stances import read_stances
from newslens.offline.summary import read_summary

READERS: Mapping[str, Callable[[Reading], Any]] = {
    "summary": read_summary,
    "stance": read_stances,
    "framing": read_framing,
    "coding": read_coding,
    "headline": read_headline,
    "loaded": read_loaded,
    "sources": read_sources,
}
"""By the name of an analysis's prompt; an analysis that is not here, and brings no reader of its own, needs a model."""
