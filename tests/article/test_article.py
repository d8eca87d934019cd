import json
import pickle
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newslens.article import article as module
from newslens.article.article import Article, Boilerplate, Heading, require_article
from newslens.article.spans import Span
from newslens.errors import InputError

SEEDS = Path(__file__).parents[2] / "seeds"
SAMPLE = (SEEDS / "sheinbaum-declines-military-aid.txt").read_text(encoding="utf-8")

TEXT = (
    "Mexico Declines Offer\r\n\r\nBy Jane Doe | May 4, 2025\r\n\r\n"
    "She said no. He asked twice.\r\n\r\nThe Context\r\n\r\nThe offer was made in May.\r\n\r\nLeave a Reply\r\n"
)


def test_article_knows_what_stands_where() -> None:
    article = Article.from_text(TEXT)
    assert article.text == TEXT
    assert (article.title, article.byline, article.published) == (
        "Mexico Declines Offer",
        "Jane Doe",
        date(2025, 5, 4),
    )
    assert article.headline == Span(start=0, end=21, text="Mexico Declines Offer", sentence=0)
    assert article.sentences == (
        Span(start=54, end=66, text="She said no.", sentence=1),
        Span(start=67, end=82, text="He asked twice.", sentence=2),
        Span(start=101, end=127, text="The offer was made in May.", sentence=3),
    )
    assert article.paragraphs == ((1, 2), (3, 3))
    assert article.headings == (Heading(start=86, end=97, text="The Context", before=3),)
    assert article.boilerplate == (Boilerplate(start=131, end=144, text="Leave a Reply", reason="comment form"),)


def test_sample_article_is_read_as_a_person_reads_it() -> None:
    article = Article.from_text(SAMPLE)
    lines = [line.strip() for line in SAMPLE.splitlines() if line.strip()]
    assert (article.title, article.byline, article.published) == (lines[0], None, date(2025, 5, 4))
    assert [piece.text[:20] for piece in article.boilerplate] == [
        "• YOU MAY ALSO LIKE ",
        "Breaking News, Cause",
        "Leave a Reply",
        "Your email address w",
    ]
    assert article.headings[0].text == lines[2]
    assert [len(article.sentences), len(article.paragraphs), len(article.headings)] == [72, 26, 18]
    assert article.sentences[0].text.startswith("In a recent statement, Mexican President")
    assert all(sentence.text.endswith(".") or sentence.text.endswith("?") for sentence in article.sentences)


def test_what_is_given_wins_over_what_the_text_shows() -> None:
    given_fields: dict[str, Any] = {
        "title": "Another Title",
        "byline": "John Roe",
        "outlet": "The Planet",
        "published": datetime(2025, 5, 5, 10, tzinfo=UTC),
        "url": "https://example.org/a",
        "language": "en",
    }
    assert Article.from_text(TEXT, **given_fields) == Article(text=TEXT, **given_fields)


def test_constructor_stores_what_it_is_given() -> None:
    article = Article(text="")
    assert (article.text, article.title, article.sentences, article.headline) == ("", None, (), None)


NO_ARTICLES: list[tuple[Any, str]] = [
    ("", "empty"),
    (" \r\n\t\u00a0 ", "empty"),
    (None, "must be a str, not NoneType"),
    (7, "must be a str, not int"),
    (b"The council voted.", "Article.from_html"),
    (Path("a.txt"), "Article.from_file"),
    (
        "Leave a Reply\n\nYour email address will not be published. Required fields are marked *",
        "only boilerplate",
    ),
    ("By Jane Doe | May 4, 2025", "only boilerplate"),
    ("\u202e\u200b… — !", "no letter"),
    ("PK\x03\x04" + "\x00\x01\x02a" * 200, "binary"),
    ("T\x00h\x00e\x00 \x00e\x00n\x00d\x00", "binary"),
    ("\ufffd\ufffd was \ufffd\ufffd", "binary"),
]


def test_what_is_no_article_is_refused_and_the_message_says_why() -> None:
    for text, message in NO_ARTICLES:
        with pytest.raises(InputError, match=message) as caught:
            Article.from_text(text)
        assert "voted" not in str(caught.value)


def test_too_long_a_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", 10)
    with pytest.raises(InputError, match="60 characters; at most 10"):
        Article.from_text("She said. " * 6)


