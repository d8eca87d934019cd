"""A report's page: every finding once, tied both ways to the words it rests on; nothing an article could command."""

import re
from base64 import b64encode
from collections import Counter, defaultdict
from hashlib import sha256
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from justhtml import JustHTML, Node
from page_reports import KEPT, PAGE, SAMPLE, SEED, long, united, varied

import newslens.report.html
from newslens.analyses import ALL
from newslens.article.article import Article
from newslens.errors import InputError
from newslens.lens import Lens
from newslens.report.html import MAX_NAMED, Mark, _environment, cut_marks, list_chapters
from newslens.report.report import Report
from newslens.report.rows import list_rows, list_sections
from newslens.report.sanitise import replace_unsafe, to_one_line
from newslens.report.wording import describe_label, list_gaps

SHEET = Path(newslens.report.html.__file__).parent.joinpath("templates", "page.css").read_text(encoding="utf-8")
VARIED = varied()
STRIKE = Lens(offline=True).analyze(Article.from_file(SEED.with_name("dock-strike-local.txt")))
COMMANDS = set("\x00\x1b\x7f\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.fixture(params=["varied", "strike", pytest.param("long", marks=pytest.mark.slow)])
def report(request: pytest.FixtureRequest) -> Report:
    return {"varied": lambda: VARIED, "strike": lambda: STRIKE, "long": long}[request.param]()


def parsed(html: str) -> JustHTML:
    """The page, if it is valid HTML5: the parser raises at the first error."""
    return JustHTML(html, strict=True, sanitize=False)


def words(node: Node) -> str:
    """All text in an element, without white space."""
    own = str(node.data) if node.name == "#text" else ""
    return "".join(own.split()) + "".join(words(child) for child in node.children or ())


def bare(text: str) -> str:
    return "".join(text.split())


def attribute(node: Node, name: str) -> str:
    return str((node.attrs or {})[name])


def attributes(document: JustHTML, name: str) -> list[str]:
    return [attribute(node, name) for node in document.query(f"[{name}]")]


def marked(document: JustHTML) -> dict[str, str]:
    """What the marks of each finding cover, by the name that the page gives it."""
    covered: dict[str, str] = defaultdict(str)
    for mark in document.query("mark"):
        for name in attribute(mark, "title").split():
            covered[name] += words(mark)
    return covered


def of_mine(text: str, *spans: tuple[int, int], kind: str = "mine", held: str | None = None) -> Report:
    """A report with one finding of an analysis of the user's own for each span."""
    base = Lens(offline=True).analyze("The council voted on Monday to close the old bridge over the river.")
    article = Article.from_text(text)
    rows = [
        {
            "evidence": [{"start": a, "end": b, "text": held or replace_unsafe(text[a:b]), "sentence": 1}],
            "note": "a note",
        }
        for a, b in spans
    ]
    empty = dict.fromkeys(analysis.name for analysis in ALL)
    return base.model_copy(update={"article": article, "other": {kind: rows}, **empty})


def test_every_finding_stands_in_the_margin_once(report: Report) -> None:
    document = parsed(report.to_html())
    listed = document.query(".findings li[id]")
    there = [
        item for section in list_sections(report) for item in sorted(section.rows, key=lambda item: not item.is_there)
    ]
    assert [attribute(node, "id") for node in listed] == [item.id for item in there]
    for node, item in zip(listed, there, strict=True):
        assert bare(to_one_line(item.text)) in words(node)
        assert item.label is None or bare(describe_label(item.label)) in words(node)
        assert all(bare(to_one_line(word.text)).casefold() in words(node).casefold() for word in item.words)


def test_the_marks_of_a_finding_are_the_words_it_rests_on(report: Report) -> None:
    assert isinstance(report.article, Article)
    document, text = parsed(report.to_html()), report.article.text
    entries = [entry for chapter in list_chapters(report) for entry in chapter.entries]
    covered = {entry.name: united(entry.row.evidence + entry.row.words, text) for entry in entries}
    assert marked(document) == {name: text for name, text in covered.items() if text}
    deciding = (span for item in list_rows(report) for span in item.words if span not in item.evidence)
    assert "".join(map(words, document.query("mark.words"))) == united(tuple(deciding), text)


def test_links_lead_from_the_text_to_each_finding_and_from_it_to_each_sentence(report: Report) -> None:
    document = parsed(report.to_html())
    back = {attribute(link, "href") for link in document.query(".story sup a")}
    assert back == {f"#{item.id}" for item in list_rows(report) if item.evidence}
    to = {
        attribute(node, "id"): [attribute(link, "href") for link in node.query(".where a")]
        for node in document.query(".findings li[id]")
    }
    assert to == {
        item.id: [f"#s{number}" for number in dict.fromkeys(span.sentence for span in item.evidence)]
        for item in list_rows(report)
    }


def test_every_link_lands_and_every_id_is_its_own(report: Report) -> None:
    for html in (report.to_html(), f"<!DOCTYPE html><html lang=en><head><title>t</title></head>{_cell(report)}</html>"):
        document = parsed(html)
        ids = attributes(document, "id")
        assert Counter(ids).most_common(1)[0][1] == 1
        assert {href.removeprefix("#") for href in attributes(document, "href")} <= set(ids)


def _cell(report: Report) -> str:
    return f"<body>{re.sub('<style>.*?</style>', '', report._repr_html_(), flags=re.DOTALL)}</body>"


def test_the_text_stands_there_whole_and_in_order(report: Report) -> None:
    assert isinstance(report.article, Article)
    blocks = report.article.layout.blocks
    titles = [block for block in blocks if block.kind == "title"]
    html = re.sub(r"<sup>.*?</sup>|<small>Left out: .*?</small>|<p class=\"facts\">.*?</p>", "", report.to_html())
    rest = [block for block in blocks if block.kind != "title"]
    expected = [report.article.text[block.start : block.end] for block in [*titles, *rest]]
    untitled = [] if titles else [report.article.title or "Untitled"]
    assert words(parsed(html).query("article")[0]) == bare("".join([*untitled, *expected]))
    assert len(parsed(html).query("article .left-out")) == len(report.article.boilerplate)


def test_headings_come_in_order() -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", VARIED.to_html())]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_what_failed_and_what_is_not_in_the_article_stands_on_top_and_is_never_folded() -> None:
    document = parsed(VARIED.to_html())
    (caveats,) = document.query(".caveats")
    for row in list_gaps(VARIED):
        assert bare(row) in words(caveats)
    assert [attribute(node, "href") for node in caveats.query("a")] == ["#all-A", "#stances-2"]
    assert words(caveats).count("notinthearticle:NATO") == 2
    assert "<details" not in VARIED.to_html()
    assert document.query(".findings > *")[1] is caveats


def test_a_probability_is_a_bar_with_its_method_and_what_nothing_measured_says_so() -> None:
    document = parsed(VARIED.to_html())
    (measured,) = document.query("#stances-1 .label")
    assert "against p=0.83" in measured.to_text()
    assert "measured by the server's decision" in measured.to_text()
    assert [attribute(meter, "value") for meter in measured.query("meter")] == ["0.83"]
    for other, how in (("stances-3", "named by the model; not measured"), ("stances-4", "by rule; not measured")):
        (label,) = document.query(f"#{other} .label")
        assert how in label.to_text()
        assert not label.query("meter")
    assert "absent p=0.88" in document.query("ul.absent li")[0].to_text()


def test_a_report_without_its_text_quotes_what_its_findings_rest_on_and_says_so() -> None:
    document = parsed(VARIED.without_text().to_html())
    assert "The text is not kept in this report" in document.query("article")[0].to_text()
    assert not document.query("mark")
    for item in list_rows(VARIED):
        quoted = [words(quote) for quote in document.query(f'li[id="{item.id}"] blockquote')]
        assert quoted == [bare(f"sentence {span.sentence}{span.text}") for span in item.evidence]


def test_the_page_runs_and_loads_nothing() -> None:
    html = VARIED.to_html()
    document = parsed(html)
    assert not document.query("script, link, img, iframe, object, embed, form, base")
    assert not re.search(r"<[^>]*\s(?:on\w+|style|src)=", html)
    assert not re.search(r"url\(|@import", html)
    policy = attribute(document.query("meta[http-equiv]")[0], "content")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_the_same_report_gives_the_same_bytes_and_the_kept_page() -> None:
    kept = Report.model_validate_json(KEPT.read_bytes())
    assert kept.to_html() == kept.to_html()
    assert kept.to_html() == PAGE.read_text(encoding="utf-8"), "if it is meant: python tests/page_reports.py"
    assert [attribute(node, "id") for node in parsed(kept.to_html()).query(".findings li[id]")] == [
        item.id for item in list_rows(kept)
    ]


def test_the_style_touches_nothing_outside_the_view() -> None:
    depth, rule, rules = 0, "", []
    for character in re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL):
        rule = "" if depth == 0 and character == "}" else rule + character
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0 and character == "}":
            rules.append(rule.strip())
            rule = ""
    selectors = [selector for rule in rules for selector in rule.partition("{")[0].split(",")]
    assert len(selectors) == 5
    assert all(".newslens-report" in selector for selector in selectors)


