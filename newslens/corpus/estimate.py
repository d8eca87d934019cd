"""Estimate what a run would ask and cost, by reading articles up to the point where a model would be asked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from newslens.corpus.inputs import Input, KeyedInput
from newslens.corpus.journal import Journal
from newslens.errors import ConfigurationError, NewslensError, Usage, contain_bugs
from newslens.llm import loop
from newslens.llm.exchange import Ask, Request, Response
from newslens.llm.store import Store, Stored
from newslens.llm.tokens import compute_cost, count, encoding_name
from newslens.reading.parts import count_prompt_tokens
from newslens.reading.pipeline import Pipeline
from newslens.report.report import read_report

# Tokens of an answer for each analysis in it. The median of what the built-in analyses find in the sample articles is
# 349, in the form in which a model would have to write it (offline reader, o200k).
TYPICAL = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would ask and cost, as far as that is known before the first answer.

    Not included, because they depend on the answers: retries, second requests after an answer that does not fit the
    schema, the merging of articles in several parts, and the judge. An article that occurs twice counts twice.

    Attributes:
        articles: number of articles.
        unreadable: those that end in an error without a request.
        stored: those that the same run has in the store.
        requests: number of requests whose answers are not in the store.
        input_tokens: of these requests, the schema included; as if no server had any prompt in its cache.
        output_tokens: of their answers, according to `assumption`.
        assumption: where `output_tokens` comes from.
        cost_usd: at today's list price; None if the price is not known.
    """

    articles: int = 0
    unreadable: int = 0
    stored: int = 0
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    assumption: str = "nothing is asked"
    cost_usd: Decimal | None = Decimal(0)


class _NotAsked(NewslensError):
    """Raised in place of an answer that would have to be asked for."""


class _Counter:
    """An `Ask` that answers from the store only, and counts what it would have to ask."""

    def __init__(self, pipeline: Pipeline, store: Store | None) -> None:
        self._model = pipeline.model
        self._ask: Ask = self._count
        if store is not None:
            self._ask = Stored(self._count, store, server=pipeline.server, model=pipeline.model)
        self.requests = self.input_tokens = self.analyses = 0
        self.known_answers = self.known_tokens = 0

    async def __call__(self, request: Request) -> Response:
        answer = await self._ask(request)
        self.known_answers += 1
        self.known_tokens += count(answer.text, encoding=encoding_name(self._model))
        return answer

    async def _count(self, request: Request) -> Response:
        self.requests += 1
        self.input_tokens += count_prompt_tokens(request, self._model)
        self.analyses += len(request.schema["properties"])
        raise _NotAsked


def estimate(
    pipeline: Pipeline, articles: Iterable[Input], *, store: Store | None, run: str | None, retry_failed: bool
) -> Estimate:
    """Estimate a run over all articles, in constant memory.

    Args:
        pipeline: how articles would be read.
        articles: as for `analyze_many`.
        store: where answers and outcomes are kept.
        run: as for `analyze_many`.
        retry_failed: as for `analyze_many`.

    Raises:
        ConfigurationError: the settings cannot work.
    """
    counter = _Counter(pipeline, store)
    # Without the judge: its questions depend on the findings, so the answers would have to be asked for.
    dry = pipeline if pipeline.ask is None else replace(pipeline, ask=counter, judge=None)
    journal = Journal(store, pipeline, run=run, retry_failed=retry_failed) if store is not None else None
    number = unreadable = stored = 0
    for given in map(KeyedInput.of, articles):
        number += 1
        if journal is not None and (outcome := journal.find(given)) is not None:
            stored += 1
            counter.known_answers += outcome.usage.requests
            counter.known_tokens += outcome.usage.output_tokens
        else:
            unreadable += not _is_readable(dry, given)
    counted = Estimate(articles=number, unreadable=unreadable, stored=stored)
    if not counter.requests:
        return counted
    output = TYPICAL * counter.analyses
    assumption = f"{TYPICAL} tokens for each analysis and part, without reasoning; no answer is stored"
    if counter.known_answers:
        mean = round(counter.known_tokens / counter.known_answers)
        output = mean * counter.requests
        assumption = f"{mean} tokens an answer, the mean of {counter.known_answers} in the store"
    usage = Usage(requests=counter.requests, input_tokens=counter.input_tokens, output_tokens=output)
    return replace(
        counted,
        requests=usage.requests,
        input_tokens=usage.input_tokens,
        output_tokens=output,
        assumption=assumption,
        cost_usd=compute_cost(pipeline.model or "", pipeline.host, usage),
    )


def _is_readable(pipeline: Pipeline, given: KeyedInput) -> bool:
    """Read an article up to its requests; False if it ends in an error before them."""
    if isinstance(given.content, NewslensError):
        return False
    if pipeline.ask is None:
        return True
    try:
        with contain_bugs():
            loop.run(read_report, pipeline, given.content)
    except ConfigurationError:
        raise
    except NewslensError as error:
        return isinstance(error, _NotAsked)
    return True
