"""Which finding a stretch of text belongs to, where a tool keeps no names: known by its place and its label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from newslens.annotations.marks import Place
from newslens.annotations.regions import Region, Role
from newslens.errors import InputError

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
    fresh = [one for one in drawn if seen(one) not in given]
    found: dict[str, list[Region]] = {}
    for one in drawn:
        if seen(one) in given:
            found[one.key] = [replace(was, key=f"{one.key}/{was.key}") for was in given[seen(one)]]
        else:
            found[one.key] = list(_changed(one, fresh, gone, where)) or [one]
    return found


def _as_seen(key: Seen, regions: Sequence[Region]) -> Iterator[Region]:
    yield from (replace(region, place=key[2]) for region in regions)


def _changed(one: Region, fresh: Sequence[Region], gone: Sequence[Region], where: str) -> Iterator[Region]:
    """The region once for each finding whose region it was before."""
    there = [was for was in gone if _spot(was) == _spot(one)]
    if len({was.label for was in there}) > 1 or (there and sum(_spot(other) == _spot(one) for other in fresh) > 1):
        raise _unclear(one, "took the place of several labels", where)
    taken = {_spot(other) for other in fresh}
    left = [was for was in gone if _spot(was) not in taken]
    owners = {was.owner for was in there or left if there or _is_moved(was, one)}
    if not there and len(owners) > 1:
        raise _unclear(one, "overlaps what was marked for several findings", where)
    yield from (replace(one, key=f"{one.key}/{owner}", owner=owner) for owner in sorted(filter(None, owners)))


def _spot(region: Region) -> tuple[str, Role, Place]:
    return (region.kind, region.role, region.place)


def _is_moved(was: Region, now: Region) -> bool:
    alike = (was.kind, was.role, was.label) == (now.kind, now.role, now.label)
    return alike and was.place[0] < now.place[1] and now.place[0] < was.place[1]


def _unclear(one: Region, what: str, where: str) -> InputError:
    start, end = one.place
    return InputError(f"{where}: the {one.kind} mark at {start}-{end} {what}, so that it is unclear which. Change one.")
