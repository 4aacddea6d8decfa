"""The functions that wait, for ``async def`` apps: ``from outlast import aio`` and ``await aio.ask(...)``.

Those that only show (`table`, `note`, `section` ...) don't wait and are the same in both kinds of app.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from datetime import date, time, timedelta
from typing import Literal, TypeVar, Unpack, overload

from outlast.protocol.codec import Json
from outlast.sdk import choices, forms, inputs, output, pickers, timing
from outlast.sdk.choices import ChooseManyOptions, ChooseOptions
from outlast.sdk.context import current
from outlast.sdk.files import File
from outlast.sdk.forms import Answers
from outlast.sdk.inputs import AskOptions
from outlast.sdk.pickers import DateOptions, SliderOptions, TimeOptions, UploadOptions
from outlast.sdk.place import key_here
from outlast.sdk.questions import Common, awaited
from outlast.sdk.streaming import is_async_chunks, stream_text_async

__all__ = [
    "approve", "ask", "chat", "choose", "choose_many", "confirm", "edit_table", "form", "now", "pick_date",
    "pick_time", "sleep", "slider", "upload", "write",
]  # fmt: skip

T = TypeVar("T")

approve = awaited(inputs.approve)
chat = awaited(inputs.chat)
confirm = awaited(inputs.confirm)
edit_table = awaited(pickers.edit_table)
now = timing.now_async


@overload
async def ask(label: str, *, optional: Literal[False] = False, **options: Unpack[AskOptions]) -> str: ...
@overload
async def ask(label: str, *, optional: Literal[True], **options: Unpack[AskOptions]) -> str | None: ...
@overload
async def ask(label: str, type: type[T], *, optional: Literal[False] = False, **options: Unpack[AskOptions]) -> T: ...
@overload
async def ask(label: str, type: type[T], *, optional: Literal[True], **options: Unpack[AskOptions]) -> T | None: ...
@overload
async def ask(label: str, type: object, *, optional: bool = False, **options: Unpack[AskOptions]) -> Json: ...
async def ask(label: str, type: object = str, *, optional: bool = False, **options: Unpack[AskOptions]) -> object:
    """As `outlast.ask`: ``days = await aio.ask("Days?", int)``."""
    return await awaited(inputs.ask)(label, type, optional=optional, **options)


@overload
async def choose(
    label: str, options: Mapping[str, T], *, optional: Literal[False] = False, **more: Unpack[ChooseOptions]
) -> T: ...
@overload
async def choose(
    label: str, options: Mapping[str, T], *, optional: Literal[True], **more: Unpack[ChooseOptions]
) -> T | None: ...
@overload
async def choose(
    label: str, options: Iterable[T], *, optional: Literal[False] = False, **more: Unpack[ChooseOptions]
) -> T: ...
@overload
async def choose(
    label: str, options: Iterable[T], *, optional: Literal[True], **more: Unpack[ChooseOptions]
) -> T | None: ...
async def choose(label: str, options: object, *, optional: bool = False, **more: Unpack[ChooseOptions]) -> object:
    """As `outlast.choose`: ``style = await aio.choose("Style", ["relaxed", "packed"])``."""
    ask_async: Json = awaited(choices.choose)
    return await ask_async(label, options, optional=optional, **more)


@overload
async def choose_many(label: str, options: Mapping[str, T], **more: Unpack[ChooseManyOptions]) -> list[T]: ...
@overload
async def choose_many(label: str, options: Iterable[T], **more: Unpack[ChooseManyOptions]) -> list[T]: ...
async def choose_many(label: str, options: object, **more: Unpack[ChooseManyOptions]) -> Json:
    """As `outlast.choose_many`: ``extras = await aio.choose_many("Extras", ["breakfast", "parking"])``."""
    ask_async: Json = awaited(choices.choose_many)
    return await ask_async(label, options, **more)


class FormOptions(Common, total=False):
    """What `form` takes beside its fields."""

    submit: str


@overload
async def form(label: str, fields: type[T], **more: Unpack[FormOptions]) -> T: ...
@overload
async def form(label: str, fields: Mapping[str, object], **more: Unpack[FormOptions]) -> Answers: ...
async def form(label: str, fields: object, **more: Unpack[FormOptions]) -> object:
    """As `outlast.form`: ``guest = await aio.form("Guest", {"name": str})``."""
    ask_async: Json = awaited(forms.form)
    return await ask_async(label, fields, **more)


@overload
async def slider(
    label: str,
    min: int,
    max: int,
    *,
    step: int | None = None,
    default: int | None = None,
    **more: Unpack[SliderOptions],
) -> int: ...
@overload
async def slider(
    label: str,
    min: float,
    max: float,
    *,
    step: float | None = None,
    default: float | None = None,
    **more: Unpack[SliderOptions],
) -> float: ...
async def slider(
    label: str,
    min: float,
    max: float,
    *,
    step: float | None = None,
    default: float | None = None,
    **more: Unpack[SliderOptions],
) -> float:
    """As `outlast.slider`: ``budget = await aio.slider("Budget", 0, 2000)``."""
    ask_async: Json = awaited(pickers.slider)
    answer: float = await ask_async(label, min, max, step=step, default=default, **more)
    return answer


@overload
async def pick_date(label: str, *, optional: Literal[False] = False, **more: Unpack[DateOptions]) -> date: ...
@overload
async def pick_date(label: str, *, optional: Literal[True], **more: Unpack[DateOptions]) -> date | None: ...
async def pick_date(label: str, *, optional: bool = False, **more: Unpack[DateOptions]) -> date | None:
    """As `outlast.pick_date`: ``arrival = await aio.pick_date("Arrival")``."""
    ask_async: Json = awaited(pickers.pick_date)
    answer: date | None = await ask_async(label, optional=optional, **more)
    return answer


@overload
async def pick_time(label: str, *, optional: Literal[False] = False, **more: Unpack[TimeOptions]) -> time: ...
@overload
async def pick_time(label: str, *, optional: Literal[True], **more: Unpack[TimeOptions]) -> time | None: ...
async def pick_time(label: str, *, optional: bool = False, **more: Unpack[TimeOptions]) -> time | None:
    """As `outlast.pick_time`: ``start = await aio.pick_time("Start")``."""
    ask_async: Json = awaited(pickers.pick_time)
    answer: time | None = await ask_async(label, optional=optional, **more)
    return answer


@overload
async def upload(
    label: str, *, multiple: Literal[False] = False, optional: Literal[False] = False, **more: Unpack[UploadOptions]
) -> File: ...
@overload
async def upload(
    label: str, *, multiple: Literal[False] = False, optional: Literal[True], **more: Unpack[UploadOptions]
) -> File | None: ...
@overload
async def upload(
    label: str, *, multiple: Literal[True], optional: bool = False, **more: Unpack[UploadOptions]
) -> list[File]: ...
async def upload(
    label: str, *, multiple: bool = False, optional: bool = False, **more: Unpack[UploadOptions]
) -> File | list[File] | None:
    """As `outlast.upload`: ``sales = await aio.upload("Sales", accept=[".csv"])``."""
    ask_async: Json = awaited(pickers.upload)
    answer: File | list[File] | None = await ask_async(label, multiple=multiple, optional=optional, **more)
    return answer


async def sleep(duration: timedelta | float, *, key: str | None = None) -> None:
    """As `outlast.sleep`: durable, without blocking the event loop.

    Args:
        duration: a timedelta, or seconds.
        key: names the timer, for code that calls from several tasks.
    """
    length = timing.duration_of(duration, "aio.sleep()")
    timing.refuse_in_step()
    await current().sleep(length, key=key_here(key))


async def write(
    value: str | Iterable[object] | AsyncIterable[object] | object, /, *, key: str | None = None
) -> str | None:
    """As `outlast.write`, also for async iterables of chunks.

    Args:
        value: what to show.
        key: names the block, for code that calls from several tasks.

    Returns:
        The whole text, for text and streams; None for anything else.
    """
    if is_async_chunks(value):
        return (await stream_text_async("markdown", value, props={}, key=key)).text
    return output.write(value, key=key)
