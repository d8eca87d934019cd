"""How the story is framed: codes of a codebook, each on its sentences. A frame is neither a stance nor a slant."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Options, Reading
from newslens.analyses.codebook import Codebook, brief, require_codebook
from newslens.analyses.findings import Code, Evidence, Finding, Label, joined
from newslens.analyses.questions import Answer, Answers, Question

Presence = Literal["present", "absent", "unclear"]
_PRESENCE = {
    "present": "the article dwells on this side of the matter, for or against",
    "absent": "it does not, or only with a word in passing",
}
Function = Literal["problem", "cause", "moral", "remedy"]
_TOLD = 8  # deciding words in one line


class PresenceLabel(Label[Presence]):
    """Whether a frame is there."""

    @classmethod
    def unseen(cls, answer: Answer) -> Self:
        """The label of what no sentence was named for: nothing is called present that cannot be shown."""
        label = cls.measured(answer)
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
    def _is_shown(self) -> Self:
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

    def told(self) -> str:
        """The frame with its rank and function, and what shows it."""
        words = ", ".join(f"“{word}”" for word in list(dict.fromkeys(span.text.lower() for span in self.words))[:_TOLD])
        said = self.note or words
        rank = " (primary)" if self.primary else ""
        return f"{self.frame}{rank}{f', {self.function}' if self.function else ''}{said and f': {said}'}"


def merge(parts: Sequence[tuple[FramingNote, ...]]) -> tuple[FramingNote, ...]:
    """One note for each frame and function, those of the primary frame first."""
    notes = [note for part in parts for note in part]
    groups: dict[tuple[str, Function | None], list[FramingNote]] = {}
    for note in notes:
        groups.setdefault((note.frame, note.function), []).append(note)
    chosen = _primary(notes)
    merged = [_one(group, primary=group[0].frame == chosen) for group in groups.values()]
    return tuple(sorted(merged, key=lambda note: not note.primary))


def _primary(notes: Sequence[FramingNote]) -> str | None:
    """The frame that most parts call primary; among equals, the one with most evidence, then the first."""
    votes = Counter(note.frame for note in notes if note.primary)
    weight = Counter(dict.fromkeys(votes, 0))
    for note in notes:
        weight[note.frame] += len(note.evidence)
    return max(votes, key=lambda frame: (votes[frame], weight[frame]), default=None)


def _one(group: Sequence[FramingNote], *, primary: bool) -> FramingNote:
    return group[0].model_copy(update={"primary": primary, **joined(group)})


def values(_: Options, book: Codebook | None) -> dict[str, str]:
    """The hole `codebook` of the prompt."""
    return {"codebook": brief(require_codebook(book))}


def questions(_: tuple[FramingNote, ...], reading: Reading) -> list[Question]:
    """Whether each frame of the codebook is there."""
    return [
        Question(label.code, f"Is this frame in the article? {label.name}: {label.definition}", _PRESENCE)
        for label in require_codebook(reading.book).labels
    ]


def settled(notes: tuple[FramingNote, ...], answers: Answers) -> tuple[FramingNote, ...]:
    """The notes with the labels that were measured, then a note for each frame that no sentence was named for."""
    named = [_labelled(note, answers[note.frame]) if note.frame in answers else note for note in notes]
    known = {note.frame for note in notes}
    return (*named, *(_unnamed(frame, answer) for frame, answer in answers.items() if frame not in known))


def _labelled(note: FramingNote, answer: Answer) -> FramingNote:
    """The note as measured; a frame that is not there organises nothing."""
    label = PresenceLabel.measured(answer)
    return note.model_copy(update={"label": label, "primary": note.primary and label.value == "present"})


def _unnamed(frame: str, answer: Answer) -> FramingNote:
    label = PresenceLabel.unseen(answer)
    return FramingNote(frame=frame, primary=False, function=None, note="", label=label, evidence=())


FRAMING = Analysis[tuple[FramingNote, ...]](
    name="framing",
    title="How it is framed",
    result=Annotated[tuple[FramingNote, ...], Field(json_schema_extra={"maxItems": 12})],
    prompt="framing",
    values=values,
    merge=merge,
    codebook="policy_frames",
    judge=Judgement[tuple[FramingNote, ...]](ask=questions, settle=settled, evidence=True),
)
"""The analysis by a codebook of frames; `Lens(codebook=…)` names another one than the policy frames."""
