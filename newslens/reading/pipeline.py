"""An article's way through a reader: one value with everything that a reading depends on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from newslens.analyses.analysis import Analysis, Reading
from newslens.analyses.findings import Problem
from newslens.article.article import Article
from newslens.errors import ConfigurationError, NewslensError
from newslens.llm.exchange import Ask
from newslens.options import Calls, Limits
from newslens.reading.asking import Asker, Settings
from newslens.reading.judge import Judge
from newslens.reading.outcome import Coverage, Outcome
from newslens.reading.reader import Reader
from newslens.reading.window import Window

OfflineReader = Callable[[Reading], Any]


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

    async def read(self, article: Article) -> Outcome:
        """Read an article, and measure its labels where there is a judge."""
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
        outcome = await reader.read(groups)
        if self.judge is None:
            return outcome
        return await self.judge.judged(article, outcome, self.analyses, deadline=reader.deadline)

    def read_offline(self, article: Article) -> Outcome:
        """Read an article without a model: deterministic, and no request is sent.

        Raises:
            ConfigurationError: all of the analyses need a model.
        """
        readers = {analysis.name: analysis.offline or self.readers.get(analysis.prompt) for analysis in self.analyses}
        if not any(readers.values()):
            names = ", ".join(readers)
            raise ConfigurationError(f"No offline reader for {names}. Name a model: Lens(model=…).")
        results: dict[str, Any] = {}
        coverage, problems, first_error = [], [], None
        for analysis in self.analyses:
            read = readers[analysis.name]
            if read is None:
                coverage.append(Coverage.of_unread(analysis.name))
                continue
            try:
                results[analysis.name] = self._read_offline(article, analysis, read)
            except NewslensError as error:
                first_error = first_error or error
                problems.append(Problem.of(analysis.name, error))
            ranges = [(0, len(article.text))] if analysis.name in results else ()
            coverage.append(Coverage.of(analysis.name, article, ranges))
        return Outcome(results, tuple(coverage), tuple(problems), error=first_error)

    def _read_offline(self, article: Article, analysis: Analysis[Any], read: OfflineReader) -> Any:
        value = read(Reading(article, self.settings.options, analysis.book(self.settings.options)))
        citable = {span.sentence: span for span in article.sentences}
        if article.headline:
            citable[0] = article.headline
        return analysis.merge([Asker(article, self.settings).result(analysis, value, citable, "classical")])
