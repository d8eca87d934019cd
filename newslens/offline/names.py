"""Who and what a text names: people, organisations and places, each with all its mentions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from newslens.offline.language import english
from newslens.offline.lexicon import entries, table
from newslens.offline.words import Word, cut

Kind = Literal["person", "organisation", "place", "other"]
Name = tuple[str, ...]

_PARTICLES = frozenset(
    {"de", "del", "della", "der", "di", "da", "dos", "la", "van", "von", "bin", "ibn", "al", "el", "le"}
)
_OF = frozenset({"of", "for", "on", "the"})  # inside the name of an organisation: "Ministry of the Interior"
_INSIDE = 3  # such words in a row
_LONGEST = 16  # words of a name; more capitals in a row are a list or noise
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
    return actors(sentences, [cut(sentence) for sentence in sentences])


def actors(sentences: Sequence[str], cuts: Sequence[Sequence[Word]]) -> tuple[Actor, ...]:
    """`mentions` of sentences that are cut into words already."""
    usual = frozenset(word.text for words in cuts for word in words if not word.capital)
    found = [
        one
        for k, words in enumerate(cuts)
        if english(words) and not title_case(words)
        for one in _named(words, k, usual)
    ]
    supported = _supported(found)
    known = frozenset(one.name for one in found) & supported
    starting = _by_first_word(known)
    for k, words in enumerate(cuts):
        if title_case(words):
            found += _recalled(words, k, starting)
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
def _listed(section: str) -> frozenset[str]:
    return entries("names", section, "words")


def _supported(found: Iterable[_Found]) -> frozenset[Name]:
    """All names but the single words that are capitalised at the head of a sentence and nowhere else."""
    found = list(found)
    sure = {word for one in found if len(one.name) > 1 or not one.opens or one.titles for word in one.name}
    return frozenset(one.name for one in found if len(one.name) > 1 or one.name[0] in sure)


def _named(words: Sequence[Word], sentence: int, usual: frozenset[str]) -> Iterator[_Found]:
    for first, last in _runs(words):
        start, titles = _strip(words, first, last, usual)
        name = words[start:last]
        if 0 < len(name) <= _LONGEST and (not all(map(_empty, name)) or _is_organisation(name)):
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
        j = i + 1
        if words[i].capital:
            while (step := _joined(words, i, j)) > j:
                j = step
            yield i, j
        i = j


def _joined(words: Sequence[Word], first: int, j: int) -> int:
    """The index behind the next capitalised word of the name, or `j` when the name ends here."""
    k = j
    if k < len(words) and words[k].text == "." and len(words[k - 1].text) <= _INITIAL:
        k += 1  # an initial or "Mr."
    if k + 1 < len(words) and words[k].low == "'" and words[k + 1].capital and _organises((words[k + 1],)):
        return k + 2  # the Growers' Association
    while k < len(words) and k - j < _INSIDE and _links(words, first, j, k):
        k += 1
    return k + 1 if k < len(words) and words[k].capital else j


def _links(words: Sequence[Word], first: int, j: int, k: int) -> bool:
    """Whether word `k` may stand inside the name from `first` to `j`: a particle, or "of" for an organisation."""
    low = words[k].low
    return low in _PARTICLES or (low in _OF and _organises(words[first:j]))


def _strip(words: Sequence[Word], first: int, last: int, usual: frozenset[str]) -> tuple[int, frozenset[str]]:
    """Drop what is no part of the name at its front: sentence openers, titles, peoples."""
    titles: set[str] = set()
    k = first
    while k < last:
        low = words[k].low
        if low in _listed("titles") and (k + 1 < last or low in usual):
            titles.add(low)
        elif not (words[k].text == "." or _is_opener(words, k, usual) or _is_people(words, k, last)):
            break
        k += 1
    if k > 0 and words[k - 1].low in _listed("titles"):
        titles.add(words[k - 1].low)
    return k, frozenset(titles)


def _is_opener(words: Sequence[Word], k: int, usual: frozenset[str]) -> bool:
    """Whether word `k` has its capital from the head of a sentence only."""
    low = words[k].low
    return _opens(words, k) and (low in usual or low.endswith("ly") or low in _listed("openers"))


def _is_people(words: Sequence[Word], k: int, last: int) -> bool:
    """Whether word `k` only says where the name behind it belongs: "Mexican", or "U.S." before a title."""
    if words[k].low in _listed("adjectives"):
        return not _organises(words[k:last])
    titled = k + 1 < last and words[k + 1].low in _listed("titles")
    return titled and (words[k].low in _listed("places") or (words[k].text,) in _synonyms())


def _opens(words: Sequence[Word], k: int) -> bool:
    return k == 0 or words[k - 1].text in "“\"‘':.•-–—("


def _is_organisation(name: Sequence[Word]) -> bool:
    """Whether ordinary words make a name together: "European Union", "Ministry of Defence"."""
    return len(name) > 1 and _organises(name)


def _organises(words: Iterable[Word]) -> bool:
    """Whether a word among them is what organisations are called by: "Ministry", "Union"."""
    known = _listed("organisations")
    return any(word.low in known for word in words)


def _empty(word: Word) -> bool:
    """Whether a word alone is no name: "Monday", "Mexican", "He'll", "Ministry"."""
    return word.low.partition("'")[0] in _ordinary()


@cache
def _ordinary() -> frozenset[str]:
    """Words with a capital that alone are no name."""
    return frozenset().union(*map(_listed, ("never", "adjectives", "openers", "organisations", "titles")))


def _by_first_word(names: Iterable[Name]) -> Mapping[str, Sequence[Name]]:
    """Names by their first word, the longest first."""
    starting: dict[str, list[Name]] = defaultdict(list)
    for name in sorted(names, key=lambda name: (-len(name), name)):
        starting[name[0]].append(name)
    return starting


def _recalled(words: Sequence[Word], sentence: int, starting: Mapping[str, Sequence[Name]]) -> Iterator[_Found]:
    """Names of the running text that stand in a headline."""
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
        longer = {longer for longer in endings.get(name, ()) if longer not in endings}
        owner[name] = longer.pop() if len(longer) == 1 else acronyms.get("".join(name), name)
    shared = {synonyms[n]: n for n in sorted(names, key=len) if n in synonyms}
    return {name: shared.get(synonyms.get(name, -1), full) for name, full in owner.items()}


def _initials(name: Name) -> str:
    return "".join(word[0] for word in name if word[0].isupper())


@cache
def _synonyms() -> Mapping[Name, int]:
    groups = table("names")["aliases"]["groups"]
    return {tuple(w.text for w in cut(name)): k for k, group in enumerate(groups) for name in group}


def _actor(sentences: Sequence[str], group: Sequence[_Found]) -> Actor:
    fullest = max(group, key=lambda one: (len(one.name), -one.mention.sentence))
    k, start, end = fullest.mention
    spans = tuple(sorted(one.mention for one in group))
    pronoun = _pronoun(group)
    return Actor(sentences[k][start:end], _kind(group, pronoun), pronoun, spans)


def _pronoun(group: Sequence[_Found]) -> Literal["he", "she"] | None:
    signs = {low for one in group for low in one.titles} | {one.name[0].lower() for one in group if len(one.name) > 1}
    he, she = bool(signs & _listed("he")), bool(signs & _listed("she"))
    return None if he == she else "he" if he else "she"


def _kind(group: Sequence[_Found], pronoun: str | None) -> Kind:
    lows = {word.lower() for one in group for word in one.name}
    if lows & _listed("organisations") or any(
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
    landform = any(len(one.name) > 1 and one.name[-1].lower() in _listed("landforms") for one in group)
    return landform or lows <= _listed("places") or any(one.name in _synonyms() for one in group)
