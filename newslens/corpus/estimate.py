"""What a run would ask and cost, found by reading up to the point where a model would be asked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from newslens.corpus.job import Input, Job
from newslens.corpus.journal import Journal
from newslens.errors import ConfigurationError, NewslensError, Usage
from newslens.llm import loop
from newslens.llm.exchange import Ask, Request, Response
from newslens.llm.store import Store, Stored
from newslens.llm.tokens import compute_cost, count, encoding_name
from newslens.reading.parts import count_prompt_tokens
from newslens.reading.pipeline import Pipeline
from newslens.report.report import read_report

# Tokens of an answer for each analysis that it holds. The median of what the built-in analyses find in the sample
# articles is 349, written as a model would have to write it (offline reader, o200k).
TYPICAL = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would ask and cost, as far as that is known before the first answer.

    Not in it, as nobody knows before: retries, second tries after an answer that does not fit, the merging of
    articles in several parts, and what a judge is asked about the findings. An article that is there twice counts
    twice.

    Attributes:
        articles: all of the input.
        unreadable: those that end in an error with no request.
        stored: those that are in the store as finished by the same run.
        requests: to be sent; those whose answers are in the store are not.
        input_tokens: of these requests, the schema included. As if no server had any prompt in its cache.
        output_tokens: of their answers, by `assumption`.
        assumption: where `output_tokens` comes from.
        cost_usd: at today's list price; None when the price is not known.
    """

    articles: int = 0
    unreadable: int = 0
    stored: int = 0
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    assumption: str = "nothing is asked"
    cost_usd: Decimal | None = Decimal(0)


class Plan:
    """An `Ask` that notes what it is asked and answers nothing but what the store has.

    Args:
        store: where stored answers are looked up.
        server: identifies the server in the store.
        model: name of the model that would be asked.
        host: name of the server, for its prices.
    """

    def __init__(self, store: Store | None, *, server: str, model: str | None, host: str) -> None:
        self._known: Ask = self._noted
        if store is not None:
            self._known = Stored(self._noted, store, server=server, model=model)
        self._model = model
        self._host = host
        self._requests = self._input = self._analyses = 0
        self._answers = self._longer = 0

    async def __call__(self, request: Request) -> Response:
        """The stored answer.

        Raises:
            NewslensError: there is none, so the request would be sent.
        """
        reply = await self._known(request)
        self.learn(1, count(reply.text, encoding=encoding_name(self._model)))
        return reply

    async def _noted(self, request: Request) -> Response:
        self._requests += 1
        self._input += count_prompt_tokens(request, self._model)
        self._analyses += len(request.schema["properties"])
        raise _NotAsked

    def learn(self, requests: int, tokens: int) -> None:
        """Take note of answers that came before, and of how long they were together."""
        self._answers += requests
        self._longer += tokens

    def priced(self, counted: Estimate) -> Estimate:
        """The estimate with its requests, tokens and dollars."""
        if not self._requests:
            return counted
        output, assumption = self._output()
        usage = Usage(requests=self._requests, input_tokens=self._input, output_tokens=output)
        return replace(
            counted,
            requests=self._requests,
            input_tokens=self._input,
            output_tokens=output,
            assumption=assumption,
            cost_usd=compute_cost(self._model or "", self._host, usage),
        )

    def _output(self) -> tuple[int, str]:
        if self._answers:
            each = round(self._longer / self._answers)
            return each * self._requests, f"{each} tokens an answer, the mean of {self._answers} in the store"
        return (
            TYPICAL * self._analyses,
            f"{TYPICAL} tokens for each analysis and part, without reasoning; none is stored",
        )


class _NotAsked(NewslensError):
    """Stands for an answer that was not asked for."""


def estimate(
    pipeline: Pipeline, articles: Iterable[Input], *, store: Store | None, run: str | None, retry_failed: bool
) -> Estimate:
    """Estimate a run over all articles, in constant memory.

    Args:
        pipeline: how articles would be read.
        articles: as `analyze_many` takes them.
        store: where answers and runs are kept.
        run: as for `analyze_many`.
        retry_failed: as for `analyze_many`.

    Raises:
        ConfigurationError: settings that cannot work.
    """
    plan = Plan(store, server=pipeline.server, model=pipeline.model, host=pipeline.host)
    # The judge is left out: what it is asked depends on findings, and it would really be asked.
    dry = pipeline if pipeline.ask is None else replace(pipeline, ask=plan, judge=None)
    journal = Journal(store, pipeline, run=run, retry_failed=retry_failed) if store is not None else None
    number = unreadable = stored = 0
    for job in map(Job.of, articles):
        number += 1
        known = journal.known(job) if journal is not None else None
        if known is not None:
            stored += 1
            plan.learn(known.usage.requests, known.usage.output_tokens)
        else:
            unreadable += not _is_readable(dry, job)
    return plan.priced(Estimate(articles=number, unreadable=unreadable, stored=stored))


def _is_readable(pipeline: Pipeline, job: Job) -> bool:
    """Go the way of one article up to its requests; False if it is not one that can be read."""
    if isinstance(job.content, NewslensError):
        return False
    if pipeline.ask is None:
        return True
    try:
        loop.run(read_report, pipeline, job.content)
    except ConfigurationError:
        raise
    except NewslensError as error:
        return isinstance(error, _NotAsked)
    return True
