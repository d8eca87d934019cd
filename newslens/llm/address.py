"""Where a server is, and the key for it: as the caller says, else as the environment does."""

import os
from urllib.parse import urlsplit

from pydantic import SecretStr

from newslens.errors import ConfigurationError

_OPENAI = "https://api.openai.com/v1"


def key(base_url: str | None, api_key: SecretStr | str | None) -> SecretStr | None:
    """The key, wrapped. One from the environment goes only to the server from the environment.

    Raises:
        ConfigurationError: no key for OpenAI, or one that no header can hold.
    """
    if api_key is None and base_url is None:
        api_key = os.environ.get("OPENAI_API_KEY")
        if not api_key and "OPENAI_BASE_URL" not in os.environ:
            raise ConfigurationError("No key for api.openai.com. Set OPENAI_API_KEY, or give api_key or base_url.")
    text = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key or ""
    text = text.strip()  # keys read from files end in a line feed
    if not (text.isascii() and text.isprintable()):
        raise ConfigurationError("The API key has characters that no HTTP header can hold.")
    return SecretStr(text) if text else None


def address(base_url: str | None) -> str:
    """The URL of the server.

    Raises:
        ConfigurationError: it is no web address.
    """
    url = base_url or os.environ.get("OPENAI_BASE_URL") or _OPENAI
    if not _is_web_address(url):
        raise ConfigurationError(
            "The base URL (base_url=…, OPENAI_BASE_URL) must be an http or https URL, such as http://localhost:11434/v1."
        )
    return url


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # brackets that do not pair, a port that is no number
        return False
    spaced = any(character.isspace() or not character.isprintable() for character in url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0 and not spaced
