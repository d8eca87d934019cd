"""A stand-in for a server with a decisions endpoint, held to the SDK's own types in what it takes and what it gives.

Its probabilities are made up: it shows how the judge treats the protocol, never how a model decides.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from doubles.server import Act, Standin, completed, say, standin
from openai.types.decision import Decision
from openai.types.decision_create_params import DecisionCreateParams
from pydantic import TypeAdapter

DECISIONS, CHAT = "/v1/decisions", "/v1/chat/completions"
USAGE = {
    "input_tokens": 900,
    "input_tokens_details": {"cached_tokens": 800, "cache_write_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 900,
}

Answering = Callable[[dict[str, Any]], dict[str, Any]]


def sure(question: dict[str, Any], share: float = 0.7) -> dict[str, Any]:
    """An answer that gives the first option its share, and the others the rest evenly."""
    values = [choice["value"] for choice in question["choices"]]
    rest = (1 - share) / (len(values) - 1)
    shares = [share, *[rest] * (len(values) - 1)]
    return chosen(question, dict(zip(values, shares, strict=True)))


def chosen(question: dict[str, Any], shares: dict[str, float]) -> dict[str, Any]:
    pairs = [{"value": value, "probability": share} for value, share in shares.items()]
    best = max(shares, key=lambda value: shares[value])
    return {"type": "choice", "name": question["name"], "choice": best, "confidence": 0.5, "probabilities": pairs}


def refusal(question: dict[str, Any]) -> dict[str, Any]:
    return {"type": "refusal", "name": question["name"]}


def decided(body: dict[str, Any], answering: Answering = sure) -> dict[str, Any]:
    """The response to a request body; both have to fit the SDK's types."""
    asked: Any = TypeAdapter(DecisionCreateParams).validate_python(body)
    for lazily in (asked["input"], asked["questions"]):
        list(lazily)  # validates as it goes
    decision = {"model": "stand-in-1", "usage": USAGE, "answers": [answering(one) for one in body["questions"]]}
    Decision.model_validate(decision)
    return decision


@asynccontextmanager
async def deciding(
    *acts: Act, answering: Answering = sure, chat: Callable[[dict[str, Any]], Act] | None = None
) -> AsyncIterator[Standin]:
    """Plays the acts first; then it decides at one path, and says at the other what `chat` makes of a body."""
    here: Standin

    def act() -> Act:
        seen = here.ledger[-1]
        if seen.path == DECISIONS:
            return say(200, decided(seen.body, answering))
        return chat(seen.body) if chat is not None else say(404, {"error": {"message": "not found"}})

    async with standin(*acts, otherwise=act) as here:
        yield here


def letters(logprobs: dict[str, float], name: str) -> Act:
    """A completion of one token with what else could have stood there."""
    top = [{"token": token, "logprob": number, "bytes": None} for token, number in logprobs.items()]
    first = next(iter(logprobs))
    choice = {
        "index": 0,
        "finish_reason": "length",
        "message": {"role": "assistant", "content": first},
        "logprobs": {"content": [{**top[0], "top_logprobs": top}]},
    }
    return say(200, completed(first, name=name, choices=[choice]))
