"""Find what stands in quotation marks."""

import re

_MARK = re.compile(r"[“”\"«»]|(?<!\w)[‘'](?=\w)|(?<=[\w.,!?…])['’](?!\w)")
_CLOSING = {"“": "”", '"': '"', "«": "»", "‘": "’", "'": "'"}


def quoted(sentence: str) -> tuple[tuple[int, int], ...]:
    """Offsets of every quotation, marks left out, outermost only.

    A quotation that is never closed runs to the end, as news prose does with one that goes on in the next sentence.
    An apostrophe that closes nothing is no mark.
    """
    found: list[tuple[int, int]] = []
    opened: tuple[str, int] | None = None
    for mark in _MARK.finditer(sentence):
        sign = mark.group()
        if opened is None:
            opened = (_CLOSING[sign], mark.end()) if sign in _CLOSING else None
        elif sign == opened[0]:
            found.append((opened[1], mark.start()))
            opened = None
    if opened is not None and opened[0] not in "'’":
        found.append((opened[1], len(sentence)))
    return tuple(found)
