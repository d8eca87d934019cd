"""Which finding a stretch of text belongs to, where a tool keeps no names: known by its place and its label."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from newslens.errors import InputError
from newslens.report.annotations.marks import Place
from newslens.report.annotations.regions import Region, Role

Seen = tuple[str, Role, Place, str | None]
"""What a tool without names keeps of a region: kind, role, place and label."""


def seen(region: Region) -> Seen:
    """A region without its name."""
    return (region.kind, region.role, region.place, region.label)


def owned(drawn: Sequence[Region], given: Mapping[Seen, Sequence[Region]], where: str) -> dict[str, list[Region]]:
    """For each region that came back, by its key, those that it stands for.

    One that is as it was given stands for what was given, be it of several findings. One that took the place of
    another of its kind is that one with a new label; one that overlaps another of its kind and label, which is gone,
    is that one moved. What remains was drawn anew and stands for itself.

    Args:
        drawn: as it came back.
        given: as it went out, by what the tool shows of it.
        where: names the export's part in messages.

    Raises:
        InputError: it could have been either of several.
    """
    kept = {seen(one) for one in drawn}
    gone = [region for key, regions in given.items() if key not in kept for region in _as_seen(key, regions)]
    changes = _Changes([one for one in drawn if seen(one) not in given], gone, where)
    found: dict[str, list[Region]] = {}
    for one in drawn:
        if seen(one) in given:
            found[one.key] = [replace(was, key=f"{one.key}/{was.key}") for was in given[seen(one)]]
        else:
            found[one.key] = list(changes.of(one)) or [one]
    return found


def _as_seen(key: Seen, regions: Sequence[Region]) -> Iterator[Region]:
    yield from (replace(region, place=key[2]) for region in regions)


class _Changes:
    """What is fresh beside what is gone, each looked up by what it must share with the other."""

    def __init__(self, fresh: Sequence[Region], gone: Sequence[Region], where: str) -> None:
        self._where = where
        self._taken = Counter(map(_spot, fresh))
        self._there: defaultdict[_Spot, list[Region]] = defaultdict(list)
        for was in gone:
            self._there[_spot(was)].append(was)
        self._left: defaultdict[_Look, _Places] = defaultdict(_Places)
        for was in sorted(gone, key=attrgetter("place")):
            if _spot(was) not in self._taken:
                self._left[_look(was)].add(was)

    def of(self, one: Region) -> Iterator[Region]:
        """The fresh region once for each finding whose region it was before."""
        there = self._there.get(_spot(one), [])
        if len({was.label for was in there}) > 1 or (there and self._taken[_spot(one)] > 1):
            raise _unclear(one, "took the place of several labels", self._where)
        owners = {was.owner for was in there or self._left[_look(one)].under(one.place)}
        if not there and len(owners) > 1:
            raise _unclear(one, "overlaps what was marked for several findings", self._where)
        yield from (replace(one, key=f"{one.key}/{owner}", owner=owner) for owner in sorted(filter(None, owners)))


@dataclass(slots=True)
class _Places:
    """Regions in the order of their places.

    Attributes:
        reach: for each region the furthest end up to it, as one may hold others.
    """

    regions: list[Region] = field(default_factory=list)
    reach: list[int] = field(default_factory=list)

    def add(self, region: Region) -> None:
        """Put one at the end."""
        self.regions.append(region)
        self.reach.append(max([region.place[1], *self.reach[-1:]]))

    def under(self, place: Place) -> Iterator[Region]:
        """Those that overlap a place, last first."""
        start, end = place
        for at in range(bisect_left(self.regions, end, key=lambda region: region.place[0]) - 1, -1, -1):
            if self.reach[at] <= start:
                return
            if self.regions[at].place[1] > start:
                yield self.regions[at]


_Spot = tuple[str, Role, Place]
_Look = tuple[str, Role, str | None]


def _spot(region: Region) -> _Spot:
    return (region.kind, region.role, region.place)


def _look(region: Region) -> _Look:
    return (region.kind, region.role, region.label)


def _unclear(one: Region, what: str, where: str) -> InputError:
    start, end = one.place
    return InputError(f"{where}: the {one.kind} mark at {start}-{end} {what}, so that it is unclear which. Change one.")
