"""Find what stands in quotation marks."""

import re
from typing import NamedTuple

_MARK = re.compile(r"[“”\"«»]|(?<!\w)[‘'](?=\w)|(?<=[\w.,!?…])['’](?!\w)")
_CLOSING = {"“": "”", '"': '"', "«": "»", "‘": "’", "'": "'"}
_ONE_WAY = frozenset("”»")  # marks that can only close
_APOSTROPHES = frozenset("'’")


class Quotations(NamedTuple):
    """The quotations of one sentence.

    Attributes:
        spans: half-open code points, marks left out, outermost only.
        awaited: the mark that would close the last one, or "" when it is closed.
    """

    spans: tuple[tuple[int, int], ...]
    awaited: str


def quotations(sentence: str, *, awaited: str = "") -> Quotations:
    """Every quotation of a sentence; one that is not closed runs to the end, as it does when it spans sentences.

    An apostrophe that closes nothing is no mark. A mark that can only close closes, if need be, what began before.

    Args:
        sentence: the text.
        awaited: what the sentence before left open.
    """
    found: list[tuple[int, int]] = []
    begin = 0 if awaited else -1
    for mark in _MARK.finditer(sentence):
        sign = mark.group()
        if awaited:
            if sign == awaited:
                found.append((begin, mark.start()))
                awaited = ""
        elif sign in _CLOSING:
            awaited, begin = _CLOSING[sign], mark.end()
        elif sign in _ONE_WAY and not found:
            found.append((0, mark.start()))
    if awaited in _APOSTROPHES:
        awaited = ""
    if awaited:
        found.append((begin, len(sentence)))
    return Quotations(tuple(found), awaited)
