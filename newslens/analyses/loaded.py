"""Loaded language and other persuasion techniques, each a phrase in its sentence; none proves a claim false."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Options, Reading
from newslens.analyses.codebook import Codebook, render_codebook, require_codebook
from newslens.analyses.findings import Code, Finding, Grounding, Label, Question, Result, settle_by_number
from newslens.analyses.sources import Attribution
from newslens.article.sentences import find_quotations
from newslens.article.spans import SourceText, Span
from newslens.errors import ConfigurationError, InputError

Wording = Literal["loaded", "neutral", "unclear"]

_BOOK = "persuasion"
LOADED_TECHNIQUES = ("loaded_language", "name_calling", "exaggeration_minimisation")
_MEANINGS = {
    "loaded": "it is loaded in this sense, and plainer words would say the same",
    "neutral": "it is the plain word for it, or is meant literally, or is part of a name",
    "unclear": "it cannot be told",
}
_PER = 1000  # words
_LOOKED_BACK = 20  # sentences to the beginning of a quotation
_SCARE = 3  # words at most in quotation marks that keep a distance; more are a quotation


class WordingLabel(Label[Wording]):
    """Whether a wording is loaded."""


class LoadedPhrase(Finding):
    """A phrase that persuades by its wording (SemEval-2023 Task 3, Piskorski et al.).

    `words` is its place in the sentence; a phrase that does not stand there leaves `grounded=False`. Whose words it is
    is computed from quotation marks and, in English, from the attribution, whoever found the phrase.

    Attributes:
        label: `loaded` for what was found; a judge measures it.
        in_quote: it stands in quotation marks.
        speaker: who is said to say it, directly or not; None: the author, or somebody who is not named.
        scare_quotes: it stands in quotation marks around three words or fewer that nobody is said to say.
    """

    phrase: SourceText = Field(description="the shortest words that carry it, exactly as they stand in the sentence")
    technique: Code = Field(description="a code of the codebook")
    # A suggestion, and so not prose: its words need not stand in the article.
    neutral: str = Field(description="plainer words that could stand in its place; empty if there are none")
    label: WordingLabel = WordingLabel(value="loaded", method="stated")
    in_quote: bool = False
    speaker: SourceText | None = None
    scare_quotes: bool = False

    def describe(self) -> str:
        """Say the phrase with its technique, whose words it is, and plainer ones."""
        quoted = "in scare quotes" if self.scare_quotes else "in a quotation" if self.in_quote else ""
        whose = self.speaker or quoted
        plainer = f"; plainer: {self.neutral}" if self.neutral else ""
        return f"“{self.phrase}” ({self.technique.replace('_', ' ')}{whose and f', {whose}'}){plainer}"

    @property
    def is_there(self) -> bool:
        """False for a wording that the judge takes for the plain one."""
        return self.label.value != "neutral"

    @property
    def is_authors(self) -> bool:
        """Whether it is found where the author speaks, and does not pass on what others say."""
        return bool(self.words) and not self.in_quote and not self.scare_quotes and self.speaker is None

    @model_validator(mode="wrap")
    @classmethod
    def _locate(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Work out its place and its voice, whoever answered."""
        found = handler(data)
        if not isinstance(info.context, Grounding):
            return found
        if not found.words:
            places = (sentence.find(found.phrase) for sentence in found.evidence)
            found = found.place([(found.phrase, next(filter(None, places), None))])
        quotation = find_quotation(found.words[0], info.context) if found.words else None
        if quotation is None:
            return found
        start, end = quotation
        marked = {
            "in_quote": start <= found.words[0].start and found.words[0].end <= end,
            "scare_quotes": len(info.context.text[start:end].split()) <= _SCARE,
        }
        return found.model_copy(update=marked)


def find_quotation(phrase: Span, grounding: Grounding) -> tuple[int, int] | None:
    """Return offsets of the quotation that has some of the words of a phrase; it may begin in a sentence before."""
    paragraph = [grounding.sentences[phrase.sentence]]
    for number in range(phrase.sentence - 1, max(0, phrase.sentence - _LOOKED_BACK), -1):
        before = grounding.sentences.get(number)
        if before is None or "\n" in grounding.text[before.end : paragraph[-1].start]:
            break
        paragraph.append(before)
    *_, own = find_quotations((span.text for span in reversed(paragraph)), starts=())
    spans = ((paragraph[0].start + start, paragraph[0].start + end) for start, end in own.spans)
    return next((span for span in spans if span[0] < phrase.end and phrase.start < span[1]), None)


def name_speakers(phrases: Sequence[LoadedPhrase], attributions: Sequence[Attribution]) -> tuple[LoadedPhrase, ...]:
    """Name who is said to say each phrase: the source of the attribution in whose content it stands."""
    contents = [(span, one.source) for one in attributions if one.source for span in one.content]
    named = []
    for phrase in phrases:
        at = phrase.words[0] if phrase.words else None
        speaker = next((who for span, who in contents if at and span.start <= at.start and at.end <= span.end), None)
        named.append(phrase.model_copy(update={"speaker": speaker, "scare_quotes": False}) if speaker else phrase)
    return tuple(named)


