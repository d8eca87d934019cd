"""Loaded language and other persuasion techniques, each a phrase in its sentence; none proves a claim false."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Options, Reading
from newslens.analyses.codebook import Codebook, brief
from newslens.analyses.cued import needed
from newslens.analyses.findings import Code, Finding, Grounding, Label, Result, settled
from newslens.analyses.questions import Question
from newslens.analyses.voiced import heard, parsed
from newslens.article.spans import SourceText, Span
from newslens.errors import ConfigurationError, InputError
from newslens.offline import loaded as classical
from newslens.offline.language import need_english

Wording = Literal["loaded", "neutral", "unclear"]

_BOOK = "persuasion"
_MEANINGS = {
    "loaded": "it is loaded in this sense, and plainer words would say the same",
    "neutral": "it is the plain word for it, or is meant literally, or is part of a name",
    "unclear": "it cannot be told",
}
_PER = 1000  # words


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

    def told(self) -> str:
        """The phrase with its technique, whose words it is, and plainer ones."""
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
    def _placed(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Its place and its voice are computed, whoever answered."""
        found = handler(data)
        if not isinstance(info.context, Grounding):
            return found
        words = found.words or _located(found.phrase, found.evidence)
        if not words:
            return found.model_copy(update={"grounded": False, "missing": (*found.missing, found.phrase)})
        voice = heard(words[0], info.context)
        said = {"in_quote": voice.in_quote, "speaker": voice.speaker, "scare_quotes": voice.scare_quotes}
        return found.model_copy(update={"words": words, **said})


def _located(phrase: str, evidence: Sequence[Span]) -> tuple[Span, ...]:
    """The phrase where it stands in the first of its sentences that has it."""
    places = (sentence.find(phrase) for sentence in evidence)
    return tuple(place for place in places if place is not None)[:1]


def merge(parts: Sequence[tuple[LoadedPhrase, ...]]) -> tuple[LoadedPhrase, ...]:
    """Each phrase once for its technique and its place, in reading order."""
    found: dict[object, LoadedPhrase] = {}
    for one in (one for part in parts for one in part):
        found.setdefault((one.technique, _place(one), "" if one.words else one.phrase), one)
    return tuple(sorted(found.values(), key=_place))


def _place(one: LoadedPhrase) -> tuple[int, int]:
    first = (one.words or one.evidence)[0]
    return first.start, first.end


def values(_: Options, book: Codebook | None) -> Mapping[str, str]:
    """The hole `codebook` of the prompt."""
    return {"codebook": brief(needed(book))}


def offline(reading: Reading) -> list[dict[str, Any]]:
    """Phrases by lexicon and rules, of the headline and the story.

    Raises:
        ConfigurationError: there are no rules for a technique that is asked for; none found would be a false finding.
        LanguageUnknown: the lexicon is English and the article is not.
    """
    asked, article = needed(reading.book).codes, reading.article
    if unread := [code for code in asked if code not in classical.TECHNIQUES]:
        raise ConfigurationError(
            f"The offline reader has no rules for {', '.join(unread)}, only for {', '.join(classical.TECHNIQUES)}. "
            "Ask for these alone, or name a model: Lens(model=…)."
        )
    need_english("loaded language", article.language, [span.text for span in article.sentences])
    sentences = [*filter(None, (article.headline,)), *article.sentences]
    found = classical.find(parsed(sentences, article.text))
    return [_record(reading, sentences[one.sentence], one) for one in found if one.technique in asked]


def _record(reading: Reading, sentence: Span, one: classical.Loaded) -> dict[str, Any]:
    place = reading.article.span(sentence.start + one.start, sentence.start + one.end)
    return {
        "phrase": place.text,
        "technique": one.technique,
        "neutral": one.neutral,
        "label": {"value": "loaded", "method": "classical"},
        "evidence": [sentence.sentence],
        "words": (place,),
    }


def questions(found: tuple[LoadedPhrase, ...], reading: Reading) -> list[Question]:
    """Whether each phrase that stands in the article is loaded, or the plain word."""
    book = needed(reading.book)
    return [Question(str(number), _question(one, book), _MEANINGS) for number, one in enumerate(found) if one.words]


def _question(one: LoadedPhrase, book: Codebook) -> str:
    label, phrase = book.label(one.technique), " ".join(one.phrase.split())
    return (
        f"Is the wording “{phrase}” in sentence {one.words[0].sentence} loaded, or is it the plain word for it? "
        f"Loaded in this sense: {label.name}: {label.definition}"
    )


@dataclass(frozen=True, kw_only=True)  # no slots, as its base
class _Chosen(Analysis[tuple[LoadedPhrase, ...]]):
    """An analysis with some labels of its codebook, which is loaded when it is used: it may be the user's."""

    techniques: tuple[str, ...]

    def book(self, options: Options) -> Codebook | None:
        whole = super().book(options)
        return whole and _only(whole, self.techniques)


def _only(book: Codebook, codes: Sequence[str]) -> Codebook:
    if unknown := [code for code in codes if code not in book.codes]:
        raise ConfigurationError(
            f"The codebook {book.name!r} has no technique {', '.join(map(repr, unknown))}. "
            f"Choose of: {', '.join(book.codes)}."
        )
    return book.model_copy(update={"labels": tuple(label for label in book.labels if label.code in codes)})


def _analysis(techniques: Sequence[str], name: str) -> Analysis[tuple[LoadedPhrase, ...]]:
    return _Chosen(
        name=name,
        title="Loaded wording",
        result=Annotated[tuple[LoadedPhrase, ...], Field(json_schema_extra={"maxItems": 40})],
        prompt="loaded",
        values=values,
        merge=merge,
        offline=offline,
        codebook=_BOOK,
        judge=Judgement[tuple[LoadedPhrase, ...]](ask=questions, settle=settled),
        techniques=tuple(techniques),
    )


def persuasion(techniques: Sequence[str], *, name: str = "persuasion") -> Analysis[tuple[LoadedPhrase, ...]]:
    """An analysis for persuasion techniques of your choice: `Lens(analyses=[persuasion(["doubt", "slogans"])])`.

    Args:
        techniques: codes of the codebook `persuasion`, 23 in all.
        name: key of the result in `report.other`.

    Raises:
        ConfigurationError: no technique is named, or one that the codebook does not have.
    """
    book = Codebook.named(_BOOK)
    if isinstance(techniques, str) or not techniques:
        raise ConfigurationError(f"techniques takes a list of codes. Choose of: {', '.join(book.codes)}.")
    _only(book, techniques)
    return _analysis(techniques, name)


LOADED = _analysis(classical.TECHNIQUES, "loaded")
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
    """The density of loaded phrases; those that are not found in the text or are judged otherwise do not count.

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
