"""An article's way through a reader: one value with everything that a reading depends on, and how to build it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from newslens.analyses import ALL, FRAMING
from newslens.analyses.analysis import Analysis, Options, Reading
from newslens.analyses.codebook import Codebook
from newslens.analyses.findings import Coverage, Problem
from newslens.article.article import Article
from newslens.article.spans import without_surrogates
from newslens.errors import ConfigurationError, NewslensError, contain_bugs
from newslens.llm.exchange import Ask
from newslens.options import Calls, Judging, Limits, Measure
from newslens.reading import templates as prompts
from newslens.reading.judge import Judge
from newslens.reading.parts import Window
from newslens.reading.questions import RequestBuilder, Settings
from newslens.reading.reader import Reader, ReadingResult

OfflineReader = Callable[[Reading], Any]

_JUDGED_WITH: Mapping[Measure, tuple[str, Mapping[str, Any]]] = {
    "logprobs": ("judge-letter", {"question": "", "options": ""}),
    "votes": ("judge-vote", {"questions": ""}),
}


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """How articles are read. `dataclasses.replace(pipeline, ask=…)` reads in the same way through another `ask`.

    Attributes:
        analyses: what to look for.
        settings: what all requests about an article share.
        limits: how much goes into one request.
        deadline_s: seconds for one article.
        calls: one request for all analyses of a part, or one for each.
        ask: answers requests; None reads without a model.
        readers: offline readers by the name of an analysis's prompt; used when `ask` is None.
        judge: measures labels after the reading; None leaves them as stated.
        window: what the server has said about its context window, shared by all articles.
        kind: the kind of reader.
        model: name of the model; None for the offline reader.
        server: identifies the server in the cache and in results files.
        host: host name of the server, for prices; empty if there is none.
    """

    analyses: tuple[Analysis[Any], ...]
    settings: Settings
    limits: Limits
    deadline_s: float
    calls: Calls = "joint"
    ask: Ask | None = None
    readers: Mapping[str, OfflineReader] = field(default_factory=dict, repr=False)
    judge: Judge | None = None
    window: Window | None = None
    kind: Literal["classical", "server", "gguf", "caller"] = "classical"
    model: str | None = None
    server: str = field(default="", repr=False)  # the path of a URL may hold a token
    host: str = ""

    async def read(self, article: Article) -> ReadingResult:
        """Read an article, and measure its labels if there is a judge.

        Raises:
            ConfigurationError: the window has no room for the prompts. Other errors are in the result.
        """
        import anyio

        if self.ask is None:
            return await anyio.to_thread.run_sync(self.read_offline, article)
        reader = Reader(
            self.ask,
            article,
            self.settings,
            limits=self.limits,
            deadline_s=self.deadline_s,
            model=self.model,
            window=self.window,
        )
        groups = [self.analyses] if self.calls == "joint" else [(analysis,) for analysis in self.analyses]
        result = await reader.read(groups)
        if self.judge is None:
            return result
        return await self.judge.measure_labels(article, result, self.analyses, deadline=reader.deadline)

    def read_offline(self, article: Article) -> ReadingResult:
        """Read an article without a model: deterministic, and no request is sent.

        Raises:
            ConfigurationError: all of the analyses need a model. Other errors are in the result.
        """
        readers = {analysis.name: analysis.offline or self.readers.get(analysis.prompt) for analysis in self.analyses}
        if not any(readers.values()):
            names = ", ".join(readers)
            raise ConfigurationError(f"No offline reader for {names}. Name a model: Lens(model=…).")
        builder, options = RequestBuilder(article, self.settings), self.settings.options
        citable = {span.sentence: span for span in (*filter(None, [article.headline]), *article.sentences)}
        results: dict[str, Any] = {}
        coverage, problems, first_error = [], [], None
        for analysis in self.analyses:
            read = readers[analysis.name]
            if read is None:
                coverage.append(Coverage.of_unread(analysis.name))
                continue
            try:
                with contain_bugs():
                    data = read(Reading(article, options, analysis.book(options)))
                    results[analysis.name] = analysis.merge([builder.validate(analysis, data, citable, "classical")])
            except NewslensError as error:
                first_error = first_error or error
                problems.append(Problem.of(analysis.name, error))
            ranges = [(0, len(article.text))] if analysis.name in results else ()
            coverage.append(Coverage.of(analysis.name, article, ranges))
        return ReadingResult(results, tuple(coverage), tuple(problems), error=first_error)


def choose_analyses(
    analyses: Sequence[Analysis[Any]],
    codebook: Codebook | str | None,
    options: Options,
    *,
    taken: frozenset[str] = frozenset(),
) -> tuple[Analysis[Any], ...]:
    """Return the analyses, each once, the framing among them with the caller's label set.

    Args:
        analyses: what to look for.
        codebook: the label set of the framing, or its name; None for the one that it has.
        options: where a codebook is looked for by name.
        taken: names that a report cannot hold.

    Raises:
        ConfigurationError: no analysis, something else, a name that cannot be used, or a codebook without a framing.
        CodebookError: the codebook is missing or breaks its rules.
    """
    if isinstance(analyses, Analysis):
        raise ConfigurationError("analyses takes a list, such as analyses=[newslens.SUMMARY].")
    chosen: dict[str, Analysis[Any]] = {}
    for analysis in analyses:
        _check_analysis(analysis, taken)
        if analysis.name in chosen:
            raise ConfigurationError(f"Two analyses are called {analysis.name!r}. Give one of them another name.")
        chosen[analysis.name] = analysis
    if not chosen:
        raise ConfigurationError("There is nothing to look for: analyses is empty.")
    if codebook is not None:
        book = options.named(codebook) if isinstance(codebook, str) else codebook
        if not isinstance(book, Codebook):
            raise ConfigurationError("codebook takes a name, or a value: codebook=Codebook.load(path).")
        if FRAMING.name not in chosen:
            raise ConfigurationError("codebook is the label set of the framing, which is not among the analyses.")
        chosen[FRAMING.name] = replace(chosen[FRAMING.name], codebook=book)
    return tuple(chosen.values())


def _check_analysis(analysis: object, taken: frozenset[str]) -> None:
    if not isinstance(analysis, Analysis):
        raise ConfigurationError(f"analyses takes values such as newslens.SUMMARY, not {type(analysis).__name__}.")
    name = analysis.name
    if not name.isidentifier() or name in taken:
        raise ConfigurationError(f"{name!r} cannot name an analysis: a report could not hold it.")
    if any(one.name == name and one.result is not analysis.result for one in ALL):
        raise ConfigurationError(f"{name!r} is a built-in analysis with another result. Choose another name.")


def check_targets(targets: Sequence[str]) -> tuple[str, ...]:
    """Return the targets of stances, each once, with single spaces and without lone surrogates.

    Raises:
        ConfigurationError: not a list of phrases.
    """
    if isinstance(targets, str) or not isinstance(targets, Sequence):
        raise ConfigurationError(f"targets takes a list of phrases, such as targets=['the bill'], not {targets!r}.")
    for target in targets:
        if not isinstance(target, str) or not target.strip():
            raise ConfigurationError(f"A target must be a phrase such as 'the carbon tax', got {target!r}.")
    return tuple(dict.fromkeys(without_surrogates(" ".join(target.split())) for target in targets))


def load_templates(
    analyses: Sequence[Analysis[Any]],
    options: Options,
    judge: Judging | bool,  # noqa: FBT001 - the option's own type
) -> dict[str, prompts.Prompt]:
    """Load every template that the analyses and their judge use, and fill each once to see that its placeholders fit.

    Raises:
        PromptError: a template is missing, or its placeholders do not fit.
        InternalError: an analysis's own code failed.
    """
    wanted: dict[str, Mapping[str, str]] = {"system": {}, "again": {"errors": ""}}
    wanted |= dict(_JUDGED_WITH[one] for one in getattr(judge, "methods", ()) if one in _JUDGED_WITH)
    for analysis in analyses:
        with contain_bugs():
            wanted[analysis.prompt] = analysis.values(options, analysis.book(options))
        if analysis.reduce is not None:
            wanted[analysis.reduce.prompt] = {"points": ""}
    loaded = {name: prompts.load(name, options.directory) for name in wanted}
    for name, prompt in loaded.items():
        prompt.fill(wanted[name])
    return loaded


def check_schemas(analyses: Sequence[Analysis[Any]], options: Options) -> None:
    """Build the schema of each analysis, so that a result type that no server takes is refused early.

    Raises:
        ConfigurationError: a result type that no strict schema can express.
    """
    for analysis in analyses:
        analysis.build_schema(options)


def list_codebooks(analyses: Sequence[Analysis[Any]], options: Options) -> dict[str, str]:
    """Return version and hash of every codebook that the analyses use, by its name."""
    books = [book for analysis in analyses if (book := analysis.book(options)) is not None]
    return {book.name: f"{book.version} sha256:{book.sha256}" for book in books}
