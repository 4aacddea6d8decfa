"""Data in many forms as the columns and rows of a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date, datetime

from outlast.protocol.blocks import Rows
from outlast.protocol.codec import Json
from outlast.sdk.plain import as_record, cell

MAX_ROWS = 10_000
"""How many rows a table shows unless asked otherwise; viewers hold all of them in memory."""


@dataclass(frozen=True, slots=True)
class Data:
    """A table before it is sent.

    Attributes:
        columns: their names; empty when the data does not say.
        rows: cells as Python values, at most as many as were asked for.
        total: how many rows the data has.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    total: int

    def plain_rows(self) -> Rows:
        """The rows as JSON values."""
        return [[cell(value) for value in row] for row in self.rows]

    def column_props(self) -> list[Json]:
        """The columns' names and types as a table block has them."""
        return [
            {"name": name, "type": kind} if (kind := _type_of(self.rows, at)) != "any" else {"name": name}
            for at, name in enumerate(self.columns)
        ]


def data_of(source: object, *, columns: Sequence[str] | None = None, max_rows: int = MAX_ROWS) -> Data:
    """Read what a table can be made of.

    Args:
        source: a DataFrame or Series (pandas, Polars, PyArrow, DuckDB, anything with ``to_dict``), a mapping of
            column name to values, or rows: mappings, dataclasses, structs, lists, tuples or single values.
        columns: the columns to show, in this order; names for rows that have none.
        max_rows: how many rows to take.

    Raises:
        TypeError: it is none of these.
        ValueError: rows of different lengths, or a column that is not there.
    """
    data = frame_data(source, max_rows)
    if data is None and isinstance(source, Mapping):
        data = _of_columns(source, max_rows)
    if data is None:
        if isinstance(source, (str, bytes)) or not isinstance(source, Iterable):
            raise TypeError(
                f"A table can't be made of {type(source).__name__}; give a DataFrame, a mapping of columns, or rows."
            )
        return _of_rows(source, columns, max_rows)
    return data if columns is None else _selected(data, columns)


def _selected(data: Data, columns: Sequence[str]) -> Data:
    missing = [name for name in columns if name not in data.columns]
    if missing:
        raise ValueError(f"There is no column {missing[0]!r}; there are {', '.join(map(repr, data.columns))}.")
    places = [list(data.columns).index(name) for name in columns]
    return Data(list(columns), [[row[place] for place in places] for row in data.rows], data.total)


def _of_columns(source: Mapping[object, object], max_rows: int) -> Data:
    values = {str(name): _sequence(value) for name, value in source.items()}
    lengths = {name: len(column) for name, column in values.items()}
    if len(set(lengths.values())) > 1:
        described = ", ".join(f"{name!r} has {n}" for name, n in lengths.items())
        raise ValueError(f"The columns of a table must be of one length: {described}.")
    total = next(iter(lengths.values()), 0)
    return Data(list(values), list(zip(*(column[:max_rows] for column in values.values()), strict=True)), total)


def _sequence(value: object) -> Sequence[object]:
    if callable(to_list := getattr(value, "tolist", None) or getattr(value, "to_list", None)):
        value = to_list()
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        return [value]
    return value if isinstance(value, (list, tuple)) else list(value)


def _of_rows(source: Iterable[object], columns: Sequence[str] | None, max_rows: int) -> Data:
    rows = iter(source)
    taken = list(itertools.islice(rows, max_rows))
    total = len(source) if isinstance(source, Sized) else len(taken) + sum(1 for _ in rows)
    records = [as_mapping(row) for row in taken]
    if any(record is not None for record in records):
        if any(record is None for record in records):
            raise ValueError("Rows of a table are either all mappings (or dataclasses), or all lists.")
        known = [record for record in records if record is not None]
        names = list(columns) if columns is not None else list(dict.fromkeys(str(k) for r in known for k in r))
        return Data(names, [[record.get(name) for name in names] for record in known], total)
    cells = [row if isinstance(row, (list, tuple)) else [row] for row in map(_listed, taken)]
    width = len(columns) if columns is not None else len(cells[0]) if cells else 0
    check_width(cells, width)
    return Data(list(columns) if columns is not None else numbered(width), cells, total)


def numbered(width: int) -> list[str]:
    """Names for columns that have none."""
    return ["value"] if width == 1 else [f"column {n}" for n in range(1, width + 1)]


