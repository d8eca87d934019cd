"""What holds for each kind of reader where the caller says nothing."""

from dataclasses import dataclass
from typing import Literal

from newslens.llm.source import Source
from newslens.options import Limits, Retry

Calls = Literal["joint", "separate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How a reader is asked.

    Attributes:
        limits: how much goes into one request.
        retry: how long and how often it is tried.
        calls: one request for all analyses of a part, or one for each.
        bounded: every request says how long its answer may be, by `Limits.answer`.
    """

    limits: Limits
    retry: Retry
    calls: Calls
    bounded: bool


_SERVER = Usual(limits=Limits(), retry=Retry(), calls="joint", bounded=False)
# Small models of today lose the thread of more than this, compute slowly, and may never come to an end by themselves.
_FILE = Usual(
    limits=Limits(window=8_192, answer=2_048, parallel=1),
    retry=Retry(deadline_s=1_800, attempt_timeout_s=600),
    calls="separate",
    bounded=True,
)


def usual(source: Source) -> Usual:
    """What is usual for this reader."""
    return _FILE if source.kind == "gguf" else _SERVER
