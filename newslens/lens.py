"""An article goes in, a report comes out: `Lens(…).analyze(article)`, sync and async."""

import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, Unpack

from pydantic import SecretStr

from newslens.analyses import ALL, DEFAULT, Summary
from newslens.analyses.analysis import Analysis, Options
from newslens.analyses.codebook import Codebook
from newslens.analyses.faithfulness import Faithfulness
from newslens.article.article import Article, require_article
from newslens.errors import ConfigurationError
from newslens.llm.client import Client, resolve
from newslens.llm.exchange import Ask
from newslens.offline.checks import check_summary
from newslens.options import MODEL_FILE, SERVER, Budget, Calls, Judging, Limits, Rate, Retry
from newslens.reading.checking import judge_summary
from newslens.reading.judge import Judge
from newslens.reading.parts import Window
from newslens.reading.pipeline import Pipeline, check_schemas, check_targets, choose_analyses, load_templates
from newslens.reading.questions import Settings
from newslens.report.report import Report, build_report, read_report

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

    from openai import AsyncOpenAI

    from newslens.corpus import Estimate, Input
    from newslens.corpus import Outcome as BulkOutcome
    from newslens.corpus.batch import Batch, Submitted
    from newslens.llm.store import Store
    from newslens.options import RunKeywords

_TAKEN = (frozenset(Report.model_fields) | {"articles"}) - {analysis.name for analysis in ALL}  # names of tables, too


