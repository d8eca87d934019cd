"""Whose turn it is in an interview that is printed as questions and answers."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from newslens.offline.names import Actor

_LABEL = re.compile(r"([^\W\d_](?:[^\W\d_]|[ .'’-]){0,39}?)(?::|(?<=\b[QA])\.)\s")
_ANSWERS = frozenset({"a", "answer"})
_ASKS = frozenset({"q", "question", "interviewer", "reporter"})
_FEWEST = 3  # labelled paragraphs; two may be "Pros:" and "Cons:"
_FULL_NAME = 2  # words


def turns(sentences: Sequence[str], paragraphs: Sequence[int], actors: Sequence[Actor]) -> Mapping[int, str | None]:
    """For each 0-based sentence of a labelled paragraph who speaks, or None for the one who asks and where not sure.

    Args:
        sentences: the text.
        paragraphs: 0-based index of the first sentence of each paragraph, in order.
        actors: everybody whom the text names; a label that names none of them tells nothing.
    """
    labels = {k: match[1] for k in paragraphs if k < len(sentences) and (match := _LABEL.match(sentences[k]))}
    named = {_label(label): _called(label, actors) for label in labels.values()}
    asked = not _ASKS.isdisjoint(named)
    known = [label for label in labels.values() if named[_label(label)] or _label(label) in _ASKS | _ANSWERS]
    if len(known) < _FEWEST or not (asked or len(set(filter(None, named.values()))) > 1):
        return {}
    answering = _only_one(actors, before=min(labels))
    speakers = named | dict.fromkeys(_ANSWERS, answering)
    ends = pairwise([*paragraphs, len(sentences)])
    return {j: speakers[_label(labels[k])] for k, end in ends if k in labels for j in range(k, end)}


def _label(text: str) -> str:
    return text.lower()


def _called(label: str, actors: Sequence[Actor]) -> str | None:
    """The actor whose name, or the last word of it, the label is."""
    words = label.lower().split()
    found = [one.name for one in actors if one.kind != "place" and one.name.lower().split()[-len(words) :] == words]
    return found[0] if len(found) == 1 else None


def _only_one(actors: Sequence[Actor], *, before: int) -> str | None:
    """The one person with a full name whom the introduction names."""
    people = [
        one.name
        for one in actors
        if one.kind == "person" or (one.kind == "other" and len(one.name.split()) == _FULL_NAME)
        if one.mentions[0].sentence < before
    ]
    return people[0] if len(people) == 1 else None
