"""The pages of a run: one for each report, a list of all, nothing that an article could do there."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from browsing import violations

from newslens.article.article import Article
from newslens.cli import cli
from newslens.corpus import Outcome, Pages, Results
from newslens.corpus.pages import page_name
from newslens.errors import ConfigurationError, InputError
from newslens.lens import Lens

SEEDS = Path(__file__).parents[2] / "seeds"
HOSTILE = "</title><script>alert(1)</script>"
TEXT = "Mayor <script>alert(2)</script> Ruiz said on Monday that the bridge is closed."
LENS = Lens(offline=True)


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    articles: list[tuple[str, Any]] = [
        ("strike", Article.from_file(SEEDS / "dock-strike-local.txt")),
        ("tram", Article.from_file(SEEDS / "spanish-transit.txt")),
        ("hostile", Article.from_text(TEXT, title=HOSTILE, outlet="<b>Post</b>")),
        ("empty", ""),
    ]
    return list(LENS.analyze_many(articles, order="input"))


@pytest.fixture
def folder(tmp_path: Path, outcomes: list[Outcome]) -> Path:
    pages = Pages(tmp_path / "pages")
    with Results(tmp_path / "out.jsonl") as results:
        for outcome in outcomes:
            pages.write(outcome)
            results.write(outcome)
    pages.index(tmp_path / "out.jsonl", title="My <corpus>")
    return tmp_path / "pages"


def rows(folder: Path) -> list[str]:
    body = (folder / "index.html").read_text(encoding="utf-8").partition("<tbody>")[2].partition("</tbody>")[0]
    return body.strip().splitlines()


def test_every_article_has_its_row_and_every_report_its_page(folder: Path, outcomes: list[Outcome]) -> None:
    states = [re.findall(r'data-state="(\w+)"', row)[0] for row in rows(folder)]
    assert states == ["done", "incomplete", "done", "failed"]
    linked = [unescape(one) for row in rows(folder) for one in re.findall(r'href="([^"]+)"', row)]
    assert linked == [page_name(outcome) for outcome in outcomes if outcome.report is not None]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*linked, "index.html"])
    for outcome, name in zip(outcomes, linked, strict=False):
        assert outcome.report is not None
        assert (folder / name).read_text(encoding="utf-8") == outcome.report.to_html()


def test_the_list_says_what_failed_and_why(folder: Path) -> None:
    assert "stances: LanguageUnknown" in rows(folder)[1]
    assert "InputError: " in rows(folder)[3]


def test_what_an_article_brings_along_is_text(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "My &lt;corpus&gt;" in page
    assert page.count("<script") == 1
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>" not in page


def test_two_articles_with_one_title_have_two_pages(outcomes: list[Outcome]) -> None:
    report = outcomes[0].report
    names = {page_name(Outcome(key, report, article=article)) for key in "ab" for article in "cd"}
    assert len(names) == 4
    assert all(re.fullmatch(r"[a-z0-9-]+-[0-9a-f]{10}\.html", name) for name in names)


@pytest.mark.parametrize("title", ["../../etc/passwd", "CON", "a" * 999, "\ud800", "日本", "..", ""])
def test_no_title_leads_out_of_the_folder(title: str) -> None:
    outcome = Outcome(title, error=InputError("no"))
    assert re.fullmatch(r"[a-z0-9-]{1,60}-[0-9a-f]{10}\.html", page_name(outcome))


def test_a_page_that_is_gone_is_made_again_from_the_results(
    tmp_path: Path, folder: Path, outcomes: list[Outcome]
) -> None:
    (folder / page_name(outcomes[0])).unlink()
    Pages(folder).index(tmp_path / "out.jsonl", title="again")
    assert "The text is not kept" in (folder / page_name(outcomes[0])).read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        Pages(tmp_path / "file" / "pages")


def test_a_run_makes_pages_and_a_second_run_leaves_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [{"id": key, "text": f"Mayor {key} said on Monday that the bridge is closed."} for key in ("Ana", "Bo")]
    Path("corpus.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    command = ["run", "corpus.jsonl", "-o", "out.jsonl", "--html", "pages", "--offline", "--no-progress"]
    assert cli.main(command, standalone_mode=False) == 0
    first = {path.name: path.read_bytes() for path in Path("pages").iterdir()}
    assert len(first) == 3
    assert cli.main(command, standalone_mode=False) == 0
    assert {path.name: path.read_bytes() for path in Path("pages").iterdir()} == first


@pytest.fixture
def tab(browser: Any, folder: Path) -> Iterator[Any]:
    """The list in a browser; whatever it complains about fails the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto((folder / "index.html").as_uri())
    yield opened
    context.close()
    assert not complaints


@pytest.mark.slow
@pytest.mark.browser
def test_the_filters_show_what_is_looked_for(tab: Any) -> None:
    shown = "[...document.querySelectorAll('tbody tr')].filter(row => !row.hidden).length"
    assert tab.evaluate(shown) == 4
    tab.get_by_label("Find in").fill("TRANV")
    assert tab.evaluate(shown) == 1
    assert tab.locator("output").text_content() == "1 of 4 articles"
    tab.get_by_label("Find in").fill("")
    tab.get_by_label("State").select_option("failed")
    assert tab.evaluate(shown) == 1


@pytest.mark.slow
@pytest.mark.browser
def test_without_script_all_rows_show_and_no_filter_does(browser: Any, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((folder / "index.html").as_uri())
    assert [opened.locator("tbody tr").nth(number).is_visible() for number in range(4)] == [True] * 4
    assert not opened.locator("form").is_visible()
    context.close()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_has_no_barrier_that_axe_knows(tab: Any, scheme: str, width: int) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": width, "height": 900})
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
