"""The memo: every finding with a footnote into the article, and an article that can make nothing of it but words."""

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from page_reports import SAMPLE, SEED

from newslens.analyses import FRAMING, STANCE, SUMMARY
from newslens.analyses.findings import Answer, Grounding, Problem
from newslens.analyses.framing import PresenceLabel
from newslens.analyses.stance import Stance
from newslens.article.article import Article
from newslens.errors import Unavailable
from newslens.lens import Lens
from newslens.report.markdown import render_markdown
from newslens.report.report import Report
from newslens.report.rows import list_rows, list_sections
from newslens.report.sanitise import escape_markdown, to_one_line
from newslens.report.wording import describe_label
from newslens.testing import Scripted

SPANISH = Lens(offline=True).analyze(Article.from_file(SEED.with_name("spanish-transit.txt")))
REPORTS = [SAMPLE, SPANISH]
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
OURS = {"text", "heading", "paragraph", "bullet_list", "list_item", "inline", "strong"} | {
    f"footnote{part}" for part in ("", "_ref", "_block", "_anchor")
}
LIVE = re.compile(r"(?i)//|www\.|\w@\w|(?<!\w)[@#]\w|:[+\-a-z]\w*:|\w\.(?:com|org|net|example|de)\b")


def tokens(text: str) -> list[Token]:
    return [each for token in PARSER.parse(text) for each in (token, *(token.children or ()))]


def kinds(text: str) -> set[str]:
    return {re.sub(r"_(open|close)$", "", token.type) for token in tokens(text)}


def words(text: str) -> str:
    """What a reader sees of it, on one line and without the joiners."""
    shown = "".join(token.content for token in tokens(text) if token.type == "text")
    return shown.replace("\u2060", "")


def cited(memo: str) -> list[tuple[str, str]]:
    """The name of each footnote in the order of its marks, with what it says."""
    notes = dict(re.findall(r"^\[\^([\w-]+)\]: (.*)$", memo, re.MULTILINE))
    marks = [token.meta["label"] for token in tokens(memo) if token.type == "footnote_ref"]
    return [(mark, words(notes[mark])) for mark in marks]


@pytest.mark.parametrize("report", REPORTS)
def test_every_finding_has_its_line_and_a_footnote_for_each_of_its_sentences(report: Report) -> None:
    memo = render_markdown(report)
    notes = {number: words(quote) for number, quote in re.findall(r"^\[\^(\d+)\]: (.*)$", memo, re.MULTILINE)}
    lines: dict[str, list[str]] = {}
    for line in (line for line in memo.splitlines() if line.startswith("- ")):
        lines.setdefault(words(re.sub(r" \[\^\d+\]", "", line[2:])), []).append(line)
    for item in (item for item in list_rows(report) if item.is_there):
        label = f" — {describe_label(item.label)}" if item.label else ""
        cited = re.findall(r"\[\^(\d+)\]", lines[f"{to_one_line(item.text)}{label}".replace("\u2060", "")].pop(0))
        assert [notes[number] for number in cited] == [
            f"{f'Sentence {span.sentence}' if span.sentence else 'Headline'}: “{to_one_line(span.text)}”"
            for span in item.evidence
        ]


@pytest.mark.parametrize("report", REPORTS)
def test_each_sentence_has_one_footnote_numbered_as_it_is_first_cited(report: Report) -> None:
    memo = render_markdown(report)
    cited = list(dict.fromkeys(re.findall(r"(?<!^)\[\^(\d+)\]", memo, re.MULTILINE)))
    defined = re.findall(r"^\[\^(\d+)\]:", memo, re.MULTILINE)
    spans = {span for item in list_rows(report) if item.is_there for span in item.evidence}
    assert cited == defined == [str(number) for number in range(1, len(spans) + 1)]
    assert kinds(memo) <= OURS
    anchors = Counter(token.meta["id"] for token in tokens(memo) if token.type == "footnote_ref")
    assert len(anchors) == len(spans)


def test_several_memos_in_one_file_keep_their_footnotes_apart() -> None:
    memos = [render_markdown(report, prefix=f"{number}-") for number, report in enumerate(REPORTS, 1)]
    apart = [cited(memo) for memo in memos]
    assert cited("\n---\n\n".join(memos)) == [note for notes in apart for note in notes]
    assert [notes[0][0] for notes in apart] == ["1-1", "2-1"]


def test_a_title_and_a_section_for_each_analysis() -> None:
    memo = render_markdown(REPORTS[0])
    headings = [words(line.lstrip("# ")) for line in memo.splitlines() if line.startswith("#")]
    expected = [REPORTS[0].article.title, *(section.title for section in list_sections(REPORTS[0]))]
    assert headings == [*expected, "Not measured", "Where this comes from"]
    assert REPORTS[0].article.sha256 in memo
    assert REPORTS[0].to_markdown() == memo


def test_what_failed_and_what_is_not_in_the_article_stand_in_plain_sight() -> None:
    summary = {"text": "All of NATO agreed.", "key_points": [{"text": "See NATO now.", "evidence": [1]}]}
    down = Unavailable("the server is down")
    ask = Scripted({"summary": summary}, down, down)
    lens = Lens(analyses=(SUMMARY, STANCE, FRAMING), ask=ask, calls="separate")
    report = lens.analyze("The council voted on Monday to close the old bridge.")
    memo = render_markdown(report)
    assert "All of NATO agreed. — **⚠ not in the article:** NATO" in memo
    assert "- See NATO now. — **⚠ not in the article:** NATO [^1]" in memo
    assert re.search(r"^- stances: Unavailable.*: the server is down$", memo, re.MULTILINE)
    assert "Who stands where" not in memo
    assert "Read by scripted" in memo


