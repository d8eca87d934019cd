"""Who and what a text names: people, organisations and places, each with all its mentions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from newslens.classical import lexicon
from newslens.classical.words import Word, cut, english

Kind = Literal["person", "organisation", "place", "other"]
Name = tuple[str, ...]

_PARTICLES = frozenset(
    {"de", "del", "della", "der", "di", "da", "dos", "la", "van", "von", "bin", "ibn", "al", "el", "le"}
)
_OF = frozenset({"of", "for", "on", "the"})  # inside the name of an organisation: "Ministry of the Interior"
_INSIDE = 3  # such words in a row


_LONGER, _FEWEST, _MOST = 4, 3, 0.7  # letters, words, share of them: when capitals make a headline
_INITIAL = 2  # letters at most of an initial or "Mr", whose full stop ends no sentence


class Mention(NamedTuple):
    """Where a name stands: 0-based sentence, half-open code points in that sentence, titles left out."""

    sentence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that the text names.

    Attributes:
        name: the fullest name that the text uses, as it stands there.
        kind: person, organisation, place, or other when the text does not tell.
        pronoun: "he" or "she" where a title or a common given name tells, else None.
        mentions: every place where one of its names stands, in order.
    """

    name: str
    kind: Kind
    pronoun: Literal["he", "she"] | None
    mentions: tuple[Mention, ...]


class _Found(NamedTuple):
    mention: Mention
    name: Name  # words as they stand
    titles: frozenset[str]
    opens: bool = False  # the capital may be that of the sentence


def mentions(sentences: Sequence[str]) -> tuple[Actor, ...]:
    """The actors of a text, the most mentioned first, names for the same one merged.

    "Sheinbaum", "Claudia Sheinbaum" and "Mexican President Claudia Sheinbaum" are one actor; "Clinton" stays alone
    when both Bill and Hillary are named. A headline in title case adds mentions, never names.
    """
    cuts = [cut(sentence) for sentence in sentences]
    usual = _lower_words(cuts)
    found = [
        one
        for k, words in enumerate(cuts)
        if english(words) and not title_case(words)
        for one in _named(words, k, usual)
    ]
    supported = _supported(found)
    known = frozenset(one.name for one in found) & supported
    for k, words in enumerate(cuts):
        if title_case(words):
            found += _recalled(words, k, known)
    groups = _merged([one for one in found if one.name in supported])
    return tuple(
        sorted(
            (_actor(sentences, group) for group in groups),
            key=lambda actor: (-len(actor.mentions), actor.mentions),
        )
    )


def title_case(words: Sequence[Word]) -> bool:
    """Whether nearly every longer word is capitalised, as in a headline, where capitals tell nothing."""
    if words and words[-1].text == ".":
        return False
    longer = [word.capital for word in words if len(word.text) >= _LONGER and word.text[0].isalpha()]
    return len(longer) >= _FEWEST and sum(longer) > _MOST * len(longer)


@cache
def entries(section: str) -> frozenset[str]:
    """The words of one section of `names.toml`."""
    return frozenset(lexicon.words(lexicon.table("names")[section]["words"]))


def _supported(found: Iterable[_Found]) -> frozenset[Name]:
    """All names but the single words that are capitalised at the head of a sentence and nowhere else."""
    found = list(found)
    sure = {word for one in found if len(one.name) > 1 or not one.opens or one.titles for word in one.name}
    return frozenset(one.name for one in found if len(one.name) > 1 or one.name[0] in sure)


def _lower_words(cuts: Iterable[Sequence[Word]]) -> frozenset[str]:
    return frozenset(word.text for words in cuts for word in words if not word.capital)


def _named(words: Sequence[Word], sentence: int, usual: frozenset[str]) -> Iterator[_Found]:
    for first, last in _runs(words):
        start, titles = _strip(words, first, last, usual)
        name = words[start:last]
        if name and (not all(map(_empty, name)) or _is_organisation(name)):
            yield _Found(
                Mention(sentence, name[0].start, name[-1].end),
                tuple(w.text for w in name),
                titles,
                _opens(words, start),
            )


