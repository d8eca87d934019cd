"""The frames that a report found, and those that a judge was asked about besides."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from newslens.render.plain import sure

if TYPE_CHECKING:
    from newslens.analyses import FramingNote


def present(notes: "Sequence[FramingNote]") -> "list[FramingNote]":
    """The frames that are there, in order."""
    return [note for note in notes if note.label.value == "present"]


def others(notes: "Sequence[FramingNote]") -> Iterator[str]:
    """One line for those that cannot be told, and one for those that are not there."""
    for value in ("unclear", "absent"):
        frames = [f"{note.frame}{sure(note.label)}" for note in notes if note.label.value == value]
        if frames:
            yield f"{value}: {', '.join(frames)}"
