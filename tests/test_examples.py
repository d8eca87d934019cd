"""The example notebooks: they run in Jupyter and in marimo, without a network, and are kept without outputs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_cassettes import HEADERS, leaks

from newslens.llm.client import LocalServer

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
RECORDED = EXAMPLES / "recorded" / "harbour.yaml"
ASKING = EXAMPLES / "codebook-and-server.ipynb"
PLAYS, RECORDS = 'record_mode="none"', 'record_mode="once"'
LLAMA_PORT = 8080  # its own default, and what the notebook says
# What runs in every Python that a test starts: a connection to anywhere but this machine is an error.
AT_HOME = """
import socket

connect = socket.socket.connect


def connect_here(self, address):
    if self.family != socket.AF_UNIX and address[0] != "127.0.0.1":
        raise PermissionError("an example needs no network")
    return connect(self, address)


socket.socket.connect = connect_here
"""


def cells(notebook: Path) -> list[dict[str, Any]]:
    """Those with code."""
    read = json.loads(notebook.read_text(encoding="utf-8"))
    return [cell for cell in read["cells"] if cell["cell_type"] == "code"]


@pytest.fixture
def away(tmp_path: Path) -> dict[str, str]:
    """An environment with nothing configured, no network, and its own place for what tools leave behind."""
    (tmp_path / "sitecustomize.py").write_text(AT_HOME, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "NEWSLENS_"))}
    places = ("HOME", "TMPDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    return kept | dict.fromkeys(places, str(tmp_path)) | {"PYTHONPATH": str(tmp_path), "PYTHONWARNINGS": "default"}


def run(*arguments: str | Path, at: Path, environment: dict[str, str]) -> None:
    """Run a tool of this environment; its own words if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=at, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module", autouse=True)
def _recorded(record_mode: str, request: pytest.FixtureRequest) -> None:
    """While recording, a real model answers the notebook, and the cassette is written anew."""
    if record_mode == "none":
        return
    RECORDED.unlink(missing_ok=True)
    with LocalServer(request.getfixturevalue("recording_gguf"), port=LLAMA_PORT):
        subprocess.run([sys.executable, "-c", recording()], cwd=EXAMPLES, check=True)
    keep_only_what_is_matched(RECORDED)


def recording() -> str:
    """The notebook's code as far as the cell that asks the server, with answers recorded and not played."""
    code = ["".join(cell["source"]) for cell in cells(ASKING)]
    asks = next(number for number, cell in enumerate(code) if PLAYS in cell)
    return "\n".join(code[: asks + 1]).replace(PLAYS, RECORDS)


def keep_only_what_is_matched(cassette: Path) -> None:
    """No header that could hold a key or tell of the machine."""
    recorded = yaml.safe_load(cassette.read_text(encoding="utf-8"))
    for side in (one[side] for one in recorded["interactions"] for side in ("request", "response")):
        side["headers"] = {name: value for name, value in side["headers"].items() if name.lower() in HEADERS}
    cassette.write_text(yaml.safe_dump(recorded, allow_unicode=True, width=120), encoding="utf-8")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_jupyter_without_a_warning(notebook: Path, tmp_path: Path, away: dict[str, str]) -> None:
    run(
        *("-m", "nbconvert", "--execute", "--to", "notebook", "--output-dir", tmp_path, notebook),
        at=EXAMPLES,
        environment=away,
    )
    outputs = [output for cell in cells(tmp_path / notebook.name) for output in cell["outputs"]]
    assert [output for output in outputs if output.get("name") == "stderr" or "Warning" in json.dumps(output)] == []
    assert outputs


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_marimo_from_the_root(notebook: Path, tmp_path: Path, away: dict[str, str]) -> None:
    """Where no name is given twice, and cells run in the order of what they need."""
    marimo = ("-m", "marimo", "-q", "-y")
    script = tmp_path / "notebook.py"
    run(*marimo, "convert", notebook, "-o", script, at=ROOT, environment=away)
    run(*marimo, "export", "html", script, "-o", tmp_path / "page.html", at=ROOT, environment=away)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(notebook: Path) -> None:
    assert [cell["id"] for cell in cells(notebook) if cell["outputs"] or cell["execution_count"] is not None] == []


def test_what_was_recorded_for_a_notebook_holds_no_secret() -> None:
    assert leaks(RECORDED.read_text(encoding="utf-8")) == []


def test_the_readme_of_the_examples_names_each_of_them() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [notebook.name for notebook in NOTEBOOKS if f"]({notebook.name})" not in readme] == []
