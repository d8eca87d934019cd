"""A table: rows of typed columns on the way to pandas, polars and a notebook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from newslens.errors import MissingExtra
from newslens.report.grid import grid

Cell: TypeAlias = str | float | int | bool | None
Row: TypeAlias = dict[str, Cell]
Columns: TypeAlias = Mapping[str, type]


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Rows whose columns are there, with their types, also when no row is.

    Attributes:
        kind: what a row is: the name of an analysis, "findings", "problems" or "articles".
        columns: type of each column by its name: str, int, float or bool.
        rows: one dictionary a row; None where nothing is there.
        incomplete: of how many articles rows are missing, as an analysis failed or was cut short.
    """

    kind: str
    columns: Columns
    rows: tuple[Row, ...]
    incomplete: int = 0

    def to_dicts(self) -> list[Row]:
        """The rows, as dictionaries of their own."""
        return [dict(row) for row in self.rows]

    def to_pandas(self) -> Any:
        """The `pandas.DataFrame`, of types that hold nulls: `string`, `Int64`, `boolean`, and `float64`.

        Raises:
            MissingExtra: pandas is not installed.
        """
        # Not by narwhals: with pandas it makes False of a missing boolean, and no column of integers with a gap.
        try:
            import pandas as pd
        except ImportError as missing:
            raise _missing("pandas") from missing
        types = {str: "string", int: "Int64", float: "float64", bool: "boolean"}
        return pd.DataFrame({name: pd.Series(self._column(name), dtype=types[of]) for name, of in self.columns.items()})

    def to_polars(self) -> Any:
        """The `polars.DataFrame`.

        Raises:
            MissingExtra: polars is not installed.
        """
        try:
            import polars as pl
        except ImportError as missing:
            raise _missing("polars") from missing
        types = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}
        return pl.DataFrame([pl.Series(name, self._column(name), types[of]) for name, of in self.columns.items()])

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"<Table of {self._told()}>"

    def _repr_html_(self) -> str:
        return grid(self._told(), tuple(self.columns), self.rows)

    def _column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]

    def _told(self) -> str:
        gaps = f"; INCOMPLETE for {self.incomplete} articles, see problems" if self.incomplete else ""
        return f"{self.kind}: {len(self.rows)} rows, {len(self.columns)} columns{gaps}"


def _missing(library: str) -> MissingExtra:
    return MissingExtra(f"A {library} table needs {library}. Run: pip install {library}")
