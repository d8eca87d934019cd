"""What an analysis is: a result type, a prompt, a merge, an offline reader. An ordinary value that anyone can build."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from newslens.analyses.codebook import Codebook
from newslens.analyses.findings import Grounding
from newslens.analyses.questions import Answers, Question
from newslens.article.article import Article
from newslens.article.spans import Span

R = TypeVar("R")
Point = tuple[tuple[Span, ...], str]  # what it cites, and its text


@dataclass(frozen=True, slots=True)
class Options:
    """What the user wants to know.

    Attributes:
        targets: what stances are wanted toward; empty: those that the article has.
        directory: the user's templates, with a folder `codebooks`; searched before ours.
    """

    targets: tuple[str, ...] = ()
    directory: Path | None = None

    def named(self, codebook: str) -> Codebook:
        """A codebook by its name, the user's before ours."""
        return Codebook.named(codebook, directory=self.directory / "codebooks" if self.directory else None)


@dataclass(frozen=True, slots=True)
class Reading:
    """An article with what is wanted of it: the input of an offline reader, and of what asks a judge.

    Attributes:
        book: the label set in force; None if the analysis has none.
    """

    article: Article
    options: Options = field(default_factory=Options)
    book: Codebook | None = None


@dataclass(frozen=True)  # no slots, as below
class Reduction(Generic[R]):
    """How the results of several parts become one by asking once more.

    Attributes:
        prompt: name of the template, with the hole `points`.
        points: the merged results as lines of text, each with the numbers of its sentences.
    """

    prompt: str
    points: Callable[[R], Sequence[Point]]


@dataclass(frozen=True)  # no slots, as below
class Judgement(Generic[R]):
    """How the labels of a result get probabilities.

    Attributes:
        ask: the questions that decide its labels; their keys need to be distinct within the result only.
        settle: the result with the labels as answered; a question without an answer leaves its label as it was.
        evidence: each finding of the result is also asked about for its evidence (`Finding.supported`); only for a
            result that is a tuple of findings.
    """

    ask: Callable[[R, Reading], Sequence[Question]]
    settle: Callable[[R, Answers], R]
    evidence: bool = False


def _no_values(_: Options, __: Codebook | None) -> Mapping[str, str]:
    return {}


def _nothing_more(_: Any) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)  # slots would break `Analysis[R](…)`: typing sets an attribute on it
class Analysis(Generic[R]):
    """One question to an article.

    Attributes:
        name: key of the reply and name of the report's field; a Python identifier.
        result: type of the result, anything pydantic validates. Fields with a default are not asked of a model.
        prompt: name of the template that asks for it.
        values: fills the template's holes, out of what the user wants and the label set in force.
        merge: one result out of those of several parts of a long article, in order.
        offline: plain data as a model would answer, by classical methods; None if there is no classical way.
        codebook: the label set or its name, if the analysis has one.
        reduce: asks once more for one result out of the merged ones; None: `merge` is enough.
        judge: how its labels get probabilities; None: it has none to measure.
        title: what it asks, in a few words, above its findings; empty: its name.
        overview: what its result says as a whole, in a line or a paragraph below its findings; empty: nothing more.
    """

    name: str
    result: Any
    prompt: str
    merge: Callable[[Sequence[R]], R]
    offline: Callable[[Reading], Any] | None = None
    values: Callable[[Options, Codebook | None], Mapping[str, str]] = _no_values
    codebook: Codebook | str | None = None
    reduce: Reduction[R] | None = None
    judge: Judgement[R] | None = None
    title: str = ""
    overview: Callable[[R], str] = _nothing_more

    def __repr__(self) -> str:
        return f"Analysis({self.name!r})"

    def book(self, options: Options) -> Codebook | None:
        """The label set in force; one that is named is looked for in the user's directory first. None: it has none."""
        return options.named(self.codebook) if isinstance(self.codebook, str) else self.codebook

    def grounding(
        self, options: Options, sentences: Mapping[int, Span], text: str, method: Literal["stated", "classical"]
    ) -> Grounding:
        """What an answer to this analysis is validated against."""
        book = self.book(options)
        return Grounding(
            sentences=sentences,
            text=text,
            codes=book.codes if book else (),
            given=frozenset(options.targets),
            method=method,
        )
