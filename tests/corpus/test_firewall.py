"""A row is a firewall: whatever is in it, or goes wrong over it, becomes its outcome and costs no other row."""

import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from newslens import Lens, NewslensError, Report, Reports
from newslens.analyses import SUMMARY
from newslens.article.article import Article
from newslens.corpus import Outcome, Pages, Results, analyze_many, read
from newslens.corpus.rows import keyed
from newslens.errors import ConfigurationError, InputError, InternalError, Unavailable, Usage
from newslens.llm.exchange import Request, Response
from newslens.llm.store import Store

TEXT = "The council voted on Monday to close the old bridge."
ANSWER = json.dumps({"summary": {"text": "t", "key_points": [{"text": "A vote.", "evidence": [1]}]}})
OFFLINE = Lens(offline=True, analyses=[SUMMARY])
SECRET = "Zanzibar-47"  # noqa: S105 - of an article


def failing(error: BaseException) -> Lens:
    """A lens whose model raises an error about every other article."""

    async def ask(request: Request) -> Response:
        if SECRET in request.messages[1].content:
            raise error
        return Response(ANSWER, Usage(requests=1), "m")

    return Lens(model="m", ask=ask, analyses=[SUMMARY])


TEXTS = [("a", TEXT), ("b", f"{TEXT} It is called {SECRET}."), ("c", f"{TEXT} It is old.")]


def states(outcomes: list[Outcome]) -> dict[str, str]:
    return {one.key: type(one.error).__name__ if one.error else "Report" for one in outcomes}


@pytest.mark.parametrize("error", [TypeError(SECRET), RecursionError(SECRET), AssertionError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, SECRET), ExceptionGroup(SECRET, [KeyError()])])  # fmt: skip  # noqa: E501
def test_a_bug_is_an_error_of_its_row_that_says_where_and_quotes_nothing(error: Exception, tmp_path: Path) -> None:
    with Store(tmp_path / "run.db") as store:
        outcomes = list(analyze_many(failing(error).pipeline, TEXTS, store=store))
        assert states(outcomes) == {"a": "Report", "b": "InternalError", "c": "Report"}
        again = {one.key: one for one in analyze_many(failing(error).pipeline, TEXTS, store=store)}
    bug = again["b"].error
    assert isinstance(bug, InternalError)
    assert (bug.kind, bug.place.partition(":")[0].endswith(".py")) == (type(error).__name__, True)
    assert f"Unexpected {type(error).__name__} at " in str(bug)
    assert "Report the class and the place to the authors" in str(bug)
    assert SECRET not in f"{bug} {vars(bug)} {bug.__cause__}"


def test_what_no_further_row_would_survive_is_not_swallowed() -> None:
    with pytest.raises(MemoryError):
        list(failing(MemoryError()).analyze_many(TEXTS))


def test_one_text_alone_and_a_table_are_refused_before_they_are_read_letter_by_letter() -> None:
    for wrong in (TEXT, Article.from_text(TEXT), pa.table({"text": [TEXT]})):
        with pytest.raises(ConfigurationError, match="must be many articles"):
            OFFLINE.analyze_many(wrong)  # type: ignore[arg-type]


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError(SECRET)


def test_a_key_that_cannot_be_said_is_an_error_of_its_row() -> None:
    rows: list[Any] = [(Unprintable(), TEXT), ("b", TEXT)]
    first, second = OFFLINE.analyze_many(rows, order="input")
    assert isinstance(first.error, InternalError)
    assert (first.error.kind, second.report is not None) == ("RuntimeError", True)


def test_what_is_in_progress_is_finished_when_the_input_breaks_off() -> None:
    def torn() -> Iterator[tuple[str, str]]:
        yield from TEXTS
        raise ConnectionError("cursor lost")

    for order in ("done", "input"):
        got: list[Outcome] = []
        outcomes = failing(Unavailable("down")).analyze_many(torn(), order=order)
        with pytest.raises(ConnectionError, match="cursor lost"):
            deque(map(got.append, outcomes))
        assert states(got) == {"a": "Report", "b": "Unavailable", "c": "Report"}


# ── what a row may hold ──

COLUMNS = ["id", "key", "title", "byline", "authors", "outlet", "url", "language", "published", "text", "html", "other"]
SURROGATE = "caf\udce9 \ud800"