def test_a_frame_that_is_absent_is_told_apart_and_has_no_footnote() -> None:
    framing = REPORTS[0].framing
    assert framing is not None
    label = PresenceLabel.from_answer(Answer({"present": 0.25, "absent": 0.75, "unclear": 0.0}, "decision"))
    gone = framing[0].model_copy(update={"label": label, "evidence": (), "words": (), "primary": False})
    memo = render_markdown(REPORTS[0].model_copy(update={"framing": (gone,)}))
    assert f"Nothing found.\n\nLooked for and not there: {escape_markdown(gone.frame)} (absent p=0.75)" in memo


PIECES = [
    *(
        "<script>alert(1)</script>",
        "<!--",
        "<a href=x>",
        "&lt;",
        "&#60;",
        "&",
        "<https://evil.example>",
        "<a@b.example>",
    ),
    *(
        "[x](http://evil.example)",
        "![x](y)",
        "[x]",
        "[^1]",
        "[^1]: note",
        "^[note]",
        "[x]: /url",
        "]",
        "(",
        "![",
        "[ ] ",
    ),
    *(
        "https://evil.example/a",
        "HTTPS://EVIL.EXAMPLE",
        "www.evil.example",
        "WWW.evil.com",
        "a@evil.example",
        "evil.com",
    ),
    *("mailto:a@b.example", "//evil.example", "@octocat", "#12", "org/repo#1", ":smile:", ":+1:"),
    *("# ", "## x", "#", "> ", "- ", "+ ", "* ", "1. ", "12) ", "---", "===", "```", "~~~", "`", "``", "    ", "\t"),
    *("**", "*", "__", "_", "~~", "~", "==", "^", "$x$", "$$", "{{x}}", "{#id}", "{%", "|", "| a | b |", "|---|", ": "),
    *("\\", "\\\\", "\n", "\n\n", "\r", "\u2028", "\x85", "\0", "\u202e", "\ud800", "\u2060", "\ufeff", "\xa0"),
    *("word", "Mayor Ruiz", "é", "新聞", "10:30", "U.S.", "3.5%", "“quoted”", "well-known", "said", " ", ".", "!", "…"),
]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)
PLACES = [
    "# {}",
    "{}",
    "- {}",
    "- said — **{}**",
    "- {} [^1]\n\n[^1]: “{}”",
    "[^1] x\n\n[^1]: {}",
    "- a\n- {}\n- b",
    "| a |\n|---|\n| {} |",
]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PLACES), HOSTILE.filter(lambda text: to_one_line(text).replace("\u2060", "").strip() != ""))
@example(PLACES[0], "1. one")
@example(PLACES[0], "12) x")
@example(PLACES[0], "---")
@example(PLACES[0], "+ x")
@example(PLACES[0], "www.1.example")
@example(PLACES[0], "a\\")
@example(PLACES[0], "x #")
@example(PLACES[0], "|a|b|\n|---|---|")
def test_hostile_text_comes_back_as_the_words_that_it_was(place: str, text: str) -> None:
    shown = escape_markdown(text)
    memo = place.replace("{}", shown)
    expected = words(place.replace("{}", "X")).replace("X", to_one_line(text).replace("\u2060", ""))
    assert words(memo) == expected
    assert kinds(memo) == kinds(place.replace("{}", "X"))
    assert not LIVE.search("\n".join(token.content for token in tokens(memo) if token.type == "text"))


def hostile(text: str) -> Report:
    """A report in which everything that comes from outside is the text."""
    article = Article(text=f"Mayor Ruiz said no. {text} x", title=text, byline=text, outlet=text, url=text)
    data: dict[str, Any] = {"holder": text, "target": text, "label": "against", "voice": "quoted", "note": text}
    span = article.span(0, len(article.text))
    stance = Stance.model_validate({**data, "evidence": [1]}, context=Grounding({1: span}, article.text))
    problem = Problem(analysis=text, kind="Unavailable", message=text)
    made = REPORTS[0].provenance.model_copy(update={"model": text, "reader": "model", "targets": (text,)})
    other = {"mine": [{"note": text, "list": [text]}]}
    changes = {"article": article, "stances": (stance,), "problems": (problem,), "provenance": made, "other": other}
    return Report(coverage=(), provenance=made, article=article).model_copy(update=changes)


@settings(max_examples=20, deadline=None)
@given(HOSTILE.filter(lambda text: "\u2060" not in text))
def test_a_report_full_of_hostile_text_is_a_memo_like_any_other(text: str) -> None:
    memo, harmless = render_markdown(hostile(text)), render_markdown(hostile("Word"))
    assert kinds(memo) <= OURS
    assert memo.count("\n#") == harmless.count("\n#")
    assert len([token for token in tokens(memo) if token.type == "footnote_ref"]) == 1
    assert f"“{to_one_line(f'Mayor Ruiz said no. {text} x')}”" in words(memo)


def test_no_host_makes_a_link_or_a_mention_of_a_word() -> None:
    text = "See https://evil.example/x, www.evil.com, ftp://a.org, a@b.org, @octocat and #12 :smile: at evil.net."
    assert not LIVE.search(escape_markdown(text))
    assert escape_markdown(text).replace("\u2060", "").replace("\\", "") == text


def test_marks_of_other_dialects_are_no_marks_either() -> None:
    text = "=x== $y$ ^z^ ~w~ |v| {#id} {{x}}"
    assert escape_markdown(text) == r"\=x=\= \$y\$ \^z\^ \~w\~ \|v\| \{\#" + "\u2060" + r"id\} \{\{x\}\}"


def test_plain_prose_stays_readable() -> None:
    text = "The U.S. said at 10:30 that 3.5% (well-known) is “fine” - Ruiz's words; cost=5, or 6+."
    assert escape_markdown(text) == text
