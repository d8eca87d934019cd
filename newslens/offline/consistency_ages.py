"""Two ages for one person."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from newslens.offline.consistency_conflict import Conflict, Place
from newslens.offline.lexicon import entries

_NAME = r"[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w'’-]+)*"
_AGE = re.compile(
    rf"\b(?P<name>{_NAME})(?:, (?:who (?:is|was|turned) |(?:now )?aged |de )?| \(| is )"
    r"(?P<age>\d{1,3})(?: años| ans| Jahre)?[,.;)]"
    rf"|\b(?P<before>\d{{1,3}})-year-old (?P<behind>{_NAME})"
    rf"|\b(?P<whose>{_NAME}), an? (?P<there>\d{{1,3}})-year-old\b"
    rf"|\b(?P<late>{_NAME})(?:, [^,.]{{1,60}},|, who [^.]{{1,120}},)? (?:has )?died (?:[^.,]{{1,40}} )?"
    r"(?:aged|at the age of) (?P<last>\d{1,3})\b"
)
_WHOSE = (("name", "age"), ("behind", "before"), ("whose", "there"), ("late", "last"))
_THE = re.compile(r"\b[Tt]he (\d{1,3})-year-old(?! (?:boy|girl|child|building|[^\W\d_a-z]))")
_A = re.compile(r"\b(?:[Aa]n?|aged|another) (\d{1,3})\b")
_FULL = re.compile(rf"\b{_NAME}")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


class _Age(NamedTuple):
    given: str
    years: int
    place: Place


def ages(sentences: Sequence[str]) -> Iterator[Conflict]:
    """People with two ages; a family name that several people have tells nobody, and a year tells of another time."""
    found = _by_person(sentences)
    if len(found) == 1:
        (those,) = found.values()
        those += _pointing(sentences)
    for those in found.values():
        other = next((one for one in those if one.years != those[0].years), None)
        if other is not None:
            yield Conflict("number", those[0].place, other.place, "two ages for one person")


def _by_person(sentences: Sequence[str]) -> dict[tuple[str, str], list[_Age]]:
    """Ages by family name and, where several people have that name, by given name."""
    bearers = _bearers(sentences)
    found: dict[tuple[str, str], list[_Age]] = defaultdict(list)
    for k, sentence in enumerate(sentences):
        for family, age in _told(sentence, k):
            several = len(bearers[family]) > 1
            if age.given or not several:
                found[family, age.given if several else ""].append(age)
    return found


def _told(sentence: str, k: int) -> Iterator[tuple[str, _Age]]:
    """The ages that a sentence tells, each with the family name."""
    for match in () if _YEAR.search(sentence) else _AGE.finditer(sentence):
        name, age = next(groups for groups in _WHOSE if match[groups[0]])
        given, _, family = match[name].rpartition(" ")
        yield family, _Age(given.rpartition(" ")[2], int(match[age]), Place(k, *match.span(age)))


def _pointing(sentences: Sequence[str]) -> Iterator[_Age]:
    """Ages that stand for somebody told of before: "the 43-year-old", where nobody is "a 43-year-old"."""
    new = {match[1] for sentence in sentences for match in _A.finditer(sentence)}
    for k, sentence in enumerate(sentences):
        for match in _THE.finditer(sentence):
            if match[1] not in new:
                yield _Age("", int(match[1]), Place(k, *match.span(1)))


def _bearers(sentences: Sequence[str]) -> Mapping[str, set[str]]:
    """For each family name the given names that the text has with it."""
    found: dict[str, set[str]] = defaultdict(set)
    for match in (match for sentence in sentences for match in _FULL.finditer(sentence)):
        given, _, family = match[0].rpartition(" ")
        last = given.rpartition(" ")[2]
        if last and last.casefold() not in entries("names", "titles", "words"):
            found[family].add(last)
    return found