ODD = ["\x00", "\ud800", "\u202e", "\u2066", "\ufeff", "\u00ad", "\x1b[31m", "{0} %s", "<|endoftext|>", "<script>"]


def test_odd_characters_in_sound_prose_are_kept() -> None:
    for odd in ODD:
        text = f"The bri{odd}dge was closed on Monday, the mayor of the town said.{odd} She left at once."
        article = Article.from_text(text)
        assert article.text == text
        assert len(article.sentences) == 2


@pytest.mark.parametrize("field", ["title", "byline", "outlet", "url", "language", "source"])
def test_any_metadata_leaves_the_article_readable(field: str) -> None:
    for value in ("a\ud800b", "\x00", "x" * 10_000, "{0}%s"):
        article = Article.from_text("The council voted. It left. ", **{field: value})  # type: ignore[arg-type]
        assert [sentence.text for sentence in article.sentences] == ["The council voted.", "It left."]
        assert Article.model_validate_json(article.model_dump_json()).sha256 == article.sha256


@pytest.mark.parametrize("title", ["Mexico Declines Offer", "The council closed the bridge on Monday.", "X"])
def test_a_text_that_is_only_its_title_is_a_sentence(title: str) -> None:
    page = Article.from_html(f"<title>{title}</title><body><h1>{title}</h1><p>{title}</p></body>")
    for article in (Article.from_text(title, title=title), page):
        assert [sentence.text for sentence in article.sentences] == [title]


@pytest.mark.parametrize(
    "text",
    [
        "word 5 word " * 400,
        "a" * 200_000,
        "The mayor said no. " * 3_000,
        "The mayor said no.\r\n" * 2_000,
        "Menu\n" * 3_000 + "The mayor said no to the bridge on Monday.",
        "\n" * 200_000 + "The mayor said no.",
        "> " * 50_000 + "The mayor said no.",
        "From: a\n" * 2_000 + "The mayor said no.",
        "Subject: " + "re: " * 50_000 + "x\n\nThe mayor said no.",
    ],
    ids=range(9),
)
def test_time_is_linear_in_hostile_text(text: str) -> None:
    article = Article.from_text(text)
    assert article.sentences
    assert all(text[span.start : span.end] == span.text for span in article.sentences)


def test_a_lens_takes_an_article_or_its_text_and_no_path(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The council voted.")
    assert require_article("The council voted.") == Article(text="The council voted.")
    for given_text, message in ((str(path), "is a file, not a text"), (Article(text=""), "has no sentence")):
        with pytest.raises(InputError, match=message):
            require_article(given_text)


MIDNIGHT = datetime(2025, 5, 4, tzinfo=UTC)


DATES: list[datetime | date | None] = [
    None,
    date(2025, 5, 4),
    MIDNIGHT,
    MIDNIGHT.replace(tzinfo=None),
    MIDNIGHT.replace(hour=10, second=2),
]


def test_date_and_date_time_stay_what_they_are() -> None:
    for published in DATES:
        article = Article(text=TEXT, published=published)
        for back in (
            Article.model_validate_json(article.model_dump_json()),
            Article.model_validate(json.loads(json.dumps(article.model_dump(mode="json")))),
            Article.model_validate(article.model_dump()),
        ):
            assert back == article
            assert type(back.published) is type(published)


@given(
    st.lists(
        st.sampled_from([*TEXT.splitlines(), SAMPLE[:900], *ODD, "a\ufffdb", "“No.” She left. ", "\r", "\n"]),
        min_size=1,
    )
)
def test_serialised_article_has_the_same_sentences(parts: list[str]) -> None:
    article = Article(text="\n".join(parts), title="Mexico Declines Offer")
    back = Article.model_validate_json(article.model_dump_json())
    places = [(span.start, span.end, span.sentence) for span in article.sentences]
    assert [(span.start, span.end, span.sentence) for span in back.sentences] == places
    assert all(back.text[span.start : span.end] == span.text for span in back.sentences)
    assert (back.paragraphs, back.sha256) == (article.paragraphs, article.sha256)


def test_derived_values_are_not_serialised() -> None:
    article = Article.from_text(TEXT)
    assert article.sentences
    assert set(article.model_dump()) == set(Article.model_fields)


def test_pickle_and_copy_are_equal_and_a_changed_copy_derives_anew() -> None:
    article = Article.from_text(TEXT)
    assert pickle.loads(pickle.dumps(article)) == article  # noqa: S301 - our own bytes
    assert article.model_copy() == article
    assert article.model_copy(update={"text": "She left."}).sentences == Article(text="She left.").sentences
    with pytest.raises(ValidationError):
        article.model_copy(update={"tezt": "She left."})


def test_article_is_frozen_and_refuses_unknown_fields() -> None:
    with pytest.raises(ValidationError):
        Article.from_text(TEXT).text = "other"  # type: ignore[misc] # that is the point
    with pytest.raises(ValidationError):
        Article.model_validate({"text": TEXT, "authors": ["Jane Doe"]})


def test_repr_is_short_and_has_no_body() -> None:
    assert repr(Article.from_text(TEXT)) == (
        "Article(title='Mexico Declines Offer', characters=146, sha256='" + Article(text=TEXT).sha256[:12] + "')"
    )
    assert len(repr(Article(text=TEXT, title="Mexico " * 100))) < 150


def test_an_error_of_validation_shows_nothing_of_the_text() -> None:
    with pytest.raises(ValidationError) as caught:
        Article.model_validate({"text": TEXT, "published": "soon"})
    assert "Mexico" not in str(caught.value)


NUMBERS: list[tuple[int, int, int]] = [
    (0, 6, 0),
    (54, 57, 1),
    (63, 70, 1),
    (66, 67, 2),
    (67, 69, 2),
    (86, 97, 3),
    (101, 127, 3),
    (131, 136, 3),
]


def test_span_has_the_number_of_the_sentence_it_begins_in() -> None:
    for start, end, sentence in NUMBERS:
        expected = Span(start=start, end=end, text=TEXT[start:end], sentence=sentence)
        assert Article.from_text(TEXT).span(start, end) == expected


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, len(TEXT) + 1)])
def test_span_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not inside a text of 146"):
        Article.from_text(TEXT).span(start, end)


