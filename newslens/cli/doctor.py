"""What is configured and what is missing, each with its fix. No request is sent, and no key is shown."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal
from urllib.parse import urlsplit

from newslens import __version__
from newslens.analyses.codebook import find_prompts, list_codebook_names
from newslens.errors import ConfigurationError, NewslensError
from newslens.llm.client import resolve
from newslens.reading import templates as prompts

_EXTRAS = {
    "web": ("trafilatura", "HTML pages and URLs"),
    "local": ("xllamacpp", "GGUF files on this machine"),
    "plot": ("altair", "pictures"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `broken` has to be fixed, `missing` is optional."""

    what: str
    state: Literal["ok", "missing", "broken"]
    found: str
    fix: str = ""


def examine(environment: Mapping[str, str] = os.environ) -> tuple[Check, ...]:
    """All checks, in the order in which to read them."""
    return (
        Check("newslens", "ok", __version__),
        _reader(environment),
        *(_variable(name, environment) for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NEWSLENS_MODEL")),
        _token_tables(),
        _templates(),
        *(_extra(name) for name in _EXTRAS),
    )


def _reader(environment: Mapping[str, str]) -> Check:
    try:
        endpoint = resolve(environment=environment)
    except ConfigurationError as error:
        return Check("reader", "broken", "the environment does not name a reader", str(error))
    if endpoint.kind == "classical":
        return Check(
            "reader",
            "missing",
            "classical methods, since no model is configured",
            "For OpenAI: export OPENAI_API_KEY=…; for a local server: export OPENAI_BASE_URL=http://localhost:11434/v1 "
            "NEWSLENS_MODEL=…; for a model file: newslens analyze --gguf model.gguf",
        )
    return Check("reader", "ok", f"model {endpoint.model} at {endpoint.host}")


def _variable(name: str, environment: Mapping[str, str]) -> Check:
    value = environment.get(name)
    if not value:
        return Check(name, "ok", "not set; needed only for a model at a server")
    if name.endswith("URL"):
        value = f"host {urlsplit(value).hostname}"  # a URL may hold a password
    return Check(name, "ok", "set" if name.endswith("KEY") else value)


def _token_tables() -> Check:
    from newslens.llm.tokens import encoding

    try:
        return Check("token tables", "ok", f"{encoding().name}, verified, no download needed")
    except ConfigurationError as error:
        return Check("token tables", "broken", "not usable", str(error))


def _templates() -> Check:
    try:
        count = len([prompts.load(name) for name in prompts.list_names()])
    except NewslensError as error:
        return Check("prompts", "broken", str(find_prompts()), str(error))
    return Check("prompts", "ok", f"{count} templates, {len(list_codebook_names())} codebooks")


def _extra(name: str) -> Check:
    module, use = _EXTRAS[name]
    if find_spec(module) is None:
        return Check(f"extra {name}", "missing", f"no {use}", f"pip install 'newslens-kit[{name}]'")
    return Check(f"extra {name}", "ok", use)