def test_two_cells_share_no_id() -> None:
    later = VARIED.model_copy(
        update={"provenance": VARIED.provenance.model_copy(update={"created": SAMPLE.provenance.created})}
    )
    one, other = (set(re.findall(r' id="([^"]*)"', report._repr_html_())) for report in (VARIED, later))
    assert len(one) == len(other) > 70
    assert not one & other


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_all_text_has_contrast_enough(scheme: int) -> None:
    found = re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", SHEET)
    colors: dict[str, list[str]] = {}
    for name, *both in found:
        colors.setdefault(name, []).append(both[scheme])
    papers = [*colors["paper"], *colors["several"], *colors["lit"], *colors["tint"], *colors["caveat"]]
    pairs = [
        *product(colors["ink"], papers),
        *product(colors["quiet"], colors["paper"] + colors["tint"]),
        *product(colors["alarm"], colors["paper"] + colors["caveat"] + colors["tint"]),
        *product(colors["hue"], colors["paper"]),
        *zip(colors["hue"], colors["tint"], strict=True),
    ]
    low = {pair for pair in pairs if _contrast(*pair) < 4.5}
    assert not low


def _contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


TEXTS = st.text(
    st.sampled_from("aB9 .\n\r\t<>&\"'=/{}%“é中ש\x00\x0b\x0c\x1b\x85\u2028\u202e\u2066\ufdd0\ufffe\ud800\U0001ffff"),
    max_size=200,
)
OPENING = "The council voted on Monday to close the old bridge over the river. "


