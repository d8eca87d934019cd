"""Single stretches of text as tools keep them, and the findings that they make together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from newslens.errors import InputError
from newslens.report.annotations.marks import Mark, Place

Role = Literal["evidence", "words"]

SAME = "same finding"
"""The relation between two regions of one finding."""

ROLES: dict[Role, str] = {"evidence": "", "words": " words"}
"""What follows the kind in the name of a region, by what the region is to its finding."""


@dataclass(frozen=True, slots=True)
class Region:
    """One stretch.

    Attributes:
        key: its name within the tool.
        owner: `Item.id` of the finding that it comes from; None for one that a person drew.
        label: the finding's label, where this region tells it.
    """

    key: str
    kind: str
    role: Role
    place: Place
    owner: str | None = None
    label: str | None = None
    note: str = ""


def regions(mark: Mark) -> list[Region]:
    """The regions of a finding as it is given out; the first one leads, and evidence has the label of the whole."""
    return [
        *(
            Region(f"{mark.item}-e{number}", mark.kind, "evidence", place, mark.item, mark.label)
            for number, place in enumerate(mark.evidence, 1)
        ),
        *(
            Region(f"{mark.item}-w{number}", mark.kind, "words", place, mark.item)
            for number, place in enumerate(mark.words, 1)
        ),
    ]


def gathered(found: Sequence[Region], links: Iterable[tuple[str, str]], where: str) -> list[Mark]:
    """The findings that regions make: those of one owner, and those linked to each other.

    Raises:
        InputError: a link leads nowhere; or regions of one finding differ in what they say of it.
    """
    return [_together(group, where) for group in _groups(found, links, where)]


def _groups(found: Sequence[Region], links: Iterable[tuple[str, str]], where: str) -> Iterable[list[Region]]:
    """Disjoint sets by path halving (Tarjan and van Leeuwen, 1984)."""
    leads = {region.key: region.key for region in found}

    def first(key: str) -> str:
        """What leads the group, with every other step of the way there skipped from now on."""
        while leads[key] != key:
            leads[key] = key = leads[leads[key]]
        return key

    owners: dict[str, str] = {}
    owned = [(owners.setdefault(one.owner, one.key), one.key) for one in found if one.owner is not None]
    for pair in (*owned, *links):
        if lost := [key for key in pair if key not in leads]:
            raise InputError(f"{where} has a relation to {lost[0][:80]!r}, which is not there. Remove the relation.")
        one, other = map(first, pair)
        leads[other] = one
    groups: defaultdict[str, list[Region]] = defaultdict(list)
    for region in found:
        groups[first(region.key)].append(region)
    return groups.values()


def _together(group: Sequence[Region], where: str) -> Mark:
    kind = _one({region.kind for region in group}, "kinds", group, where)
    owner = _one({region.owner for region in group} - {None}, "findings of the report", group, where)
    label = _one({region.label for region in group} - {None}, "labels", group, where)
    return Mark(
        kind=kind or "",
        item=owner,
        label=label,
        evidence=_places(group, "evidence"),
        words=_places(group, "words"),
        note="\n".join(region.note for region in group if region.note),
    )


def _places(group: Sequence[Region], role: Role) -> tuple[Place, ...]:
    return tuple(sorted({region.place for region in group if region.role == role}))


def _one(values: Iterable[str | None], what: str, group: Sequence[Region], where: str) -> str | None:
    found = sorted(value for value in values if value is not None)
    if len(found) > 1:
        which = group[0].owner or "the added finding"
        shown = ", ".join(repr(value[:80]) for value in found)
        at = ", ".join(f"{start}-{end}" for start, end in (region.place for region in group[:6]))
        raise InputError(f"{where}: {which} has several {what}: {shown} (at {at}). Give all of its regions the same.")
    return found[0] if found else None
