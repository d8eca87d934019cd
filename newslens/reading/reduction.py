"""Make one result out of those of many parts by asking again, in rounds that provably end.

A round packs the points into requests and gets fewer points back. A round that does not shrink them ends it all
with `ReductionStalled`; the merged parts are still there for the caller to keep.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from newslens.analyses.analysis import Analysis, Point, Reduction
from newslens.errors import ReductionStalled

R = TypeVar("R")
Points = Sequence[Point]


async def reduced(
    analysis: Analysis[R],
    reduction: Reduction[R],
    merged: R,
    *,
    ask: Callable[[Points], Awaitable[R]],
    pack: Callable[[Points], Sequence[Points]],
) -> R:
    """One result for all the points of `merged`.

    Args:
        analysis: merges the results of one round.
        reduction: turns a result into points.
        merged: what the parts gave.
        ask: one request about some points.
        pack: divides points into as few batches as fit the model's window.

    Raises:
        ReductionStalled: a round gave as many characters as it got.
        NewslensError: whatever `ask` raises.
    """
    points = reduction.points(merged)
    while True:
        batches = pack(points)
        result = analysis.merge([await ask(batch) for batch in batches])
        if len(batches) == 1:
            return result
        fewer = reduction.points(result)
        if _size(fewer) >= _size(points):
            raise ReductionStalled(
                f"Merging {analysis.name!r} stopped shrinking at {len(points)} points in {len(batches)} requests. "
                "The points are kept as they are; a larger Limits(window=…) merges them."
            )
        points = fewer


def packed(points: Points, sizes: Sequence[int], room: int) -> list[Points]:
    """Consecutive batches whose sizes fit the room; a point that alone does not fit stands alone."""
    batches: list[list[Point]] = []
    used = room + 1
    for point, size in zip(points, sizes, strict=True):
        if used + size > room:
            batches.append([])
            used = 0
        batches[-1].append(point)
        used += size
    return list(batches)


def _size(points: Points) -> int:
    return sum(len(text) for _, text in points)