class Lens:
    """Reads articles. Keep one for many articles; it is safe to share between threads and tasks.

    With no argument, the environment decides (`OPENAI_API_KEY`, `OPENAI_BASE_URL`, `NEWSLENS_MODEL`); with nothing
    there either, articles are read by classical methods, which is said once on stderr.

    Args:
        model: name of the model at the server.
        base_url: an OpenAI-compatible server other than OpenAI's.
        api_key: its key, if it asks for one.
        client: a ready `openai.AsyncOpenAI`; its own retries are switched off in our copy.
        gguf: a model file to run inside this process (extra `local`).
        ask: the caller's own way to answer a `Request` (for tests: `newslens.testing.Scripted`).
        store: where answers are kept before anything else happens, so that none is paid for twice.
        offline: read by classical methods, whatever the environment says.
        analyses: what to look for; `newslens.ALL` has more than the default.
        targets: what stances are wanted toward; empty: those that the article has.
        codebook: label set for the framing, or the name of one; None: the policy frames.
        prompts: a directory with templates, and a folder `codebooks`, that override ours.
        calls: one request for all analyses of a part, or one for each; None: joint, but separate for a GGUF file.
        blind: leave outlet and byline out of the prompt.
        limits: window and answer size in tokens, overlap, requests in flight.
        retry: attempts, waits, deadline in seconds; a GGUF file gets a patient one.
        rate: requests and tokens a minute, requests in flight; None: learned from the server's headers. One for all
            lenses of the process that ask the same model of the same server.
        budget: caps on dollars and tokens, over all articles of this lens.
        judge: how labels get probabilities (`Judging`). True: from the server's decisions endpoint, if it has one, by
            one more request an article. False: not at all. With `ask` or `gguf`, only a `Judging` asks for more;
            the offline reader has none to ask.
        max_output_tokens: limit of one answer, sent only when set; a GGUF file gets `limits.answer`.
        temperature: sent only when set; reasoning models refuse it.
        seed: sent only when set.

    Raises:
        ConfigurationError: settings that cannot work; said here, not at the first article.
        PromptError: a template that is missing or whose holes do not fit.
        CodebookError: a codebook that is missing or breaks its rules.
    """

    def __init__(  # noqa: PLR0913 - keyword-only settings, each one documented
        self,
        model: str | None = None,
        *,
        base_url: str | None = None,
        api_key: str | SecretStr | None = None,
        client: "AsyncOpenAI | None" = None,
        gguf: str | os.PathLike[str] | None = None,
        ask: Ask | None = None,
        store: "Store | None" = None,
        offline: bool = False,
        analyses: Sequence[Analysis[Any]] = DEFAULT,
        targets: Sequence[str] = (),
        codebook: Codebook | str | None = None,
        prompts: str | os.PathLike[str] | None = None,
        calls: Calls | None = None,
        blind: bool = False,
        limits: Limits | None = None,
        retry: Retry | None = None,
        rate: Rate | None = None,
        budget: Budget | None = None,
        judge: Judging | bool = True,
        max_output_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
    ) -> None:
        endpoint = resolve(
            model=model, base_url=base_url, api_key=api_key, gguf=gguf, offline=offline, client=client, ask=ask
        )
        default = MODEL_FILE if endpoint.kind == "gguf" else SERVER
        limits = limits or default.limits
        self.retry = retry or default.retry
        if calls not in (None, "joint", "separate"):
            raise ConfigurationError(f"calls must be 'joint' or 'separate', got {calls!r}.")
        if max_output_tokens is None and default.bounded:
            max_output_tokens = limits.answer
        wanted = Options(targets=check_targets(targets), directory=None if prompts is None else Path(prompts))
        used = choose_analyses(analyses, codebook, wanted, taken=_TAKEN)
        given = Settings(
            options=wanted,
            templates=load_templates(used, wanted, judge),
            blind=blind,
            max_output_tokens=max_output_tokens,
            temperature=temperature,
            seed=seed,
        )
        self.store = store
        self.endpoint = endpoint
        self._client = self._connected(used, given, limits, ask, client, rate, budget)
        found = self._client.ask if self._client is not None else ask
        if found is not None and store is not None:
            from newslens.llm.store import Stored

            found = Stored(found, store, server=endpoint.server, model=endpoint.model)
        judging = self._judging(judge)
        self.pipeline = Pipeline(
            analyses=used,
            settings=given,
            limits=limits,
            deadline_s=self.retry.deadline_s,
            calls=calls or default.calls,
            ask=found,
            judge=Judge(found, judging, given) if judging and found else None,
            window=Window(),
            kind=endpoint.kind,
            model=endpoint.model,
            server=endpoint.server,
            host=endpoint.host or "",
        )
        if not endpoint.chosen:
            _announce()

    def _connected(  # noqa: PLR0913, PLR0917
        self,
        analyses: tuple[Analysis[Any], ...],
        given: Settings,
        limits: Limits,
        ask: Ask | None,
        client: "AsyncOpenAI | None",
        rate: Rate | None,
        budget: Budget | None,
    ) -> Client | None:
        if ask is not None and not (rate is None and budget is None):
            raise ConfigurationError(
                "With an ask of your own, newslens keeps neither rate nor budget: keep them there."
            )
        if ask is not None or self.endpoint.kind == "classical":
            return None
        check_schemas(analyses, given.options)
        return Client(self.endpoint, client=client, retry=self.retry, rate=rate, budget=budget, window=limits.window)

    def _judging(self, wanted: Judging | bool) -> Judging | None:  # noqa: FBT001 - the option's own type
        if isinstance(wanted, Judging):
            return wanted
        if not isinstance(wanted, bool):
            raise ConfigurationError(
                f"judge takes True, False or a value such as judge=Judging(methods=…), not {wanted!r}."
            )
        return Judging() if wanted and self._client and self.endpoint.kind != "gguf" else None

    def __repr__(self) -> str:
        names = ", ".join(analysis.name for analysis in self.pipeline.analyses)
        reader = self.endpoint.model or {"classical": "offline reader"}.get(self.endpoint.kind, "the caller's ask")
        return f"Lens({reader}: {names})"

    def analyze(self, article: Article | str) -> Report:
        """Read one article; a `str` is its text, never a path.

        Works in threads, in notebooks and inside running event loops; Ctrl-C cancels what is in flight.

        Raises:
            InputError: there is no article in the text.
            ServiceError, ReplyError: no analysis gave anything. If any did, the report says what is missing.
        """
        if self.pipeline.ask is None:
            article = require_article(article)
            return build_report(article, self.pipeline.read_offline(article), self.pipeline)
        from newslens.llm import loop

        return loop.run(self.aanalyze, article)

    async def aanalyze(self, article: Article | str) -> Report:
        """Like `analyze`, for async code."""
        return await read_report(self.pipeline, article)

    def check_summary(self, article: Article | str, summary: str | Summary) -> Faithfulness:
        """Compare each sentence of a summary, ours or anybody's, with the article.

        Numbers, dates, names, quotations and negation are compared in code. A sentence in which that finds no fault is
        put to the judge, or left `unclear` if this lens has none.
        """
        if self.pipeline.judge is None:
            return check_summary(require_article(article), summary)
        from newslens.llm import loop

        return loop.run(self.acheck_summary, article, summary)

    async def acheck_summary(self, article: Article | str, summary: str | Summary) -> Faithfulness:
        """Like `check_summary`, for async code."""
        import anyio

        article = await anyio.to_thread.run_sync(require_article, article)
        found = await anyio.to_thread.run_sync(check_summary, article, summary)
        deadline = monotonic() + self.retry.deadline_s
        judge = self.pipeline.judge
        return await judge_summary(judge, article, found, deadline=deadline) if judge else found

    def analyze_many(self, articles: "Iterable[Input]", **options: "Unpack[RunKeywords]") -> "Iterator[BulkOutcome]":
        """Read many articles side by side in constant memory: one outcome for each; see `newslens.corpus.analyze_many`.

        With a store, what was finished before is not asked again. Options: `concurrency`, `order`, `on_error`, `run`,
        `retry_failed`, `progress`, `total`; see `newslens.RunOptions`.
        """
        from newslens.corpus import analyze_many

        return analyze_many(self.pipeline, articles, store=self.store, **options)

    def aanalyze_many(
        self, articles: "Iterable[Input] | AsyncIterable[Input]", **options: "Unpack[RunKeywords]"
    ) -> "AsyncIterator[BulkOutcome]":
        """Like `analyze_many`, for async code."""
        from newslens.corpus import aanalyze_many

        return aanalyze_many(self.pipeline, articles, store=self.store, **options)

    def estimate(
        self, articles: "Iterable[Input]", *, run: str | None = None, retry_failed: bool = False
    ) -> "Estimate":
        """What `analyze_many` would ask and cost, without asking; see `newslens.corpus.Estimate`."""
        from newslens.corpus.estimate import estimate

        return estimate(self.pipeline, articles, store=self.store, run=run, retry_failed=retry_failed)

    def batch(self) -> "Batch":
        """What this lens gives to its server's Batch API; see `newslens.corpus.batch.Batch`."""
        from newslens.corpus.batch import Batch

        client = self._client
        if client is None:
            raise ConfigurationError("A batch needs a server with OpenAI's Batch API. Give the lens a model and a key.")
        if self.store is None:
            raise ConfigurationError("A batch is kept in a store. Give the lens one: Lens(store=Store('run.db')).")
        return Batch(self.pipeline, self.store, client)

    def submit_batch(self, articles: "Iterable[Input]", *, retry_failed: bool = False) -> "Submitted":
        """Ask within a day, at half the price, what `analyze_many` would ask at once; see `Batch.submit`."""
        return self.batch().submit(articles, retry_failed=retry_failed)

    def collect_batch(self, articles: "Iterable[Input]", *, live: bool = False) -> "Iterator[BulkOutcome]":
        """The reports that a batch has given the answers for; see `Batch.collect`."""
        return self.batch().collect(articles, live=live)

    def close(self) -> None:
        """Close connections, and stop a model that was started here. The lens can be used again."""
        if self._client is not None:
            from newslens.llm import loop

            loop.run(self._client.aclose)

    async def aclose(self) -> None:
        """Like `close`, for async code."""
        if self._client is not None:
            await self._client.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


@cache
def _announce() -> None:
    """Say once that nothing was configured; the report says it too, in its provenance."""
    print(  # noqa: T201 - people on a terminal have to see it
        "newslens: no model is configured; reading by classical methods. `newslens doctor` says how to set one up.",
        file=sys.stderr,
    )
