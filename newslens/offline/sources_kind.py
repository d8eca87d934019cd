"""What kind of source a phrase names: a person, an organisation, somebody described, nobody in particular."""

from functools import cache
from typing import Literal, NamedTuple

from newslens.offline.grammar import CONJUNCTIONS, DETERMINERS, PREPOSITIONS
from newslens.offline.lexicon import entries, listed
from newslens.offline.names import Actor
from newslens.offline.sides import Text
from newslens.offline.words import Word

SourceClass = Literal[
    "named_person", "named_organisation", "described", "anonymous", "vague_collective", "other_media", "unattributed"
]

_HANGING = (PREPOSITIONS | CONJUNCTIONS | {"to", "including"}) - {"and", "or"}
_WHOLE = 3  # words of "the Aslef union"
_ACRONYM = 2  # letters at least
_IT, _BEHIND = frozenset({"it", "its"}), 3  # "Aldgrave said that it", within so many words behind a name


class Source(NamedTuple):
    """A source phrase: half-open code points in a 0-based sentence."""

    sentence: int
    start: int
    end: int


def source_class(text: Text, source: Source) -> SourceClass:
    """The class of a phrase by its own words (PolNeAR: Newell, Margolin and Ruths 2018); a pronoun is `described`."""
    words = phrase(text, source)
    if not words:
        return "described"
    core = _core(words)
    if _is_medium(core):
        return "other_media"
    actor = named(text, source)
    if actor is not None or _looks_named(core) or _is_named_body(core):
        told_of_it = text.parses[source.sentence].at(source.start, source.end)[1]
        it = not _IT.isdisjoint(text.parses[source.sentence].lows[told_of_it : told_of_it + _BEHIND])
        return _named_class(text, core, actor, it=it)
    if _is_withheld(core, words):
        return "anonymous"
    return "vague_collective" if _is_vague(core, words) else "described"


def phrase(text: Text, source: Source) -> tuple[Word, ...]:
    """The words of a source."""
    parsed = text.parses[source.sentence]
    return parsed.words[slice(*parsed.at(source.start, source.end))]


def head(text: Text, source: Source) -> str:
    """The noun that a source is called by, in lower case: "official" for "a senior official in the ministry"."""
    words = phrase(text, source)
    low = [word.low for word in words]
    if "of" in low[1:2]:
        words = words[2:]  # two of the officials
    core = _core(words)
    return core[-1].low if core else ""


def named(text: Text, source: Source) -> Actor | None:
    """Whom the phrase itself names: Rao for "Superintendent Anil Rao of the police", nobody for "the mayor of Hull"."""
    core = _core(phrase(text, source))
    return text.ending.get((source.sentence, core[-1].end)) if core else None


def _core(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The phrase up to what hangs on it: "the Ministry of Defence" stays whole by its capitals."""
    for k in range(1, len(words)):
        within_name = words[k - 1].capital and any(word.capital for word in words[k + 1 : k + 3])
        if words[k].low in _HANGING | entries("sources", "withheld", "words") | {","} and not (
            words[k].low == "of" and within_name and words[k - 1].low in entries("names", "organisations", "words")
        ):
            return words[:k]
    return words


def _is_medium(core: tuple[Word, ...]) -> bool:
    lows = [word.low for word in core if word.text[0].isalnum() and word.low != "'s"]
    if not lows or lows[0] in {"this", "our"}:
        return False
    if lows[-1] in entries("sources", "media", "names") or (lows[-1] in {"agency", "agencies"} and "news" in lows):
        return True
    if lows == ["associated", "press"] or (core[-1].capital and len(lows) > 1 and _ends_as_medium(core)):
        return True
    return lows[-1] in entries("sources", "media", "nouns") and not core[-1].capital


def _ends_as_medium(core: tuple[Word, ...]) -> bool:
    return core[-1].low in entries("sources", "media", "endings")


def _looks_named(core: tuple[Word, ...]) -> bool:
    """Whether the last word is a name that the text has only here: "NASA said", "Aldgrave said"."""
    last = core[-1]
    if not last.capital or last.low in _common():
        return False
    return not (len(core) == 1 and last.low.endswith("s") and not last.text.isupper())


def _is_named_body(core: tuple[Word, ...]) -> bool:
    """Whether a name stands before what it is: "the Aslef union", not "the Welsh government", "the London court"."""
    if len(core) < _WHOLE or core[0].low not in DETERMINERS or core[-1].low not in _firms():
        return False
    name, known = core[-2], entries("names", "adjectives", "words") | entries("names", "places", "words")
    return name.capital and name.low not in known | _firms() and name.low not in entries("names", "titles", "words")


@cache
def _common() -> frozenset[str]:
    """Words that name nobody, whether or not they open the sentence."""
    plurals = entries("cues", "vague", "nouns") | entries("sources", "collectives", "words")
    informants = entries("sources", "informants", "words") | entries("sources", "people", "words")
    alone = entries("sources", "quantities", "alone") | entries("names", "openers", "words")
    return plurals | informants | alone | DETERMINERS


def _named_class(text: Text, core: tuple[Word, ...], actor: Actor | None, *, it: bool) -> SourceClass:
    own = [word for word in core if word.text[0].isalnum() and word.low not in DETERMINERS]
    kind = actor.kind if actor is not None else "other"
    titled = len(own) > 1 and core[0].low in entries("names", "titles", "words")
    if kind == "person" or (titled and kind == "other"):
        return "named_person"
    alone = len(own) == 1 and not any(one.name.endswith(f" {own[0].text}") for one in text.actors)
    body = core[0].low in DETERMINERS or own[-1].low in _firms() or _has_acronym(own) or "&" in [w.text for w in core]
    return "named_organisation" if kind != "other" or it or alone or body else "named_person"


def _has_acronym(own: list[Word]) -> bool:
    return any(word.text.isupper() and len(word.text) >= _ACRONYM and "." not in word.text for word in own)


@cache
def _firms() -> frozenset[str]:
    return entries("sources", "firms", "words") | entries("names", "organisations", "words")


def _is_withheld(core: tuple[Word, ...], words: tuple[Word, ...]) -> bool:
    """Whether the phrase keeps back a name that the writer knows: "a source", "people familiar with the matter"."""
    last, bare = core[-1].low, len(core) == 1 and core[0].low.endswith("s")
    behind = [word.low for word in words[len(core) :]]
    if last in entries("sources", "informants", "words"):
        return not bare or bool(behind)
    knowing = behind[:1] and behind[0] in entries("sources", "withheld", "words")
    told = any(tuple(behind[: len(one)]) == one for one in _withheld())
    return bool(knowing) or told or (last in {"person", "individual"})


@cache
def _withheld() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(one.split()) for one in listed("sources", "withheld", "phrases"))


def _is_vague(core: tuple[Word, ...], words: tuple[Word, ...]) -> bool:
    """Whether nobody could be asked back: "critics", "some lawmakers", "others"; not "experts at Lund University"."""
    lows = [word.low for word in core]
    placed = any(word.capital for word in words[len(core) :]) and words[len(core)].low in {"at", "from"}
    if len(core) == 1 and lows[0] in entries("sources", "quantities", "alone"):
        return True
    if lows[0] in entries("sources", "quantities", "words"):
        return True
    counted = lows[0] in DETERMINERS and lows[0] not in {"the", "these", "those"}
    return lows[-1] in entries("sources", "collectives", "words") and not counted and not placed
