"""Templates: every one of ours loads, and a broken one says what is wrong before anything is sent."""

from pathlib import Path

import pytest

from newslens.errors import PromptError
from newslens.reading import templates as prompts

HEADER = '+++\nname = "mine"\nversion = "1"\npurpose = "a test"\nholes = ["who"]\n+++\n'


def written(folder: Path, text: str, name: str = "mine") -> Path:
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def test_every_template_of_ours_loads_and_says_what_it_is_for() -> None:
    loaded = [prompts.load(name) for name in prompts.list_names()]
    assert {prompt.name for prompt in loaded} >= {"system", "summary", "stance", "framing", "summary-merge", "again"}
    assert all(prompt.purpose and prompt.version for prompt in loaded)


def test_a_hole_takes_text_that_looks_like_a_hole(tmp_path: Path) -> None:
    prompt = prompts.load("mine", written(tmp_path, HEADER + "Ask $who now. It costs $$5."))
    assert prompt.fill({"who": "$who {x} ${y}"}) == "Ask $who {x} ${y} now. It costs $5.\n"


@pytest.mark.parametrize("values", [{}, {"who": "a", "other": "b"}])
def test_filling_wants_exactly_the_declared_holes(tmp_path: Path, values: dict[str, str]) -> None:
    prompt = prompts.load("mine", written(tmp_path, HEADER + "$who"))
    with pytest.raises(PromptError, match=r"who|other"):
        prompt.fill(values)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no header", "start with a TOML header"),
        ("words before " + HEADER + "$who", "start with a TOML header"),
        (HEADER + "no hole here", "'who' is declared and not in the text"),
        (HEADER + "$who and $whom", "'whom' is in the text and no declared hole"),
        (HEADER + "$who pays $ 5", "opens no hole"),
        (HEADER.replace("mine", "yours") + "$who", "name is 'yours'"),
        (HEADER.replace("version", "verison") + "$who", "version: Field required"),
        (HEADER.replace('"1"', "1.5.2") + "$who", "not TOML"),
        (HEADER.replace("+++\n", '+++\ntext = "x"\n', 1) + "$who", "'text' is not a header key"),
    ],
)
def test_a_broken_template_is_refused_at_load(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(PromptError, match=complaint.replace("$", r"\$")) as caught:
        prompts.load("mine", written(tmp_path, text))
    assert "mine.md" in str(caught.value)


def test_the_users_template_overrides_ours(tmp_path: Path) -> None:
    ours = prompts.load("summary")
    text = '+++\nname = "summary"\nversion = "9"\npurpose = "mine"\nholes = []\n+++\nBe brief.'
    theirs = prompts.load("summary", written(tmp_path, text, "summary"))
    assert (theirs.text, theirs.version) == ("Be brief.\n", "9")
    assert theirs.sha256 != ours.sha256
    assert prompts.load("stance", tmp_path) == prompts.load("stance")


def test_an_edited_template_is_read_again(tmp_path: Path) -> None:
    first = prompts.load("mine", written(tmp_path, HEADER + "$who one"))
    second = prompts.load("mine", written(tmp_path, HEADER + "$who two"))
    assert (first.text, second.text) == ("$who one\n", "$who two\n")


def test_a_missing_template_and_a_missing_directory_say_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"no prompt 'sumary'\. Known: .*summary"):
        prompts.load("sumary")
    with pytest.raises(PromptError, match="does not exist"):
        prompts.load("summary", tmp_path / "nowhere")
