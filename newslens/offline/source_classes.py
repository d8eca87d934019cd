"""Tell what kind of source a phrase names: a person, an organisation, somebody described, nobody in particular."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from newslens.analyses.sources import SourceClass
from newslens.offline.language import Word, entries, listed
from newslens.offline.noun_phrases import DETERMINERS, JOINING

_HANGING = JOINING | {",", "(", "including", "who"} | entries("sources", "withheld", "words")
_COUNTING = DETERMINERS - {"the", "these", "those"}
_IT = frozenset({"it", "its", "which"})
_HE = frozenset({"he", "she", "his", "her", "who", "mr", "ms", "mrs"})
_END = Word("", "", capital=False, start=0, end=0)
_SHORTEST_RUN = 2  # words of a full name
_INITIAL = 3  # letters at most before a full stop inside a name


@cache
def _listed(section: str, key: str = "words") -> frozenset[str]:
    return entries("sources", section, key)


@cache
def _named(section: str) -> frozenset[str]:
    return entries("names", section, "words")


@cache
def bodies() -> frozenset[str]:
    """Words of the names of organisations."""
    return _listed("firms") | _named("organisations")


@cache
def _common() -> frozenset[str]:
    """Words that name nobody, though the head of a sentence gives them a capital."""
    nouns = entries("cues", "vague", "nouns") | _listed("collectives") | _listed("informants")
    titles = _named("titles") - bodies() - {"house", "senate"}
    return nouns | titles | _listed("quantities", "alone") | _named("openers")


def core_of(words: Sequence[Word]) -> Sequence[Word]:
    """A phrase up to what hangs on it; "the Ministry of Defence" stays whole by its capitals."""
    for k in range(1, len(words)):
        named = words[k].low in {"of", "for"} and words[k - 1].capital and words[k - 1].low in _named("organisations")
        if words[k].low in _HANGING and not (named and any(word.capital for word in words[k : k + 3])):
            return words[:k]
    return words


class Classifier:
    """Classifies the sources of one article.

    Args:
        sentences: the words of each sentence.
    """

    def __init__(self, sentences: Iterable[Sequence[Word]]) -> None:
        self.surnames: set[str] = set()  # last words of the names of two words or more
        self.things: Counter[str] = Counter()  # for a name: how much oftener "it" follows it than "he" stands near it
        skipped = _named("titles") | _named("openers")
        for words in sentences:
            lows = [word.low for word in words]
            person = not _HE.isdisjoint(lows)
            thing = 0 if _IT.isdisjoint(lows) else max(i for i, low in enumerate(lows) if low in _IT)
            run: list[str] = []
            for i, word in enumerate([*words, _END]):
                if word.capital and word.low not in skipped:
                    run.append(word.text)
                    self.things[word.text] += (i < thing) - person
                elif run and (word.text != "." or len(run[-1]) > _INITIAL):
                    if len(run) >= _SHORTEST_RUN:
                        self.surnames.add(run[-1])
                    run = []

    def classify(self, words: Sequence[Word]) -> SourceClass:
        """The class of a source by its own words (Newell, Margolin and Ruths 2018)."""
        core = core_of(words)
        lows = [word.low for word in core if word.text[0].isalnum()]
        if not lows:
            return "described"
        last, behind = core[-1], [word.low for word in words[len(core) :]]
        title = last.capital and len(lows) > 1 and "for" not in lows and last.low in _listed("media", "endings")
        if title or last.low in _listed("media", "names") or lows[-2:] in (["associated", "press"], ["news", "agency"]):
            return "other_media"
        if last.low in _listed("media", "nouns") and not last.capital:
            return "other_media"
        if self.is_name(core):
            return self.classify_name(core)
        bare = len(lows) == 1 and lows[0].endswith("s")
        known = behind[:1] != [] and behind[0] in _listed("withheld")
        known = known or any(
            behind[: len(one.split())] == one.split() for one in listed("sources", "withheld", "phrases")
        )
        informant = last.low in _listed("informants") and (behind != [] or not bare)
        if known or informant or last.low in {"person", "individual"}:
            return "anonymous"
        placed = behind[:1] in (["at"], ["from"]) and any(word.capital for word in words[len(core) :])
        collective = last.low in _listed("collectives") and lows[0] not in _COUNTING and not placed
        alone = len(lows) == 1 and lows[0] in _listed("quantities", "alone")
        return "vague_collective" if collective or alone or lows[0] in _listed("quantities") else "described"

    def is_name(self, core: Sequence[Word]) -> bool:
        """Whether a phrase ends in a name, or has one before what it is: "the Aslef union"."""
        own = [word for word in core if word.low != "the"]
        last = core[-1]
        if last.capital:
            plural = last.low.endswith("s") and not last.text.isupper() and last.text not in self.surnames
            people = last.low.removesuffix("s") in _named("adjectives")
            return last.low not in _common() and not (len(own) == 1 and ((plural and len(core) == 1) or people))
        before = core[-2] if len(core) > _SHORTEST_RUN else last
        known = _named("adjectives") | _named("places") | _named("titles") | bodies()
        return core[0].low in DETERMINERS and last.low in bodies() and before.capital and before.low not in known

    def classify_name(self, core: Sequence[Word]) -> SourceClass:
        """Whether a phrase that ends in a name means a person or an organisation."""
        words = [word for word in core if word.text[0].isalnum()]
        before = next((i for i in range(len(words) - 1, -1, -1) if _is_title(words[i])), -1)
        own = words[before + 1 :]
        lows = [word.low for word in own]
        title = words[before].low if before >= 0 else ""
        acronym = any(word.text.isupper() and "." not in word.text and len(word.text) > 1 for word in own)
        acronym = acronym and own[-1].text.title() not in self.surnames
        hangs = before > 0 and title in {"of", "for", "on", "a", "the"}  # "the Committee for a Free Press"
        if not own or hangs or acronym or not bodies().isdisjoint(lows) or "&" in [word.text for word in core]:
            return "named_organisation"
        if title in _named("titles") - {"house", "state"}:
            return "named_person"
        if len(own) > 1 and lows[0] in _named("he") | _named("she"):
            return "named_person"
        place = lows[-1] in _named("landforms") or all(low in _named("places") | _named("adjectives") for low in lows)
        if place or (title == "the" and before == 0):
            return "named_organisation"
        person = len(own) > 1 or own[-1].text in self.surnames or self.things[own[-1].text] <= 0
        return "named_person" if person else "named_organisation"


def _is_title(word: Word) -> bool:
    """Whether a word before a name is no part of it."""
    return not word.capital or word.low in _named("titles") or word.low == "the"
