"""Who reads: what is given, then the environment, then the offline reader; a key shows nowhere."""

from typing import Any

import pytest
from pydantic import SecretStr

from newslens.errors import ConfigurationError
from newslens.llm.client import DEFAULT_MODEL, Endpoint, resolve

KEY = SecretStr("canary-key")
OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("given", "environment", "source"),
    [
        ({}, {}, Endpoint("classical", chosen=False)),
        ({"offline": True}, {"OPENAI_API_KEY": "canary-key"}, Endpoint("classical")),
        ({}, {"OPENAI_API_KEY": "canary-key"}, Endpoint("server", model=DEFAULT_MODEL, base_url=OPENAI, api_key=KEY)),
        ({"api_key": "canary-key"}, {}, Endpoint("server", model=DEFAULT_MODEL, base_url=OPENAI, api_key=KEY)),
        ({"model": "m"}, {"OPENAI_API_KEY": "canary-key"}, Endpoint("server", model="m", base_url=OPENAI, api_key=KEY)),
        (
            {"base_url": "http://localhost:1/v1", "model": "m"},
            {"OPENAI_API_KEY": "canary-key"},  # not for a server that the environment does not name
            Endpoint("server", model="m", base_url="http://localhost:1/v1", api_key=SecretStr("none")),
        ),
        (
            {},
            {"OPENAI_BASE_URL": "http://h/v1", "NEWSLENS_MODEL": "m", "OPENAI_API_KEY": "canary-key"},
            Endpoint("server", model="m", base_url="http://h/v1", api_key=KEY),
        ),
    ],
)
def test_what_the_settings_mean(given: dict[str, Any], environment: dict[str, str], source: Endpoint) -> None:
    assert resolve(**given, environment=environment) == source


@pytest.mark.parametrize(
    ("given", "environment", "complaint"),
    [
        ({"model": "m"}, {}, "no key for OpenAI"),
        ({"base_url": "http://user:pw@host:1/v1"}, {}, "server at host needs the name of a model"),
        ({"base_url": "notaurl", "model": "m"}, {}, "must be an http or https URL"),
        ({}, {"OPENAI_BASE_URL": "ftp://h/v1", "NEWSLENS_MODEL": "m"}, "must be an http or https URL"),
        ({"offline": True, "gguf": "x.gguf"}, {}, "gguf and offline contradict"),
        ({"gguf": "x.gguf", "base_url": "http://h"}, {}, "gguf and base_url or api_key contradict"),
        ({"ask": len, "client": object()}, {}, "ask and client contradict"),
    ],
)
def test_settings_that_cannot_work_say_what_to_give(
    given: dict[str, Any], environment: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        resolve(**given, environment=environment)


def test_an_endpoint_shows_no_key_and_no_credentials() -> None:
    source = resolve(base_url="http://user:canary-pw@host:1/v1", model="m", api_key="canary-key", environment={})
    assert source.host == "host"
    assert "canary" not in repr(source)