def test_sentence_has_its_number() -> None:
    article = Article.from_text(TEXT)
    assert [article.sentence(n).sentence for n in range(4)] == [0, 1, 2, 3]
    for number in (-1, 4):
        with pytest.raises(IndexError, match="1 to 3"):
            article.sentence(number)
    with pytest.raises(IndexError, match="1 to 1"):
        Article(text="She left.").sentence(0)


def test_language_chooses_the_abbreviations_and_is_guessed_when_absent() -> None:
    text = "La Sra. López y el Dr. Gil, de EE. UU., hablaron ayer de la guerra. Después salieron del palacio."
    assert Article.from_text(text).sentences == Article.from_text(text, language="es-MX").sentences
    assert len(Article.from_text(text).sentences) == 2


@pytest.mark.slow
def test_ten_megabytes_are_read_whole() -> None:
    text = SAMPLE * 880
    article = Article.from_text(text)
    assert len(article.sentences) > 60_000
    assert len(article.headings) > 10_000
    assert len(article.boilerplate) > 1_000


PAGE = f"""<html lang="en"><head><title>Mexico Declines Offer - The Planet</title>
<meta property="og:site_name" content="The Planet"></head><body><article><h1>Mexico Declines Offer</h1>
{"".join(f"<p>The president said no for reason number {n}, and she gave that reason at length.</p>" for n in range(9))}
</article></body></html>"""


def is_the_page(article: Article) -> bool:
    return (
        article.title == "Mexico Declines Offer"
        and article.headline is not None
        and [sentence.text[:31] for sentence in article.sentences] == ["The president said no for reason"[:31]] * 9
    )


def test_article_from_a_page() -> None:
    assert is_the_page(Article.from_html(PAGE))
    assert Article.from_html(PAGE.encode(), url="https://example.org/a").url == "https://example.org/a"


def test_article_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.encode())
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    assert Article.from_file(tmp_path / "a.txt").sentences == Article.from_text(TEXT).sentences
    assert is_the_page(Article.from_file(str(tmp_path / "a.html")))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/a"
        server.shutdown()


@pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])
def test_article_from_an_address(address: str) -> None:
    article = Article.from_url(address, allow_private=True)
    assert is_the_page(article)
    assert article.url == address
    with pytest.raises(InputError):
        Article.from_url(address)