def merge(parts: Sequence[tuple[LoadedPhrase, ...]]) -> tuple[LoadedPhrase, ...]:
    """Give each phrase once for its technique and its place, in reading order."""

    def place(one: LoadedPhrase) -> tuple[int, int]:
        first = (one.words or one.evidence)[0]
        return first.start, first.end

    found: dict[object, LoadedPhrase] = {}
    for one in (one for part in parts for one in part):
        found.setdefault((one.technique, place(one), "" if one.words else one.phrase), one)
    return tuple(sorted(found.values(), key=place))


def fill(_: Options, book: Codebook | None) -> Mapping[str, str]:
    """Fill the placeholder `codebook` of the prompt."""
    return {"codebook": render_codebook(require_codebook(book))}


def ask(found: tuple[LoadedPhrase, ...], reading: Reading) -> list[Question]:
    """Ask whether each phrase that was found in the article is loaded, or the plain word."""
    book, asked = require_codebook(reading.book), []
    for number, one in enumerate(found):
        if one.words:
            label, phrase, sentence = book.label(one.technique), " ".join(one.phrase.split()), one.words[0].sentence
            text = (
                f"Is the wording “{phrase}” in sentence {sentence} loaded, or is it the plain word for it? "
                f"Loaded in this sense: {label.name}: {label.definition}"
            )
            asked.append(Question(str(number), text, _MEANINGS))
    return asked


@dataclass(frozen=True, kw_only=True)  # no slots, as its base
class TechniqueAnalysis(Analysis[tuple[LoadedPhrase, ...]]):
    """An analysis with some labels of its codebook, which is loaded when it is used: it may be the user's."""

    techniques: tuple[str, ...]

    def book(self, options: Options) -> Codebook | None:
        """Return the codebook with only these labels.

        Raises:
            ConfigurationError: a technique that the codebook does not have.
        """
        whole = super().book(options)
        if whole is None:
            return None
        if unknown := [code for code in self.techniques if code not in whole.codes]:
            raise ConfigurationError(
                f"The codebook {whole.name!r} has no technique {', '.join(map(repr, unknown))}. "
                f"Choose of: {', '.join(whole.codes)}."
            )
        return whole.model_copy(
            update={"labels": tuple(label for label in whole.labels if label.code in self.techniques)}
        )


def _build_analysis(techniques: Sequence[str], name: str) -> TechniqueAnalysis:
    return TechniqueAnalysis(
        name=name,
        title="Loaded wording",
        result=Annotated[tuple[LoadedPhrase, ...], Field(json_schema_extra={"maxItems": 40})],
        prompt="loaded",
        values=fill,
        merge=merge,
        codebook=_BOOK,
        judge=Judgement[tuple[LoadedPhrase, ...]](ask=ask, settle=settle_by_number),
        techniques=tuple(techniques),
    )


def persuasion(techniques: Sequence[str], *, name: str = "persuasion") -> Analysis[tuple[LoadedPhrase, ...]]:
    """Make an analysis for persuasion techniques of your choice: `Lens(analyses=[persuasion(["doubt", "slogans"])])`.

    Args:
        techniques: codes of the codebook `persuasion`, 23 in all.
        name: key of the result in `report.other`.

    Raises:
        ConfigurationError: no technique is named, or one that the codebook does not have.
    """
    book = Codebook.named(_BOOK)
    if isinstance(techniques, str) or not techniques:
        raise ConfigurationError(f"techniques takes a list of codes. Choose of: {', '.join(book.codes)}.")
    analysis = _build_analysis(techniques, name)
    analysis.book(Options())  # refuses unknown techniques
    return analysis


LOADED = _build_analysis(LOADED_TECHNIQUES, "loaded")
"""The analysis of loaded language, name-calling, exaggeration and minimisation."""


class Density(Result):
    """How often wording is loaded, in phrases per 1,000 words of the whole article.

    Attributes:
        own: in the author's own voice.
        quoted: in the words of others, quotation marks or not.
        words: how many words the article has.
    """

    own: float = Field(ge=0)
    quoted: float = Field(ge=0)
    words: int = Field(ge=1)


def density(phrases: Sequence[LoadedPhrase], words: int) -> Density:
    """Count loaded phrases per 1,000 words; those that are not found in the text or are judged otherwise do not count.

    Args:
        phrases: the result of the analysis.
        words: how many words the article has.

    Raises:
        InputError: there are no words to count by.
    """
    if words < 1:
        raise InputError(f"A density needs an article of one word at least, not {words}.")
    counted = [one.is_authors for one in phrases if one.words and one.label.value == "loaded"]
    own = sum(counted)
    return Density(own=own * _PER / words, quoted=(len(counted) - own) * _PER / words, words=words)
