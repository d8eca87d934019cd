"""How the story is framed: codes of a codebook, each on its sentences. A frame is neither a stance nor a slant.

`coding` makes an analysis of a researcher's own codebook in the same way.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Options, Reading
from newslens.analyses.codebook import Codebook, render_codebook, require_codebook
from newslens.analyses.findings import Answer, Answers, Code, Evidence, Finding, Label, Question, join_evidence

Presence = Literal["present", "absent", "unclear"]
Function = Literal["problem", "cause", "moral", "remedy"]
_DWELLS = {
    "present": "the article dwells on this side of the matter, for or against",
    "absent": "it does not, or only with a word in passing",
}
_SHOWS = {"present": "the article shows it", "absent": "it does not", "unclear": "it cannot be told"}
_RULES = {True: "Several codes can hold.", False: "At most one code holds: give the one that fits best."}
_MOST_WORDS = 8  # deciding words in one line


class PresenceLabel(Label[Presence]):
    """Whether a frame is there."""

    @classmethod
    def for_unnamed(cls, answer: Answer) -> Self:
        """Make the label of a code that no sentence was named for: what cannot be shown is not called present."""
        label = cls.from_answer(answer)
        return label.model_copy(update={"value": "unclear", "probability": None}) if label.value == "present" else label


class Shown(Finding):
    """A code that the article shows. A judge is asked about every code, and so finds some that nobody named.

    One that no sentence was named for is absent, or `unclear` where the judge sees it all the same: nothing is called
    present that cannot be shown.
    """

    label: PresenceLabel = PresenceLabel(value="present", method="stated")
    evidence: Evidence = Field(
        description="numbers of the sentences that show it", json_schema_extra={"minItems": 1, "maxItems": 8}
    )

    @property
    def is_there(self) -> bool:
        """Whether sentences show it, for sure or perhaps."""
        return self.label.value != "absent" and bool(self.evidence)

    @model_validator(mode="after")
    def _check_evidence(self) -> Self:
        if not self.evidence and self.label.value == "present":
            raise ValueError("what is present needs at least one sentence as evidence")
        return self


class FramingNote(Shown):
    """One frame that the article uses, argued for or against.

    Attributes:
        function: what the frame does there (Entman 1993): defines a problem, names a cause, judges, proposes a remedy.
    """

    prose: ClassVar[tuple[str, ...]] = ("note",)

    frame: Code = Field(description="a code of the codebook")
    primary: bool = Field(description="true for the one frame that organises the whole article")
    function: Function | None = Field(description="what the frame does in these sentences; null if none of these")
    note: str = Field(description="how the sentences show the frame, in at most twenty words")

    def describe(self) -> str:
        """Say the frame with its rank and function, and what shows it."""
        words = list(dict.fromkeys(span.text.lower() for span in self.words))[:_MOST_WORDS]
        said = self.note or ", ".join(f"“{word}”" for word in words)
        rank = " (primary)" if self.primary else ""
        return f"{self.frame}{rank}{f', {self.function}' if self.function else ''}{said and f': {said}'}"


def merge(parts: Sequence[tuple[FramingNote, ...]]) -> tuple[FramingNote, ...]:
    """Make one note for each frame and function, those of the primary frame first.

    The primary frame is the one that most parts call so; among equals, the one with most evidence, then the first.
    """
    notes = [note for part in parts for note in part]
    groups: dict[tuple[str, Function | None], list[FramingNote]] = {}
    weight: Counter[str] = Counter()
    for note in notes:
        groups.setdefault((note.frame, note.function), []).append(note)
        weight[note.frame] += len(note.evidence)
    votes = Counter(note.frame for note in notes if note.primary)
    primary = max(votes, key=lambda frame: (votes[frame], weight[frame]), default=None)
    merged = [
        group[0].model_copy(update={"primary": group[0].frame == primary, **join_evidence(group)})
        for group in groups.values()
    ]
    return tuple(sorted(merged, key=lambda note: not note.primary))


def fill(_: Options, book: Codebook | None) -> dict[str, str]:
    """Fill the placeholder `codebook` of the prompt."""
    return {"codebook": render_codebook(require_codebook(book))}


def ask(_: tuple[FramingNote, ...], reading: Reading) -> list[Question]:
    """Ask whether each frame of the codebook is there."""
    return [
        Question(label.code, f"Is this frame in the article? {label.name}: {label.definition}", _DWELLS)
        for label in require_codebook(reading.book).labels
    ]


def settle(notes: tuple[FramingNote, ...], answers: Answers) -> tuple[FramingNote, ...]:
    """Fill in what was measured, and add a note for each frame that no sentence was named for."""
    named = []
    for note in notes:
        if note.frame in answers:
            label = PresenceLabel.from_answer(answers[note.frame])
            is_primary = note.primary and label.value == "present"  # a frame that is not there organises nothing
            named.append(note.model_copy(update={"label": label, "primary": is_primary}))
        else:
            named.append(note)
    for frame, answer in answers.items():
        if not any(note.frame == frame for note in notes):
            label = PresenceLabel.for_unnamed(answer)
            named.append(FramingNote(frame=frame, primary=False, function=None, note="", label=label, evidence=()))
    return tuple(named)


FRAMING = Analysis[tuple[FramingNote, ...]](
    name="framing",
    title="How it is framed",
    result=Annotated[tuple[FramingNote, ...], Field(json_schema_extra={"maxItems": 12})],
    prompt="framing",
    values=fill,
    merge=merge,
    codebook="policy_frames",
    judge=Judgement[tuple[FramingNote, ...]](ask=ask, settle=settle, evidence=True),
)
"""The analysis by a codebook of frames; `Lens(codebook=…)` names another one than the policy frames."""


class Coding(Shown):
    """One code of a codebook that holds for the article."""

    prose: ClassVar[tuple[str, ...]] = ("note",)

    code: Code = Field(description="a code of the codebook")
    note: str = Field(description="how the sentences show it, in at most twenty words")

    def describe(self) -> str:
        """Say the code, and what shows it."""
        return f"{self.code}{self.note and f': {self.note}'}"


Codings = tuple[Coding, ...]


def coding(codebook: Codebook, *, name: str | None = None) -> Analysis[Codings]:
    """Make an analysis that codes articles with a codebook: `Lens(analyses=[coding(Codebook.load(path))])`.

    The result is `report.get(analysis)`, a tuple of `Coding`; offline, codes are found by the codebook's cue terms.

    Args:
        codebook: the label set.
        name: key of the result in `report.other`; None for the codebook's name.
    """
    most = len(codebook.labels) if codebook.multiple else 1
    return Analysis[Codings](
        name=name or codebook.name,
        result=Annotated[Codings, Field(json_schema_extra={"maxItems": most})],
        prompt="coding",
        values=fill_coding,
        merge=merge_codings,
        codebook=codebook,
        judge=Judgement[Codings](ask=ask_codes, settle=settle_codings, evidence=True),
    )


def merge_codings(parts: Sequence[Codings]) -> Codings:
    """Give each code once, with the evidence of all parts."""
    groups: dict[str, list[Coding]] = {}
    for found in (found for part in parts for found in part):
        groups.setdefault(found.code, []).append(found)
    return tuple(group[0].model_copy(update=join_evidence(group)) for group in groups.values())


def fill_coding(_: Options, book: Codebook | None) -> Mapping[str, str]:
    """Fill the placeholders of the prompt."""
    book = require_codebook(book)
    return {"title": book.title, "codebook": render_codebook(book), "rule": _RULES[book.multiple]}


def ask_codes(_: Codings, reading: Reading) -> list[Question]:
    """Ask whether each code of the codebook holds, by its definition."""
    return [
        Question(label.code, f"Does this hold for the article? {label.name}: {label.definition}", _SHOWS)
        for label in require_codebook(reading.book).labels
    ]


def settle_codings(found: Codings, answers: Answers) -> Codings:
    """Fill in what was measured, and add a coding for each code that no sentence was named for."""
    named = [one.relabel(answers[one.code]) if one.code in answers else one for one in found]
    for code, answer in answers.items():
        if not any(one.code == code for one in found):
            named.append(Coding(code=code, note="", label=PresenceLabel.for_unnamed(answer), evidence=()))
    return tuple(named)
