"""The façade: `Lens(…).analyze(article)` returns a report."""

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
from newslens.analyses.summary import Faithfulness
from newslens.article.article import Article, require_article
from newslens.errors import ConfigurationError
from newslens.llm.client import Client, resolve
from newslens.llm.exchange import Ask
from newslens.offline.checks import check_summary
from newslens.offline.reader import READERS
from newslens.options import MODEL_FILE, SERVER, Budget, Calls, Judging, Limits, Rate, Retry
from newslens.reading.judge import Judge, judge_summary
from newslens.reading.parts import Window
from newslens.reading.pipeline import Pipeline, check_schemas, check_targets, choose_analyses, load_templates
from newslens.reading.questions import Settings
from newslens.report.report import Report, build_report, read_report

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

    from openai import AsyncOpenAI

    from newslens.corpus import Estimate, Input, Outcome
    from newslens.corpus.batch import Batch, Submitted
    from newslens.llm.store import Store
    from newslens.options import RunKeywords

_TAKEN = (frozenset(Report.model_fields) | {"articles"}) - {analysis.name for analysis in ALL}  # names of tables, too


class Lens:
    """Reads articles. Keep one for many articles; it can be shared between threads and tasks.

    Without arguments the environment decides (`OPENAI_API_KEY`, `OPENAI_BASE_URL`, `NEWSLENS_MODEL`). If that names no
    model either, articles are read by simple methods, and one line on stderr says so.

    Args:
        model: name of the model at the server.
        base_url: an OpenAI-compatible server other than OpenAI's.
        api_key: its key, if it needs one.
        client: a ready `openai.AsyncOpenAI`; its own retries are switched off in a copy.
        gguf: a model file to run inside this process (extra `local`).
        ask: your own function that answers a `Request` (for tests: `newslens.testing.Scripted`).
        store: keeps every answer before anything else happens, so that none is paid for twice.
        offline: read without a model, whatever the environment says.
        analyses: what to look for; `newslens.ALL` has more than the default.
        targets: report stances toward these; by default toward the targets that the article has.
        codebook: label set for the framing, or its name; by default the policy frames.
        prompts: a directory with templates, and a folder `codebooks`, that override those of newslens.
        calls: one request for all analyses of a part ("joint") or one for each ("separate"); joint by default, separate
            for a GGUF file.
        blind: leave outlet and byline out of the prompt.
        limits: tokens of the window and the answer, overlap, requests in flight.
        retry: attempts, waits, deadline in seconds; a GGUF file has more time by default.
        rate: requests and tokens per minute, requests in flight; by default learned from the server's headers. Shared
            by all lenses of the process that use the same model at the same server.
        budget: caps on dollars and tokens over all articles of this lens.
        judge: how labels get probabilities. True uses the server's decisions endpoint if it has one, with one more
            request per article; False measures nothing. With `ask` or `gguf`, pass a `Judging`.
        max_output_tokens: limit of one answer, sent only if set; `limits.answer` for a GGUF file.
        temperature: sent only if set; reasoning models refuse it.
        seed: sent only if set.

    Attributes:
        pipeline: everything that a reading depends on.
        endpoint: the server, model file or function that is asked.

    Raises:
        ConfigurationError: the settings cannot work.
        PromptError: a template is missing or its holes do not fit.
        CodebookError: a codebook is missing or breaks its rules.
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
        if calls not in (None, "joint", "separate"):
            raise ConfigurationError(f"calls must be 'joint' or 'separate', got {calls!r}.")
        if not isinstance(judge, Judging | bool):
            raise ConfigurationError(
                f"judge must be True, False or a value such as judge=Judging(methods=…), got {judge!r}."
            )
        if ask is not None and (rate or budget):
            raise ConfigurationError("With your own ask, newslens applies neither rate nor budget: apply them there.")
        default = MODEL_FILE if endpoint.kind == "gguf" else SERVER
        limits = limits or default.limits
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
        self.retry = retry or default.retry
        self._client = None
        if endpoint.kind in {"server", "gguf"}:
            check_schemas(used, wanted)
            self._client = Client(
                endpoint, client=client, retry=self.retry, rate=rate, budget=budget, window=limits.window
            )
        judging = judge if isinstance(judge, Judging) else Judging() if judge and endpoint.kind == "server" else None
        found = self._client.ask if self._client is not None else ask
        if found is not None and store is not None:
            from newslens.llm.store import Stored

            found = Stored(found, store, server=endpoint.server, model=endpoint.model)
        self.pipeline = Pipeline(
            analyses=used,
            settings=given,
            limits=limits,
            deadline_s=self.retry.deadline_s,
            calls=calls or default.calls,
            ask=found,
            readers=READERS,
            judge=Judge(found, judging, given) if judging and found else None,
            window=Window(),
            kind=endpoint.kind,
            model=endpoint.model,
            server=endpoint.server,
            host=endpoint.host or "",
        )
        if not endpoint.chosen:
            _announce()

    def __repr__(self) -> str:
        names = ", ".join(analysis.name for analysis in self.pipeline.analyses)
        reader = self.endpoint.model or ("offline" if self.pipeline.ask is None else "own ask")
        return f"Lens({reader}: {names})"

    def analyze(self, article: Article | str) -> Report:
        """Read one article; a `str` is its text, never a path.

        Works in threads, in notebooks and inside running event loops. Ctrl-C cancels the requests in flight.

        Raises:
            InputError: the text contains no article.
            ServiceError, ReplyError: no analysis succeeded. If any did, the report says what is missing.
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
        """Compare each sentence of a summary with the article.

        Numbers, dates, names, quotations and negation are compared in code. A sentence without a fault is put to the
        judge, or stays `unclear` if this lens has none.
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

    def analyze_many(self, articles: "Iterable[Input]", **options: "Unpack[RunKeywords]") -> "Iterator[Outcome]":
        """Read many articles concurrently in constant memory, with one outcome each.

        With a store, finished articles are not read again. `newslens.RunOptions` describes the options; see also
        `newslens.corpus.analyze_many`.
        """
        from newslens.corpus import analyze_many

        return analyze_many(self.pipeline, articles, store=self.store, **options)

    def aanalyze_many(
        self, articles: "Iterable[Input] | AsyncIterable[Input]", **options: "Unpack[RunKeywords]"
    ) -> "AsyncIterator[Outcome]":
        """Like `analyze_many`, for async code."""
        from newslens.corpus import aanalyze_many

        return aanalyze_many(self.pipeline, articles, store=self.store, **options)

    def estimate(
        self, articles: "Iterable[Input]", *, run: str | None = None, retry_failed: bool = False
    ) -> "Estimate":
        """Estimate the requests, tokens and dollars of `analyze_many` without sending anything."""
        from newslens.corpus.estimate import estimate

        return estimate(self.pipeline, articles, store=self.store, run=run, retry_failed=retry_failed)

    def batch(self) -> "Batch":
        """The Batch API of this lens's server; see `newslens.corpus.batch.Batch`.

        Raises:
            ConfigurationError: the lens has no server or no store.
        """
        from newslens.corpus.batch import Batch

        client = self._client
        if client is None:
            raise ConfigurationError("A batch needs a server with OpenAI's Batch API. Give the lens a model and a key.")
        if self.store is None:
            raise ConfigurationError("A batch is kept in a store. Give the lens one: Lens(store=Store('run.db')).")
        return Batch(self.pipeline, self.store, client)

    def submit_batch(self, articles: "Iterable[Input]", *, retry_failed: bool = False) -> "Submitted":
        """Submit what `analyze_many` would request, for answers within a day at half the price; see `Batch.submit`."""
        return self.batch().submit(articles, retry_failed=retry_failed)

    def collect_batch(self, articles: "Iterable[Input]", *, live: bool = False) -> "Iterator[Outcome]":
        """Build the reports that a batch has answers for; see `Batch.collect`."""
        return self.batch().collect(articles, live=live)

    def close(self) -> None:
        """Close connections and stop a model that was started here. The lens can be used again."""
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
    """Say once on stderr that no model is configured."""
    print(  # noqa: T201 - people on a terminal have to see it
        "newslens: no model is configured, so articles are read by simple methods. See `newslens doctor`.",
        file=sys.stderr,
    )