@given(text=TEXTS, cuts=st.lists(st.tuples(st.integers(0, 260), st.integers(1, 120)), max_size=8))
@settings(max_examples=20, deadline=None)
def test_any_text_with_any_overlapping_spans_gives_a_valid_page_with_these_marks(
    text: str, cuts: list[tuple[int, int]]
) -> None:
    whole = OPENING + text
    ends = [(start, min(len(whole), start + length)) for start, length in cuts]
    spans = [
        (start, end) for start, end in ends if start < end and replace_unsafe(whole[start:end]) == whole[start:end]
    ]
    try:
        report = of_mine(whole, *spans)
    except InputError:  # binary, by the controls in it
        reject()
    html = report.to_html()
    assert not set(html) & (COMMANDS | set("\ufdd0\ufffe\U0001ffff"))
    document = parsed(html)
    assert isinstance(report.article, Article)
    blocks = report.article.layout.blocks
    seen = {place for block in blocks for place in range(block.start, block.end)}
    for number, (start, end) in enumerate(spans, 1):
        kept = "".join(whole[place] for place in range(start, end) if place in seen)
        assert sorted(marked(document)[f"A{number}"]) == sorted(bare(kept))
    assert len(document.query(".findings li[id]")) == len(spans)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_whatever_a_template_shows_is_escaped_and_harmless(text: str) -> None:
    html = _environment().from_string('<p title="{{ text }}">{{ text }}</p>').render(text=text)
    (back,) = JustHTML(html, fragment=True, strict=True, sanitize=False).query("p")
    assert words(back) == bare(replace_unsafe(text))
    assert bare(attribute(back, "title")) == bare(replace_unsafe(text))


MARKS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(0, 6), st.booleans()), max_size=12)


@settings(max_examples=50, deadline=None)
@given(MARKS)
def test_segments_are_disjoint_and_know_all_that_covers_them(drawn: list[tuple[int, int, int, bool]]) -> None:
    marks = [Mark(start, start + length, owner, strong) for start, length, owner, strong in drawn]
    cut = cut_marks(marks)
    assert all(one.end <= other.start for one, other in pairwise(cut))
    for place in range(50):
        over = [mark for mark in marks if mark.start <= place < mark.end]
        here = [one for one in cut if one.start <= place < one.end]
        assert [one.owners for one in here] == ([tuple(sorted({mark.owner for mark in over}))] if over else [])
        assert all(one.strong == tuple(sorted({mark.owner for mark in over if mark.is_strong})) for one in here)


