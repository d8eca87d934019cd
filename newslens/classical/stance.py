"""Who is for or against what in a text: holders, targets, labels and the words that decided."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from newslens.classical.sentiment import Polarity, toward
from newslens.classical.sides import AUTHOR, Side, Text, Voice, key, read, sides
from newslens.classical.targets import Found, find

Label = Literal["favor", "against", "mixed", "unclear", "none"]
Cue = tuple[int, int, int]  # 0-based sentence, half-open code points in it

MOST = 8  # positions that are found without being asked for
_MIXED = 1 / 3  # part of the evidence that the weaker side needs to make a label mixed
_OUTSPOKEN = 0.3  # value from which a sentence of a column shows its author's side
_MARKED = 0.6  # value from which one of a report does, or what a source says; most only tell bad or good news
_SILENT = Polarity(0.0, "none", ())
_SPOKEN = {True: 1 / 3, False: 1 / 2}  # part of the sentences about a target that must take a side, in a column or not


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
    with most evidence first. A quoted position is never the author's, except that for a single sentence the author's is
    that of `sentiment.toward`, quotation or not.

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
    on_it = [side._replace(target=target) for side in taken if any(_same(side.key, name) for name in names)]
    reported = frozenset(side.sentence for side in taken if side.holder != AUTHOR)
    yield _author(text, found, [side for side in on_it if side.holder == AUTHOR], reported)
    told = [side for side in on_it if side.holder != AUTHOR]
    seen = {(side.holder, side.sentence) for side in told}
    spoken = (side for k in found.places if k not in reported for side in _statements(text, found, k))
    yield from _merged([*told, *(side for side in spoken if (side.holder, side.sentence) not in seen)])


def _statements(text: Text, found: Found, k: int) -> Iterator[Side]:
    """What the sources of a sentence say of the target, by the colour of their words."""
    target = found.names[0]
    for one in text.attributions[k]:
        start, end = one.content
        inside = [(first - start, last - start) for first, last in found.places[k] if start <= first and last <= end]
        holder = text.holder(k, *one.source)
        if not inside or holder is None or holder == AUTHOR:
            continue
        said = toward(text.sentences[k][start:end], inside)
        if said.label in {"favor", "against"} and abs(said.value) >= _MARKED:
            cue = (start + said.cues[0][0], start + said.cues[0][1])
            voice = text.voice(k, holder, cue[0])
            yield Side(holder, target, key(target), said.label == "favor", voice, k, cue)


def _author(text: Text, found: Found, own: Sequence[Side], reported: frozenset[int]) -> Position:
    """The author's position: from what is said in so many words, else from the colour of the author's sentences."""
    heard = _heard(text, found, reported)
    single = len(text.sentences) == 1
    spoken = () if single else own
    if spoken:
        label = _label(side.favor for side in spoken)
    elif single:
        label = next((one.label for one in heard.values()), "none")
    else:
        label = _own_label(list(heard.values()), column=text.column)
    coloured = {k: one for k, one in heard.items() if one.label != "none"} if label != "none" else {}
    cues = {(k, *cue) for k, one in coloured.items() for cue in one.cues}
    cues |= {(side.sentence, *side.cue) for side in spoken}
    evidence = tuple(sorted({cue[0] for cue in cues}))
    voice: Voice = "headline" if evidence and set(evidence) <= text.headlines else "author"
    return Position(AUTHOR, found.names[0], label, voice, evidence, tuple(sorted(cues)))


def _heard(text: Text, found: Found, reported: frozenset[int]) -> Mapping[int, Polarity]:
    """How the author's own sentences speak of the target; for a single sentence, that sentence.

    A sentence that reports the side of somebody else says nothing of the author's.
    """
    if len(text.sentences) == 1:
        return {k: toward(text.sentences[k], spans) for k, spans in found.places.items()}
    own = {k: [span for span in spans if text.speaker(k, span[0]) == AUTHOR] for k, spans in found.places.items()}
    heard = {k: toward(text.sentences[k], spans) for k, spans in own.items() if spans and k not in reported}
    least = _OUTSPOKEN if text.column else _MARKED
    return {k: one if abs(one.value) >= least or one.label == "mixed" else _SILENT for k, one in heard.items()}


def _own_label(heard: Sequence[Polarity], *, column: bool) -> Label:
    """One label from the sentences about a target.

    Sentences of both kinds are mixed in a column, where the author speaks; in a report they rather are the news itself,
    and so unclear.
    """
    counts = Counter(one.label for one in heard if one.label != "none")
    if counts.total() < max(1, _SPOKEN[column] * len(heard)):
        return "none"
    if min(counts["favor"], counts["against"]) + counts["mixed"] >= _MIXED * counts.total():
        return "mixed" if column else "unclear"
    return "favor" if counts["favor"] > counts["against"] else "against"


def _found(taken: Iterable[Side]) -> tuple[Position, ...]:
    ranked = sorted(_merged(taken), key=lambda one: (-len(one.evidence), one.evidence))
    return tuple(ranked[:MOST])


def _merged(taken: Iterable[Side]) -> Iterator[Position]:
    """One position for each holder and target, looked up by the endings of the target's words."""
    groups: list[list[Side]] = []
    whole: dict[tuple[str, ...], list[Side]] = {}
    ending: dict[tuple[str, ...], list[Side]] = {}
    for side in taken:
        holder = side.holder.lower()
        endings = [(holder, *side.key[k:]) for k in range(len(side.key))] or [(holder,)]
        group = ending.get(endings[0]) or next((whole[one] for one in endings if one in whole), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(side)
        whole.setdefault(endings[0], group)
        for one in endings:
            ending.setdefault(one, group)
    yield from map(_position, groups)


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one phrase is the other with words before it: "military assistance", "U.S. military assistance"."""
    if not one or not other:
        return False
    shorter, longer = sorted((one, other), key=len)
    return longer[-len(shorter) :] == shorter


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
