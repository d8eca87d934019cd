"""From some analyses and a part of an article to one request.

The messages go from what changes least to what changes most: the rules, the article, the instructions. The first two
are one prefix of every request about an article, which servers bill at a fraction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from typing import Any, Literal

from newslens.analyses.analysis import Analysis, Options, Point, compose_schemas
from newslens.article.article import Article
from newslens.article.spans import Span, without_surrogates
from newslens.errors import ConfigurationError
from newslens.llm.exchange import Message, Request
from newslens.reading import templates as prompts
from newslens.reading.transcript import render_transcript, sanitize


@dataclass(frozen=True, slots=True)
class Settings:
    """What all requests about an article share.

    Attributes:
        options: targets and the user's templates.
        templates: loaded once, so that an edit on disk does not change what a lens asks; others are loaded when used.
        blind: leave outlet and byline out of the prompt.
        temperature: sent only when set.
        seed: sent only when set.
        max_output_tokens: limit of an answer in tokens, sent only when set.

    Raises:
        ConfigurationError: a temperature below 0 or a limit below 1.
    """

    options: Options = field(default_factory=Options)
    templates: Mapping[str, prompts.Prompt] = field(default_factory=dict)
    blind: bool = False
    temperature: float | None = None
    seed: int | None = None
    max_output_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.max_output_tokens is not None and self.max_output_tokens < 1:
            raise ConfigurationError(f"max_output_tokens must be at least 1, got {self.max_output_tokens}.")
        if self.temperature is not None and not 0 <= self.temperature < inf:
            raise ConfigurationError(f"temperature must be at least 0, got {self.temperature}.")

    def fill(self, template: str, values: Mapping[str, str]) -> str:
        """Fill a template; a lone surrogate becomes U+FFFD, since no request can carry one.

        Raises:
            PromptError: the template is missing, or its placeholders are others than `values`.
        """
        prompt = self.templates.get(template) or prompts.load(template, self.options.directory)
        return without_surrogates(prompt.fill(values))


@dataclass(frozen=True, slots=True)
class Task:
    """What one request asks: some analyses of one part of an article.

    Attributes:
        analyses: what is asked.
        about: the part, for people ("sentences 1-40").
        transcript: the part as the model sees it.
        instructions: one text for each analysis.
        citable: the spans that the answer may cite, by sentence number; 0 is the headline.
    """

    analyses: tuple[Analysis[Any], ...]
    about: str
    transcript: str = field(repr=False)
    instructions: tuple[str, ...] = field(repr=False)
    citable: Mapping[int, Span] = field(repr=False)

    @property
    def names(self) -> list[str]:
        """Names of the analyses."""
        return [analysis.name for analysis in self.analyses]

    def keep(self, names: Iterable[str]) -> "Task":
        """Return the task with only these of its analyses."""
        kept = [pair for pair in zip(self.analyses, self.instructions, strict=True) if pair[0].name in set(names)]
        return replace(self, analyses=tuple(one for one, _ in kept), instructions=tuple(text for _, text in kept))


class RequestBuilder:
    """Builds the requests about one article, and validates what comes back."""

    def __init__(self, article: Article, settings: Settings) -> None:
        self.article = article
        self.settings = settings
        self._instructions: dict[str, str] = {}

    def instruct(self, analysis: Analysis[Any]) -> str:
        """Return what a model is told to do for an analysis; worked out once.

        Raises:
            PromptError, CodebookError: the analysis's template or codebook cannot be used.
        """
        if analysis.name not in self._instructions:
            options = self.settings.options
            text = self.settings.fill(analysis.prompt, analysis.values(options, analysis.book(options)))
            self._instructions[analysis.name] = f"## {analysis.name}\n\n{text}"
        return self._instructions[analysis.name]

    def plan_part(self, analyses: Sequence[Analysis[Any]], start: int, end: int) -> Task:
        """Plan to ask about the sentences between two offsets (code points)."""
        citable = {span.sentence: span for span in self.article.within(start, end)}
        about = f"sentences {min(citable, default=0)}-{max(citable, default=0)}"
        if self.article.headline:
            citable[0] = self.article.headline
        transcript = render_transcript(self.article, start, end, blind=self.settings.blind)
        return Task(tuple(analyses), about, transcript, tuple(map(self.instruct, analyses)), citable)

    def plan_merge(self, analysis: Analysis[Any], template: str, points: Sequence[Point]) -> Task:
        """Plan to ask for one result out of points that were found in several parts."""
        lines = [f"{[span.sentence for span in spans]} {sanitize(text)}" for spans, text in points]
        text = self.settings.fill(template, {"points": "\n".join(lines)})
        return Task(
            analyses=(analysis,),
            about=f"{len(points)} points",
            transcript=render_transcript(self.article, 0, 0, blind=self.settings.blind),
            instructions=(f"## {analysis.name}\n\n{text}",),
            citable={span.sentence: span for spans, _ in points for span in spans},
        )

    def build_request(self, task: Task, *, complaints: Sequence[str] = (), deadline: float | None = None) -> Request:
        """Build the request of a task; `complaints` says what was wrong with the answer before."""
        settings, instructions, schemas = self.settings, list(task.instructions), {}
        if complaints:
            instructions.append(settings.fill("again", {"errors": "\n".join(f"- {line}" for line in complaints)}))
        for analysis in task.analyses:
            schemas[analysis.name] = analysis.build_schema(settings.options)
        return Request(
            what=f"{'+'.join(task.names)}, {task.about}",
            messages=(
                Message("system", settings.fill("system", {})),
                Message("user", task.transcript),
                Message("user", "\n".join(instructions)),
            ),
            schema=compose_schemas(schemas),
            temperature=settings.temperature,
            seed=settings.seed,
            max_output_tokens=settings.max_output_tokens,
            deadline=deadline,
        )

    def validate(
        self,
        analysis: Analysis[Any],
        data: Any,
        citable: Mapping[int, Span],
        method: Literal["stated", "classical"] = "stated",
    ) -> Any:
        """Make a result of plain data; sentence numbers become spans.

        Raises:
            pydantic.ValidationError: the data does not fit the result type.
        """
        return analysis.validate(
            _replace_surrogates(data),
            options=self.settings.options,
            sentences=citable,
            text=self._shown_text,
            method=method,
        )

    @cached_property
    def _shown_text(self) -> str:
        """All that the transcript shows, with a headline, byline or outlet that was given beside the text."""
        facts = (self.article.title, self.article.byline, self.article.outlet)
        return "\n".join([without_surrogates(self.article.text), *filter(None, facts)])


def _replace_surrogates(data: Any) -> Any:
    """Replace lone surrogates in plain data, which JSON can spell and no file can hold."""
    if isinstance(data, str):
        return without_surrogates(data)
    if isinstance(data, dict):
        return {_replace_surrogates(key): _replace_surrogates(value) for key, value in data.items()}
    return [_replace_surrogates(value) for value in data] if isinstance(data, list) else data
