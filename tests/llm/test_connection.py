"""What goes out on a connection: the SDK's headers on the direct way, everything of the caller's on the other."""

import uuid
from typing import Any

import pytest
from doubles.server import Seen, Standin, completion, failing, reset, standin
from pydantic import SecretStr

from newslens.llm.connection import Connection, Received
from newslens.llm.faults import Fault, Kind

pytestmark = [pytest.mark.anyio, pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])]

KEY = "sk-canary-3f9a7c51d2"
ID = uuid.UUID(int=7)
BODY = {"model": "m", "messages": [{"role": "user", "content": "“Rain” {now} %s"}]}


async def exchanged(connection: Connection) -> Received | Fault:
    return await connection.exchange(BODY, idempotency_key=ID, timeout_s=5)


def telling(seen: Seen) -> dict[str, str]:
    """Headers without those that only describe the SDK's own work."""
    own = ("x-stainless-", "content-length", "host")
    return {name: text for name, text in seen.headers.items() if name and not name.startswith(own)}


async def theirs(server: Standin, **options: Any) -> Seen:
    """What a client of the caller's sends."""
    import openai

    async with openai.AsyncOpenAI(base_url=server.base_url, api_key=KEY, **options) as sdk:
        assert isinstance(await exchanged(Connection(str(sdk.base_url), None, sdk)), Received)
    return server.ledger[-1]


async def test_both_ways_send_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-1")
    async with standin() as server:
        connection = Connection(server.base_url, SecretStr(KEY))
        assert isinstance(await exchanged(connection), Received)
        direct, through = server.ledger[-1], await theirs(server)
        await connection.aclose()
    assert (direct.path, direct.body, telling(direct)) == (through.path, BODY, telling(through))
    assert direct.headers["openai-organization"] == "org-1"
    assert direct.headers["idempotency-key"] == str(ID)


async def test_a_clients_own_headers_and_query_are_sent() -> None:
    async with standin() as server:
        seen = await theirs(server, organization="org-2", default_headers={"x-mine": "yes"}, default_query={"v": "2"})
    assert (seen.headers["openai-organization"], seen.headers["x-mine"]) == ("org-2", "yes")
    assert seen.path == "/v1/chat/completions?v=2"


async def test_an_azure_client_keeps_its_paths() -> None:
    import openai

    async with standin() as server:
        root = server.base_url.removesuffix("/v1")
        async with openai.AsyncAzureOpenAI(azure_endpoint=root, api_key=KEY, api_version="2026-01-01") as sdk:
            assert isinstance(await exchanged(Connection(str(sdk.base_url), None, sdk)), Received)
    seen = server.ledger[0]
    assert seen.path == "/openai/deployments/m/chat/completions?api-version=2026-01-01"
    assert seen.headers["api-key"] == KEY


async def test_a_fault_takes_nothing_from_the_next_request() -> None:
    """The key is wiped from the request of a broken connection, and only from that."""
    async with standin(reset(), failing(503), completion("one")) as server:
        connection = Connection(server.base_url, SecretStr(KEY))
        came = [await exchanged(connection) for _ in range(3)]
        await connection.aclose()
    assert [each.kind if isinstance(each, Fault) else each.status for each in came] == [Kind.DOWN, Kind.DOWN, 200]
    assert [seen.headers["authorization"] for seen in server.ledger] == [f"Bearer {KEY}"] * 3
