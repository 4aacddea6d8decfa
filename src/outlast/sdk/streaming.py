"""Text that comes in chunks, from iterables and async iterables."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeGuard

from outlast.kit.errors import OutlastError
from outlast.protocol.codec import Json
from outlast.sdk.context import current
from outlast.sdk.handles import TextBlock
from outlast.sdk.place import open_block
from outlast.sdk.plain import clean


class BlocksTheLoop(OutlastError):
    """A function that waits was called on a running event loop, where nothing else could run meanwhile."""

    code = "blocks_the_loop"


def on_event_loop() -> bool:
    """Whether the caller runs on an event loop; never imports asyncio."""
    asyncio = sys.modules.get("asyncio.events")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001  the public one raises


def refuse_on_loop(name: str) -> None:
    """Refuse to block a running event loop.

    Args:
        name: of the function, as authors call it.

    Raises:
        BlocksTheLoop: the caller runs on one.
    """
    if on_event_loop():
        raise BlocksTheLoop(
            f"{name}() would block the event loop; in an async app write "
            f"`await aio.{name}(...)` (from outlast import aio)."
        )


def is_async_chunks(value: object) -> TypeGuard[AsyncIterable[object]]:
    """Whether the value gives chunks to ``async for``."""
    return hasattr(type(value), "__aiter__")


def is_chunks(value: object) -> TypeGuard[Iterable[object]]:
    """Whether the value gives chunks one after the other: iterators, and iterables that are no collections."""
    kind = type(value)
    if isinstance(value, (str, bytes, bytearray, Mapping, Sequence, AbstractSet)) or hasattr(kind, "__array__"):
        return False
    return hasattr(kind, "__next__") or (hasattr(kind, "__iter__") and not hasattr(kind, "__len__"))


def chunk_text(chunk: object) -> str:
    """The text of a chunk.

    Args:
        chunk: text, None, or what a model's client streams: an object with ``choices[0].delta.content``,
            ``delta.text``, ``text`` or ``content``.

    Raises:
        TypeError: it holds no text.
    """
    if isinstance(chunk, str):
        return chunk
    if chunk is None:
        return ""
    for path in _TEXT_PATHS:
        found = _at(chunk, path)
        if isinstance(found, str):
            return found
    if hasattr(chunk, "choices") or hasattr(chunk, "delta"):  # the frame of a stream that carries no text
        return ""
    raise TypeError(f"A stream of text gave a chunk of type {type(chunk).__name__}; give chunks of text.")


_TEXT_PATHS = (("choices", 0, "delta", "content"), ("delta", "text"), ("text",), ("content",))


def _at(value: Json, path: tuple[str | int, ...]) -> object:
    for part in path:
        if isinstance(part, int):
            if not isinstance(value, Sequence) or len(value) <= part:
                return None
            value = value[part]
        else:
            value = getattr(value, part, None)
    return value


def stream_text(kind: str, chunks: Iterable[object], *, props: Mapping[str, Json], key: str | None) -> TextBlock:
    """Write chunks into a new block as they come, and close it at the end.

    A block whose whole text is recorded is given back without starting the iterable. One that fails stays open:
    a replay then runs it again, and fails again, instead of taking half a text for a whole one.
    """
    block, done = _begin(kind, props, key)
    if not done:
        for chunk in chunks:
            block.append(chunk_text(chunk))
        block.close()
    return block


async def stream_text_async(
    kind: str, chunks: AsyncIterable[object], *, props: Mapping[str, Json], key: str | None
) -> TextBlock:
    """As `stream_text`, for ``async for``."""
    block, done = _begin(kind, props, key)
    if not done:
        async for chunk in chunks:
            block.append(chunk_text(chunk))
        block.close()
    return block


def _begin(kind: str, props: Mapping[str, Json], key: str | None) -> tuple[TextBlock, bool]:
    opened = open_block(kind, {**props, "text": ""}, key=key)
    whole = current().recorded_text(opened)
    if whole is None:
        return TextBlock(opened, kind), False
    return TextBlock(opened, kind, whole, closed=True), True


def run_to_end(name: str, work: Callable[[], Awaitable[TextBlock]]) -> TextBlock:
    """Run async work to its end from sync code."""
    refuse_on_loop(name)
    import asyncio  # late: only apps that give async iterables pay for it

    async def main() -> TextBlock:
        return await work()

    return asyncio.run(main())


def text_block(
    kind: str, text: str | Iterable[object] | AsyncIterable[object], *, props: Mapping[str, Json], key: str | None
) -> TextBlock:
    """Open a block of text: a whole text (the block stays open), or chunks (closed at their end)."""
    if isinstance(text, str):
        text = clean(text)
        return TextBlock(open_block(kind, {**props, "text": text}, key=key), kind, text)
    if is_async_chunks(text):
        chunks = text
        return run_to_end("write", lambda: stream_text_async(kind, chunks, props=props, key=key))
    if isinstance(text, Iterable) and not isinstance(text, (bytes, Mapping)):
        return stream_text(kind, text, props=props, key=key)
    raise TypeError(f"{kind} takes text or chunks of text, not {type(text).__name__}.")
