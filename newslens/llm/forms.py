"""What can be wanted of a server, and how each is asked, read and found useless."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from newslens.errors import Usage
from newslens.llm import decisions, likelihood, protocol
from newslens.llm.connection import CHAT
from newslens.llm.exchange import Request, Wanted
from newslens.llm.faults import Fault, useless
from newslens.llm.money import cost, cost_of_deciding
from newslens.llm.protocol import Answer, Body, Manners


class Worded(Protocol):
    """Makes the body of a request."""

    def __call__(self, request: Request, *, model: str, manners: Manners, limit: int | None) -> Body:
        """The JSON body."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to ask.

    Attributes:
        path: of the endpoint, below the base URL.
        body: the JSON body of a request.
        read: the answer in a response body.
        useless: the fault of an answer that does not help.
        cost: dollars for a model's tokens at a host; None: not known.
    """

    path: str
    body: Worded
    read: Callable[[bytes], Answer]
    useless: Callable[[Answer, Request], Fault | None]
    cost: Callable[[str, str, Usage], Decimal | None] = cost


FORMS: Mapping[Wanted, Form] = {
    "json": Form(CHAT, protocol.body, protocol.read, useless),
    "token": Form(CHAT, likelihood.body, likelihood.read, likelihood.useless),
    "decisions": Form(decisions.PATH, decisions.body, decisions.read, decisions.useless, cost_of_deciding),
}
