"""Merging by asking again: it ends, and it never gives up what it has without saying so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.analyses.analysis import Analysis, Point, Reduction
from newslens.errors import ReductionStalled
from newslens.reading.reduction import Points, packed, reduced

LINES = Analysis[tuple[str, ...]](
    name="lines",
    result=tuple[str, ...],
    prompt="lines",
    merge=lambda parts: tuple(line for part in parts for line in part),
)
REDUCTION = Reduction[tuple[str, ...]](prompt="lines", points=lambda lines: [((), line) for line in lines])


def point(text: str) -> Point:
    return ((), text)


@given(st.lists(st.integers(min_value=1, max_value=50), min_size=1, max_size=60), st.integers(1, 60))
def test_packing_keeps_every_point_in_order_and_within_the_room(sizes: list[int], room: int) -> None:
    points = [point(str(number)) for number in range(len(sizes))]
    batches = packed(points, sizes, room)
    assert [one for batch in batches for one in batch] == points
    by_point = dict(zip((text for _, text in points), sizes, strict=True))
    assert all(len(batch) == 1 or sum(by_point[text] for _, text in batch) <= room for batch in batches)


def in_pairs(points: Points) -> list[Points]:
    return [points[at : at + 2] for at in range(0, len(points), 2)]


@pytest.mark.anyio
async def test_rounds_go_on_until_one_request_covers_everything() -> None:
    asked: list[int] = []

    async def ask(points: Points) -> tuple[str, ...]:
        asked.append(len(points))
        return ("+".join(text for _, text in points)[:1],)

    result = await reduced(LINES, REDUCTION, ("a", "b", "c", "d", "e") * 2, ask=ask, pack=in_pairs)
    assert len(result) == 1
    assert asked[-1] <= 2


@pytest.mark.anyio
async def test_a_round_that_does_not_shrink_ends_it_with_an_error() -> None:
    asked = 0

    async def ask(points: Points) -> tuple[str, ...]:
        nonlocal asked
        asked += 1
        return tuple(text for _, text in points)

    with pytest.raises(ReductionStalled, match=r"'lines' stopped shrinking at 6 points in 3 requests"):
        await reduced(LINES, REDUCTION, tuple("abcdef"), ask=ask, pack=in_pairs)
    assert asked == 3
