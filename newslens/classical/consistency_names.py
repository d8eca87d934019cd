"""One person named two ways: an office held and no longer held, a name spelled twice, two ages."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from newslens.classical.consistency_conflict import Conflict, Place
from newslens.classical.lexicon import entries, listed
from newslens.classical.names import Actor, actors
from newslens.classical.parsing import Parse, parse
from newslens.spans import normalise

_FORMER = frozenset({"former", "ex"})
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SHORTEST = 5  # letters of a family name; shorter ones that differ by one letter are two names
_NAME = r"[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w'’-]+)*"
_AGE = re.compile(
    rf"\b(?P<name>{_NAME}), (?:de )?(?P<age>\d{{1,3}})(?: años| ans| Jahre)?[,.;)]"
    rf"|\b(?P<before>\d{{1,3}})-year-old (?P<behind>{_NAME})"
)


def offices(sentences: Sequence[str], people: Sequence[Actor], parses: Sequence[Parse]) -> Iterator[Conflict]:
    """People who are called "former President" in one place and "President" in another.

    Where others speak, and where a year tells of another time, nobody is called so by the article.
    """
    for person in people:
        held: dict[tuple[str, ...], dict[bool, Place]] = defaultdict(dict)
        for mention in person.mentions:
            parsed = parses[mention.sentence]
            titled = _office(parsed, parsed.at(mention.start, mention.end)[0])
            if titled and not _YEAR.search(sentences[mention.sentence]):
                office, former, start = titled
                held[office].setdefault(former, Place(mention.sentence, start, mention.end))
        for places in held.values():
            if len(places) == 2:  # noqa: PLR2004 - with and without "former"
                first, second = sorted(places.values())
                yield Conflict("name", first, second, "called a former office holder, and one in office")


def _office(parsed: Parse, first: int) -> tuple[tuple[str, ...], bool, int] | None:
    """The office before a name, whether it is a former one, and where the words begin; None if there is none."""
    titles: list[str] = []
    former, k = False, first
    while k > 0 and (low := parsed.lows[k - 1]) and _belongs(low):
        former |= low in _FORMER or low.startswith("ex-")
        titles.insert(0, low.removeprefix("ex-"))
        k -= 1
    office = tuple(low for low in titles if low in entries("names", "titles", "words") and low not in _FORMER)
    passing = not entries("consistency", "passing", "words").isdisjoint(titles)
    quoted = k < len(parsed.quote) and parsed.quote[k] >= 0
    return None if not office or passing or quoted else (office, former, parsed.words[k].start)


def _belongs(low: str) -> bool:
    """Whether a word may stand between "former" and a name: a title, or where it is held."""
    title = low.removeprefix("ex-") in entries("names", "titles", "words")
    return title or low in {"u.s.", "us", "uk", "u.k.", "-"} or low in entries("names", "adjectives", "words")


def spellings(sentences: Sequence[str], people: Sequence[Actor]) -> Iterator[Conflict]:
    """Full names that differ by one letter, or by the spelling of one given name."""
    written: dict[str, Place] = {}
    for person in people:
        for k, start, end in person.mentions:
            if person.kind in {"person", "other"} and " " in sentences[k][start:end]:
                written.setdefault(sentences[k][start:end], Place(k, start, end))
    by_key: dict[str, list[str]] = defaultdict(list)
    for name in written:
        given, _, family = name.casefold().rpartition(" ")
        for key in {f"given {given}", f"family {family}"}:
            by_key[key] += [name]
    pairs = {
        (one, other) for those in by_key.values() for k, one in enumerate(those[:50]) for other in those[k + 1 : 50]
    }
    for one, other in sorted(pairs):
        if _one_person(one, other):
            first, second = sorted((written[one], written[other]))
            yield Conflict("name", first, second, "one name in two spellings")


def _one_person(one: str, other: str) -> bool:
    (given, _, family), (given_2, _, family_2) = (_plain(name).rpartition(" ") for name in (one, other))
    if family == family_2:
        return any({given, given_2} <= set(same.split()) and given != given_2 for same in _variants())
    return given == given_2 and min(len(family), len(family_2)) >= _SHORTEST and _one_letter(family, family_2)


@cache
def _variants() -> tuple[str, ...]:
    return listed("consistency", "given", "same")


def _plain(name: str) -> str:
    """Without accents, case and marks."""
    return "".join(sign for sign in normalise(name).text if sign.isalnum() or sign == " ")


def _one_letter(one: str, other: str) -> bool:
    """Whether one letter is put in, left out, changed or swapped; not where that makes a plural or a feminine."""
    short, long = sorted((one, other), key=len)
    head = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if head == len(short):
        return len(long) == len(short) + 1 and long[-1] not in "sa"
    if len(short) == len(long):
        swapped = short[head : head + 2] == long[head : head + 2][::-1] and short[head + 2 :] == long[head + 2 :]
        feminine = head == len(short) - 1 and "a" in {short[-1], long[-1]}
        return swapped or (short[head + 1 :] == long[head + 1 :] and not feminine)
    return short[head:] == long[head + 1 :]


def ages(sentences: Sequence[str]) -> Iterator[Conflict]:
    """People with two ages; a family name that several people have tells nobody, and a year tells of another time."""
    found: dict[str, list[tuple[str, int, Place]]] = defaultdict(list)
    for k, sentence in enumerate(sentences):
        if not _YEAR.search(sentence):
            for match in _AGE.finditer(sentence):
                name, which = (match["name"], "age") if match["name"] else (match["behind"], "before")
                given, _, family = name.rpartition(" ")
                found[family].append((given, int(match[which]), Place(k, *match.span(which))))
    for those in found.values():
        givens = {given for given, _, _ in those if given}
        other = next((one for one in those if one[1] != those[0][1]), None)
        if other is not None and len(givens) <= 1:
            yield Conflict("number", those[0][2], other[2], "two ages for one person")


def named(sentences: Sequence[str]) -> Iterator[Conflict]:
    """What is said two ways of who somebody is."""
    parses = [parse(sentence) for sentence in sentences]
    people = actors(sentences, [parsed.words for parsed in parses])
    yield from offices(sentences, people, parses)
    yield from spellings(sentences, people)