def as_mapping(row: object) -> Mapping[str, object] | None:
    """A row that names its cells; None for one that does not."""
    if isinstance(row, Mapping):
        return {str(name): value for name, value in row.items()}
    fields = getattr(row, "_fields", None)
    if isinstance(row, tuple) and fields:
        return dict(zip(fields, row, strict=True))
    return as_record(row)


def _listed(row: object) -> object:
    to_list = getattr(row, "tolist", None)
    return to_list() if callable(to_list) and getattr(row, "shape", ()) != () else row


def check_width(rows: Iterable[Sequence[object]], width: int) -> None:
    """Refuse ragged rows.

    Raises:
        ValueError: a row has another number of cells.
    """
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            raise ValueError(f"Row {number} has {len(row)} cells, but the table has {width} columns: {row!r:.100}")


def _type_of(rows: Sequence[Sequence[object]], column: int) -> str:
    kinds: set[str] = set()
    for row in itertools.islice(rows, 1000):
        value = row[column]
        plain = cell(value)
        if plain is None:
            continue
        if isinstance(plain, bool):
            kinds.add("boolean")
        elif isinstance(plain, (int, float)):
            kinds.add("number")
        elif isinstance(value, datetime):
            kinds.add("datetime")
        elif isinstance(value, date):
            kinds.add("date")
        else:
            kinds.add("text" if isinstance(plain, str) else "any")
    return kinds.pop() if len(kinds) == 1 else "any"


def frame_data(source: object, max_rows: int) -> Data | None:
    """Read a data frame by its library's shape; None when the source is none."""
    kind = type(source)
    module = kind.__module__.partition(".")[0]
    if kind.__name__ == "Styler" and module == "pandas":
        source = getattr(source, "data", source)
    reader = _READERS.get(module)
    data = reader(source, max_rows) if reader else None
    if data is None and not isinstance(source, (Mapping, Sequence)) and hasattr(source, "__dataframe__"):
        data = _generic(source, max_rows)
    return data


def _pandas(frame: Json, max_rows: int) -> Data | None:
    if hasattr(frame, "to_frame") and not hasattr(frame, "itertuples"):  # a Series or an Index
        frame = frame.to_frame()
    if not hasattr(frame, "itertuples"):
        return None
    total, head = len(frame), frame.iloc[:max_rows]
    if type(frame.index).__name__ != "RangeIndex":
        head = head.reset_index(allow_duplicates=True)
    return Data([_name(column) for column in head.columns], list(head.itertuples(index=False, name=None)), total)


def _polars(frame: Json, max_rows: int) -> Data | None:
    if hasattr(frame, "collect") and not hasattr(frame, "height"):  # a LazyFrame
        frame = frame.collect()
    if hasattr(frame, "to_frame") and not hasattr(frame, "columns"):  # a Series
        frame = frame.to_frame()
    return Data(list(frame.columns), frame.head(max_rows).rows(), frame.height) if hasattr(frame, "rows") else None


def _arrow(table: Json, max_rows: int) -> Data | None:
    if not hasattr(table, "column_names") and not hasattr(table, "schema"):
        return None
    names = list(table.schema.names)
    parts = [column.to_pylist() for column in table.slice(0, max_rows).columns]
    return Data(names, list(zip(*parts, strict=True)), table.num_rows)


def _duckdb(relation: Json, max_rows: int) -> Data | None:
    if not hasattr(relation, "limit"):
        return None
    return Data(list(relation.columns), relation.limit(max_rows).fetchall(), relation.shape[0])


def _numpy(array: Json, max_rows: int) -> Data | None:
    if getattr(array, "ndim", 0) not in {1, 2} or not hasattr(array, "tolist"):
        return None
    names = list(array.dtype.names or ())
    rows = [row if isinstance(row, (list, tuple)) else [row] for row in array[:max_rows].tolist()]
    return Data(names or numbered(array.shape[1] if array.ndim == 2 else 1), rows, len(array))


def _generic(frame: Json, max_rows: int) -> Data | None:
    if not callable(getattr(frame, "to_dict", None)):
        return None
    columns = frame.to_dict()
    if not isinstance(columns, Mapping):
        return None
    by_index = {name: list(v.values()) if isinstance(v, Mapping) else v for name, v in columns.items()}
    return _of_columns(by_index, max_rows)


def _name(column: object) -> str:
    return " / ".join(map(str, column)) if isinstance(column, tuple) else str(column)


_READERS: Mapping[str, Json] = {
    "pandas": _pandas,
    "geopandas": _pandas,
    "polars": _polars,
    "pyarrow": _arrow,
    "duckdb": _duckdb,
    "_duckdb": _duckdb,
    "numpy": _numpy,
}