def _runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Half-open ranges of capitalised words, with the particles between them."""
    i = 0
    while i < len(words):
        if not words[i].capital:
            i += 1
            continue
        j = i + 1
        while (step := _joined(words, i, j)) > j:
            j = step
        yield i, j
        i = j


def _joined(words: Sequence[Word], first: int, j: int) -> int:
    """The index behind the next capitalised word of the name, or `j` when the name ends here."""
    k = j
    if k < len(words) and words[k].text == "." and len(words[k - 1].text) <= _INITIAL:
        k += 1  # an initial or "Mr."
    organisation = any(word.low in entries("organisations") for word in words[first:j])
    while k < len(words) and (words[k].low in _PARTICLES or (organisation and words[k].low in _OF)) and k - j < _INSIDE:
        k += 1
    return k + 1 if k < len(words) and words[k].capital else j


def _strip(words: Sequence[Word], first: int, last: int, usual: frozenset[str]) -> tuple[int, frozenset[str]]:
    """Drop what is no part of the name at its front: sentence openers, titles, peoples."""
    titles: set[str] = set()
    k = first
    while k < last:
        low = words[k].low
        opener = _opens(words, k) and (low in entries("openers") or low in usual or low.endswith("ly"))
        title = low in entries("titles") and (k + 1 < last or low in usual)
        people = _is_people(words, k, last)
        if not (opener or title or people or words[k].text == "."):
            break
        titles |= {low} if title else set()
        k += 1
    if k > 0 and words[k - 1].low in entries("titles"):
        titles.add(words[k - 1].low)
    return k, frozenset(titles)


def _is_people(words: Sequence[Word], k: int, last: int) -> bool:
    """Whether word `k` only says where the name behind it belongs: "Mexican", or "U.S." before a title."""
    if words[k].low in entries("adjectives"):
        return not any(word.low in entries("organisations") for word in words[k:last])
    titled = k + 1 < last and words[k + 1].low in entries("titles")
    return titled and (words[k].low in entries("places") or (words[k].text,) in _synonyms())


def _opens(words: Sequence[Word], k: int) -> bool:
    return k == 0 or words[k - 1].text in "“\"‘':.•-–—("


def _is_organisation(name: Sequence[Word]) -> bool:
    """Whether ordinary words make a name together: "European Union", "Ministry of Defence"."""
    return len(name) > 1 and any(word.low in entries("organisations") for word in name)


def _empty(word: Word) -> bool:
    """Whether a word alone is no name: "Monday", "Mexican", "He'll", "Ministry"."""
    stem = word.low.partition("'")[0]
    return any(stem in entries(kind) for kind in ("never", "adjectives", "openers", "organisations", "titles"))


def _recalled(words: Sequence[Word], sentence: int, known: frozenset[Name]) -> Iterator[_Found]:
    """Names of the running text that stand in a headline; the longest first."""
    starting: dict[str, list[Name]] = defaultdict(list)
    for name in sorted(known, key=lambda name: (-len(name), name)):
        starting[name[0]].append(name)
    i = 0
    while i < len(words):
        fits = (n for n in starting.get(words[i].text, ()) if tuple(w.text for w in words[i : i + len(n)]) == n)
        name = next(fits, ())
        if name:
            yield _Found(Mention(sentence, words[i].start, words[i + len(name) - 1].end), name, frozenset())
        i += len(name) or 1


def _merged(found: Sequence[_Found]) -> list[list[_Found]]:
    """One list for each actor: a single word joins the one longer name that ends in it."""
    by_name: dict[Name, list[_Found]] = defaultdict(list)
    for one in found:
        by_name[one.name].append(one)
    owner = _owners(by_name)
    groups: dict[Name, list[_Found]] = defaultdict(list)
    for name, those in by_name.items():
        groups[owner[name]] += those
    return list(groups.values())


def _owners(names: Iterable[Name]) -> Mapping[Name, Name]:
    """For each name the fullest name of the same actor."""
    names = list(names)
    endings: dict[Name, set[Name]] = defaultdict(set)
    for name in names:
        for k in range(1, len(name)):
            endings[name[k:]].add(name)
    acronyms = {_initials(name): name for name in names if len(name) > 1}
    synonyms = _synonyms()
    owner = {}
    for name in names:
        longer = {n for n in endings[name] if not any(n != m and n == m[-len(n) :] for m in endings[name])}
        owner[name] = longer.pop() if len(longer) == 1 else acronyms.get("".join(name), name)
    shared = {synonyms[n]: n for n in sorted(names, key=len) if n in synonyms}
    return {name: shared.get(synonyms.get(name, -1), full) for name, full in owner.items()}


def _initials(name: Name) -> str:
    return "".join(word[0] for word in name if word[0].isupper())


@cache
def _synonyms() -> Mapping[Name, int]:
    groups = lexicon.table("names")["aliases"]["groups"]
    return {tuple(w.text for w in cut(name)): k for k, group in enumerate(groups) for name in group}


def _actor(sentences: Sequence[str], group: Sequence[_Found]) -> Actor:
    fullest = max(group, key=lambda one: (len(one.name), -one.mention.sentence))
    k, start, end = fullest.mention
    spans = tuple(sorted(one.mention for one in group))
    pronoun = _pronoun(group)
    return Actor(sentences[k][start:end], _kind(group, pronoun), pronoun, spans)


def _pronoun(group: Sequence[_Found]) -> Literal["he", "she"] | None:
    signs = {low for one in group for low in one.titles} | {one.name[0].lower() for one in group if len(one.name) > 1}
    he, she = bool(signs & entries("he")), bool(signs & entries("she"))
    return None if he == she else "he" if he else "she"


def _kind(group: Sequence[_Found], pronoun: str | None) -> Kind:
    lows = {word.lower() for one in group for word in one.name}
    if lows & entries("organisations") or any(
        len(w) > 1 and w.isupper() for one in group for w in one.name if "." not in w
    ):
        return "organisation"
    if _is_place(group):
        return "place"
    full = {one.name for one in group if len(one.name) > 1}
    by_last_name = any(len(one.name) == 1 and any(one.name == name[-1:] for name in full) for one in group)
    titled = any(one.titles for one in group)
    return "person" if pronoun or titled or by_last_name else "other"


def _is_place(group: Sequence[_Found]) -> bool:
    lows = {word.lower() for one in group for word in one.name}
    landform = any(len(one.name) > 1 and one.name[-1].lower() in entries("landforms") for one in group)
    return landform or lows <= entries("places") or any(one.name in _synonyms() for one in group)
