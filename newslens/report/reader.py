"""Who read an article, in words."""

from typing import TYPE_CHECKING

from newslens.report.plain import plain

if TYPE_CHECKING:
    from newslens.report.report import Provenance


def reader(made: "Provenance") -> str:
    """The model by its name, as far as it is known, or that there was none."""
    return "classical methods" if made.reader == "classical" else plain(made.model or "") or "a model"
