"""The page in a real browser: it shows what it says, to eyes, keyboards, screen readers and paper."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import violations
from page_reports import SAMPLE, long, united, varied

from newslens.article.article import Article
from newslens.report.html import list_chapters
from newslens.report.report import Report

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VARIED = varied()
CELL = '<main><h1>Notebook</h1><h2>Cell</h2><p>my <mark>own</mark> <a href="#x" id="x">text</a></p>{}</main>'


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    htmls = {
        "seed": SAMPLE.to_html(),
        "varied": VARIED.to_html(),
        "bare": VARIED.without_text().to_html(),
        "long": long().to_html(),
        "cell": f'<!DOCTYPE html><html lang="en"><title>Notebook</title>{CELL.format(VARIED._repr_html_())}</html>',
    }
    folder = tmp_path_factory.mktemp("pages")
    for name, html in htmls.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in htmls}


@pytest.fixture
def opened(browser: Any, pages: dict[str, Path]) -> Iterator[Any]:
    """Opens a page by name; whatever the browser complains about fails the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    complaints: list[str] = []

    def open_page(name: str, **media: str) -> Any:
        tab = context.new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("requestfailed", lambda request: complaints.append(request.url))
        tab.emulate_media(**media)
        tab.goto(pages[name].as_uri())
        return tab

    yield open_page
    context.close()
    assert not complaints


MARKED = """name => [...document.querySelectorAll(`mark[title~="${name}"]`)]
    .map(mark => mark.textContent).join('').replace(/\\s/g, '')"""


@pytest.mark.parametrize(("name", "make"), [("seed", lambda: SAMPLE), ("varied", varied), ("long", long)])
def test_the_marks_that_a_reader_sees_are_the_words_of_the_spans(
    opened: Any, name: str, make: Callable[[], Report]
) -> None:
    report = make()
    assert isinstance(report.article, Article)
    tab = opened(name)
    entries = [entry for chapter in list_chapters(report) for entry in chapter.entries]
    seen = [tab.evaluate(MARKED, entry.name) for entry in entries]
    assert seen == [united(entry.row.evidence + entry.row.words, report.article.text) for entry in entries]


LANDED = """places => places.filter(place => {
    location.hash = place;
    const at = document.querySelector(':target');
    return at && '#' + at.id === place;
})"""


@pytest.mark.parametrize("name", ["seed", "varied", "bare", "long", "cell"])
def test_following_any_link_lands_on_an_element(opened: Any, name: str) -> None:
    tab = opened(name)
    tab.evaluate("document.querySelectorAll('style').forEach(style => style.disabled = true)")  # faster by far
    places = tab.evaluate("[...new Set([...document.links].map(link => link.getAttribute('href')))]")
    landed = tab.evaluate(
        """places => places.filter(place => {
        location.hash = place; const at = document.querySelector(':target'); return at && '#' + at.id === place; })""",
        places,
    )
    assert landed == places
    assert places


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("name", ["seed", "varied", "bare", "cell"])
def test_axe_finds_nothing_to_complain_about(opened: Any, name: str, width: int, scheme: str) -> None:
    tab = opened(name, color_scheme=scheme)
    tab.set_viewport_size({"width": width, "height": 900})
    assert violations(tab) == []


@pytest.mark.parametrize("name", ["seed", "varied", "bare", "cell"])
def test_a_narrow_screen_needs_no_sideways_scrolling(opened: Any, name: str) -> None:
    tab = opened(name)
    tab.set_viewport_size({"width": 400, "height": 900})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 400


LIT = """name => [...document.querySelectorAll(`mark[title~="${name}"]`)]
    .filter(mark => getComputedStyle(mark).backgroundColor === 'rgb(255, 224, 138)').length"""


def test_following_a_link_to_a_finding_lights_its_words_and_only_these(opened: Any) -> None:
    tab = opened("seed", color_scheme="light")
    marks = tab.locator('mark[title~="B1"]').count()
    assert tab.evaluate(LIT, "B1") == 0
    tab.locator('.story sup a[href="#stances-1"]').first.click()
    tab.mouse.move(0, 0)
    assert tab.evaluate(LIT, "B1") == marks > 7
    assert tab.locator("mark").count() > marks
    assert tab.evaluate("""[...document.querySelectorAll('mark:not([title~="B1"])')]
        .every(mark => getComputedStyle(mark).backgroundColor !== 'rgb(255, 224, 138)')""")


def test_the_margin_stands_beside_the_text_and_on_paper_below_it(opened: Any) -> None:
    tab = opened("seed")
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    margin, *parts = (tab.locator(part).bounding_box() for part in (".findings", ".story", ".colophon"))
    assert all(margin["x"] > part["x"] + part["width"] for part in parts)
    tab.emulate_media(media="print")
    story, margin = (tab.locator(part).bounding_box() for part in (".story", ".findings"))
    assert margin["y"] >= story["y"] + story["height"]
    assert tab.evaluate("(at => at.scrollHeight <= at.clientHeight + 1)(document.querySelector('.findings'))")


def test_the_first_key_presses_lead_to_the_findings(opened: Any) -> None:
    tab = opened("seed")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "#findings"


def test_a_cell_leaves_the_rest_of_its_notebook_alone(opened: Any) -> None:
    look = """[...document.querySelectorAll('main > p, main > p *, main > h1')]
        .map(one => [...getComputedStyle(one)].map(name => getComputedStyle(one)[name]).join())"""
    tab = opened("cell")
    before = tab.evaluate(look)
    tab.evaluate("document.querySelectorAll('style').forEach(style => style.disabled = true)")
    assert tab.evaluate(look) == before


@pytest.mark.parametrize("width", [400, 1200])
def test_a_picture_of_the_page_is_kept_with_the_tests_results(
    opened: Any, width: int, tmp_path: Path, record_property: Any
) -> None:
    """For eyes: `--junit-xml` names it, and pytest keeps the folders of its last three runs."""
    tab = opened("seed")
    tab.set_viewport_size({"width": width, "height": 900})
    tab.screenshot(path=tmp_path / "page.png", full_page=True)
    record_property("picture", str(tmp_path / "page.png"))
    head = (tmp_path / "page.png").read_bytes()[:24]
    assert int.from_bytes(head[16:20]) == width
    assert int.from_bytes(head[20:24]) > 3_000  # the whole page, not a window of it


def test_the_page_as_printed_is_kept_with_the_tests_results(opened: Any, tmp_path: Path, record_property: Any) -> None:
    opened("seed").pdf(path=tmp_path / "page.pdf")
    record_property("print", str(tmp_path / "page.pdf"))
    assert (tmp_path / "page.pdf").read_bytes().count(b"/Type /Page\n") > 3
