"""Who is heard: every attribution of the article, with its source, its words and what kind of source it is."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import log
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, TypeVar

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Reading
from newslens.analyses.findings import Evidence, Finding, Grounding, Label, Question, Result, settle_by_number
from newslens.article.article import Article
from newslens.article.sentences import find_quotations
from newslens.article.spans import SourceText, Span, locate_all, normalise

Quote = Literal["direct", "indirect", "mixed"]
SourceClass = Literal[
    "named_person", "named_organisation", "described", "anonymous", "vague_collective", "other_media", "unattributed"
]

_MEANINGS = {
    "named_person": "a person whose name the article gives",
    "named_organisation": "an organisation, authority, company or state that the article names",
    "described": "a person or group told by role or kind, without a name: police, the mayor, U.S. officials",
    "anonymous": "somebody known to the writer whose name is kept back: a source, people familiar with the matter",
    "vague_collective": "nobody in particular: critics, experts, many, others",
    "other_media": "a newspaper, broadcaster, agency or site other than this one",
    "unattributed": "nobody: it is said, reportedly",
}
_WORD = re.compile(r"[^\W_]+(?:['’&.-][^\W_]+)*")
_FULL_NAME = re.compile(r"[A-Z][\w’'-]+ (?:[A-Z]\. )?[A-Z][\w’'-]+")
_NEAR = 3_000  # code points in which a pronoun looks for a name
_TITLES = frozenset(re.findall(r"\w+", "mr mrs ms miss dr sir dame lord lady president senator sen rep gov governor"))
_HUMAN = frozenset({"he", "she", "him", "her"})


class SourceLabel(Label[SourceClass]):
    """The class of a source; a class with a name of its own, so that it pickles."""


class Attribution(Finding):
    """Something said or thought, and by whom (PolNeAR: Newell, Margolin and Ruths 2018).

    `words` are the spans of source and cue, `content` those of what is said; one that was not found leaves
    `grounded=False`.
    """

    phrases: ClassVar[tuple[str, ...]] = ("role", "anonymity_reason")

    source: SourceText | None = Field(description="who says it, as the sentence has it; null where nobody is named")
    cue: SourceText = Field(description="the words that attribute it, copied: 'said', 'according to'")
    # Two ends cost a dozen tokens; sentence numbers alone would give a source all of a sentence that it shares.
    opens: SourceText = Field(description="the first three words of what is said, copied")
    closes: SourceText = Field(description="the last three words of what is said, copied")
    source_class: SourceLabel = Field(description="what kind of source it is")
    role: SourceText = Field(description="what the article says that the source is, copied; empty if nothing")
    quote: Quote = Field(description="direct: all of what is said is in quotation marks; mixed: some; indirect: none")
    anonymity_reason: SourceText = Field(description="why the name is kept back, copied; empty if not said")
    evidence: Evidence = Field(min_length=1, description="numbers of the sentences of the attribution")
    at: Span | None = Field(default=None, description="where the source stands; None: nobody is named, or not found")
    content: tuple[Span, ...] = Field(default=(), description="what is said, without source, cue and role")

    def describe(self) -> str:
        """Say who, by which words, and how much of it is quoted."""
        told = not self.role or self.role in (self.source or "")  # "Mayor Ann Lee" tells hers
        role = "" if told else f" ({self.role})"
        who = f"{self.source or 'nobody named'}{role}"
        why = self.anonymity_reason and f", unnamed {self.anonymity_reason}"
        said = self.opens if self.opens == self.closes else f"{self.opens} … {self.closes}"
        return " ".join(f"{who}, “{self.cue}”: {said} ({self.quote}{why})".split())

    @model_validator(mode="wrap")
    @classmethod
    def _locate(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        found = handler(data)
        if not isinstance(info.context, Grounding) or found.words:
            return found
        parts = locate_parts(
            found.source, found.cue, found.opens, found.closes, role=found.role, evidence=found.evidence
        )
        missing = (*found.missing, *parts.missing)
        place = {"at": parts.source, "content": parts.content, "words": parts.words}
        return found.model_copy(update={**place, "missing": missing, "grounded": not missing})

    @model_validator(mode="after")
    def _check_class(self) -> Self:
        nobody = self.source is None
        if nobody != (self.source_class.value == "unattributed") and self.source_class.method == "stated":
            raise ValueError("'unattributed' is for a source of null, and for that alone")
        return self

    @classmethod
    def find_missing(cls, data: dict[str, Any], grounding: Grounding) -> tuple[str, ...]:
        """Find what the article lacks; an empty phrase is not looked for."""
        told = {name: value for name, value in data.items() if name not in cls.phrases or value}
        return super().find_missing(told, grounding)


class Parts(NamedTuple):
    """Where the parts of an attribution stand.

    Attributes:
        source: None where nobody is named, or not found.
        cue: None where it was not found.
        content: one span or more a sentence, without source, cue and role.
        missing: the phrases that were not found.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    missing: tuple[str, ...]

    @property
    def words(self) -> tuple[Span, ...]:
        """Source and cue, in reading order."""
        return tuple(sorted(filter(None, (self.source, self.cue)), key=lambda span: span.start))


