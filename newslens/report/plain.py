"""Article text that cannot command a terminal: one line, no control characters, no direction overrides."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newslens.analyses.findings import Label

_COMMANDS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def plain(text: str) -> str:
    """The text on one line; what could steer a terminal or hide text shows as U+FFFD."""
    return _SPACE.sub(" ", _COMMANDS.sub("\ufffd", text)).strip()


def sure(label: "Label[Any]") -> str:
    """A label's probability, where something measured one."""
    return "" if label.probability is None else f" p={label.probability:.2f}"


def carried(label: "Label[Any] | None") -> str:
    """Whether the evidence carries a finding, where something measured it: "its sentences: supported p=0.83"."""
    return "" if label is None else f"its sentences: {worded(label)}"


def worded(label: "Label[Any]") -> str:
    """A label with its probability: "against p=0.83"."""
    return f"{plain(label.value).replace('_', ' ')}{sure(label)}"
