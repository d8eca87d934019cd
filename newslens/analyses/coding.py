"""A researcher's own codebook as an analysis: which of its codes hold for the article, each on its sentences."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from newslens.analyses.analysis import Analysis, Judgement, Options, Reading
from newslens.analyses.codebook import Codebook, brief, require_codebook
from newslens.analyses.findings import Code, joined
from newslens.analyses.framing import PresenceLabel, Shown
from newslens.analyses.questions import Answer, Answers, Question

_PRESENCE = {"present": "the article shows it", "absent": "it does not", "unclear": "it cannot be told"}
_RULES = {True: "Several codes can hold.", False: "At most one code holds: give the one that fits best."}


class Coding(Shown):
    """One code of a codebook that holds for the article."""

    prose: ClassVar[tuple[str, ...]] = ("note",)

    code: Code = Field(description="a code of the codebook")
    note: str = Field(description="how the sentences show it, in at most twenty words")

    def told(self) -> str:
        """The code, and what shows it."""
        return f"{self.code}{self.note and f': {self.note}'}"


Codings = tuple[Coding, ...]


def coding(codebook: Codebook, *, name: str | None = None) -> Analysis[Codings]:
    """An analysis that codes articles with a codebook: `Lens(analyses=[coding(Codebook.load(path))])`.

    The result is `report.get(analysis)`, a tuple of `Coding`; offline, codes are found by the codebook's cue terms.

    Args:
        codebook: the label set.
        name: key of the result in `report.other`; None: the codebook's name.
    """
    return Analysis[Codings](
        name=name or codebook.name,
        result=Annotated[
            Codings, Field(json_schema_extra={"maxItems": len(codebook.labels) if codebook.multiple else 1})
        ],
        prompt="coding",
        values=values,
        merge=merge,
        codebook=codebook,
        judge=Judgement[Codings](ask=questions, settle=settled, evidence=True),
    )


def merge(parts: Sequence[Codings]) -> Codings:
    """Each code once, with the evidence of all parts."""
    groups: dict[str, list[Coding]] = {}
    for found in (found for part in parts for found in part):
        groups.setdefault(found.code, []).append(found)
    return tuple(group[0].model_copy(update=joined(group)) for group in groups.values())


def values(_: Options, book: Codebook | None) -> Mapping[str, str]:
    """The holes of the prompt."""
    book = require_codebook(book)
    return {"title": book.title, "codebook": brief(book), "rule": _RULES[book.multiple]}


def questions(_: Codings, reading: Reading) -> list[Question]:
    """Whether each code of the codebook holds, by its definition."""
    return [
        Question(label.code, f"Does this hold for the article? {label.name}: {label.definition}", _PRESENCE)
        for label in require_codebook(reading.book).labels
    ]


def settled(found: Codings, answers: Answers) -> Codings:
    """The codings with the labels that were measured, then one for each code that no sentence was named for."""
    named = [one.relabelled(answers[one.code]) if one.code in answers else one for one in found]
    known = {one.code for one in found}
    return (*named, *(_unnamed(code, answer) for code, answer in answers.items() if code not in known))


def _unnamed(code: str, answer: Answer) -> Coding:
    return Coding(code=code, note="", label=PresenceLabel.unseen(answer), evidence=())
