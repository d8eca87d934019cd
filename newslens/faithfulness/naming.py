"""Names and quotations of a sentence that the article does not have."""

import re
from collections.abc import Iterator

from newslens.claims import names, quotations
from newslens.classical.lexicon import entries, table
from newslens.days import days
from newslens.faithfulness.found import Case, Found, Place
from newslens.faithfulness.terms import content
from newslens.spans import locate

_KIN = 4  # first letters by which "Mexican" and "Mexico" are one name
_DOTS = re.compile(r"[.’'&-]")
_CAPITALS = re.compile(r"\b(?:[A-Z][\w’'-]*(?: of| the| for| and)? ?){2,}")
_NAME = re.compile(r"\b[A-Z][\w’'-]+")


def changed_names(case: Case) -> Iterator[Found]:
    """Each name that does not stand in the article."""
    said, dates = case.said.text, list(days(case.said.text))
    for name, _ in names(said):
        at = locate(name, said)
        if at is None or _is_known(name, case) or any(date.start <= at[0] < date.end for date in dates):
            continue
        yield Found("changed_name", *at, _instead(case))


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
    """Whether only the ending differs: "Tovanian" and "Tovania", "Mexicans" and "Mexico"."""
    people = low.removesuffix("s") in entries("names", "adjectives", "words") or low.endswith(
        ("an", "ans", "ese", "ish")
    )
    return people and any(known.startswith(low[:_KIN]) for known in case.ground.capitals)


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