@pytest.mark.parametrize("column", COLUMNS)
def test_a_lone_surrogate_in_any_column_ends_nothing(column: str, tmp_path: Path) -> None:
    rows = [{"text": TEXT, column: f"{SURROGATE} {TEXT}" if column == "text" else SURROGATE}, {"text": TEXT}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    pages = Pages(tmp_path / "pages")
    with Store(tmp_path / "run.db") as store, Results(tmp_path / "out.jsonl", pipeline=OFFLINE.pipeline) as results:
        for outcome in analyze_many(OFFLINE.pipeline, read(tmp_path / "in.jsonl"), store=store):
            pages.write(outcome)
            results.write(outcome)
    pages.index(tmp_path / "out.jsonl", title=SURROGATE)
    assert len(Reports.read(tmp_path / "out.jsonl")) == 2


def bad_cells(kind: str) -> Any:
    """A column of two cells, of which Python cannot hold the second."""
    match kind:
        case "utf-8":
            offsets = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 4, 6)))
            return pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"fine\xff\xfe"))
        case "date":
            return pa.array([0, 2_000_000_000], pa.int32()).cast(pa.date32())
        case "time":
            return pa.array([0, 2**62], pa.int64()).cast(pa.timestamp("us"))
        case _:
            return pa.array([0, 0], pa.int64()).cast(pa.timestamp("us", tz="Nowhere/Atall"))


