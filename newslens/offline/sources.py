"""Every attribution of a text: who is said to have said what, what kind of source it is, and in which words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newslens.offline.attribution import Kind
from newslens.offline.phrases import Range
from newslens.offline.sides import Text, read
from newslens.offline.sources_claim import Claim
from newslens.offline.sources_context import Withheld, role, withheld
from newslens.offline.sources_kind import Source, SourceClass, head, source_class
from newslens.offline.sources_runs import runs
from newslens.offline.sources_said import said
from newslens.offline.sources_turns import spoken
from newslens.offline.sources_who import whom

Span = tuple[int, int]

_HUMAN = frozenset({"he", "she", "him", "her"})
_NEAR = 2  # sentences of the paragraph to either side that may grant a source its anonymity
_OPEN_CLASSES = frozenset({"described", "anonymous", "vague_collective"})  # those without a name


@dataclass(frozen=True, slots=True)
class Sourced:
    """An attribution (PolNeAR: Newell, Margolin and Ruths 2018). Spans are half-open code points in a sentence.

    Attributes:
        sentence: 0-based, of source and cue.
        told: 0-based sentences that show it: this one, those of the content, the one that grants anonymity.
        source: who is said to say it; None where nobody is named.
        cue: the words that attribute it.
        content: what is said, each part with its 0-based sentence, in order; source and cue are no part of it.
        quote: whether all, none or some of the content is in quotation marks.
        who: the fullest name that the text has for the source, or its words; None without a source.
        role: what the text says that the source is, in its words; "" if nothing.
        anonymity_reason: why the name is kept back, in the text's words; "" if it does not say.
    """

    sentence: int
    told: tuple[int, ...]
    source: Span | None
    cue: Span
    content: tuple[Source, ...]
    source_class: SourceClass
    quote: Kind
    who: str | None
    role: str
    anonymity_reason: str


def sourced(
    sentences: Sequence[str], *, title: str | None = None, paragraphs: Sequence[int] = ()
) -> tuple[Sourced, ...]:
    """The attributions of an English text, in reading order.

    Args:
        sentences: the text.
        title: its headline, which attributes nothing.
        paragraphs: 0-based index of the first sentence of each paragraph, in order.
    """
    text = read(sentences, title=title, paragraphs=paragraphs)
    return tuple(_Reader(text).read()) if text.english else ()


class _Reader:
    """Reads the attributions of a text; what is said of a source in one place holds for it in all."""

    def __init__(self, text: Text) -> None:
        self.text = text
        parses = enumerate(text.parses)
        told = [(k, one, ()) for k, parsed in parses if k not in text.headlines for one in said(parsed)]
        found = sorted([*told, *spoken(text)], key=lambda one: (one[0], one[1].cue))
        self.claims = [(k, one) for k, one, _ in found]
        self.turns = [behind for _, _, behind in found]
        places = list(dict.fromkeys(self._place(k, one.source) for k, one in self.claims if one.source))
        self.meant = dict(zip(places, whom(text, places), strict=True))
        self.classes: dict[Source, SourceClass] = {}
        for place, who in self.meant.items():
            self.classes[place] = self._class(place, places[who.same] if who.same is not None else None)
        meant = {who.name for who in self.meant.values()}
        self.roles = {actor.name: role(text, actor) for actor in text.actors if actor.name in meant}

    def read(self) -> Iterator[Sourced]:
        running = runs(self.text.parses, self.claims, self.text.referents.reach)
        for number, (k, one) in enumerate(self.claims):
            own = tuple(self._place(k, part) for part in one.content)
            content = tuple(sorted({*own, *running.get(number, ()), *self.turns[number]}))
            yield self._unnamed(k, one, content) if one.source is None else self._named(k, one, one.source, content)

    def _place(self, sentence: int, part: Range) -> Source:
        words = self.text.parses[sentence].words
        return Source(sentence, words[part[0]].start, words[part[1] - 1].end)

    def _class(self, place: Source, same: Source | None) -> SourceClass:
        if same is not None:
            return self.classes[same]
        found = source_class(self.text, place)
        if found == "described" and self._words(place).lower() in _HUMAN:
            return "named_person"  # somebody who was introduced, and one name does not stand out
        hidden = found in _OPEN_CLASSES and self._grant(place) is not None
        return "anonymous" if hidden else found

    def _words(self, place: Source) -> str:
        return self.text.sentences[place.sentence][place.start : place.end]

    def _grant(self, place: Source) -> Withheld | None:
        """The words that keep back the name of a source, in its sentence or of its like in the paragraph."""
        own = withheld(self.text, place.sentence)
        noun = head(self.text, place)
        return own or next(
            (
                one
                for k in range(max(0, place.sentence - _NEAR), min(len(self.text.parses), place.sentence + _NEAR + 1))
                if self.text.referents.reach(k) == self.text.referents.reach(place.sentence)
                and noun in self.text.parses[k].lows
                and (one := withheld(self.text, k)) is not None
            ),
            None,
        )

    def _named(self, k: int, one: Claim, source: Range, content: tuple[Source, ...]) -> Sourced:
        place = self._place(k, source)
        grant = self._grant(place) if self.classes[place] == "anonymous" else None
        who = self.meant[place].name
        return Sourced(
            sentence=k,
            told=_sentences(k, content, grant),
            source=place[1:],
            cue=self._place(k, one.cue)[1:],
            content=content,
            source_class=self.classes[place],
            quote=one.kind,
            who=who,
            role=self.roles.get(who, ""),
            anonymity_reason=grant.reason if grant else "",
        )

    def _unnamed(self, k: int, one: Claim, content: tuple[Source, ...]) -> Sourced:
        cue = self._place(k, one.cue)[1:]
        return Sourced(k, _sentences(k, content, None), None, cue, content, "unattributed", one.kind, None, "", "")


def _sentences(k: int, content: Sequence[Source], grant: Withheld | None) -> tuple[int, ...]:
    granted = {grant.sentence} if grant else set()
    return tuple(sorted({k, *(part.sentence for part in content)} | granted))
