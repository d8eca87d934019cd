"""How the story is framed: codes of a codebook, each on its sentences. A frame is neither a stance nor a slant."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from newslens.analysis import Analysis, Options, Reading
from newslens.classical import frames as classical
from newslens.classical.language import need_english
from newslens.codebook import Codebook, brief
from newslens.errors import CodebookError
from newslens.findings import Code, Finding, Label, joined

_SHOWN = 5  # sentences of evidence for a frame found by its cue words
_INDEXES: dict[str, classical.CueIndex] = {}  # by the codebook's hash: building one costs more than an article

Presence = Literal["present", "absent", "unclear"]
Function = Literal["problem", "cause", "moral", "remedy"]


class PresenceLabel(Label[Presence]):
    """Whether a frame is there."""


class FramingNote(Finding):
    """One frame that the article uses, argued for or against.

    Attributes:
        function: what the frame does there (Entman 1993): defines a problem, names a cause, judges, proposes a remedy.
    """

    prose: ClassVar[tuple[str, ...]] = ("note",)

    frame: Code = Field(description="a code of the codebook")
    primary: bool = Field(description="true for the one frame that organises the whole article")
    function: Function | None = Field(description="what the frame does in these sentences; null if none of these")
    note: str = Field(description="how the sentences show the frame, in at most twenty words")
    label: PresenceLabel = PresenceLabel(value="present", method="stated")


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
    return {"codebook": brief(_needed(book))}


def offline(reading: Reading) -> list[dict[str, Any]]:
    """Frames whose weighted cue terms the article uses, each on the sentences that hold most of them.

    Raises:
        LanguageUnknown: the cues are English and the article is not.
    """
    book = _needed(reading.book)
    texts = [span.text for span in reading.article.sentences]
    if book.language == "en":
        need_english(FRAMING.name, reading.article.language, texts)
    found = classical.choose(_index(book).tally(texts))
    present = found.present if book.multiple else found.present[:1]
    return [_note(reading, score, primary=score.code == found.primary) for score in present]


def _note(reading: Reading, score: classical.FrameScore, *, primary: bool) -> dict[str, Any]:
    sentences = reading.article.sentences
    weight: dict[int, float] = defaultdict(float)
    for hit in score.hits:
        weight[hit.sentence] += hit.weight
    best = [number for number, _ in sorted(weight.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]]
    words = [
        reading.article.span(sentences[hit.sentence].start + hit.start, sentences[hit.sentence].start + hit.end)
        for hit in score.hits
        if hit.sentence in best
    ]
    return {
        "frame": score.code,
        "primary": primary,
        "function": None,
        "note": "",
        "label": {"value": "present", "method": "classical"},
        "evidence": [number + 1 for number in best],
        "words": words,
    }


def _index(book: Codebook) -> classical.CueIndex:
    if book.sha256 not in _INDEXES:
        _INDEXES[book.sha256] = classical.CueIndex(book.cues)
    return _INDEXES[book.sha256]


def _needed(book: Codebook | None) -> Codebook:
    if book is None:
        raise CodebookError("framing needs a codebook")
    return book


FRAMING = Analysis[tuple[FramingNote, ...]](
    name="framing",
    result=Annotated[tuple[FramingNote, ...], Field(json_schema_extra={"maxItems": 12})],
    prompt="framing",
    values=values,
    merge=merge,
    offline=offline,
    codebook="policy_frames",
)
