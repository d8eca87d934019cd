"""Who is meant by a source's words: "Lopez" and "she" are Maria Lopez, "the person" is the one named so before."""

from collections.abc import Sequence
from typing import NamedTuple

from newslens.offline.grammar import DETERMINERS
from newslens.offline.lexicon import entries
from newslens.offline.names import Actor
from newslens.offline.sides import Text
from newslens.offline.sources_kind import Source, head, named, phrase, source_class
from newslens.offline.words import Word

_HE = frozenset({"he", "him", "she", "her"})
_THEY = frozenset({"they", "them", "one", "another", "both"})  # some of those who were named together
_IT = frozenset({"it"})
_POINTS = frozenset({"the", "that", "this", "these", "those"})
_BODIES = frozenset({"named_organisation", "other_media"})
_PLACING = frozenset({"in", "at", "near", "outside", "inside", "across", "around", "toward", "towards", "into"})
_FULL_NAME = range(2, 4)  # words
_REACH = 8  # sources back that a phrase may point to


class Whom(NamedTuple):
    """Who is meant.

    Attributes:
        name: the fullest name that the text has, else the words as they first stand.
        same: index of the earlier source that this one points back to; None: it stands for itself.
    """

    name: str
    same: int | None = None


def whom(text: Text, sources: Sequence[Source]) -> tuple[Whom, ...]:
    """Who is meant by each source of a text, given in reading order."""
    known: list[Whom] = []
    standing: dict[str, int] = {}
    for number, source in enumerate(sources):
        words = text.sentences[source.sentence][source.start : source.end].lower()
        again = standing.get(words)
        one = _one(text, source, sources[max(0, number - _REACH) : number], known)
        known.append(one if again is None or one.same is not None else Whom(known[again].name, again))
        if _stays(text, source):
            standing.setdefault(words, number if one.same is None else one.same)
    return tuple(known)


def _stays(text: Text, source: Source) -> bool:
    """Whether the words mean the same source all through the text: "the union", "police"; not "a man", "others"."""
    lows = [word.low for word in phrase(text, source)]
    pronouns = _HE | _THEY | _IT | entries("sources", "quantities", "alone")
    return bool(lows) and lows[0] not in (DETERMINERS - _POINTS) | pronouns and named(text, source) is None


def _one(text: Text, source: Source, earlier: Sequence[Source], known: Sequence[Whom]) -> Whom:
    words = text.sentences[source.sentence][source.start : source.end]
    actor = named(text, source) or text.referents.of(words.lower(), source.sentence, source.start)
    actor = actor or (_only_one(text, source) if words.lower() in _HE else None)
    if actor is not None:
        return Whom(actor.name)
    offset = len(known) - len(earlier)
    back = next((k for k in reversed(range(len(earlier))) if _points(text, source, earlier[k])), None)
    if back is None:
        return Whom(words)
    same = known[offset + back].same
    first = offset + back if same is None else same
    return Whom(known[first].name, first)


def _only_one(text: Text, source: Source) -> Actor | None:
    """The only one who fits of those named so far in the paragraph; if it names nobody, in the one before."""
    start = text.referents.reach(source.sentence)
    own = _people(text, range(start, source.sentence + 1), source)
    people = own or (_people(text, range(text.referents.reach(start - 1), start), source) if start else [])
    return people[0] if len(people) == 1 and len(people[0].name.split()) in _FULL_NAME else None


def _people(text: Text, sentences: range, source: Source) -> list[Actor]:
    """Who is named in the sentences before a pronoun that may stand for them."""
    pronoun = _subject(phrase(text, source)[0].low)
    found: dict[str, Actor] = {}
    for k in sentences:
        words = text.parses[k].words
        for i, word in enumerate(words):
            actor = text.ending.get((k, word.end)) if word.capital else None
            if actor is None or (k, word.end) >= (source.sentence, source.start):
                continue
            if actor.pronoun in {None, pronoun} and _could_speak(actor, _preceding(words, i)):
                found[actor.name] = actor
    return list(found.values())


def _preceding(words: Sequence[Word], i: int) -> str:
    """The word before the name that ends at word `i`, in lower case; "" at the head of the sentence."""
    while i >= 0 and (words[i].capital or words[i].text == "."):
        i -= 1
    return words[i].low if i >= 0 else ""


def _could_speak(actor: Actor, preceding: str) -> bool:
    """Whether it may be a person: what something is in, or many workers, is none."""
    if actor.kind == "person":
        return True
    words = actor.name.lower().split()
    plain = DETERMINERS.isdisjoint(words) and words[-1] not in entries("cues", "vague", "nouns")
    return actor.kind == "other" and plain and preceding not in _PLACING


def _points(text: Text, source: Source, earlier: Source) -> bool:
    """Whether the words may point back to an earlier source."""
    lows = [word.low for word in phrase(text, source)]
    if not lows:
        return False
    if len(lows) == 1 and lows[0] in _HE | _THEY | _IT:
        return earlier.sentence >= text.referents.reach(source.sentence) and _agrees(lows[0], text, earlier)
    definite = lows[0] in _POINTS or lows[1:3] == ["of", "the"]
    return definite and named(text, source) is None and _called(head(text, source), head(text, earlier))


def _called(noun: str, earlier: str) -> bool:
    """Whether the nouns are the same, one of several included: "the official" of "four officials"."""
    return noun != "" and noun in {earlier, earlier.removesuffix("s")}


def _agrees(pronoun: str, text: Text, earlier: Source) -> bool:
    body = source_class(text, earlier) in _BODIES
    plural = _is_plural(text, earlier)
    if pronoun in _IT:
        return body
    if pronoun in _THEY:
        return plural
    actor = named(text, earlier)
    return not (body or plural or (actor is not None and actor.pronoun not in {None, _subject(pronoun)}))


def _subject(pronoun: str) -> str:
    return "she" if pronoun in {"she", "her"} else "he"


def _is_plural(text: Text, source: Source) -> bool:
    lows = [word.low for word in phrase(text, source)]
    noun = head(text, source)
    return noun.endswith("s") and named(text, source) is None and lows[0] not in {"a", "an", "one"}
