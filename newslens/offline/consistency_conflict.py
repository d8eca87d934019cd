"""Two places of a text that do not agree."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["name", "number", "date", "retelling"]


class Place(NamedTuple):
    """Words of a text: 0-based sentence, half-open code points in that sentence."""

    sentence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that is said two ways.

    Attributes:
        kind: what differs; a retelling is the same thing told twice.
        first: where it is said first.
        second: where it is said otherwise, or again.
        note: why the two do not agree, in the words of this library only.
        also: 0-based numbers of further sentences that belong to it.
    """

    kind: Kind
    first: Place
    second: Place
    note: str
    also: tuple[int, ...] = ()