def locate_parts(  # noqa: PLR0913 - one for each phrase that a model copies
    source: str | None, cue: str, opens: str, closes: str, *, role: str, evidence: Sequence[Span]
) -> Parts:
    """Locate the parts of an attribution inside its evidence; of several places of a source, the one nearest to a cue.

    The role is not part of what is said; it may stand elsewhere in the article, or nowhere.
    """
    sources = list(_places(source, evidence)) if source is not None else []
    cues = list(_places(cue, evidence))
    pairs = [(one, other) for one in sources for other in cues if one.end <= other.start or other.end <= one.start]
    nearest = min(
        pairs, key=lambda pair: max(pair[0].start, pair[1].start) - min(pair[0].end, pair[1].end), default=None
    )
    of, by = nearest or (next(iter(sources), None), next(iter(cues), None))
    first = next(_places(opens, evidence), None)
    last = next((one for one in _places(closes, evidence) if first is None or one.end >= first.end), None)
    sought = ((source, of), (cue, by), (opens, first), (closes, last))
    missing = tuple(phrase for phrase, place in sought if phrase is not None and place is None)
    taken = [one for one in (of, by, next(_places(role, evidence), None)) if one is not None]
    content: list[Span] = []
    for sentence in evidence:
        if first is None or last is None:
            break
        start, end = max(first.start, sentence.start), min(last.end, sentence.end)
        for one in sorted(taken, key=lambda span: span.start):
            if start < one.end and one.start < end:
                content += _trimmed(sentence, start, one.start)
                start = one.end
        content += _trimmed(sentence, start, end)
    return Parts(of, by, tuple(content), missing)


def _places(phrase: str, evidence: Iterable[Span]) -> Iterator[Span]:
    for sentence in evidence:
        for start, end in locate_all(phrase, sentence.text):
            yield _part(sentence, start, end)


def _part(sentence: Span, start: int, end: int) -> Span:
    at = {"start": sentence.start + start, "end": sentence.start + end, "text": sentence.text[start:end]}
    return sentence.model_copy(update=at)


def _trimmed(sentence: Span, start: int, end: int) -> Iterator[Span]:
    """A stretch of a sentence from its first letter or digit to its last."""
    inside = [k for k in range(start - sentence.start, end - sentence.start) if sentence.text[k].isalnum()]
    if inside:
        yield _part(sentence, inside[0], inside[-1] + 1)


def merge(parts: Sequence[tuple[Attribution, ...]]) -> tuple[Attribution, ...]:
    """Give each attribution once, by its source, cue, sentences and first words."""

    def same(phrase: str | None) -> str | None:
        return None if phrase is None else normalise(phrase).text.strip()

    found = (one for part in parts for one in part)
    return tuple({(same(one.source), same(one.cue), one.evidence, same(one.opens)): one for one in found}.values())


