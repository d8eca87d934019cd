"""Regions by the ten thousands: no finding is compared with all others, which would take hours."""

from collections import defaultdict
from dataclasses import replace

import pytest

from newslens.errors import InputError
from newslens.report.annotations.corrections import Annotation, Region, join_regions
from newslens.report.annotations.doccano import Look, match_regions

pytestmark = pytest.mark.slow
MANY = 100_000


def region(number: int, *, owner: str | None = None) -> Region:
    """A mark on ten code points of its own."""
    return Region(f"r{number}", "stances", "evidence", (10 * number, 10 * number + 10), owner, "favor")


def look(one: Region) -> Look:
    return (one.kind, one.role, one.place, one.label)


GIVEN = [region(number, owner=f"stances-{number}") for number in range(MANY)]
SHOWN: dict[Look, list[Region]] = {look(one): [one] for one in GIVEN}


def test_each_owner_s_regions_are_one_finding() -> None:
    pairs = [replace(one, owner=f"stances-{number // 2}") for number, one in enumerate(GIVEN)]
    assert join_regions(pairs, (), "here") == [
        Annotation("stances", f"stances-{number}", "favor", (pairs[2 * number].place, pairs[2 * number + 1].place))
        for number in range(MANY // 2)
    ]


@pytest.mark.parametrize("step", [1, -1])
def test_a_chain_of_links_is_one_finding_whichever_end_it_begins_at(step: int) -> None:
    found = [region(number) for number in range(MANY)]
    links = [(found[at].key, found[at + 1].key) for at in range(MANY - 1)][::step]
    assert join_regions(found, links, "here") == [
        Annotation("stances", None, "favor", tuple(one.place for one in found))
    ]


@pytest.mark.parametrize("changed", [{"label": "mixed"}, {"shift": 3}, {"shift": -3}], ids=str)
def test_each_mark_that_was_changed_is_that_of_its_finding(changed: dict[str, int | str]) -> None:
    shift, label = int(changed.get("shift", 0)), str(changed.get("label", "favor"))
    drawn = [
        Region(f"d{number}", "stances", "evidence", (max(start, start + shift), min(end, end + shift)), label=label)
        for number, (start, end) in enumerate(one.place for one in GIVEN)
    ]
    assert match_regions(drawn, SHOWN, "here") == {
        one.key: [replace(one, key=f"{one.key}/{was.owner}", owner=was.owner)]
        for one, was in zip(drawn, GIVEN, strict=True)
    }


def test_marks_that_are_new_beside_all_that_were_deleted_are_their_own() -> None:
    drawn = [replace(one, kind="framing", owner=None) for one in GIVEN]
    assert match_regions(drawn, SHOWN, "here") == {one.key: [one] for one in drawn}


def test_a_mark_inside_of_one_that_holds_later_ones_is_that_one_moved() -> None:
    whole, inner = region(0, owner="stances-1"), region(3, owner="stances-2")
    given: defaultdict[Look, list[Region]] = defaultdict(list)
    for was in (replace(whole, place=(0, 100)), inner):
        given[look(was)].append(was)
    drawn = replace(region(7), key="d")
    assert match_regions([drawn], given, "here") == {"d": [replace(drawn, key="d/stances-1", owner="stances-1")]}
    with pytest.raises(InputError, match="at 35-45 overlaps what was marked for several findings"):
        match_regions([replace(drawn, place=(35, 45))], given, "here")
