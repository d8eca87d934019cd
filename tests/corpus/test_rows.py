"""Tables in and out: the same article from every library and file, the same row into every library."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from newslens.analyses import SUMMARY
from newslens.article.article import Article
from newslens.corpus import Outcome, frame, from_frame, read
from newslens.corpus.rows import keyed
from newslens.errors import ConfigurationError, InputError, Unavailable, Usage
from newslens.lens import Lens

TEXT = "The council voted on Monday to close the old bridge."
ROWS: dict[str, Any] = {
    "id": [7, None, 9],
    "text": [TEXT, None, f"{TEXT} It is old."],
    "byline": ["Ana Ruiz", None, None],
    "outlet": ["The Post", None, None],
    "published": [datetime(2025, 5, 4, 10, 30), None, None],  # noqa: DTZ001 - tables have them without a zone
    "my column": [1.5, float("nan"), 2.0],
}
LIBRARIES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(ROWS),
    "pandas, nullable": lambda: pd.DataFrame(ROWS).convert_dtypes(),
    "polars": lambda: pl.DataFrame(ROWS),
    "pyarrow": lambda: pa.table(ROWS),
}


def told(key: str) -> str:
    """A key, if it was made up without its hash."""
    return re.sub(r"^(row \d+) [0-9a-f]{8}$", r"\1", key)


def plain(rows: Any) -> list[Any]:
    return [(told(key), one.model_dump() if isinstance(one, Article) else type(one)) for key, one in rows]


EXPECTED = [
    ("7", Article.from_text(TEXT, byline="Ana Ruiz", outlet="The Post", published=ROWS["published"][0]).model_dump()),
    ("row 2", InputError),
    ("9", Article.from_text(f"{TEXT} It is old.").model_dump()),
]


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_library_gives_the_same_articles(library: str) -> None:
    assert plain(from_frame(LIBRARIES[library]())) == EXPECTED


def test_a_parquet_file_gives_the_same_articles(tmp_path: Path) -> None:
    parquet.write_table(pa.table(ROWS), tmp_path / "in.parquet")
    assert plain(read(tmp_path / "in.parquet")) == EXPECTED


def test_json_lines_give_the_same_articles(tmp_path: Path) -> None:
    rows = [{name: column[n] for name, column in ROWS.items()} for n in range(3)]
    lines = [json.dumps({**row, "published": row["published"] and row["published"].isoformat()}) for row in rows]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    assert plain(read(tmp_path / "in.jsonl")) == EXPECTED


def test_a_long_parquet_file_is_read_a_piece_at_a_time(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"text": [TEXT] * 1100}), tmp_path / "in.parquet")
    assert [told(key) for key, _ in read(tmp_path / "in.parquet")] == [f"row {n}" for n in range(1, 1101)]


def test_a_row_of_html_is_read_as_the_page_and_what_the_row_says_of_itself_counts() -> None:
    page = f"<html lang=en><title>Page</title><article><h1>Page</h1>{f'<p>{TEXT}</p>' * 9}</article></html>"
    key, article = keyed({"key": "k", "html": page, "outlet": "The Post", "published": "2025-05-04"}, 1)
    assert isinstance(article, Article)
    assert TEXT in article.text
    assert (key, article.outlet, article.published) == ("k", "The Post", date(2025, 5, 4))


def test_a_row_without_an_id_has_a_key_that_is_no_other_row_s() -> None:
    rows: list[dict[str, Any]] = [{"text": TEXT}, {"id": 1, "text": TEXT}, {"id": "row 1", "text": TEXT}]
    made_up = keyed(rows[0], 1)[0]
    assert [keyed(row, number)[0] for number, row in enumerate(rows, 1)] == [made_up, "1", "row 1"]
    assert len({made_up, "1", "row 1"}) == 3
    others: list[Any] = [{"text": f"{TEXT} "}, {"text": ""}, InputError("not JSON")]
    assert made_up not in {keyed(rows[0], 2)[0], *(keyed(row, 1)[0] for row in others)}
    assert keyed({"title": None, "text": TEXT}, 1)[0] == made_up


NO_UTF8 = "Café".encode("cp1252")
PAGE = f"<meta charset=latin-1><p>Caf\u00e9</p><article>{f'<p>{TEXT}</p>' * 9}</article>".encode("latin-1")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"text": TEXT.encode()}, TEXT),
        ({"id": b"a", "text": TEXT.encode()}, TEXT),
        ({"id": "a", "html": PAGE}, None),
        ({"text": NO_UTF8}, "The record's 'text' holds bytes, not text."),
        ({"text": 5}, "The record's 'text' holds int, not text."),
        ({"text": ["a", "b"]}, "The record's 'text' holds list, not text."),
        ({"text": " \n"}, "The record's 'text' is empty."),
        ({"text": "", "html": ""}, "The record's 'text' is empty."),
        (
            {"text": None, "body": TEXT},
            "The record has no article text under maintext, text, raw_text. Its keys: body, text.",
        ),
    ],
)
@pytest.mark.parametrize("from_file", [True, False])
def test_a_cell_is_text_or_the_row_says_what_stands_there(
    tmp_path: Path, row: dict[str, Any], expected: str | None, *, from_file: bool
) -> None:
    table = pa.table({name: [value] for name, value in row.items()})
    parquet.write_table(table, tmp_path / "in.parquet")
    ((key, found),) = read(tmp_path / "in.parquet") if from_file else from_frame(table)
    assert told(key) == ("a" if "id" in row else "row 1")
    said = found.text if isinstance(found, Article) else str(found)
    assert said == expected or (expected is None and TEXT in said)


@pytest.mark.parametrize("thing", [None, 3, "text", [TEXT], pl.LazyFrame(ROWS)])
def test_what_is_no_table_is_refused_at_once(thing: Any) -> None:
    with pytest.raises(ConfigurationError, match="table in memory"):
        from_frame(thing)


REPORT = Lens(offline=True, analyses=[SUMMARY]).analyze(TEXT)
OUTCOMES = [
    Outcome("a", REPORT, article="1"),
    Outcome("b\ud800", error=Unavailable("down", usage=Usage(requests=2, input_tokens=9, seconds=1.5)), article="2"),
]
OUT = [
    {"key": "a", "article": "1", "complete": True, "error": None, "message": None, "title": None, "tokens": 0}
    | {"cost_usd": None, "seconds": 0.0, "report": REPORT.without_text().model_dump_json()},
    {"key": "b?", "article": "2", "complete": False, "error": "Unavailable", "message": "down", "title": None}
    | {"tokens": 9, "cost_usd": None, "seconds": 1.5, "report": None},
]


@pytest.mark.parametrize("outcomes", [OUTCOMES, []])
@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_outcomes_are_a_row_each_in_every_library(backend: Any, outcomes: list[Outcome]) -> None:
    import narwhals.stable.v2 as nw

    table = nw.from_native(frame(outcomes, backend=backend), eager_only=True)
    nulls = [{name: None if pd.isna(value) else value for name, value in row.items()} for row in table.rows(named=True)]
    assert nulls == OUT[: len(outcomes)]
    assert table.columns == list(OUT[0])


def test_a_backend_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'duckdb'"):
        frame([], backend="duckdb")  # type: ignore[arg-type] # that is the point


WITHOUT = """
import sys
for name in ("pandas", "polars", "pyarrow"):
    sys.modules[name] = None  # how Python notes that a module cannot be imported
from newslens.corpus import frame, read
for missing in (lambda: next(read(sys.argv[1])), lambda: frame([], backend="polars")):
    try:
        missing()
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_a_missing_library_says_what_to_install(tmp_path: Path) -> None:
    parquet.write_table(pa.table(ROWS), tmp_path / "in.parquet")
    command = [sys.executable, "-c", WITHOUT, str(tmp_path / "in.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "MissingExtra Reading Parquet needs pyarrow. Run: pip install pyarrow",
        "MissingExtra A polars table needs polars. Run: pip install polars",
    ]


CELLS = st.none() | st.floats() | st.text() | st.integers() | st.lists(st.text(), max_size=2) | st.dates()


@given(st.dictionaries(st.sampled_from(["id", "text", "title", "byline", "published", "url", "x"]), CELLS))
def test_whatever_a_row_holds_it_is_an_article_or_an_error(row: dict[str, Any]) -> None:
    key, one = keyed(row, 4)
    assert key
    assert isinstance(one, (Article, InputError))