def ask(found: tuple[Attribution, ...], _: Reading) -> list[Question]:
    """Ask what kind of source each attribution has; where nobody is named, there is nothing to measure."""
    asked = []
    for number, one in enumerate(found):
        if one.source is not None:
            cited = ", ".join(str(span.sentence) for span in one.evidence)
            text = (
                f"In sentences {cited} something is attributed to {one.source} ({one.cue}): what kind of source is it?"
            )
            asked.append(Question(str(number), text, _MEANINGS))
    return asked


SOURCES = Analysis[tuple[Attribution, ...]](
    name="sources",
    title="Who is heard",
    result=Annotated[tuple[Attribution, ...], Field(json_schema_extra={"maxItems": 40})],
    prompt="sources",
    merge=merge,
    judge=Judgement[tuple[Attribution, ...]](ask=ask, settle=settle_by_number),
)
"""The analysis of attributions: who is said to have said what."""


class Room(Result):
    """How much room a class or a source gets. Shares are 0 to 1.

    Attributes:
        attributions: how many.
        words: how many words are attributed to it.
        of_attributions: share of the article's attributions.
        of_words: share of all words that are attributed, each counted for every source that it is attributed to.
    """

    attributions: int
    words: int
    of_attributions: float
    of_words: float


R = TypeVar("R", bound=Room)


class ClassRoom(Room):
    """The room of a class of sources."""

    source_class: SourceClass


class SourceRoom(Room):
    """The room of one source.

    Attributes:
        source: the longest of its names, else its words where they first stand.
        source_class: as its first attribution has it.
        first: where its first attribution stands, by the sentences: 0 in the first, 1 in the last.
    """

    source: str
    source_class: SourceClass
    first: float


class SourceMix(Result):
    """The sources of an article. Shares are 0 to 1.

    Attributes:
        by_class: the classes that the article has, most words first.
        by_source: the sources, most words first; what nobody is said to say is in `by_class` only.
        balance: Pielou's evenness of words over sources: 1 when all get the same, near 0 when one gets nearly all;
            None for fewer than two sources with words.
        attributed: share of the words of all sentences that are attributed, to somebody or to nobody.
        quoted: share of the same words that are attributed and in quotation marks.
    """

    by_class: tuple[ClassRoom, ...]
    by_source: tuple[SourceRoom, ...]
    balance: float | None
    attributed: float
    quoted: float


def mix(attributions: Sequence[Attribution], article: Article) -> SourceMix:
    """Measure the room of each class and each source of the article that the attributions were found in.

    "Maria Lopez", "Ms. Lopez" and "Lopez" are one source, and so is "she" where no one else can be meant. Words that
    were not found in the sentences are not counted, nor is the headline.
    """
    held = [{at for span in one.content if span.sentence for at in _word_starts(span)} for one in attributions]
    classes: dict[SourceClass, list[int]] = defaultdict(list)
    sources: dict[str, list[int]] = defaultdict(list)
    for k, (one, name) in enumerate(zip(attributions, name_sources(attributions, article), strict=True)):
        classes[one.source_class.value].append(k)
        if name is not None:
            sources[name].append(k)

    def room(ks: Sequence[int]) -> dict[str, Any]:
        words = sum(len(held[k]) for k in ks)
        shares = {"of_attributions": len(ks) / len(held), "of_words": words / max(1, sum(map(len, held)))}
        return {"attributions": len(ks), "words": words, **shares}

    def position(ks: Sequence[int]) -> float:
        sentence = min(attributions[k].evidence[0].sentence for k in ks)
        return max(0, sentence - 1) / max(1, len(article.sentences) - 1)

    by_source = [
        SourceRoom(source=name, source_class=attributions[ks[0]].source_class.value, first=position(ks), **room(ks))
        for name, ks in sources.items()
    ]
    attributed = set().union(*held)
    whole = max(1, sum(1 for span in article.sentences for _ in _word_starts(span)))
    return SourceMix(
        by_class=_sorted(ClassRoom(source_class=value, **room(ks)) for value, ks in classes.items()),
        by_source=_sorted(by_source),
        balance=evenness([one.words for one in by_source]),
        attributed=len(attributed) / whole,
        quoted=len(attributed & _quoted_starts(article)) / whole,
    )


