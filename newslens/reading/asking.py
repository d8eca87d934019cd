"""From analyses and a part of an article to one request, and from its reply to results.

Messages go from what changes least to what changes most: the rules, the article, the task. So the first two are
one prefix for every question about an article, which servers bill at a fraction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Any, Literal

from pydantic import ValidationError

from newslens.analyses import templates as prompts
from newslens.analyses.analysis import Analysis, Options, Point
from newslens.analyses.schema import Schema, adapter, composite, strict
from newslens.article.article import Article
from newslens.article.spans import Span, without_surrogates
from newslens.errors import ConfigurationError
from newslens.llm.exchange import Message, Request
from newslens.reading.transcript import harmless, transcript

Citable = Mapping[int, Span]

_MOST, _LONGEST = 10, 200  # complaints about one answer, and characters of each


@dataclass(frozen=True, slots=True)
class Settings:
    """What stays the same for all requests about one article.

    Attributes:
        options: targets, the user's templates.
        templates: loaded once, so that an edit on disk does not change what a lens asks; others are loaded when used.
        blind: leave outlet and byline out of the prompt.
        temperature: sent only when set.
        seed: sent only when set.
        max_output_tokens: limit of an answer in tokens, sent only when set.

    Raises:
        ConfigurationError: a temperature below 0 or a limit below 1, which no server takes.
    """

    options: Options = field(default_factory=Options)
    templates: Mapping[str, prompts.Prompt] = field(default_factory=dict)
    blind: bool = False
    temperature: float | None = None
    seed: int | None = None
    max_output_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.max_output_tokens is not None and self.max_output_tokens < 1:
            raise ConfigurationError(f"max_output_tokens={self.max_output_tokens} leaves no room for an answer.")
        if self.temperature is not None and not 0 <= self.temperature < inf:
            raise ConfigurationError(f"temperature={self.temperature} is none. Give 0 or more.")


@dataclass(frozen=True, slots=True)
class Question:
    """One request to be: what is asked, about which material, citing which sentences."""

    what: str
    analyses: tuple[Analysis[Any], ...]
    material: str = field(repr=False)
    tasks: tuple[str, ...] = field(repr=False)
    citable: Citable = field(repr=False)

    def only(self, names: Sequence[str]) -> "Question":
        """The same question for some of its analyses."""
        kept = [index for index, analysis in enumerate(self.analyses) if analysis.name in names]
        analyses = tuple(self.analyses[index] for index in kept)
        return Question(
            f"{_names(analyses)}, {self.what.partition(', ')[2]}",
            analyses,
            self.material,
            tuple(self.tasks[index] for index in kept),
            self.citable,
        )


class Asker:
    """Words questions about one article, and reads the answers."""

    def __init__(self, article: Article, settings: Settings) -> None:
        self.article = article
        self.settings = settings

    def about(self, analyses: Sequence[Analysis[Any]], start: int, end: int) -> Question:
        """The question about the sentences between two offsets."""
        citable = {span.sentence: span for span in self.article.within(start, end)}
        what = f"{_names(analyses)}, sentences {min(citable, default=0)}-{max(citable, default=0)}"
        if self.article.headline:
            citable[0] = self.article.headline
        material = transcript(self.article, start, end, blind=self.settings.blind)
        return Question(what, tuple(analyses), material, tuple(map(self._task, analyses)), citable)

    def reducing(self, analysis: Analysis[Any], prompt: str, points: Sequence[Point]) -> Question:
        """The question that makes one result out of the points of several parts."""
        citable = {span.sentence: span for spans, _ in points for span in spans}
        lines = [f"{[span.sentence for span in spans]} {harmless(text)}" for spans, text in points]
        task = _titled(analysis, self._filled(prompt, {"points": "\n".join(lines)}))
        headline = transcript(self.article, 0, 0, blind=self.settings.blind)
        return Question(f"{analysis.name}, {len(points)} points", (analysis,), headline, (task,), citable)

    def request(self, question: Question, *, errors: Sequence[str] = (), deadline: float | None = None) -> Request:
        """The question on the wire; with `errors`, what was wrong with the answer before."""
        again = [self._filled("again", {"errors": "\n".join(f"- {line}" for line in errors)})] if errors else []
        return Request(
            what=question.what,
            messages=(
                Message("system", self._filled("system", {})),
                Message("user", question.material),
                Message("user", "\n".join([*question.tasks, *again])),
            ),
            schema=self._schema(question.analyses),
            temperature=self.settings.temperature,
            seed=self.settings.seed,
            max_output_tokens=self.settings.max_output_tokens,
            deadline=deadline,
        )

    def result(
        self,
        analysis: Analysis[Any],
        value: Any,
        citable: Citable,
        method: Literal["stated", "classical"] = "stated",
    ) -> Any:
        """A result out of plain data, its sentence numbers turned into spans.

        Raises:
            pydantic.ValidationError: the data does not fit.
        """
        grounding = analysis.grounding(self.settings.options, citable, self._text, method)
        return adapter(analysis.result).validate_python(_encodable(value), context=grounding)

    @cached_property
    def _text(self) -> str:
        """What the transcript shows, a headline or outlet that was given beside the text included."""
        facts = (self.article.title, self.article.byline, self.article.outlet)
        return "\n".join([without_surrogates(self.article.text), *filter(None, facts)])

    def _task(self, analysis: Analysis[Any]) -> str:
        options = self.settings.options
        return _titled(analysis, self._filled(analysis.prompt, analysis.values(options, analysis.book(options))))

    def _filled(self, name: str, values: Mapping[str, str]) -> str:
        known = self.settings.templates.get(name)
        return (known or prompts.load(name, self.settings.options.directory)).fill(values)

    def _schema(self, analyses: Sequence[Analysis[Any]]) -> Schema:
        return composite({analysis.name: strict(analysis.result, self._codes(analysis)) for analysis in analyses})

    def _codes(self, analysis: Analysis[Any]) -> tuple[str, ...]:
        book = analysis.book(self.settings.options)
        return book.codes if book else ()


def complaints(name: str, error: ValidationError) -> tuple[str, ...]:
    """One short line for each of the first things wrong; they go into the next prompt, so no line break or bracket."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return tuple(f"{_place(name, entry['loc'])}: {harmless(entry['msg'])}"[:_LONGEST] for entry in found[:_MOST])


def _place(name: str, loc: tuple[int | str, ...]) -> str:
    parts = [part if isinstance(part, int) or part.isidentifier() else "?" for part in loc]
    return ".".join(map(str, [name, *parts]))


def _encodable(value: Any) -> Any:
    """Plain data without lone surrogates, which JSON can spell and no file can hold."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {_encodable(key): _encodable(one) for key, one in value.items()}
    return [_encodable(one) for one in value] if isinstance(value, list) else value


def _titled(analysis: Analysis[Any], task: str) -> str:
    return f"## {analysis.name}\n\n{task}"


def _names(analyses: Sequence[Analysis[Any]]) -> str:
    return "+".join(analysis.name for analysis in analyses)
