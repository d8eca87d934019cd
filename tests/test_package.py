"""The package as a user gets it: light to import, whole in the wheel, its names and files as documented."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import newslens

ROOT = Path(__file__).parent.parent


def test_every_public_name_is_there_and_listed() -> None:
    assert newslens.__all__ == sorted(newslens.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(getattr(newslens, name) is not None for name in newslens.__all__)
    assert dir(newslens) == sorted(newslens.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Lense'"):
        newslens.Lense  # noqa: B018


def test_importing_loads_nothing_heavy() -> None:
    heavy = "{'openai', 'pydantic', 'tiktoken', 'tenacity', 'trafilatura', 'anyio', 'httpx2', 'xllamacpp'}"
    code = f"import sys, newslens, newslens.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reading_offline_loads_no_client() -> None:
    code = (
        "import sys, newslens; newslens.Lens(offline=True).analyze('The council voted on Monday to close a bridge.');"
        "print(sorted({'openai', 'tiktoken', 'trafilatura', 'httpx2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the build backend of this environment, so that nothing is downloaded."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, capture_output=True, check=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_package_with_all_prompts_and_codebooks(wheel: Path) -> None:
    files = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "newslens").rglob("*") if _shipped(path)}
    assets = {
        f"newslens/_prompts/{path.relative_to(ROOT / 'prompts').as_posix()}"
        for path in (ROOT / "prompts").rglob("*")
        if _shipped(path)
    }
    assert files == package | assets


def _shipped(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def test_an_installed_wheel_reads_an_article_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """A fresh environment that sees this one's dependencies and not this checkout."""
    venv.create(tmp_path / "venv", with_pip=False)
    home = tmp_path / "venv" / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    zipfile.ZipFile(wheel).extractall(home)
    here = next(path for path in sys.path if path.endswith("site-packages"))
    code = (
        f"import sys; sys.path.append({here!r}); import newslens, newslens.reading.templates as t;"
        "import newslens.analyses.codebook as c;"
        "print(newslens.__file__); print(len([t.load(n) for n in t.list_names()]));"
        "print(len([c.Codebook.named(n) for n in c.list_codebook_names()]));"
        "print(newslens.Lens(offline=True).analyze('The council voted on Monday to close a bridge.'))"
    )
    python = tmp_path / "venv" / "bin" / "python"
    done = subprocess.run([python, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    where, prompts, codebooks, *report = done.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert (int(prompts), int(codebooks)) == (
        len(list((ROOT / "prompts").glob("*.md"))),
        len(list((ROOT / "prompts" / "codebooks").glob("*.toml"))),
    )
    assert "close a bridge" in "\n".join(report)


def test_the_ci_script_runs_the_readmes_second_line() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.splitlines() if line.startswith("python3 -m venv .venv && ")]
    assert len(lines) == 2
    assert lines[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
