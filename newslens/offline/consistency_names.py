"""One person named two ways: an office held and no longer held, or of another rank; a name spelled twice."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from newslens.article.spans import normalise
from newslens.offline.consistency_conflict import Conflict, Place
from newslens.offline.lexicon import entries, listed
from newslens.offline.names import Actor, actors
from newslens.offline.parsing import Parse, parse

_FORMER = frozenset({"former", "ex"})
_LOWER = frozenset({"deputy", "vice", "assistant", "associate"})
_SAME_HEAD = 2  # letters at the head of two spellings that are the same
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SHORTEST = 5  # letters of a family name; shorter ones that differ by one letter are two names


def offices(sentences: Sequence[str], people: Sequence[Actor], parses: Sequence[Parse]) -> Iterator[Conflict]:
    """People who are called "former President" in one place and "President" in another, or deputy and not.

    Where others speak, and where a year or a promotion tells of another time, nobody is called so by the article.
    """
    for person in people:
        held: dict[tuple[str, ...], dict[frozenset[str], Place]] = defaultdict(dict)
        for mention in person.mentions:
            parsed = parses[mention.sentence]
            titled = _office(parsed, parsed.at(mention.start, mention.end)[0])
            if titled and not _YEAR.search(sentences[mention.sentence]) and not _promoted(parsed):
                office, rank, start = titled
                held[office].setdefault(rank, Place(mention.sentence, start, mention.end))
        for places in held.values():
            if len(places) == 2 and frozenset() in places:  # noqa: PLR2004 - with and without "former" or "deputy"
                former = any(rank <= _FORMER for rank in places if rank)
                what = "called a former office holder, and one in office" if former else "two ranks for one person"
                first, second = sorted(places.values())
                yield Conflict("name", first, second, what)


def _promoted(parsed: Parse) -> bool:
    return not entries("consistency", "promoted", "words").isdisjoint(parsed.lows)


def _office(parsed: Parse, first: int) -> tuple[tuple[str, ...], frozenset[str], int] | None:
    """The office before a name, the words that make it a former or lower one, and where it begins; None without one."""
    titles: list[str] = []
    rank: set[str] = set()
    k = first
    while k > 0 and (low := parsed.lows[k - 1]) and _belongs(low):
        rank |= {"former"} if low in _FORMER or low.startswith("ex-") else {low} & _LOWER
        titles.insert(0, low.removeprefix("ex-"))
        k -= 1
    known = entries("names", "titles", "words") - _FORMER - _LOWER
    office = tuple(low for low in titles if low in known)
    passing = not entries("consistency", "passing", "words").isdisjoint(titles)
    quoted = k < len(parsed.quote) and parsed.quote[k] >= 0
    return None if not office or passing or quoted else (office, frozenset(rank), parsed.words[k].start)


def _belongs(low: str) -> bool:
    """Whether a word may stand between "former" and a name: a title, or where it is held."""
    title = low.removeprefix("ex-") in entries("names", "titles", "words")
    return title or low in _LOWER | {"u.s.", "us", "uk", "u.k.", "-"} or low in entries("names", "adjectives", "words")


def ranks(people: Sequence[Actor], parses: Sequence[Parse]) -> Iterator[Conflict]:
    """People with two ranks or posts of which one person has one only: a sergeant and an inspector."""
    for person in people:
        for group in _exclusive():
            held: dict[str, Place] = {}
            for mention in person.mentions:
                parsed = parses[mention.sentence]
                post = _post(parsed, parsed.at(mention.start, mention.end)[0], group)
                if post and not parsed.quoted(mention.start) and not _promoted(parsed):
                    held.setdefault(post[0], Place(mention.sentence, post[1], mention.end))
            if len(held) > 1:
                first, second = sorted(held.values())[:2]
                yield Conflict("name", first, second, "two ranks for one person")


def _post(parsed: Parse, first: int, group: Sequence[str]) -> tuple[str, int] | None:
    """The post before a name, with or without a comma, and where it begins; not a former one."""
    end = first - 1 if parsed.lows[first - 1 : first] == (",",) else first
    for post in group:
        begin = end - len(post.split())
        known = begin >= 0 and " ".join(parsed.lows[begin:end]) == post
        if known and _FORMER.isdisjoint(parsed.lows[max(0, begin - 2) : begin]):
            return post, parsed.words[begin].start
    return None


@cache
def _exclusive() -> tuple[tuple[str, ...], ...]:
    groups = listed("consistency", "posts", "exclusive")
    return tuple(tuple(sorted(group.split(", "), key=len, reverse=True)) for group in groups)


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
        return given != given_2 and (
            any({given, given_2} <= set(same.split()) for same in _variants())
            or (min(len(given), len(given_2)) >= _SHORTEST and _one_letter(given, given_2))
        )
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


def surnames(sentences: Sequence[str], people: Sequence[Actor]) -> Iterator[Conflict]:
    """A family name alone that is that of one person but for one letter."""
    full: dict[str, Place] = {}
    alone: dict[str, Place] = {}
    for person in people:
        for k, start, end in person.mentions if person.kind in {"person", "other"} else ():
            given, _, family = sentences[k][start:end].rpartition(" ")
            if given or " " not in person.name:
                (full if given else alone).setdefault(_plain(family), Place(k, start, end))
    by_head: dict[str, list[str]] = defaultdict(list)
    for family in full:
        by_head[family[:_SAME_HEAD]].append(family)
    for name, place in alone.items():
        near = by_head[name[:_SAME_HEAD]][:50]
        those = [family for family in near if len(family) >= _SHORTEST <= len(name) and _one_letter(family, name)]
        if len(those) == 1 and name not in full:
            first, second = sorted((full[those[0]], place))
            yield Conflict("name", first, second, "one name in two spellings")


def named(sentences: Sequence[str]) -> Iterator[Conflict]:
    """What is said two ways of who somebody is."""
    parses = [parse(sentence) for sentence in sentences]
    people = actors(sentences, [parsed.words for parsed in parses])
    yield from offices(sentences, people, parses)
    yield from ranks(people, parses)
    yield from spellings(sentences, people)
    yield from surnames(sentences, people)