def test_a_sentence_with_very_many_findings_names_some_and_counts_the_rest() -> None:
    document = parsed(of_mine(OPENING, *[(0, len(OPENING) - 1)] * 300).to_html())
    (mark,) = document.query(".story mark")
    assert attribute(mark, "title").split() == [*(f"A{number}" for number in range(1, MAX_NAMED + 1)), "+260"]
    (links,) = document.query(".story sup")
    assert links.to_text().endswith(f"A{MAX_NAMED} +260")
    assert len(document.query(".findings li[id]")) == 300


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("shape", ["one finding with all words", "one sentence", "each a sentence", "staggered"])
def test_twenty_thousand_findings_or_words_do_not_hang(shape: str) -> None:
    many = 20_000
    text = OPENING * (many if shape == "each a sentence" else many // 5)
    starts = {"one sentence": 0, "each a sentence": len(OPENING), "staggered": 7}
    step = starts.get(shape, 1)
    spans = [(number * step, number * step + 60) for number in range(many)]
    report = of_mine(text, *spans)
    if shape == "one finding with all words":
        rows: Any = report.other["mine"]
        cited = [row["evidence"][0] for row in rows]
        one = {"note": "a note", "evidence": cited[1:], "words": cited}
        report = report.model_copy(update={"other": {"mine": [one]}})
    assert report.to_html().count('<li id="mine-') == len(list_rows(report))


def test_a_hostile_article_and_analysis_command_nothing() -> None:
    attack = "\"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e</style>' "
    text = f"{OPENING}{attack}Mayor Ruiz said on Monday that it ends. "
    report = of_mine(text, (0, 20), kind=attack).model_copy(update={"problems": VARIED.problems})
    facts = dict.fromkeys(("title", "byline", "outlet", "url", "language", "source"), attack)
    report = report.model_copy(update={"article": report.article.model_copy(update=facts)})
    for html in (report.to_html(), report.without_text().to_html(), report._repr_html_()):
        assert not re.search(r"<(?:script|img)|</style>[^<]*<(?!/head|div|section)", html)
        assert "&lt;script&gt;alert(1)" in html
        assert not set(html) & COMMANDS
    document = parsed(report.to_html())
    assert [attribute(node, "id") for node in document.query(".findings li[id]")] == ["A.1"]
    assert marked(document)["A1"] == "Thecouncilvotedon"


def test_a_span_whose_words_are_not_those_of_the_text_is_quoted_and_not_marked() -> None:
    document = parsed(of_mine(OPENING, (0, 20), held="Some other words now").to_html())
    assert not document.query("mark, .where a")
    assert [quote.to_text() for quote in document.query("blockquote")] == ["sentence 1 Some other words now"]


def test_a_long_hostile_text_with_many_findings_stays_below_three_times_its_size() -> None:
    text = OPENING + "\n\n".join(["Mayor <script>alert(1)</script> said \u202e it ends & went on Monday. " * 4] * 200)
    starts = range(0, len(text) - 60, len(text) // 100)
    report = of_mine(text, *((start, start + 40) for start in starts))
    assert len(report.to_html().encode()) < 3 * len(text.encode())


def test_an_article_that_is_written_from_right_to_left_keeps_its_direction_and_language() -> None:
    text = "صوت المجلس يوم الاثنين على إغلاق الجسر القديم فوق النهر. وقال العمدة إن القرار نهائي."
    article = Article.from_text(text, language="ar")
    report = Lens(offline=True).analyze(article)
    (story,) = parsed(report.to_html()).query("article")
    assert (attribute(story, "lang"), attribute(story, "dir")) == ("ar", "auto")
    assert {attribute(node, "dir") for node in story.query("p[dir]")} == {"auto"}


def test_where_the_host_strips_the_style_the_words_still_tell_everything() -> None:
    cell = JustHTML(_cell(VARIED), fragment=True, sanitize=False).root.to_text()
    for item in list_rows(VARIED):
        assert to_one_line(item.text).split()[0] in cell
    assert "against p=0.83" in cell
    assert "Left out: promotion" in cell
    assert cell.index("Caveats") < cell.index("A1 In a recent statement")
