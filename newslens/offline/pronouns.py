"""Whom "he" and "she" stand for, where the paragraph leaves no doubt."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

from newslens.offline.names import Actor

_REACH = 20  # sentences; a text with no paragraphs would be searched from its beginning for every pronoun
_GENDER = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she"}


class Referents:
    """Looks up the person behind a pronoun.

    Args:
        actors: everybody whom the text names.
        paragraphs: 0-based index of the first sentence of each paragraph, in order; empty for one paragraph.
        quoted: whether a place, a sentence and a code point, stands in a quotation; by default none does.
    """

    def __init__(
        self,
        actors: Sequence[Actor],
        *,
        paragraphs: Sequence[int] = (),
        quoted: Callable[[int, int], bool] = lambda _sentence, _start: False,
    ) -> None:
        self._paragraphs = paragraphs
        self._quoted = quoted
        self._in_sentence: dict[int, list[tuple[int, Actor]]] = defaultdict(list)
        for actor in actors:
            if actor.kind in {"person", "other"}:
                for mention in actor.mentions:
                    self._in_sentence[mention.sentence].append((mention.start, actor))

    def of(self, pronoun: str, sentence: int, start: int) -> Actor | None:
        """The nearest preceding person of the paragraph whom the pronoun fits, if only one fits there.

        Somebody named nearer whose gender the text does not tell makes it unsure, and so None. Whom a quotation
        names is not meant outside it: `"I trust Ann Lee," she said`.
        """
        gender = _GENDER.get(pronoun.lower())
        if gender is None:
            return None
        inside = self._quoted(sentence, start)
        for k in range(sentence, self.reach(sentence) - 1, -1):
            named = sorted(self._in_sentence.get(k, ()), key=lambda one: one[0])
            people = [
                actor for at, actor in named if (k < sentence or at < start) and (inside or not self._quoted(k, at))
            ]
            fitting = [actor for actor in people if actor.pronoun == gender]
            unsure = [actor for actor in people if actor.pronoun is None]
            if fitting:
                only = len({actor.name for actor in fitting}) == 1
                return fitting[0] if only and not unsure else None
            if unsure:
                return None
        return None

    def reach(self, sentence: int) -> int:
        """Index of the first sentence that a word such as "she" or "it" may point back to: one of its paragraph."""
        at = bisect_right(self._paragraphs, sentence)
        return max(self._paragraphs[at - 1] if at else 0, sentence - _REACH)
