"""Work that takes time: progress with its rate, and status with its steps."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sized
from typing import Generic, Never, TypeVar, overload

from typing_extensions import override

from outlast.protocol.codec import Json
from outlast.sdk.context import SessionStopped, current
from outlast.sdk.handles import Block
from outlast.sdk.layout import Container
from outlast.sdk.place import open_block
from outlast.sdk.plain import clean

T = TypeVar("T")

MIN_UPDATE_S = 0.1
"""Between two updates of a progress: ten a second look smooth and cost little."""

RATE_WINDOW_S = 10.0
"""The rate is that of about the last ten seconds."""


class Rate:
    """Units per second, of about the last `RATE_WINDOW_S`: an exponentially weighted mean."""

    def __init__(self, value: float, at_s: float) -> None:
        self._value, self._at_s = value, at_s
        self.per_s: float | None = None

    def update(self, value: float, at_s: float) -> None:
        """Take in where the work stands now."""
        passed_s = at_s - self._at_s
        if passed_s <= 0:
            return
        latest = (value - self._value) / passed_s
        share = min(1.0, max(passed_s / RATE_WINDOW_S, 0.05))
        self.per_s = latest if self.per_s is None else self.per_s + share * (latest - self.per_s)
        self._value, self._at_s = value, at_s


class Progress(Block, Generic[T]):
    """How far work is. Iterate over it, or call `advance`.

    Attributes:
        value: how much is done.
        total: how much there is to do; None when it is not known.
    """

    __slots__ = ("_items", "_lock", "_rate", "_sent_s", "total", "value")

    def __init__(self, id: str, *, total: float | None, items: Iterable[T] | AsyncIterable[T] | None) -> None:
        super().__init__(id, "progress")
        self.value: float = 0
        self.total = total
        self._items = items
        self._sent_s = time.monotonic()
        self._rate = Rate(0, self._sent_s)
        self._lock = threading.Lock()

    def advance(self, by: float = 1) -> None:
        """Say that more is done."""
        self._check_open()
        with self._lock:
            self.value += by
            self._send()

    def update(self, value: float | None = None, *, total: float | None = None, label: str | None = None) -> None:
        """Say how much is done in all, or change the total or the label."""
        self._check_open()
        with self._lock:
            self.value = self.value if value is None else value
            self.total = self.total if total is None else total
            changed: dict[str, Json] = {} if label is None else {"label": clean(label)}
            if total is not None:
                changed["total"] = total
            self._send(changed)

    @override
    def close(self) -> None:
        """Show the last figures, and close the block."""
        if not self.closed:
            with self._lock:
                self._send({}, last=True)
            super().close()

    def __iter__(self) -> Iterator[T]:
        if not isinstance(self._items, Iterable):
            raise TypeError("This progress has nothing to iterate over; write progress(items), or call advance().")
        try:
            for item in self._items:
                yield item
                self.advance()
        finally:  # also after a `break`
            self.close()

    async def __aiter__(self) -> AsyncIterator[T]:
        if not isinstance(self._items, AsyncIterable):
            raise TypeError("This progress has no async iterable; write `for item in progress(items)`.")
        try:
            async for item in self._items:
                yield item
                self.advance()
        finally:
            self.close()

    def _send(self, changed: dict[str, Json] | None = None, *, last: bool = False) -> None:
        at_s = time.monotonic()
        if not (changed or last or at_s - self._sent_s >= MIN_UPDATE_S or self.value == self.total):
            return
        self._rate.update(self.value, at_s)
        self._sent_s = at_s
        patch: dict[str, Json] = {"value": _number(self.value), **(changed or {})}
        rate = self._rate.per_s
        if rate is not None:
            patch["rate_per_s"] = _rounded(rate)
        if last:
            patch["remaining_s"] = None
        elif rate and rate > 0 and self.total is not None:
            patch["remaining_s"] = _rounded(max(self.total - self.value, 0) / rate)
        current().update(self.id, patch)


def _number(value: float) -> int | float:
    number = float(value)
    return int(number) if number.is_integer() else number


def _rounded(value: float) -> float:
    """Three significant figures: more would only make every update differ."""
    return float(f"{value:.3g}")


@overload
def progress(
    items: Iterable[T] | AsyncIterable[T],
    /,
    label: str = "",
    *,
    total: float | None = None,
    unit: str | None = None,
    key: str | None = None,
) -> Progress[T]: ...
@overload
def progress(
    items: float | None = None,
    /,
    label: str = "",
    *,
    total: float | None = None,
    unit: str | None = None,
    key: str | None = None,
) -> Progress[Never]: ...
def progress(
    items: Iterable[T] | AsyncIterable[T] | float | None = None,
    /,
    label: str = "",
    *,
    total: float | None = None,
    unit: str | None = None,
    key: str | None = None,
) -> Progress[T]:
    """Show how far work is, with its rate and the time that remains.

    Args:
        items: what to iterate over, or the total; None when the end is not known.
        label: what is being done.
        total: how many items there are, where they can't be counted.
        unit: of what is counted (``rows``).
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle: iterate over it; or ``advance(by)``, ``update(value)``, ``close()``, also as a context manager.

    Example:
        ```python
        for page in progress(range(200), "Reading"):
            pass
        with progress(1000, "Copying", unit="files") as copied:
            copied.advance(250)
        ```
    """
    if isinstance(items, (str, bytes)):
        raise TypeError(
            "progress() takes what to iterate over, or a total, and then the label: progress(rows, 'Rows')."
        )
    source = None if items is None or isinstance(items, (int, float)) else items
    if source is None and isinstance(items, (int, float)):
        total = items
    elif source is not None and not isinstance(source, (Iterable, AsyncIterable)):
        raise TypeError(f"progress() can't iterate over {type(source).__name__}.")
    elif source is not None and total is None and isinstance(source, Sized):
        total = len(source)
    if total is not None and total < 0:
        raise ValueError("The total of a progress can't be negative.")
    props: dict[str, Json] = {"label": clean(label), "value": 0}
    if total is not None:
        total = _number(total)
        props["total"] = total
    if unit:
        props["unit"] = clean(unit)
    return Progress(open_block("progress", props, key=key), total=total, items=source)


class Status(Container):
    """A piece of work that runs. At the end of ``with`` it is done, or failed where an error leaves it.

    Attributes:
        state: ``running``, ``done`` or ``failed``.
        steps: what `step` was called with.
    """

    __slots__ = ("_started_s", "state", "steps")

    def __init__(self, id: str) -> None:
        super().__init__(id, "status")
        self.state = "running"
        self.steps: list[str] = []
        self._started_s = time.monotonic()

    def step(self, text: str) -> None:
        """Say which step has begun."""
        self.steps.append(clean(text))
        self._patch({"steps": list(self.steps)})

    def update(self, label: str) -> None:
        """Change the label."""
        self._patch({"label": clean(label)})

    def done(self, label: str | None = None) -> None:
        """Say that it went well, and close the block."""
        self._end("done", label)

    def failed(self, label: str | None = None) -> None:
        """Say that it went wrong, and close the block."""
        self._end("failed", label)

    @override
    def close(self) -> None:
        """Say that it went well unless it was said already, and close the block."""
        if not self.closed:
            self.done()

    @override
    def _leave(self, error: BaseException | None) -> None:
        if not self.closed:
            self._end("done" if error is None or isinstance(error, SessionStopped) else "failed", None)

    def _end(self, state: str, label: str | None) -> None:
        self.state = state
        patch: dict[str, Json] = {"state": state, "duration_s": round(time.monotonic() - self._started_s, 3)}
        if label is not None:
            patch["label"] = clean(label)
        self._patch(patch)
        super().close()


def status(label: str, *, key: str | None = None) -> Status:
    """Show that a piece of work runs, with a spinner and its steps; blocks opened inside stand in it.

    Args:
        label: what is being done.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle and context manager: ``step(text)``, ``update(label)``, ``done()``, ``failed()``.

    Example:
        ```python
        with status("Preparing the report") as work:
            work.step("Reading the figures")
            work.step("Drawing the charts")
        ```
    """
    return Status(open_block("status", {"label": clean(label)}, key=key))
