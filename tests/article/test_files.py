import json
import os
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.article import files
from newslens.article.fetch import Fetched
from newslens.article.files import from_page, from_record, read_article
from newslens.article.html import Extracted, from_html
from newslens.errors import InputError

SEEDS = Path(__file__).parents[2] / "seeds"
PLACE = "“Naïve” café – Übergröße\r\n\r\nSecond\tparagraph.\n"


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-8-sig", "utf-8"),
        ("utf-16", None),
        ("utf-16-le", None),
        ("utf-16-be", None),
        ("utf-32", None),
        ("cp1252", "cp1252"),
        ("cp1252", "windows-1252"),
    ],
)
def test_text_is_kept_to_the_code_point(tmp_path: Path, encoding: str, told: str | None) -> None:
    for name in ("story.txt", "story.TEXT", "story.md", "story"):
        assert read_article(written(tmp_path, name, PLACE.encode(encoding)), encoding=told) == Extracted(PLACE)


def plain(text: str) -> bool:
    """No front matter, no byte order mark, and not so many NULs that it looks like UTF-16."""
    return bool(text.strip()) and not text.startswith(("---", "\ufeff")) and text.count("\0") < 2


@given(text=st.text().filter(plain))
def test_any_unicode_text_comes_back_as_it_was(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = written(tmp_path_factory.mktemp("any"), "any.md", text)
    assert read_article(path).text == text


def test_the_sample_articles_are_read_as_they_are() -> None:
    paths = sorted(SEEDS.glob("*.txt"))
    assert paths
    for path in paths:
        assert read_article(path) == Extracted(path.read_bytes().decode())


FRONT_MATTER = """\
---
title: "Bridge: closed"
author: A B; C D
date: 2026-03-03
url: https://a.example/b
outlet: Courier
lang: en
tags:
  - x
---
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            FRONT_MATTER + "\nBody.\n",
            Extracted(
                "Body.\n", "Bridge: closed", "A B and C D", "Courier", date(2026, 3, 3), "https://a.example/b", "en"
            ),
        ),
        ("---\r\ntitle: Bridge\r\n---\r\nBody.\r\n", Extracted("Body.\r\n", "Bridge")),
        ("---\nA line of prose.\n---\nBody.", Extracted("---\nA line of prose.\n---\nBody.")),
        ("---\ntitle: never closed\nBody.", Extracted("---\ntitle: never closed\nBody.")),
        ("Body.\n---\ntitle: x\n---\n", Extracted("Body.\n---\ntitle: x\n---\n")),
    ],
)
def test_front_matter_is_metadata_and_everything_else_is_text(tmp_path: Path, text: str, expected: Extracted) -> None:
    assert read_article(written(tmp_path, "story.md", text)) == expected
    assert read_article(written(tmp_path, "story.txt", text)) == Extracted(text)


def test_a_saved_page_is_read_as_from_html_reads_it(tmp_path: Path) -> None:
    seed = SEEDS / "harbour-bridge-closure.html"
    assert read_article(seed) == from_html(seed.read_bytes())
    western = written(tmp_path, "page.HTM", seed.read_text().replace("utf-8", "").encode("cp1252", "xmlcharrefreplace"))
    assert read_article(western, encoding="cp1252") == read_article(seed)


TRAFILATURA = {
    "title": "Bridge to close",
    "author": "A B; C D",
    "hostname": "courier.example",
    "date": "2026-03-03",
    "raw_text": "Bridge to close First. Second.",
    "text": "Bridge to close\nFirst.\nSecond.",
    "language": "en",
    "source": "https://courier.example/a",
    "source-hostname": "Courier",
    "categories": None,
}
NEWS_PLEASE = {
    "authors": ["A B", "C D", "E F"],
    "date_download": "2026-03-05 00:00:00",
    "date_publish": "2026-03-03 17:42:00",
    "source_domain": "courier.example",
    "title": "Bridge to close",
    "maintext": "First.\nSecond.",
    "description": None,
    "url": "https://courier.example/a",
    "language": "en",
    "localpath": None,
}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            TRAFILATURA,
            Extracted(
                "Bridge to close\n\nFirst.\nSecond.",
                "Bridge to close",
                "A B and C D",
                "courier.example",
                date(2026, 3, 3),
                "https://courier.example/a",
                "en",
            ),
        ),
        (
            NEWS_PLEASE,
            Extracted(
                "Bridge to close\n\nFirst.\nSecond.",
                "Bridge to close",
                "A B, C D and E F",
                "courier.example",
                datetime(2026, 3, 3, 17, 42),  # noqa: DTZ001 - news-please writes no zone
                "https://courier.example/a",
                "en",
            ),
        ),
        ({"text": "Only text."}, Extracted("Only text.")),
        ({"text": "", "raw_text": "Raw.", "title": 5, "author": [None], "date": "n/a"}, Extracted("Raw.")),
    ],
)
def test_the_json_of_other_extractors_is_read(tmp_path: Path, record: dict[str, object], expected: Extracted) -> None:
    assert from_record(record) == expected
    assert read_article(written(tmp_path, "story.json", json.dumps(record))) == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"caf\xe9", r"not utf-8 \(byte 0xE9 at 3\)\. State the encoding"),
        ("a.txt", b"\xef\xbb\xbf\xff\xff", "not utf-8-sig"),
        ("a.txt", b" \r\n", "is empty"),
        ("a.txt", b"%PDF-1.7\n", "a PDF, not text.*pdftotext"),
        ("a.md", b"PK\x03\x04rest", "a zip archive or an office document"),
        ("a.html", b"\x89PNG\r\n", "an image"),
        ("a.json", b"\x1f\x8b\x08", "compressed with gzip"),
        ("a.docx", b"x", r"ends in '\.docx'; known are \.txt"),
        ("a.jsonl", b"{}", "one article a line. Read it with newslens.corpus.read"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 200_000, "not JSON"),
        ("a.json", b"[{}, {}]", "list of 2 records"),
        ("a.json", b'"x"', "holds a str"),
        ("a.json", b'{"id": 1, "headline": "x"}', r"under maintext, text, raw_text\. Its keys: headline, id"),
        ("a.json", b"{}", "Its keys: none"),
        ("a.html", b"<html></html>", "no article in the page"),
    ],
)
def test_a_file_that_is_no_article_says_why_and_which(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(InputError, match=message) as caught:
        read_article(path)
    assert repr(str(path)) in str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "message"),
    [("klingon", "There is no encoding 'klingon'"), ("ascii", r"not ascii \(byte .* Try another")],
)
def test_an_encoding_that_does_not_fit_is_refused(tmp_path: Path, encoding: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_article(written(tmp_path, "a.txt", PLACE), encoding=encoding)


def test_what_cannot_be_opened_is_an_input_error(tmp_path: Path) -> None:
    folder = tmp_path / "folder.txt"
    folder.mkdir()
    cases = {
        tmp_path / "gone.txt": "There is no file",
        folder: "is a directory",
        Path(f"{tmp_path}/nul\0.txt"): "cannot be read",
        tmp_path / ("x" * 300 + ".txt"): "cannot be read",
    }
    for path, message in cases.items():
        with pytest.raises(InputError, match=re.escape(message)) as caught:
            read_article(path)
        assert repr(os.fspath(path)) in str(caught.value)
        assert isinstance(caught.value.__cause__, OSError | ValueError)


def test_a_forbidden_file_is_an_input_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")  # as root, no mode keeps us from reading

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(InputError, match=r"a\.txt' may not be read"):
        read_article(tmp_path / "a.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes in its file system")
def test_what_is_not_a_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zeros.txt").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe.txt", tmp_path / "zeros.txt"):
        with pytest.raises(InputError, match="is a pipe, socket or device, not a regular file"):
            read_article(path)


def test_a_file_over_the_limit_is_refused_before_it_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    assert read_article(written(tmp_path, "a.txt", "x" * 10)).text == "x" * 10
    with pytest.raises(InputError, match="more than 10 bytes"):
        read_article(written(tmp_path, "b.txt", "x" * 11))


def test_what_was_fetched_is_read_by_its_type() -> None:
    at = "https://a.example/a"
    seed = (SEEDS / "harbour-bridge-closure.html").read_bytes()
    assert from_page(Fetched(at, seed, None, "text/html")) == from_html(seed, url=at)
    assert from_page(Fetched(at, seed, None, "")) == from_html(seed, url=at)
    assert from_page(Fetched(at, b"caf\xe9", "cp1252", "text/plain")) == Extracted("café", url=at)
    assert from_page(Fetched(at, b'{"text": "x"}', None, "application/json")) == Extracted("x", url=at)
