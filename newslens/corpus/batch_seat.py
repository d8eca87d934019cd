"""What a batch needs of a lens: its store, its server, and a twin that somebody else answers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newslens.corpus.batch_remote import Remote
from newslens.corpus.lock import lock
from newslens.errors import ConfigurationError, StoreError
from newslens.llm.client import Client
from newslens.llm.exchange import Ask, Request
from newslens.llm.store import Store, cache_key
from newslens.options import Budget
from newslens.reading.pipeline import Pipeline

if TYPE_CHECKING:
    from openai import AsyncOpenAI


_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)  # a link in a shared folder would lead to somebody's file; 0 on Windows


@dataclass(frozen=True, slots=True)
class Seat:
    """A pipeline with everything that a batch needs.

    Attributes:
        pipeline: how articles are read.
        backend: the way to the server.
        ask: its way to answer at once.
        store: where the batch lives.
        server: the server's name in the store.
        model: the model that is asked.
        client: the SDK client that the caller gave, if any.
        capped: there is a budget.
    """

    pipeline: Pipeline = field(repr=False)
    backend: Client = field(repr=False)
    ask: Ask = field(repr=False)
    store: Store
    server: str
    model: str
    client: "AsyncOpenAI | None" = field(repr=False)
    capped: bool

    def address(self, request: Request) -> str:
        """Where the store keeps the answer to a request."""
        return cache_key(request, server=self.server, model=self.model)

    def remote(self) -> Remote:
        """The way to the server."""
        return Remote(self.backend.endpoint, self.client, self.backend.retry)

    def twin(self, ask: Ask, *, judged: bool) -> Pipeline:
        """The same pipeline through another `ask`; without its judge, unless it is `judged`."""
        # A plan is for one article and must not depend on what was read before, so it knows no window.
        return replace(self.pipeline, ask=ask, window=None, judge=self.pipeline.judge if judged else None)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time: a batch that another is just starting must not be taken for one that was lost.

        Raises:
            ConfigurationError: another process is at it.
        """
        path = self.store.path
        try:
            opened = open(  # noqa: SIM115 - Path.open takes no opener; closed below
                path.with_name(f"{path.name}.lock"), "ab", opener=lambda name, flags: os.open(name, flags | _NOFOLLOW)
            )
        except OSError as error:
            raise StoreError(f"The lock file {path}.lock cannot be opened ({error.strerror}). Remove it.") from error
        with opened as file:
            if not lock(file):
                raise ConfigurationError(f"Another process sends or fetches the batches of {path}. Wait for it.")
            yield


def seat_of(pipeline: Pipeline, store: Store, backend: Client) -> Seat:
    """The seat of a pipeline.

    Raises:
        ConfigurationError: it has no server to give a batch to.
    """
    if pipeline.ask is None or pipeline.model is None or pipeline.kind == "gguf":
        raise ConfigurationError("A batch needs a server with OpenAI's Batch API. Give the lens a model and a key.")
    capped = backend.budget not in (None, Budget())
    return Seat(pipeline, backend, pipeline.ask, store, pipeline.server, pipeline.model, backend.sdk, capped)
