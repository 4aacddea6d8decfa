"""Data in many forms as a table's columns and rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
import numpy as np
import pandas as pd
import pytest

from outlast.protocol.codec import Json, encode_json
from outlast.sdk.plain import cell, plain
from outlast.sdk.tables import data_of


@dataclass
class Row:
    a: int
    b: str


Pair = namedtuple("Pair", "a b")  # noqa: PYI024  authors have both


class Frame:
    """A data frame of a library that nobody knows."""

    def __dataframe__(self) -> None: ...

    def to_dict(self) -> Mapping[str, Mapping[int, object]]:
        return {"a": {0: 1, 1: 2}, "b": {0: "x", 1: "y"}}


class ArrowTable:
    """What of a PyArrow table is used."""

    __module__ = "pyarrow.lib"

    class schema:  # noqa: N801
        names = ("a", "b")

    num_rows = 2

    class Column(list[object]):
        def to_pylist(self) -> list[object]:
            return list(self)

    @property
    def columns(self) -> Sequence[Column]:
        return [self.Column([1, 2]), self.Column(["x", "y"])]

    def slice(self, start: int, length: int) -> ArrowTable:
        return self


class PolarsFrame:
    """What of a Polars frame is used."""

    __module__ = "polars.dataframe.frame"
    columns = ("a", "b")
    height = 2

    def head(self, n: int) -> PolarsFrame:
        return self

    def rows(self) -> list[tuple[int, str]]:
        return [(1, "x"), (2, "y")]


class LazyFrame:
    __module__ = "polars.lazyframe.frame"

    def collect(self) -> PolarsFrame:
        return PolarsFrame()


class Relation:
    """What of a DuckDB relation is used."""

    __module__ = "_duckdb"
    columns = ("a", "b")
    shape = (2, 2)

    def limit(self, n: int) -> Relation:
        return self

    def fetchall(self) -> list[tuple[int, str]]:
        return [(1, "x"), (2, "y")]


FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})


@pytest.mark.parametrize(
    "source",
    [
        [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
        {"a": [1, 2], "b": ("x", "y")},
        {"a": np.array([1, 2]), "b": pd.Series(["x", "y"])},
        [Row(1, "x"), Row(2, "y")],
        [Pair(1, "x"), Pair(2, "y")],
        (row for row in [{"a": 1, "b": "x"}, {"b": "y", "a": 2}]),
        FRAME,
        np.array([(1, "x"), (2, "y")], dtype=[("a", "i4"), ("b", "U1")]),
        Frame(),
        ArrowTable(),
        PolarsFrame(),
        LazyFrame(),
        Relation(),
    ],
)
def test_the_same_data_in_any_form_gives_the_same_table(source: object) -> None:
    data = data_of(source)
    assert data.column_props() == [{"name": "a", "type": "number"}, {"name": "b", "type": "text"}]
    assert data.plain_rows() == [[1, "x"], [2, "y"]]
    assert data.total == 2


@pytest.mark.parametrize(
    ("source", "columns", "rows"),
    [
        ([], [], []),
        ([1, 2], ["value"], [[1], [2]]),
        ([[1, 2], (3, 4)], ["column 1", "column 2"], [[1, 2], [3, 4]]),
        (np.arange(4).reshape(2, 2), ["column 1", "column 2"], [[0, 1], [2, 3]]),
        ([np.array([1, 2])], ["column 1", "column 2"], [[1, 2]]),
        (pd.Series([1, 2], name="n"), ["n"], [[1], [2]]),
        (pd.DataFrame({"n": [1]}, index=pd.Index(["r"], name="row")), ["row", "n"], [["r", 1]]),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), ["a / b"], [[1]]),
        ([{"a": 1}, {"b": 2}], ["a", "b"], [[1, None], [None, 2]]),
        ({"a": 1, "b": [2]}, ["a", "b"], [[1, 2]]),
    ],
)
def test_what_has_no_names_is_numbered_and_what_is_missing_is_empty(
    source: object, columns: Sequence[str], rows: Json
) -> None:
    data = data_of(source)
    assert (list(data.columns), data.plain_rows()) == (columns, rows)


def test_columns_select_and_order_or_name_what_has_no_names() -> None:
    assert data_of(FRAME, columns=["b"]).plain_rows() == [["x"], ["y"]]
    assert data_of([{"a": 1, "b": 2}], columns=["b", "a"]).plain_rows() == [[2, 1]]
    assert list(data_of([[1, 2]], columns=["x", "y"]).columns) == ["x", "y"]
    with pytest.raises(ValueError, match="no column 'z'; there are 'a', 'b'"):
        data_of(FRAME, columns=["z"])


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        ([[1, 2], [3]], ValueError, "Row 2 has 1 cells, but the table has 2 columns"),
        ({"a": [1], "b": [1, 2]}, ValueError, "'a' has 1, 'b' has 2"),
        ([{"a": 1}, [2]], ValueError, "either all mappings"),
        ("text", TypeError, "can't be made of str"),
        (5, TypeError, "can't be made of int"),
    ],
)
def test_what_makes_no_table_is_refused(source: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        data_of(source)


def test_a_long_source_is_cut_and_counted() -> None:
    data = data_of((n for n in range(100)), max_rows=3)
    assert (len(data.rows), data.total) == (3, 100)
    assert data_of(pd.DataFrame({"a": range(100)}), max_rows=3).total == 100


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2.5, None], "number"),
        ([True, None], "boolean"),
        ([np.int64(1), np.float32(2)], "number"),
        ([dt.date(2026, 1, 1)], "date"),
        ([dt.datetime(2026, 1, 1, tzinfo=dt.UTC), pd.Timestamp("2026-01-01")], "datetime"),
        (["a"], "text"),
        (["a", 1], None),
        ([None], None),
        ([{"a": 1}], None),
    ],
)
def test_a_columns_type_is_that_of_all_its_cells(values: list[object], kind: str | None) -> None:
    (column,) = data_of({"c": values}).column_props()
    assert column.get("type") == kind


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (np.float64("nan"), None),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.datetime64("2026-05-01"), "2026-05-01"),
        (np.datetime64("NaT"), None),
        (np.array([1.0, np.nan]), [1.0, None]),
        (np.array(5), 5),
        (pd.Timestamp("2026-05-01T10:00"), "2026-05-01T10:00:00"),
        (pd.NaT, None),
        (pd.NA, None),
        (pd.Timedelta(hours=1), "0 days 01:00:00"),
        (pd.Interval(1, 2), "(1, 2]"),
        (dt.timedelta(hours=1), "1:00:00"),
        (dt.time(8, 30), "08:30:00"),
        (Decimal("1.5"), 1.5),
        (Decimal(3), 3),
        (Decimal("NaN"), None),
        (b"text", "text"),
        (b"\xff\x00", "ff00"),
        (2**63, str(2**63)),
        (-(2**63) + 1, -(2**63) + 1),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("\ud800", "?"),
        ({"k": (1, 2)}, {"k": [1, 2]}),
        ({1: 2, None: 3, False: 4, ("a", "b"): 5}, {"1": 2, "null": 3, "false": 4, "a, b": 5}),
        (complex(1, 2), "(1+2j)"),
    ],
)
def test_any_cell_becomes_a_plain_json_value(value: object, expected: Json) -> None:
    found = cell(value)
    assert found == expected
    assert type(found) in {type(None), bool, int, float, str, list, dict}
    encode_json(found)
    msgspec.msgpack.encode(found)


def test_keys_without_a_json_form_are_refused() -> None:
    with pytest.raises(TypeError, match="A key of type complex"):
        plain({complex(1): 2})
