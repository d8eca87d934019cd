"""Where a text mentions a target: by its own name or by another name of the same actor, never by likeness."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newslens.offline.lexicon import entries
from newslens.offline.names import Actor
from newslens.offline.words import LONGEST

Span = tuple[int, int]

_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u2010": "-", "\u2011": "-", "\u00a0": " "})


@dataclass(frozen=True, slots=True)
class Found:
    """A target in a text.

    Attributes:
        names: what the text calls it, the name that was asked for first.
        places: its mentions by 0-based sentence, half-open code points.
    """

    names: tuple[str, ...]
    places: Mapping[int, tuple[Span, ...]]


def find(sentences: Sequence[str], actors: Sequence[Actor], target: str) -> Found:
    """All mentions of a target, whatever the case and the style of its quotation marks and hyphens."""
    places: dict[int, set[Span]] = defaultdict(set)
    pattern = _pattern(target)
    for k, sentence in enumerate(sentences):
        if len(sentence) > LONGEST:
            continue
        places[k] |= {match.span() for match in pattern.finditer(sentence.translate(_STRAIGHT))}
    names = {target: None}
    for actor in actors:
        called = {sentences[m.sentence][m.start : m.end]: None for m in actor.mentions}
        if _bare(target) in {name.casefold() for name in called}:
            names |= called
            for mention in actor.mentions:
                places[mention.sentence].add((mention.start, mention.end))
    return Found(tuple(names), {k: _outermost(spans) for k, spans in sorted(places.items()) if spans})


def _pattern(target: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in target.translate(_STRAIGHT).split())
    return re.compile(rf"(?<!\w){words}(?!\w)" if words else r"(?!)", re.IGNORECASE)


def _bare(target: str) -> str:
    """The name without titles and peoples before it: "Mexican President Claudia Sheinbaum" is Claudia Sheinbaum."""
    words = target.translate(_STRAIGHT).casefold().split()
    while len(words) > 1 and words[0] in entries("names", "titles", "words") | entries(
        "names", "adjectives", "words"
    ) | {"the"}:
        words.pop(0)
    return " ".join(words)


def _outermost(spans: set[Span]) -> tuple[Span, ...]:
    """The longest of overlapping spans, in order."""
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
