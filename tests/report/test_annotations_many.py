"""Regions by the ten thousands: no finding is compared with all others, which would take hours."""

from dataclasses import replace

import pytest

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


def test_each_mark_that_was_relabelled_is_that_of_its_finding() -> None:
    drawn = [replace(one, key=f"d{number}", owner=None, label="mixed") for number, one in enumerate(GIVEN)]
    assert match_regions(drawn, SHOWN, "here") == (
        [replace(one, key=f"{one.key}/{was.key}", owner=was.owner) for one, was in zip(drawn, GIVEN, strict=True)],
        [],
    )


def test_marks_that_are_new_beside_all_that_were_deleted_are_their_own() -> None:
    drawn = [replace(one, kind="framing", owner=None) for one in GIVEN]
    assert match_regions(drawn, SHOWN, "here") == (drawn, [])
