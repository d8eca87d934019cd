"""An `Ask` in front of an `Ask`: what the store has is not asked again, and what is asked is stored first."""

from newslens.llm.exchange import Ask, Request, Response
from newslens.llm.store import Store
from newslens.llm.store_address import address


class Stored:
    """Answers from the store, else asks and stores the answer before anybody sees it.

    The same request under way twice, through one store, is asked once; the second waits. If the first fails, the
    second asks itself: its deadline may be a later one.

    Answers are stored as they came, also those that turn out not to fit the schema. Such a one is replayed like any
    other, and so is the answer to the request that then asks again, whose messages differ: a rerun takes the same way
    as the first run, and pays for none of it.

    An answer that the store cannot take (a full disk) is kept in memory, and nothing more is asked until it is
    written, so that no answer is paid for and lost.

    Args:
        ask: who is asked.
        store: where answers are kept.
        server: who answers, see `server_name`.
        model: which model is asked for; None where the server knows but one.

    Raises:
        StoreError: the store can be neither read nor written; then nothing is asked.
        NewslensError: whatever `ask` raises.
    """

    def __init__(self, ask: Ask, store: Store, *, server: str, model: str | None) -> None:
        self._ask = ask
        self._store = store
        self._server = server
        self._model = model

    async def __call__(self, request: Request) -> Response:
        """The stored answer, at no cost, or a new one."""
        place = address(request, server=self._server, model=self._model)
        async with self._store.turns.alone(place):
            self._save()
            known = self._store.get(place)
            if known is not None:
                return known
            reply = await self._ask(request)
            self._store.unsaved[place] = reply
            self._save()  # no `await` between: nothing can cancel us here
            return reply

    def _save(self) -> None:
        for place, reply in list(self._store.unsaved.items()):
            self._store.put(place, reply)
            self._store.unsaved.pop(place, None)
