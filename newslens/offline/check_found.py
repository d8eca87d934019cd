"""What a rule reports: a kind of fault, where it is in the sentence, and where the article says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from newslens.analyses.faithfulness import FaultKind
from newslens.offline.check_ground import Ground
from newslens.offline.check_passages import Passage


class Place(NamedTuple):
    """Half-open code points inside a sentence of the article, `sentence` being its index from 0."""

    sentence: int
    start: int
    end: int


class Found(NamedTuple):
    """A fault; `start` and `end` are half-open code points of the summary's sentence."""

    kind: FaultKind
    start: int
    end: int
    expected: Place | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence of the summary beside what it rests on.

    Attributes:
        said: the sentence.
        ground: the article.
        indices: the evidence, the best first.
    """

    said: Passage
    ground: Ground
    indices: Sequence[int]

    @property
    def evidence(self) -> list[tuple[int, Passage]]:
        """The sentences of the evidence with their indices, the best first."""
        return [(index, self.ground.passage(index)) for index in self.indices]

    def whole(self, index: int) -> Place:
        """A whole sentence of the article."""
        return Place(index, 0, len(self.ground.sentences[index].text))

    def likeness(self, i: int, passage: Passage, k: int) -> float:
        """The share of what stands around word `i` that stands around word `k` of a passage too."""
        mine = self.said.around(i) or frozenset(filter(None, self.said.stems))
        whole = self.ground.weight(mine) or 1.0
        near = self.ground.weight(mine & passage.around(k)) / whole
        far = self.ground.weight(mine & frozenset(passage.stems)) / whole
        return near + 0.2 * far
