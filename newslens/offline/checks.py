"""Hold a summary against its article, sentence by sentence, in code."""

from collections.abc import Callable, Iterator, Sequence

from newslens.analyses.faithfulness import Faithfulness, Fault, Row
from newslens.analyses.findings import Support, SupportLabel
from newslens.analyses.summary import Summary
from newslens.article.article import Article
from newslens.article.sentences import split
from newslens.article.spans import Span
from newslens.offline.check_carried import carried
from newslens.offline.check_crossed import crossed_numbers
from newslens.offline.check_dates import changed_dates
from newslens.offline.check_deeds import steps_ahead
from newslens.offline.check_figures import changed_numbers
from newslens.offline.check_found import Case, Found
from newslens.offline.check_ground import Ground
from newslens.offline.check_naming import altered_quotations, changed_names
from newslens.offline.check_opposites import flipped
from newslens.offline.check_passages import Passage
from newslens.offline.check_roles import swapped
from newslens.offline.check_voices import attribution_faults, hedges_dropped
from newslens.offline.check_wording import loaded_words
from newslens.offline.words import LONGEST

RULES: tuple[Callable[[Case], Iterator[Found]], ...] = (
    changed_numbers,
    changed_dates,
    changed_names,
    altered_quotations,
    attribution_faults,
    hedges_dropped,
    crossed_numbers,
    swapped,
    steps_ahead,
    flipped,
    loaded_words,
)
_CARRIED = 0.5  # share of a sentence's weight that the evidence has to hold for the code to call it supported


def check_summary(article: Article, summary: str | Summary) -> Faithfulness:
    """What each sentence of a summary rests on in the article, and what is wrong in it.

    Numbers, dates, names and quotations are compared in any language; speakers, hedges, negations, roles, steps and
    loaded words in English. A fault is what the article says otherwise; what may only be reckoned from it, or be told
    in other words, is none. A sentence without a fault is `supported` when its evidence has its numbers and names,
    each of its verbs, in this word or one like it, and half of its content, weighed by how rare the words are; else
    `unclear`, for a judge to settle (`Lens.check_summary`).

    Args:
        article: the source.
        summary: prose of anybody's, in which a line end ends a sentence; of a `Summary` its text.
    """
    text = summary.text if isinstance(summary, Summary) else summary
    ground = Ground(article)
    places = list(split(text))
    return Faithfulness(
        rows=tuple(_row(ground, text, place, number) for number, place in enumerate(places, 1)),
    )


def _row(ground: Ground, text: str, place: tuple[int, int], number: int) -> Row:
    start, end = place
    said = Passage.of(text[start:end], number)
    terms = frozenset(filter(None, said.stems))
    indices = ground.evidence(terms)
    judged = end - start <= LONGEST and not ground.says(said.text)
    case = Case(said, ground, indices)
    faults = tuple(_faults(case, start)) if judged else ()
    held = ground.coverage(terms, indices) >= _CARRIED and (not judged or carried(case))
    return Row(
        text=said.text,
        number=number,
        supported=SupportLabel(value=_support(faults, held=held), method="classical"),
        evidence=tuple(ground.sentences[index] for index in sorted(indices)),
        faults=faults,
    )


def _support(faults: Sequence[Fault], *, held: bool) -> Support:
    if faults:
        return "unsupported"
    return "supported" if held else "unclear"


def _faults(case: Case, offset: int) -> Iterator[Fault]:
    found = sorted((one for rule in RULES for one in rule(case)), key=lambda one: (one.start, one.end))
    for kind, start, end, expected in found:
        words = Span(start=offset + start, end=offset + end, text=case.said.text[start:end], sentence=case.said.number)
        yield Fault(kind=kind, words=words, expected=None if expected is None else case.ground.span(*expected))