@pytest.mark.parametrize("kind", ["utf-8", "date", "time", "zone"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_parquet_cell_that_cannot_be_read_costs_its_row_at_most(column: str, kind: str, tmp_path: Path) -> None:
    columns = {"text": pa.array([TEXT, TEXT]), column: bad_cells(kind)}
    parquet.write_table(pa.table(columns), tmp_path / "in.parquet")
    kinds = [type(article) for _, article in read(tmp_path / "in.parquet")]
    assert kinds[1:] == [InputError if column == "text" else Article]
    assert column == "text" or kinds[0] is Article


@pytest.mark.parametrize("column", ["text", "title", "other"])
def test_of_two_columns_with_one_name_the_first_counts(column: str, tmp_path: Path) -> None:
    names, cells = ["text", column, column], [TEXT, "first", "second"]
    names, cells = (names[1:], [TEXT, "second"]) if column == "text" else (names, cells)
    table = pa.table([pa.array([cell]) for cell in cells], names=names)
    parquet.write_table(table, tmp_path / "in.parquet")
    (tmp_path / "in.csv").write_text(f"{','.join(names)}\n{','.join(cells)}\n")
    for name in ("in.parquet", "in.csv"):
        ((_, article),) = read(tmp_path / name)
        assert isinstance(article, Article)
        assert TEXT in article.text
        assert article.title == ("first" if column == "title" else None)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"id,text\r\na,%b\r\n\r\nb,%b", ["a", "b"]),
        (b'\xef\xbb\xbf"id",text\na,%b\nb,%b\n', ["a", "b"]),
        (b"id,text\na,\x00%b\nb,%b\n", ["a", "b"]),
        (b"id,text\na,%b\n\x00\nb,%b\n", ["a", "\x00", "b"]),
        (b"id,text,\na,%b,\nb,%b,x\n", ["a", "b"]),
    ],
)  # fmt: skip
def test_a_csv_of_an_odd_program_is_read_row_by_row(content: bytes, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(content.replace(b"%b", TEXT.encode()))
    found = list(read(tmp_path / "in.csv"))
    assert [key for key, _ in found] == expected


def test_an_overlong_csv_line_is_one_error_and_the_rows_after_it_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newslens.corpus import rows

    monkeypatch.setattr(rows, "MAX_BYTES", 1000)
    for long in ("x" * 5000, f'"{"x" * 5000}', f'"open\n{"x" * 5000}"'):
        (tmp_path / "in.csv").write_text(f"id,text\na,{TEXT}\nb,{long}\nc,{TEXT}\n")
        kinds = [type(one).__name__ for _, one in read(tmp_path / "in.csv")]
        assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("Article", "Article", {"InputError"})


def test_a_bug_in_building_an_article_is_an_error_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError(SECRET)

    key, error = keyed({"id": "a", "text": [TEXT]}, 1)
    assert (key, type(error)) == ("a", InputError)
    monkeypatch.setattr(Article, "from_text", broken)
    key, error = keyed({"id": "a", "text": TEXT}, 2)
    assert isinstance(error, InternalError)
    assert (key, error.kind) == ("a", "KeyError")


# ── damage on disk ──

DEEP = b"[" * 100_000
DAMAGE = [
    b"\xff\xfe\n",
    b"\x00" * 50 + b"\n",
    b'{"key":"b","article":"1","report":' + DEEP + b"\n",
    b'{"key":"b","article":"1","report":{"coverage":5}}\n',
    b'{"key":"b","article":"1","report":{"coverage":[{}]}}\n',
    b'{"key":"b","article":"1","report":{"coverage":[5]}}\n',
    b'{"key":5,"article":"1","error":{"kind":"Unavailable"}}\n',
    b'{"key":"b"}\n',
    b'{"key":"b","article":"1","er\n',
]


@pytest.mark.parametrize("line", DAMAGE, ids=range(len(DAMAGE)))
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_damaged_line_of_results_counts_as_missing_and_costs_no_other(line: bytes, at: int, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    outcomes = list(OFFLINE.analyze_many(TEXTS, order="input"))
    with Results(path, pipeline=OFFLINE.pipeline) as results:
        for outcome in outcomes:
            results.write(outcome)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[at] = line
    path.write_bytes(b"".join(lines))
    with Results(path, pipeline=OFFLINE.pipeline) as results:
        assert results.damaged == 1
        assert list(results.missing(TEXTS)) == [TEXTS[at]]
        assert [results.write(outcome) for outcome in outcomes] == [number == at for number in range(3)]
    assert path.read_bytes().splitlines(keepends=True)[:3] == lines
    read_back = Reports.read(path)
    assert sorted(read_back.keys) == ["a", "b", "c"]
    assert [one.key for one in read_back.failures] == [f"line {at + 1}"]
    Pages(tmp_path / "pages").index(path, title="run")
    with Results(path, pipeline=OFFLINE.pipeline, drop_failed=True):
        pass
    assert (len(Reports.read(path)), Reports.read(path).failures) == (3, ())


@pytest.mark.parametrize(
    "change",
    [
        "error = '[', report = NULL",
        "error = '{}', report = NULL",
        "error = '[5]', report = NULL",
        'error = \'{"kind": "X", "message": "m", "fields": {"args": 5}}\', report = NULL',
        f"error = '{DEEP.decode()}', report = NULL",
        f"report = '{DEEP.decode()}'",
        "report = '{\"article\": 5}'",
        "report = CAST(x'fffe' AS TEXT)",
        "error = CAST(x'fffe' AS TEXT), report = NULL",
    ],
    ids=range(9),
)
def test_a_damaged_row_of_the_store_is_read_again_or_said(change: str, tmp_path: Path) -> None:
    with Store(tmp_path / "run.db") as store:
        list(analyze_many(OFFLINE.pipeline, TEXTS, store=store))
        store._database.change(f"UPDATE rows SET {change} WHERE key = 'b'")  # noqa: S608 - of this test
        found = {}
        try:
            for one in analyze_many(OFFLINE.pipeline, TEXTS, store=store):
                found[one.key] = one.stored
        except NewslensError as error:  # bytes that are not text: the file itself is damaged
            assert "is damaged" in str(error)  # noqa: PT017 - either is fine
        else:
            assert found == {"a": True, "b": False, "c": True}


# ── files that are not what they seem ──


def test_a_link_in_the_place_of_a_temporary_file_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newslens.corpus import pages, results
    from newslens.report import reports

    for module in (pages, results, reports):
        monkeypatch.setattr(module, "token_hex", lambda _: "ab")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "pages").mkdir()
    for place in (".out.jsonl.ab.part", "pages/.index.html.ab.part"):
        (tmp_path / place).symlink_to(victim)
    outcomes = [Outcome("a", error=Unavailable("down"))]
    with Results(tmp_path / "out.jsonl") as file:
        file.write(outcomes[0])
    writers: list[Callable[[], object]] = [
        lambda: Results(tmp_path / "out.jsonl", drop_failed=True),
        lambda: Reports(outcomes).write(tmp_path / "out.jsonl"),
        lambda: Pages(tmp_path / "pages").index(tmp_path / "out.jsonl", title="run"),
    ]
    for write in writers:
        with pytest.raises(ConfigurationError, match="cannot be written: File exists"):
            write()
    assert victim.read_text() == "mine"


def test_a_linked_results_file_and_a_linked_page_stay_what_they_are(tmp_path: Path) -> None:
    place, link = tmp_path / "there.jsonl", tmp_path / "out.jsonl"
    link.symlink_to(place)
    (outcome,) = OFFLINE.analyze_many([("a", TEXT)])
    for drop_failed in (False, True):
        with Results(link, drop_failed=drop_failed) as results:
            results.write(Outcome("b", error=Unavailable("down")))
            results.write(outcome)
    assert link.is_symlink()
    assert place.stat().st_mode & 0o777 == 0o666 & ~umask()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    pages = Pages(tmp_path / "pages")
    (tmp_path / "pages" / "index.html").symlink_to(victim)
    pages.index(link, title="run")
    assert victim.read_text() == "mine"


def umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.parquet"])
def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="is a pipe"):
        next(read(tmp_path / name))
    with pytest.raises(InputError, match="is a pipe"):
        Reports.read(tmp_path / name)


