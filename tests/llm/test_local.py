"""A real model on this machine, behind the very same client."""

import json
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from newslens.errors import ConfigurationError, MissingExtra
from newslens.llm.client import Client, LocalServer
from newslens.llm.exchange import Message, Request

YES_OR_NO = {
    "type": "object",
    "properties": {"rain": {"type": "boolean"}},
    "required": ["rain"],
    "additionalProperties": False,
}


def test_a_model_file_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"No model file at .*none\.gguf"):
        LocalServer(tmp_path / "none.gguf")


def test_a_missing_extra_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)  # importing it now fails
    gguf = tmp_path / "model.gguf"
    gguf.touch()
    with pytest.raises(MissingExtra, match=r"pip install 'newslens-kit\[local\]'"), LocalServer(gguf):
        pass


def test_a_server_that_does_not_run_has_no_address(tmp_path: Path) -> None:
    gguf = tmp_path / "model.gguf"
    gguf.touch()
    with pytest.raises(ConfigurationError, match="not running"):
        _ = LocalServer(gguf).base_url


@pytest.mark.local
@pytest.mark.usefixtures("recording_gguf")
def test_a_file_that_is_no_model_is_said_in_our_words(tmp_path: Path) -> None:
    gguf = tmp_path / "prose.gguf"
    gguf.write_text("It rained.", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"cannot load prose\.gguf"), LocalServer(gguf):
        pass


@pytest.mark.local
@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])
async def test_the_client_gets_json_from_it_and_it_ends_in_silence(
    recording_gguf: Path, recording_model: str, capfd: pytest.CaptureFixture[str]
) -> None:
    request = Request(
        what="rain",
        messages=(Message("user", "It rained in Oslo. Did it rain? Answer in JSON."),),
        schema=YES_OR_NO,
        max_output_tokens=30,
        temperature=0.0,
    )
    with LocalServer(recording_gguf, context=512) as server:
        address = urlsplit(server.base_url)
        client = Client(server.model, base_url=server.base_url)
        reply = await client.ask(request)
        await client.aclose()
    assert set(json.loads(reply.text)) == {"rain"}
    assert (reply.model, server.model) == (recording_model, recording_model)
    assert reply.usage.output_tokens > 0
    with socket.socket() as probe:
        assert probe.connect_ex((address.hostname, address.port)) != 0
    assert capfd.readouterr() == ("", "")
