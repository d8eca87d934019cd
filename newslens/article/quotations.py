"""Find what stands in quotation marks, sentence by sentence."""

import re
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

# “…”, "…", «…», ''…''; ‘…’ and '…' where the mark is no apostrophe.
_MARK = re.compile(r"(?=[“”\"«»‘'’])(?:[“”\"«»]|''(?!')|(?<!\w)[‘'](?=\w)|(?<=[\w.,!?…])['’](?!\w))")
_BEFORE = re.compile(r"[\w.,!?…]")  # before an apostrophe that opens nothing: "the owners' plan"
_CLOSING = {"''": "''", "“": "”", '"': '"', "«": "»", "‘": "’", "'": "'"}


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
    """The quotations of each sentence; `starts` has the index of the first sentence of each paragraph, from 0.

    A quotation that is not closed goes on in the next sentence of its paragraph.
    """
    awaited = ""
    for number, sentence in enumerate(sentences):
        found = quotations(sentence, awaited="" if number in starts else awaited)
        awaited = found.awaited
        yield found


def quotations(sentence: str, *, awaited: str = "") -> Quotations:
    """The quotations of a sentence, before which the mark `awaited` was left open; an open one runs to the end.

    An apostrophe that closes nothing is not a mark. A mark that can only close may close what began before.
    """
    found: list[tuple[int, int]] = []
    opened, begin = bool(awaited), 0
    for mark in _MARK.finditer(sentence):
        sign = mark.group()
        if awaited:
            if sign == awaited:
                found.append((begin, mark.start()))
                awaited = ""
        elif sign in _CLOSING and not (sign in "'’" and _BEFORE.match(sentence, mark.start() - 1)):
            awaited, begin = _CLOSING[sign], mark.end()
        elif sign in "”»" and not found:
            found.append((0, mark.start()))
    if awaited in ("'", "’"):
        awaited = ""
    if awaited:
        found.append((begin, len(sentence)))
    return Quotations(tuple(found), opened, awaited)
