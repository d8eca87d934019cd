"""Numbers and dates of a sentence that its evidence does not have."""

from collections.abc import Iterator, Sequence

from newslens.faithfulness.amounts import Amount, agree, amounts
from newslens.faithfulness.found import Case, Found, Place
from newslens.faithfulness.moments import Moment, day_of, moments, same_day

_TALLY = 2  # a bare number at most as large as this one counts what the article may name one by one


def changed_dates(case: Case) -> Iterator[Found]:
    """Each date that the evidence gives otherwise or not at all."""
    published = day_of(case.ground.article.published)
    stated = [(index, moment) for index, passage in case.evidence for moment in moments(passage.text)]
    for said in moments(case.said.text):
        verdicts = [(same_day(said, moment, published), index, moment) for index, moment in stated]
        if any(verdict for verdict, _, _ in verdicts) or _is_of_issue(said, case):
            continue
        other = next(((index, moment) for verdict, index, moment in verdicts if _alike(said, moment)), None)
        if other is not None or not _stands_elsewhere(said, case):
            place = Place(other[0], other[1].start, other[1].end) if other else None
            yield Found("changed_date", said.start, said.end, place)


def _alike(one: Moment, other: Moment) -> bool:
    """Whether two dates are given in the same way."""
    return [part is None for part in one[:4]] == [part is None for part in other[:4]]


def _is_of_issue(said: Moment, case: Case) -> bool:
    """Whether it is only the year or month of publication, which an article need not state."""
    published = day_of(case.ground.article.published)
    if published is None or said.day is not None or said.weekday is not None:
        return False
    return said.year in {None, published.year} and said.month in {None, published.month}


def _stands_elsewhere(said: Moment, case: Case) -> bool:
    published = day_of(case.ground.article.published)
    return any(same_day(said, moment, published) for moment in case.ground.moments)


def changed_numbers(case: Case) -> Iterator[Found]:
    """Each number that no sentence of the evidence has for the same thing."""
    stated = [(index, amount) for index, passage in case.evidence for amount in _amounts(passage.text)]
    for said in _amounts(case.said.text):
        agreeing = [amount for _, amount in stated if agree(said, amount)]
        rival = _rival(said, [amount for _, amount in stated])
        if agreeing and (rival is None or any(amount.unit in {said.unit, ""} for amount in agreeing)):
            continue
        if not agreeing and _may_be_counted(said, case, rival):
            continue
        other = rival or next((amount for _, amount in stated if _same_sort(said, amount)), None)
        place = next((Place(index, a.start, a.end) for index, a in stated if a is other), None)
        yield Found("changed_number", said.start, said.end, place)


def _amounts(text: str) -> list[Amount]:
    return amounts(text, apart=tuple((moment.start, moment.end) for moment in moments(text)))


def _rival(said: Amount, stated: Sequence[Amount]) -> Amount | None:
    """Another number of the same noun, where no number of that noun is the same."""
    same_noun = [amount for amount in stated if said.unit and amount.unit == said.unit]
    return None if any(agree(said, amount) for amount in same_noun) else next(iter(same_noun), None)


def _may_be_counted(said: Amount, case: Case, rival: Amount | None) -> bool:
    """Whether the number may rest on what the article names one by one, or stands elsewhere for the same thing."""
    if rival is None and said.value <= _TALLY:
        return True
    return any(amount.unit == said.unit and said.unit and agree(said, amount) for amount in case.ground.amounts)


def _same_sort(said: Amount, stated: Amount) -> bool:
    sorts = {"money", "%", "time", "clock", "part"}
    return said.unit == stated.unit if sorts & {said.unit, stated.unit} else True
