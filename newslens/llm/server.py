"""What the answers of one server have taught us."""

from collections import OrderedDict
from dataclasses import dataclass, field

from newslens.llm.exchange import Request
from newslens.llm.protocol import Answer, Manners

_REMEMBERED = 4096  # answers whose ids are kept; a mixed-up connection repeats a recent one
_UNIQUE_ID = 20  # characters of an id that is surely unique; Ollama's are "chatcmpl-" and up to three digits


@dataclass(slots=True)
class Server:
    """How one server behaves; shared by all calls.

    Attributes:
        manners: how it wants to be asked.
        proven: it gave JSON when asked so; a later refusal is about one schema and is not remembered.
    """

    manners: Manners = field(default_factory=Manners)
    proven: bool = False
    _answered: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def refuses(self, asked: Manners, parameter: str) -> Manners | None:
        """The next way to ask after `asked` was refused, or None when there is none."""
        instead = asked.without(parameter)
        if instead is not None and self.manners == asked and not self.proven:
            self.manners = instead
        return instead

    def gave_before(self, answer: Answer, request: Request) -> bool:
        """The same completion was the answer to another question: the connection is out of step.

        The same completion for the same question is a server's cache, and fine.
        """
        if answer.id is None:
            return False
        # Short ids come up twice by chance; then only the same words are the same completion.
        key = answer.id if len(answer.id) >= _UNIQUE_ID else f"{answer.id} {hash(answer.text)}"
        asked = hash(request.messages)
        known = self._answered.setdefault(key, asked)
        if len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)
        return known != asked
