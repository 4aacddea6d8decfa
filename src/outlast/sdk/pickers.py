"""What an app lets people pick: a number, a day, a time, files, the cells of a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Literal, TypeVar, Unpack, overload

from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.sdk.controls import control_of
from outlast.sdk.files import File, file_of
from outlast.sdk.plain import plain
from outlast.sdk.questions import Common, Question, asked, asks
from outlast.sdk.shapes import LEAVES
from outlast.sdk.tables import data_of

T = TypeVar("T")


class SliderOptions(Common, total=False):
    """What `slider` takes beside its bounds."""

    unit: str | None


@overload
def slider(
    label: str,
    min: int,
    max: int,
    *,
    step: int | None = None,
    default: int | None = None,
    **more: Unpack[SliderOptions],
) -> int: ...
@overload
def slider(
    label: str,
    min: float,
    max: float,
    *,
    step: float | None = None,
    default: float | None = None,
    **more: Unpack[SliderOptions],
) -> float: ...
@asks
def slider(
    label: str,
    min: float,
    max: float,
    *,
    step: float | None = None,
    default: float | None = None,
    unit: str | None = None,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[float]:
    """Ask for a number between two bounds.

    Args:
        label: the question.
        min: the least number.
        max: the greatest number.
        step: between two numbers.
        default: where the slider starts.
        unit: behind the number.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Returns:
        The number; whole where the bounds and the step are whole.

    Raises:
        ValueError: ``min`` is not below ``max``, or the default is not between them.
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        budget = slider("Budget", 0, 2000, step=50, unit="EUR")
        ```
    """
    if min >= max:
        raise ValueError(f"A slider's min ({min}) must be below its max ({max}).")
    if default is not None and not min <= default <= max:
        raise ValueError(f"The default {default} is not between {min} and {max}.")
    whole = all(isinstance(n, int) for n in (min, max, step, default) if n is not None)
    said: dict[str, Json] = {"min": min, "max": max, "step": step, "default": default, "unit": unit, "slider": True}
    control = control_of(LEAVES[int if whole else float], said, label=label)

    def number(value: Json, _by: User | None) -> float:
        return int(value) if whole else float(value)

    return asked(
        Question("slider", label, control.spec, number), help=help, audience=audience, timeout=timeout, key=key
    )


class DateOptions(Common, total=False):
    """What `pick_date` takes beside ``optional``."""

    min: date | None
    max: date | None
    default: date | None


@overload
def pick_date(label: str, *, optional: Literal[False] = False, **more: Unpack[DateOptions]) -> date: ...
@overload
def pick_date(label: str, *, optional: Literal[True], **more: Unpack[DateOptions]) -> date | None: ...
@asks
def pick_date(
    label: str,
    *,
    min: date | None = None,
    max: date | None = None,
    default: date | None = None,
    optional: bool = False,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[date | None]:
    """Ask for a day.

    Args:
        label: the question.
        min: the first day that may be picked.
        max: the last one.
        default: the day that is picked beforehand.
        optional: none may be picked, and gives None then.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Raises:
        ValueError: ``min`` is after ``max``.
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        arrival = pick_date("Arrival", min=date(2026, 1, 1))
        ```
    """
    spec = _bounds(date, {"min": min, "max": max, "default": default, "optional": optional or None}, label)
    return asked(
        Question("date", label, spec, lambda value, _by: None if value is None else date.fromisoformat(value)),
        help=help, audience=audience, timeout=timeout, key=key,
    )  # fmt: skip


class TimeOptions(Common, total=False):
    """What `pick_time` takes beside ``optional``."""

    min: time | None
    max: time | None
    default: time | None


@overload
def pick_time(label: str, *, optional: Literal[False] = False, **more: Unpack[TimeOptions]) -> time: ...
@overload
def pick_time(label: str, *, optional: Literal[True], **more: Unpack[TimeOptions]) -> time | None: ...
@asks
def pick_time(
    label: str,
    *,
    min: time | None = None,
    max: time | None = None,
    default: time | None = None,
    optional: bool = False,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[time | None]:
    """Ask for a time of day.

    Args:
        label: the question.
        min: the earliest time that may be picked.
        max: the latest one.
        default: the time that is picked beforehand.
        optional: none may be picked, and gives None then.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Raises:
        ValueError: ``min`` is after ``max``.
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        start = pick_time("Start", min=time(8), max=time(18))
        ```
    """
    spec = _bounds(time, {"min": min, "max": max, "default": default, "optional": optional or None}, label)
    return asked(
        Question("time", label, spec, lambda value, _by: None if value is None else time.fromisoformat(value)),
        help=help, audience=audience, timeout=timeout, key=key,
    )  # fmt: skip


def _bounds(kind: type[date | time], said: dict[str, Json], label: str) -> dict[str, Json]:
    for name in ("min", "max", "default"):
        if said[name] is not None and not isinstance(said[name], kind):
            raise TypeError(f"{name} must be a {kind.__name__}, not {type(said[name]).__name__}.")
    return dict(control_of(LEAVES[kind], said, label=label).spec)


class UploadOptions(Common, total=False):
    """What `upload` takes beside ``multiple`` and ``optional``."""

    accept: Sequence[str]
    max_bytes: int | None


@overload
def upload(
    label: str, *, multiple: Literal[False] = False, optional: Literal[False] = False, **more: Unpack[UploadOptions]
) -> File: ...
@overload
def upload(
    label: str, *, multiple: Literal[False] = False, optional: Literal[True], **more: Unpack[UploadOptions]
) -> File | None: ...
@overload
def upload(
    label: str, *, multiple: Literal[True], optional: bool = False, **more: Unpack[UploadOptions]
) -> list[File]: ...
@asks
def upload(
    label: str,
    *,
    accept: Sequence[str] = (),
    multiple: bool = False,
    max_bytes: int | None = None,
    optional: bool = False,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[File | list[File] | None]:
    """Ask for a file, or several.

    Args:
        label: the question.
        accept: kinds of files, as HTML has them: ``.csv``, ``image/*``, ``text/csv``; all unless given.
        multiple: several files may be given.
        max_bytes: how large each may be.
        optional: none may be given.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Returns:
        The file, or None where it is optional; for ``multiple`` a list of files.

    Raises:
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        sales = upload("Sales", accept=[".csv"])
        write(f"{sales.name} has {len(sales.read_text().splitlines())} lines.")
        ```
    """
    if isinstance(accept, str):
        accept = [accept]
    spec: dict[str, Json] = {"accept": list(accept)} if accept else {}
    spec |= {name: True for name, given in (("multiple", multiple), ("optional", optional)) if given}
    if max_bytes is not None:
        spec["max_bytes"] = max_bytes

    def files(value: Json, _by: User | None) -> File | list[File] | None:
        given = [file_of(each) for each in (value if isinstance(value, list) else [value] if value else [])]
        return given if multiple else given[0] if given else None

    return asked(Question("upload", label, spec, files), help=help, audience=audience, timeout=timeout, key=key)


class EditOptions(Common, total=False):
    """What `edit_table` takes beside its data."""

    columns: Sequence[str] | None
    fixed: bool


@asks
def edit_table(
    label: str,
    data: object,
    *,
    columns: Sequence[str] | None = None,
    fixed: bool = False,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[Json]:
    """Let somebody edit a table.

    Args:
        label: the question.
        data: a DataFrame, a mapping of column name to values, or rows: mappings, dataclasses, lists.
        columns: the columns to show, in this order.
        fixed: rows may not be added or removed.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Returns:
        What the table holds now: a DataFrame of pandas or Polars for one of those; a list of lists for rows that are
        lists; else a list of mappings, one a row.

    Raises:
        TypeError: a table can't be made of the data.
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        budget = edit_table("Budget", [{"item": "Travel", "amount": 500}])
        write(f"{sum(row['amount'] for row in budget)} in all")
        ```
    """
    read = data_of(data, columns=columns, max_rows=MAX_EDITED_ROWS)
    if read.total > MAX_EDITED_ROWS:
        raise ValueError(f"A table of {read.total} rows is too long to edit; at most {MAX_EDITED_ROWS} are.")
    spec: dict[str, Json] = {"columns": read.column_props(), "rows": read.plain_rows()}
    if fixed:
        spec["fixed"] = True

    def edited(value: Json, _by: User | None) -> Json:
        return _like(data, list(read.columns), plain(value or []))

    return asked(Question("edit_table", label, spec, edited), help=help, audience=audience, timeout=timeout, key=key)


MAX_EDITED_ROWS = 5_000


def _like(data: object, names: list[str], rows: list[list[Json]]) -> Json:
    """The rows in the form of the data that they were made of."""
    module, kind = type(data).__module__.partition(".")[0], type(data).__name__
    make: Json = type(data)
    if kind == "DataFrame" and module == "pandas":
        return make(rows, columns=names)
    if kind == "DataFrame" and module == "polars":
        return make(rows, schema=names, orient="row")
    if isinstance(data, (list, tuple)) and data and isinstance(data[0], list):
        return rows
    return [dict(zip(names, row, strict=True)) for row in rows]