def evenness(words: Iterable[int]) -> float | None:
    """Pielou's evenness (1966): Shannon's entropy over that of equal shares, 0 to 1; None for fewer than two shares."""
    some = [count for count in words if count]
    if len(some) < 2:  # noqa: PLR2004 - balance is between two
        return None
    return -sum(count / sum(some) * log(count / sum(some)) for count in some) / log(len(some))


def name_sources(attributions: Sequence[Attribution], article: Article) -> list[str | None]:
    """Name each source: a person by the longest name that the attributions have, else by its words; None for nobody.

    "He" and "she" are the one person whom the paragraph up to there, and the one before, name by a known or full name.
    """
    names: list[str | None] = [
        one.source and one.source.removeprefix("the ").removeprefix("The ") for one in attributions
    ]
    people = {k: _person(one) for k, one in enumerate(attributions) if one.source_class.value == "named_person"}
    longer: dict[str, set[str]] = defaultdict(set)
    for name in filter(None, people.values()):
        for k in range(name.count(" ") + 1):
            longer[name.split(" ", k)[-1]].add(name)
    for k, name in people.items():
        longest = {other for other in longer[name] if longer[other] == {other}} if name else set()
        names[k] = longest.pop() if len(longest) == 1 else name or names[k]
    whole: dict[str, set[str]] = defaultdict(set)  # by the last word of a person's name
    for k, name in people.items():
        whole[name.rpartition(" ")[2]].add(str(names[k]))
    firsts = [first for first, _ in article.paragraphs]
    meant: dict[int, str] = {}
    for k, one in enumerate(attributions):
        if one.at is None or (one.source or "").lower() not in _HUMAN:
            continue
        paragraph = bisect_right(firsts, one.at.sentence) - 1
        since = article.sentences[firsts[max(0, paragraph - 1)] - 1].start
        near = article.text[since : one.at.start] if one.at.start - since < _NEAR else ""
        last_words = {match.split()[-1] for match in _FULL_NAME.findall(near)} | (whole.keys() & {*_WORD.findall(near)})
        if len(last_words) == 1 and len(whole.get(last := last_words.pop(), ())) == 1:
            meant[k] = next(iter(whole[last]))
    for name in set(meant.values()):
        said = [k for k in meant if meant[k] == name]
        if len({str(attributions[k].source).lower() in {"he", "him"} for k in said}) == 1:
            names = [name if k in said else other for k, other in enumerate(names)]
    return names


def _person(one: Attribution) -> str:
    """The name in the words of a source: without titles, and without what stands behind it."""
    words = re.split(r"[,(]", one.source or "")[0].split()
    named = [word.removesuffix("'s").removesuffix("’s") for word in words if word[:1].isupper()]
    while len(named) > 1 and named[0].rstrip(".").lower() in _TITLES:
        named = named[1:]
    run = next((k for k in range(len(words) - 1, -1, -1) if not words[k][:1].isupper()), -1)
    named = named[max(0, len(named) - (len(words) - 1 - run)) :]
    return "" if " ".join(named).lower() in _HUMAN else " ".join(named)


def _word_starts(span: Span) -> Iterator[int]:
    """Where in the article the words of a span begin."""
    return (span.start + word.start() for word in _WORD.finditer(span.text))


def _quoted_starts(article: Article) -> set[int]:
    """Where in the article the words in quotation marks begin."""
    starts = {first - 1 for first, _ in article.paragraphs}
    found = find_quotations((span.text for span in article.sentences), starts)
    return {
        at
        for span, quotations in zip(article.sentences, found, strict=True)
        for start, end in quotations.spans
        for at in _word_starts(span)
        if start <= at - span.start < end
    }


def _sorted(rooms: Iterable[R]) -> tuple[R, ...]:
    return tuple(sorted(rooms, key=lambda room: (-room.words, -room.attributions)))
