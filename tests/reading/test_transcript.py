"""The article as a model sees it: every sentence once behind its number, and nothing that passes for our own words."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from newslens.article.article import Article
from newslens.reading.transcript import render_transcript, sanitize

TEXT = """A bridge closes

By Ana Ruiz

The council voted on Monday. It was close.

Money

Traders fear for their income.

Leave a Reply
"""


def test_the_whole_is_fenced_numbered_and_without_boilerplate() -> None:
    article = Article.from_text(TEXT, outlet="The Bugle", published=date(2025, 5, 4), language="en")
    fence = f"ARTICLE {article.sha256[:12]}"
    assert render_transcript(article).splitlines() == [
        f"<{fence}>",
        "Published: 2025-05-04",
        "Language: en",
        "Outlet: The Bugle",
        "Byline: Ana Ruiz",
        "[0] A bridge closes",
        "[1] The council voted on Monday.",
        "[2] It was close.",
        "# Money",
        "[3] Traders fear for their income.",
        f"</{fence}>",
    ]


def test_blind_leaves_out_who_published_and_who_wrote_it() -> None:
    article = Article.from_text(TEXT, outlet="The Bugle")
    assert "Bugle" not in render_transcript(article, blind=True)
    assert "Ruiz" not in render_transcript(article, blind=True)


def test_a_part_shows_the_piece_of_a_sentence_that_lies_inside_it() -> None:
    article = Article.from_text(TEXT)
    middle = article.sentence(1).start + len("The council ")
    first, second = render_transcript(article, 0, middle), render_transcript(article, middle)
    assert "[1] The council\n" in first
    assert "[1] voted on Monday." in second
    assert "[2]" not in first


@given(st.text(max_size=300))
def test_no_text_can_write_a_line_a_bracket_or_a_control_character(text: str) -> None:
    shown = sanitize(text)
    assert len(shown.splitlines()) <= 1
    assert not set(shown) & set("<>[]\x00\x1b\u202e\u2066")
    shown.encode()


def test_what_spells_words_is_kept() -> None:
    persian, family = "می\u200cخواهم", "👩\u200d👩\u200d👧"
    assert sanitize(f"{persian} {family}") == f"{persian} {family}"
