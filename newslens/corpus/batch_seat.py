"""What a batch needs of a lens: its store, its server, and a twin that somebody else answers."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newslens.corpus.batch_remote import Remote
from newslens.corpus.lock import lock
from newslens.errors import ConfigurationError
from newslens.llm.exchange import Ask, Request
from newslens.llm.store_address import address
from newslens.llm.store_package import Store
from newslens.options import Budget

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from newslens.lens import Lens  # it has the batch as a method, and so stands above


@dataclass(frozen=True, slots=True)
class Seat:
    """A lens with all that a batch needs.

    Attributes:
        lens: who reads.
        ask: its way to answer at once.
        store: where the batch lives.
        server: the server's name in the store.
        model: the model that is asked.
        client: the SDK client that the lens was given, if it was.
        capped: the lens has a budget.
    """

    lens: "Lens" = field(repr=False)
    ask: Ask = field(repr=False)
    store: Store
    server: str
    model: str
    client: "AsyncOpenAI | None" = field(repr=False)
    capped: bool

    def address(self, request: Request) -> str:
        """Where the store keeps the answer to a request."""
        return address(request, server=self.server, model=self.model)

    def remote(self) -> Remote:
        """The way to the server."""
        return Remote(self.lens.source, self.client, self.lens.retry)

    def twin(self, ask: Ask, *, judged: bool) -> "Lens":
        """The same lens, with somebody else to answer what it reads; without its judge, unless it is `judged`."""
        twin = copy.copy(self.lens)
        twin._ask = ask  # noqa: SLF001 - the one place that looks into a lens
        twin._window = None  # noqa: SLF001 - a plan is of one article, and must not depend on what was read before
        if not judged:
            twin._judge = twin.judging = None  # noqa: SLF001 - likewise
        return twin

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time: a batch that another is just starting must not be taken for one that was lost.

        Raises:
            ConfigurationError: another process is at it.
        """
        path = self.store.path
        with path.with_name(f"{path.name}.lock").open("ab") as file:
            if not lock(file):
                raise ConfigurationError(f"Another process sends or fetches the batches of {path}. Wait for it.")
            yield


def seat_of(lens: "Lens") -> Seat:
    """The seat of a lens.

    Raises:
        ConfigurationError: it has no store, or no server to give a batch to.
    """
    backend, ask = lens._backend, lens._ask  # noqa: SLF001 - the one place that looks into a lens
    model = lens.source.model
    if backend is None or ask is None or model is None or lens.source.gguf is not None:
        raise ConfigurationError("A batch needs a server with OpenAI's Batch API. Give the lens a model and a key.")
    if lens.store is None:
        raise ConfigurationError("A batch lives in a store. Give the lens one: Lens(store=Store('run.db')).")
    capped = backend._budget not in (None, Budget())  # noqa: SLF001 - likewise
    return Seat(lens, ask, lens.store, lens._server, model, backend._sdk, capped)  # noqa: SLF001 - likewise
