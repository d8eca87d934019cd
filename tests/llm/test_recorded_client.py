"""The client against answers that a real model gave over a real connection (llama.cpp, SmolLM2-135M)."""

import json

import pytest

from newslens.llm.client import Client
from newslens.llm.exchange import Message, Request, Response

SCHEMA = {
    "type": "object",
    "properties": {"topic": {"type": "string", "enum": ["weather", "sport", "politics"]}},
    "required": ["topic"],
    "additionalProperties": False,
}


def request(**options: object) -> Request:
    messages = (
        Message("system", "You sort news by topic. Answer in JSON."),
        Message("user", "It rained in Oslo on Monday.\nThe streets were flooded.\n\nWhat is the topic?"),
    )
    return Request(what="topic", messages=messages, schema=SCHEMA, temperature=0.0, seed=1, **options)  # type: ignore[arg-type] # a table of options


async def asked(base_url: str, model: str, question: Request) -> Response:
    client = Client(model, base_url=base_url)
    try:
        return await client.ask(question)
    finally:
        await client.aclose()


@pytest.mark.anyio
@pytest.mark.vcr
async def test_a_server_that_knows_schemas_gives_json_and_counts(recording_base_url: str, recording_model: str) -> None:
    reply = await asked(recording_base_url, recording_model, request(max_output_tokens=40))
    assert json.loads(reply.text)["topic"] in {"weather", "sport", "politics"}
    assert reply.model == recording_model
    assert reply.usage.requests == 1
    assert reply.usage.input_tokens > 0 < reply.usage.output_tokens
    assert not reply.usage.estimated


@pytest.mark.anyio
@pytest.mark.vcr
async def test_an_answer_over_the_limit_is_asked_for_again_with_twice_the_limit(
    recording_base_url: str, recording_model: str
) -> None:
    reply = await asked(recording_base_url, recording_model, request(max_output_tokens=12))
    assert set(json.loads(reply.text)) == {"topic"}
    assert (reply.usage.requests, reply.usage.retries) == (2, 1)
