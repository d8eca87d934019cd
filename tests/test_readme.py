"""The README: every snippet runs, and what it shows is what the program prints."""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from newslens.errors import InvalidReply
from newslens.llm.client import LocalServer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^## ", README, flags=re.MULTILINE)[1:]
OLLAMA_PORT = 11434


def snippets(*titles: str) -> list[Any]:
    """The Python of some sections, one case each."""
    return [
        pytest.param(code, id=f"{title} {number}")
        for title, _, body in (section.partition("\n") for section in SECTIONS)
        if title in titles
        for number, code in enumerate(re.findall(r"^```python\n(.*?)^```", body, flags=re.MULTILINE | re.DOTALL), 1)
    ]


HERE = (
    "In Python",
    "See it",
    "What to ask for",
    "How sure a label is",
    "Check a summary",
    "Many articles",
    "When something fails",
)
SERVERS = ("With OpenAI", "With a local server")
FILE = ("With a model file",)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place to run in that looks like a checkout and has nothing configured."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NEWSLENS_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def ollama(record_mode: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """While recording, llama.cpp stands where the README has Ollama."""
    if record_mode == "none":
        yield
        return
    with LocalServer(request.getfixturevalue("recording_gguf"), port=OLLAMA_PORT):
        yield


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), names)  # noqa: S102 - our own README
    return names


def test_every_snippet_is_run_by_a_test_below() -> None:
    assert README.count("```python\n") == len(snippets(*HERE)) + len(snippets(*SERVERS)) + len(snippets(*FILE))
    assert all(snippets(title) for title in (*HERE, *SERVERS, *FILE))


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("code", snippets(*HERE))
def test_a_snippet_runs_without_a_model(code: str) -> None:
    run(code)


@pytest.mark.vcr
@pytest.mark.usefixtures("checkout", "ollama")
@pytest.mark.parametrize("code", snippets(*SERVERS))
def test_a_snippet_runs_against_a_server(code: str, record_mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAI's answers cannot be recorded here: the same requests went to a local server."""
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    if record_mode != "none":
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{OLLAMA_PORT}/v1")
    report = run(code)["report"]
    assert report.provenance.reader == "model"
    assert report.usage.requests >= 1


@pytest.mark.local
@pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])
@pytest.mark.parametrize("code", snippets(*FILE))
def test_a_snippet_runs_with_a_model_file(code: str, checkout: Path, recording_gguf: Path) -> None:
    """A model this small may answer out of range, which is an `InvalidReply`; anything else is our fault."""
    (checkout / "model.gguf").symlink_to(recording_gguf)
    with suppress(InvalidReply):
        assert run(code)["report"].provenance.model == "model"


def test_the_view_in_the_readme_is_the_one_of_the_command_line(checkout: Path) -> None:
    from newslens import Article, Lens

    report = Lens(offline=True).analyze(Article.from_file(checkout / "seeds/sheinbaum-declines-military-aid.txt"))
    shown = re.findall(r"^```text\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    assert len(shown) == 1
    for piece in shown[0].split("…\n"):
        assert piece.strip() in str(report)
