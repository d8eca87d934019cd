"""The documentation: its snippets run, its links lead somewhere, it names what there is, and it builds offline."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import newslens
from newslens import errors

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
REFERENCE = (ROOT / "docs/reference.md").read_text(encoding="utf-8")


def name(page: Path) -> str:
    return page.relative_to(ROOT / "docs").as_posix()


def snippets(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [page for page in PAGES if snippets(page)], ids=name)
def test_the_snippets_of_a_page_run_one_after_the_other(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    monkeypatch.chdir(tmp_path)
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NEWSLENS_MODEL"):
        monkeypatch.delenv(variable, raising=False)
    names: dict[str, Any] = {}
    for code in snippets(page):
        exec(compile(code, page.name, "exec"), names)  # noqa: S102 - our own documentation


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_a_page_that_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+\.md)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).is_file(), target


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r'"([^"]+\.md)"', (ROOT / "zensical.toml").read_text(encoding="utf-8"))
    assert sorted(listed) == [name(page) for page in PAGES]


def test_the_faults_are_those_that_there_are() -> None:
    page = (ROOT / "docs/how-to/faults.md").read_text(encoding="utf-8")
    rows = {
        kind: (what, todo) for kind, what, todo in re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", page, re.MULTILINE)
    }
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.NewslensError)
    ]
    known = {kind.__name__: kind for kind in kinds if kind is not errors.NewslensError and kind.__name__[0] != "_"}
    assert rows == {told: ((kind.__doc__ or "").splitlines()[0], kind.advice) for told, kind in known.items()}


def test_the_site_builds_offline_without_a_complaint_and_has_every_public_name(tmp_path: Path) -> None:
    for part in ("docs", "newslens"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "zensical.toml").write_bytes((ROOT / "zensical.toml").read_bytes())
    tool = Path(sys.executable).with_name("zensical")
    done = subprocess.run([tool, "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site/reference/index.html").read_text(encoding="utf-8")
    headings = re.findall(r'<h\d id="([\w.]+)"', page)
    missing = {public for public in newslens.__all__ if not any(one.rpartition(".")[2] == public for one in headings)}
    assert missing <= {"ALL", "DEFAULT", "__version__"}
    linked = re.findall(r'(?:src|href)="(https?:[^"]+)"', page)
    assert [link for link in linked if "zensical.org" not in link] == []
