"""Find what stands in quotation marks, sentence by sentence."""

import re
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

# “…”, "…", «…», ''…''; ‘…’ and '…' where the mark is no apostrophe.
_MARK = re.compile(r"(?=[“”\"«»‘'’])(?:[“”\"«»]|''(?!')|(?<!\w)[‘'](?=\w)|(?<=[\w.,!?…])['’](?!\w))")
_BEFORE = re.compile(r"[\w.,!?…]")  # before an apostrophe that opens nothing: "the owners' plan"
_CLOSING = {"''": "''", "“": "”", '"': '"', "«": "»", "‘": "’", "'": "'"}
_ONE_WAY = frozenset("”»")  # marks that can only close
_APOSTROPHES = frozenset("'’")


class Quotations(NamedTuple):
    """The quotations of one sentence.

    Attributes:
        spans: half-open code points, marks left out, outermost quotations only.
        opened: the sentence begins inside a quotation.
        awaited: the mark that would close the last quotation, or "" when it is closed.
    """

    spans: tuple[tuple[int, int], ...]
    opened: bool
    awaited: str


def find_quotations(sentences: Iterable[str], starts: Container[int]) -> Iterator[Quotations]:
    """The quotations of each sentence; one that is not closed goes on in the next sentence of its paragraph.

    Args:
        sentences: the text, in order.
        starts: 0-based index of the first sentence of each paragraph.
    """
    awaited = ""
    for number, sentence in enumerate(sentences):
        found = quotations(sentence, awaited="" if number in starts else awaited)
        awaited = found.awaited
        yield found


def quotations(sentence: str, *, awaited: str = "") -> Quotations:
    """The quotations of a sentence; one that is not closed runs to its end.

    An apostrophe that closes nothing is not a mark. A mark that can only close may close what began before.

    Args:
        sentence: the text.
        awaited: the mark that the sentence before left open.
    """
    found: list[tuple[int, int]] = []
    opened, begin = bool(awaited), 0
    for mark in _MARK.finditer(sentence):
        sign = mark.group()
        if awaited:
            if sign == awaited:
                found.append((begin, mark.start()))
                awaited = ""
        elif sign in _CLOSING and not (sign in _APOSTROPHES and _BEFORE.match(sentence, mark.start() - 1)):
            awaited, begin = _CLOSING[sign], mark.end()
        elif sign in _ONE_WAY and not found:
            found.append((0, mark.start()))
    if awaited in _APOSTROPHES:
        awaited = ""
    if awaited:
        found.append((begin, len(sentence)))
    return Quotations(tuple(found), opened, awaited)
