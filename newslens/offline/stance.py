"""Who is for or against what in a text: holders, targets, labels and the words that decided."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from newslens.offline.appraisal import appraisal
from newslens.offline.phrases import Range
from newslens.offline.sentiment import toward
from newslens.offline.sides import AUTHOR, Side, Text, Voice, read, sides
from newslens.offline.targets import Found, find
from newslens.offline.topics import endings, key, same

Label = Literal["favor", "against", "mixed", "unclear", "none"]
Cue = tuple[int, int, int]  # 0-based sentence, half-open code points in it

MOST = 25  # positions that are found without being asked for; of more the last have one passing word each
_MIXED = 1 / 3  # part of the evidence that the weaker side needs to make a label mixed


@dataclass(frozen=True, slots=True)
class Position:
    """One holder's position toward one target.

    Attributes:
        holder: as it stands in the text, the fullest name where there are several; or "author".
        target: as asked for, or as it stands in the text.
        label: favor, against, mixed, unclear (it may take a side, but that cannot be told) or none.
        voice: in whose words: the author's, quoted, paraphrased, or a headline's.
        evidence: 0-based sentence indexes.
        cues: the words that decided: sentence index, start, end.
    """

    holder: str
    target: str
    label: Label
    voice: Voice
    evidence: tuple[int, ...]
    cues: tuple[Cue, ...]


def positions(
    sentences: Sequence[str],
    *,
    targets: Sequence[str] = (),
    title: str | None = None,
    paragraphs: Sequence[int] = (),
) -> tuple[Position, ...]:
    """The positions that a text reports or takes; none for a text that is not English.

    With targets: for each the author's position, then those of the holders that the text names. Without: at most
    `MOST` positions that stand in so many words in the text ("declined the offer", "a critic of the plan"), those
    with most evidence first. A quoted position is never the author's, and bad news of a target is not against it: the
    author's position needs a judgement in the author's own words. Only in a text of one sentence, which is how the
    labelled data ask, the author's label is that of `sentiment.toward`, quotation or not.

    Args:
        sentences: the text's sentences in order.
        targets: what to look for, by name; other names of the same actor count, likeness does not.
        title: a sentence that equals it is a headline.
        paragraphs: 0-based index of the first sentence of each paragraph.
    """
    text = read(sentences, title=title, paragraphs=paragraphs)
    if len(sentences) > 1 and not text.english:
        return ()
    taken = list(sides(text))
    if not targets:
        return _found(taken)
    return tuple(position for target in targets for position in _asked(text, taken, target))


def _asked(text: Text, taken: Sequence[Side], target: str) -> Iterator[Position]:
    """The author's position on a target, and those of the holders whom the text names."""
    found = find(text.sentences, text.actors, target)
    names = [key(name) for name in found.names]
    on_it = [side._replace(target=target) for side in taken if any(same(side.key, name) for name in names)]
    reported = frozenset(side.sentence for side in taken)
    on_it += [side for k in found.places if k not in reported for side in _appraised(text, found, k)]
    own = [side for side in on_it if side.holder == AUTHOR]
    yield _single(text, found) if len(text.sentences) == 1 else _author(text, found, own)
    yield from _merged(side for side in on_it if side.holder != AUTHOR)


def _appraised(text: Text, found: Found, k: int) -> Iterator[Side]:
    """How the sources of a sentence, or else its author, appraise the target."""
    parsed = text.parses[k]
    statements = [(text.holder(k, *one.source), parsed.at(*one.content)) for one in text.attributions[k]]
    for holder, content in statements or [(AUTHOR, (0, len(parsed.words)))]:
        places = [parsed.at(*span) for span in found.places[k]]
        inside = [place for place in places if content[0] <= place[0] and place[1] <= content[1]]
        one = appraisal(parsed, inside, content)
        if one is None or holder is None or text.speaker(k, parsed.words[one.cue[0]].start) != holder:
            continue
        cue = _points(text, k, one.cue)
        yield Side(holder, found.names[0], key(found.names[0]), one.favor, text.voice(k, holder, cue[0]), k, cue)


def _points(text: Text, k: int, part: Range) -> tuple[int, int]:
    words = text.parses[k].words
    return words[part[0]].start, words[part[1] - 1].end


def _single(text: Text, found: Found) -> Position:
    """The author's position in a text of one sentence, by the colour of its words."""
    said = toward(text.sentences[0], found.places.get(0, ()))
    cues = () if said.label == "none" else tuple(sorted({(0, *cue) for cue in said.cues}))
    return _authors(text, found, said.label, cues)


def _author(text: Text, found: Found, own: Sequence[Side]) -> Position:
    """The author's position, from the author's own judgements."""
    label = _label(side.favor for side in own) if own else "none"
    return _authors(text, found, label, tuple(sorted({(side.sentence, *side.cue) for side in own})))


def _authors(text: Text, found: Found, label: Label, cues: tuple[Cue, ...]) -> Position:
    evidence = tuple(sorted({cue[0] for cue in cues}))
    voice: Voice = "headline" if evidence and set(evidence) <= text.headlines else "author"
    return Position(AUTHOR, found.names[0], label, voice, evidence, cues)


def _found(taken: Iterable[Side]) -> tuple[Position, ...]:
    telling = (side for side in taken if side.telling)
    ranked = sorted(_merged(telling), key=lambda one: (-len(one.evidence), one.evidence))
    return tuple(ranked[:MOST])


def _merged(taken: Iterable[Side]) -> Iterator[Position]:
    """One position for each holder and target, looked up by the endings of the target's words."""
    groups: list[list[Side]] = []
    whole: dict[tuple[str, ...], list[Side]] = {}
    ending: dict[tuple[str, ...], list[Side]] = {}
    for side in taken:
        holder = side.holder.lower()
        names = [(holder, *name) for name in endings(side.key)] or [(holder,)]
        group = ending.get(names[0]) or next((whole[one] for one in names if one in whole), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(side)
        whole.setdefault(names[0], group)
        for one in names:
            ending.setdefault(one, group)
    yield from map(_position, groups)


def _position(group: Sequence[Side]) -> Position:
    target = max((side for side in group), key=lambda side: (len(side.key), side.voice != "headline")).target
    voices = Counter(side.voice for side in group if side.voice != "headline")
    return Position(
        group[0].holder,
        target,
        _label(side.favor for side in group),
        voices.most_common(1)[0][0] if voices else "headline",
        tuple(sorted({side.sentence for side in group})),
        tuple(sorted({(side.sentence, *side.cue) for side in group})),
    )


def _label(favors: Iterable[bool]) -> Label:
    counts = Counter(favors)
    if min(counts[True], counts[False]) >= _MIXED * counts.total():
        return "mixed"
    return "favor" if counts[True] > counts[False] else "against"
