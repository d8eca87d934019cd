"""What people changed about the findings of a report, with who and when; the measured finding stays as it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self

from pydantic import AwareDatetime, model_validator

from newslens.analyses.findings import Result
from newslens.article.spans import SourceText, Span
from newslens.errors import InputError
from newslens.report.annotations.marks import Mark, Place, Vocabulary, article_of, mark, shown
from newslens.report.items import Item

if TYPE_CHECKING:
    from newslens.report.report import Report

Tool = Literal["label_studio", "doccano", "web_annotation"]
Change = Literal["added", "deleted", "label", "evidence", "words", "note"]


class Held(Result):
    """What a finding said and showed at one time."""

    label: str | None
    evidence: tuple[Span, ...]
    words: tuple[Span, ...] = ()


class Correction(Result):
    """One finding as measured and as a person left it.

    Attributes:
        kind: name of the analysis; None for a remark on the whole article.
        item: `Item.id` of the finding; None for one that was added, and for such a remark.
        before: as measured; None for one that was added.
        after: as corrected; None for one that was deleted.
        by: who did it, as the tool names people; None where it does not say.
        at: when; None where the tool does not say.
        note: what was written about it.
    """

    kind: str | None
    item: str | None
    before: Held | None
    after: Held | None
    by: str | None
    at: AwareDatetime | None
    tool: Tool
    note: SourceText = ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is another now."""
        fields: tuple[Literal["label", "evidence", "words"], ...] = ("label", "evidence", "words")
        note: tuple[Change, ...] = ("note",) if self.note else ()
        if self.before is None or self.after is None:
            whole: tuple[Change, ...] = () if self.kind is None else ("deleted" if self.before else "added",)
            return (*whole, *note)
        return (*(name for name in fields if getattr(self.before, name) != getattr(self.after, name)), *note)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.changes:
            raise ValueError("a correction without a change corrects nothing")
        return self


@dataclass(frozen=True, slots=True)
class Work:
    """One person's pass over one article.

    Attributes:
        marks: what the person left.
        where: names the pass in messages.
        remarks: on the whole article.
    """

    marks: Sequence[Mark]
    tool: Tool
    where: str
    by: str | None = None
    at: datetime | None = None
    remarks: Sequence[str] = ()

    def __post_init__(self) -> None:
        """A time without a zone is a different moment for everybody who reads it."""
        if self.at is not None and self.at.tzinfo is None:
            raise InputError(f"{self.where}: the time {self.at.isoformat()} has no zone. Give it with `tzinfo`.")


def corrections(report: "Report", work: Work, vocabulary: Vocabulary) -> tuple[Correction, ...]:
    """What a person changed, in the report's order, then what was added, then remarks.

    Raises:
        InputError: a mark is of no finding of the report, twice of the same, outside the text, or has a label that
            its kind does not have.
    """
    items = {item.id: item for item in shown(report)}
    _check(work, items, vocabulary)
    left = {one.item: one for one in work.marks if one.item is not None}
    kept = (_kept(report, item, left.get(item.id), work) for item in items.values())
    added = (_written(work, one, None, _held(report, one, work)) for one in work.marks if one.item is None)
    remarks = (
        Correction(kind=None, item=None, before=None, after=None, by=work.by, at=work.at, tool=work.tool, note=remark)
        for remark in filter(None, work.remarks)
    )
    return (*(one for one in kept if one is not None), *added, *remarks)


def by_article(found: Iterable[tuple[str, Iterable[Correction]]]) -> dict[str, tuple[Correction, ...]]:
    """Corrections by the hash of their article, in the order in which they come."""
    together: dict[str, list[Correction]] = {}
    for digest, changes in found:
        together.setdefault(digest, []).extend(changes)
    return {digest: tuple(changes) for digest, changes in together.items()}


def _check(work: Work, items: dict[str, Item], vocabulary: Vocabulary) -> None:
    for which, times in Counter(one.item for one in work.marks if one.item is not None).items():
        if which not in items:
            raise InputError(f"{work.where}: {which[:80]!r} is no finding of the report. Give the report it came from.")
        if times > 1:
            raise InputError(f"{work.where}: {which} is there {times} times. Keep one.")
    for one in work.marks:
        _check_label(work, one, vocabulary)
        if one.item is not None and one.kind != items[one.item].kind:
            raise InputError(
                f"{work.where}: {one.item} is of the kind {items[one.item].kind}, and now {one.kind[:80]!r}. "
                "Delete the finding and add another."
            )


def _check_label(work: Work, one: Mark, vocabulary: Vocabulary) -> None:
    which = one.item or "an added finding"
    if one.kind not in vocabulary:
        kinds = ", ".join(vocabulary)
        raise InputError(f"{work.where}: {which} is of the kind {one.kind[:80]!r}. The reports have: {kinds}.")
    if one.label is not None and one.label not in vocabulary[one.kind]:
        known = ", ".join(vocabulary[one.kind]) or "none"
        raise InputError(f"{work.where}: {which} has the label {one.label[:80]!r}. Labels of {one.kind}: {known}.")
    if not one.evidence:
        raise InputError(f"{work.where}: {which} has no evidence. Mark the sentences that show it, or delete it whole.")


def _kept(report: "Report", item: Item, now: Mark | None, work: Work) -> Correction | None:
    """How a finding of the report was corrected; None if it was not."""
    before = Held(label=mark(item).label, evidence=item.evidence, words=item.words)
    if now is None:
        return _written(work, mark(item), before, None)
    if now.note or _said(now) != _said(mark(item)):
        return _written(work, now, before, _held(report, now, work, item))
    return None


def _said(one: Mark) -> tuple[str | None, tuple[Place, ...], tuple[Place, ...]]:
    return (one.label, one.evidence, one.words)


def _written(work: Work, one: Mark, before: Held | None, after: Held | None) -> Correction:
    who = {"by": one.by or work.by, "at": one.at or work.at, "tool": work.tool, "note": one.note}
    return Correction.model_validate({"kind": one.kind, "item": one.item, "before": before, "after": after, **who})


def _held(report: "Report", one: Mark, work: Work, item: Item | None = None) -> Held:
    """What a mark says; what was not touched keeps the very spans of the finding."""
    evidence, words = (tuple(_spans(report, where, work, one)) for where in (one.evidence, one.words))
    if item is not None:
        evidence = item.evidence if one.evidence == mark(item).evidence else evidence
        words = item.words if one.words == mark(item).words else words
    return Held(label=one.label, evidence=evidence, words=words)


def _spans(report: "Report", places: Sequence[Place], work: Work, one: Mark) -> Iterator[Span]:
    for start, end in places:
        try:
            yield article_of(report).span(start, end)
        except ValueError as error:
            raise InputError(f"{work.where}: {one.item or 'an added finding'}: {error}.") from error
