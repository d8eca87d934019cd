"""Names and quotations of a sentence that the article does not have."""

import re
from collections.abc import Iterator
from functools import cache

from newslens.analyses.claims import names, quotations
from newslens.article.days import days
from newslens.article.spans import locate
from newslens.offline.check_found import Case, Found, Place
from newslens.offline.check_terms import content, is_content
from newslens.offline.lexicon import entries, listed, table

_KIN = 4  # first letters by which "Mexican" and "Mexico" are one name
_DOTS = re.compile(r"[.’'&-]")
_CAPITALS = re.compile(r"\b(?:[A-Z][\w’'-]*(?: of| the| for| and)? ?){2,}")
_NAME = re.compile(r"\b[A-Z][\w’'-]+")


def changed_names(case: Case) -> Iterator[Found]:
    """Each name that does not stand in the article, but for what may only take in a place of it."""
    for start, end in unnamed(case):
        if not _may_take_in(case.said.text[start:end].lower(), case):
            yield Found("changed_name", start, end, _instead(case))


def unnamed(case: Case) -> Iterator[tuple[int, int]]:
    """Where the sentence has a name that the article lacks, as half-open code points."""
    said, dates = case.said.text, list(days(case.said.text))
    for name, _ in names(said):
        at = locate(name, said)
        dated = at is not None and any(date.start <= at[0] < date.end for date in dates)
        if at is not None and not dated and is_content(name.lower()) and not _is_known(name, case):
            yield at


def altered_quotations(case: Case) -> Iterator[Found]:
    """Each quotation that does not stand in the article word for word."""
    for quotation in quotations(case.said.text):
        at = locate(quotation, case.said.text)
        if at is not None and locate(quotation, case.ground.text) is None:
            yield Found("altered_quotation", *at, _nearest(case, quotation))


def _is_known(name: str, case: Case) -> bool:
    low = name.lower()
    if low in entries("names", "titles", "words") | entries("names", "never", "words"):
        return True
    if locate(name, case.ground.text) is not None or low in case.ground.initials:
        return True
    return _is_kin(low, case) or _is_alias(name, case)


def _is_kin(low: str, case: Case) -> bool:
    """Whether both name one country or its people: "Tovanian" and "Tovania", "French" and "France"."""
    known = case.ground.capitals
    listed_so = any(not known.isdisjoint(group) for group in _peoples() if low in group)
    return listed_so or any(
        one.startswith(low[:_KIN]) and (_is_people(low) or _is_people(one)) for one in known if len(one) >= _KIN
    )


@cache
def _peoples() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split()) for group in listed("faithfulness", "peoples", "groups"))


def _is_people(low: str) -> bool:
    return low.removesuffix("s") in entries("names", "adjectives", "words") or low.endswith(("an", "ans", "ese", "ish"))


def _may_take_in(low: str, case: Case) -> bool:
    """Whether it is a region, or a country or people where the evidence has no other: a town of it may lie there."""
    if entries("faithfulness", "regions", "words").issuperset(low.split()):
        return True
    places = entries("names", "places", "words") | entries("names", "adjectives", "words")
    named = {word.lower() for _, passage in case.evidence for word in _NAME.findall(passage.text)}
    return low in places and named.isdisjoint(places)


def _is_alias(name: str, case: Case) -> bool:
    plain = _DOTS.sub("", name).lower()
    groups = [group for group in table("names")["aliases"]["groups"] if any(_holds(one, plain) for one in group)]
    return any(locate(one, case.ground.text) is not None for group in groups for one in group)


def _holds(alias: str, plain: str) -> bool:
    return plain in _DOTS.sub("", alias).lower().split()


def _instead(case: Case) -> Place | None:
    """The first name of the evidence that the sentence leaves out."""
    for index, passage in case.evidence:
        for match in _NAME.finditer(passage.text):
            ordinary = match.start() == 0 or match.group().lower() in entries("names", "titles", "words")
            if not ordinary and locate(match.group(), case.said.text) is None:
                return Place(index, *match.span())
    return None


def _nearest(case: Case, quotation: str) -> Place | None:
    """The article's quotation, or else the sentence, that shares most with this one."""
    terms = frozenset(content(quotation))
    best = next(iter(case.ground.evidence(terms)), None)
    if best is None:
        return None
    text = case.ground.sentences[best].text
    inside = [at for one in quotations(text) if (at := locate(one, text)) is not None]
    return Place(best, *inside[0]) if inside else case.whole(best)
