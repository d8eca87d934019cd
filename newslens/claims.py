"""Which names, numbers and quotations of a sentence do not stand in the article.

A model's prose is its own; what it names is not. Quotations are looked for as they are, numbers digit by
digit, names word by word. A word that starts a sentence is no name for that alone.
"""

import re
from collections.abc import Iterable

from newslens.spans import locate

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|「([^「」]+)」")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*|[.!?:;\n“\"«]")
_POSSESSIVE = re.compile(r"[’']s?$")
_BREAKS = frozenset('.!?:;\n“"«')


def unfounded(said: Iterable[str], named: Iterable[str], text: str) -> tuple[str, ...]:
    """What `said` (prose) and `named` (whole phrases) hold and `text` does not, each once, in order."""
    wanted = [claim for prose in said for claim in claims(prose)]
    return tuple(dict.fromkeys(claim for claim in [*named, *wanted] if locate(claim, text) is None))


def claims(prose: str) -> list[str]:
    """The quotations, numbers and names of a piece of prose."""
    quoted = [next(group for group in match.groups() if group) for match in _QUOTED.finditer(prose)]
    return [*(q.strip(" .,;") for q in quoted), *_NUMBER.findall(prose), *_names(prose)]


def _names(prose: str) -> list[str]:
    """Capitalised words inside a sentence, and words with two capitals anywhere ("NATO", "McKay")."""
    found: list[str] = []
    opening = True
    for token in _WORD.findall(prose):
        if token in _BREAKS:
            opening = True
            continue
        word = _POSSESSIVE.sub("", token)
        capitals = sum(letter.isupper() for letter in word)
        if capitals > 1 or (capitals and word[0].isupper() and not opening and len(word) > 1):
            found.append(word)
        opening = False
    return found
