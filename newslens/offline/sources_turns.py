"""Whose words the turns of a printed interview are: "Marsh: We lost a week. It was my fault."."""

from collections.abc import Iterator, Mapping

from newslens.offline.sides import Text
from newslens.offline.sources_claim import Claim, claim
from newslens.offline.sources_kind import Source

_LONGEST = 8  # words of a label with its mark


def spoken(text: Text) -> Iterator[tuple[int, Claim, tuple[Source, ...]]]:
    """One claim for each who speaks: by the first label with the name, its 0-based sentence, and all that is said.

    None for who asks, and none for "A:", which names nobody.
    """
    labels, first = _labels(text), dict[str | None, int]()
    for k in labels:
        first.setdefault(text.turns[k], k)
    for speaker, k in first.items():
        parsed, mark = text.parses[k], labels[k]
        one = claim(parsed, (0, mark), (mark, mark + 1), [(mark + 1, len(parsed.words))])
        if one.content:
            yield k, one._replace(kind="direct"), tuple(_words(text, speaker, labels))


def _labels(text: Text) -> Mapping[int, int]:
    """For the first sentence of each turn of somebody named, where the colon stands."""
    found = {}
    for k, speaker in text.turns.items():
        lows = text.parses[k].lows[:_LONGEST]
        mark = lows.index(":") if ":" in lows else 0
        actor = text.ending.get((k, text.parses[k].words[mark - 1].end)) if mark else None
        if actor is not None and actor.name == speaker:
            found[k] = mark
    return found


def _words(text: Text, speaker: str | None, labels: Mapping[int, int]) -> Iterator[Source]:
    """All sentences of somebody's turns, without labels."""
    for j, turn in text.turns.items():
        words = [word for word in text.parses[j].words[labels.get(j, -1) + 1 :] if word.text[0].isalnum()]
        if turn == speaker and words:
            yield Source(j, words[0].start, words[-1].end)