# ── only errors of ours leave the library ──

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=400) | st.sampled_from([TEXT, f"{TEXT}\n\n{TEXT}"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
SLOW = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@SLOW
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_JSON)
def test_no_text_makes_anything_but_an_error_of_ours(text: str, title: str, summary: str, answer: Any) -> None:
    async def ask(_: Request) -> Response:
        return Response(json.dumps({"summary": answer}), Usage(requests=1), "m")

    modelled = Lens(model="m", ask=ask, analyses=[SUMMARY])
    whole = Lens(offline=True)
    calls: list[Callable[[], object]] = [
        lambda: Article.from_text(text, title=title, outlet=title, url=title, language=title),
        lambda: whole.analyze(text).to_html(),
        lambda: modelled.analyze(text),
        lambda: whole.check_summary(text, summary),
    ]
    for call in calls:
        try:
            call()
        except NewslensError as error:
            assert not isinstance(error, InternalError)  # noqa: PT017 - most examples raise something
    rows: list[Any] = [
        (title, text),
        text,
        answer,
        (answer, text),
        (title, Article.from_text(TEXT, title=title or None)),
    ]
    for lens in (whole, modelled):
        outcomes = list(lens.analyze_many(rows))
        assert len(outcomes) == len(rows)
        assert not any(isinstance(one.error, InternalError) for one in outcomes)


@pytest.mark.slow
@SLOW
@given(st.lists(st.binary(max_size=60) | ANY_JSON.map(lambda data: json.dumps(data).encode()), max_size=4))
def test_no_file_makes_anything_but_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    content = b"\n".join(lines)
    for name in ("in.jsonl", "in.csv", "in.parquet"):
        (folder / name).write_bytes(content)
        uses: list[Callable[[Path], object]] = [
            lambda path: [error for _, error in read(path) if isinstance(error, InternalError)],
            lambda path: list(Reports.read(path)) * 0,
            lambda path: Results(path).close(),
            lambda path: Store(path).close(),
        ]
        for use in uses:
            try:
                assert not use(folder / name)
            except NewslensError as error:
                assert not isinstance(error, InternalError)  # noqa: PT017 - most examples raise something


def test_a_report_that_cannot_be_written_is_an_error_in_its_line_and_on_its_page(tmp_path: Path) -> None:
    (good,) = OFFLINE.analyze_many([("a", TEXT)])
    broken = good.unwrap().model_copy(update={"other": {"mine": object()}, "problems": 5})
    assert isinstance(broken, Report)
    outcome = Outcome("b", broken, article="1")
    with Results(tmp_path / "out.jsonl") as results:
        assert [results.write(outcome), results.write(good)] == [True, True]
    found = Reports.read(tmp_path / "out.jsonl")
    assert [(one.key, type(one.error)) for one in found.failures] == [("b", InternalError)]
    pages = Pages(tmp_path / "pages")
    pages.write(outcome)
    (page,) = (tmp_path / "pages").iterdir()
    assert "This page could not be made. Unexpected" in page.read_text()
