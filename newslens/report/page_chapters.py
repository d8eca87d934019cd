"""The sections of a report with the short names that lead from the text to a finding and back: A1, A2, B1."""

import re
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

from newslens.report.items import Item, Section, sections
from newslens.report.plain import plain, worded

if TYPE_CHECKING:
    from newslens.report.report import Report

LANES = 8  # colours and patterns in page.css
_ANCHOR = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as the page names it.

    Attributes:
        item: the finding.
        letter: of its chapter.
        lane: number of its chapter's colour and pattern, from 1.
    """

    item: Item
    letter: str
    lane: int

    @property
    def name(self) -> str:
        """How text and margin call it: "B3"."""
        return f"{self.letter}{self.item.number}"

    @property
    def anchor(self) -> str:
        """Its id, unless the name of its analysis cannot stand in one."""
        return self.item.id if _ANCHOR.fullmatch(self.item.kind) else f"{self.letter}.{self.item.number}"

    @property
    def told(self) -> str:
        """The finding with its label in one line."""
        label = f": {worded(self.item.label)}" if self.item.label is not None else ""
        return f"{plain(self.item.text)}{label}"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the report with its letter; `anchor` is no finding's, as those end in a digit."""

    section: Section
    letter: str
    lane: int
    entries: tuple[Entry, ...]

    @property
    def anchor(self) -> str:
        """The id of its heading."""
        return f"all-{self.letter}"


def chapters(report: "Report") -> tuple[Chapter, ...]:
    """Every section of the report in order, lettered."""
    return tuple(_chapter(number, section) for number, section in enumerate(sections(report)))


def _chapter(number: int, section: Section) -> Chapter:
    letter, lane = _letter(number), number % LANES + 1
    return Chapter(section, letter, lane, tuple(Entry(item, letter, lane) for item in section.items))


def _letter(number: int) -> str:
    """A to Z, then AA, AB and so on."""
    rounds, rest = divmod(number, len(ascii_uppercase))
    return (_letter(rounds - 1) if rounds else "") + ascii_uppercase[rest]
