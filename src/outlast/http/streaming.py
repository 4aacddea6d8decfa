"""Sends event streams: one coroutine a reader, which waits for it to go, while the publisher itself writes to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from typing import Protocol

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override

from outlast.streams.sse import Feed

logger = logging.getLogger(__name__)


class Body(Protocol):
    """What is sent; see `outlast.streams.sse.Feed`, which is one."""

    @property
    def over(self) -> bool: ...
    @property
    def idle(self) -> bool: ...
    def attend(self, call: Callable[[], None]) -> None: ...
    def take(self) -> bytes: ...
    async def next(self, *, wait: bool) -> bytes: ...
    async def aclose(self) -> None: ...


class Chunks(Protocol):
    """What gives encoded frames, and can be closed: a generator, or `outlast.streams.multiplex.Multiplex`."""

    def __anext__(self) -> Awaitable[bytes]: ...
    async def aclose(self) -> None: ...


class EventStream(Response):
    """Answers with server-sent events.

    Args:
        body: a feed, or else what gives frames; closed with the response.
    """

    media_type = "text/event-stream"

    def __init__(self, body: Feed | Chunks, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        # `x-accel-buffering` tells nginx to hand frames on as they come.
        super().__init__(status_code=status, headers={"x-accel-buffering": "no", **(headers or {})})
        del self.headers["content-length"]
        self._body: Body = body if isinstance(body, Feed) else _Pulled(body)

    @override
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[object, object, None]:
        # Not a coroutine itself, which would keep the response, its headers and all, for as long as the stream lasts.
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        return _stream(self._body, start, receive=receive, send=send)


async def _stream(body: Body, start: Message, *, receive: Receive, send: Send) -> None:
    sender = _Sender(body, send)
    try:
        await send(start)
        del start
        body.attend(sender.go_on)
        sender.go_on()
        while (await receive())["type"] != "http.disconnect":  # which also comes when all has been sent
            pass
    finally:
        await sender.stop()


class _Sender:
    """Sends what a body has, as soon as it has it, from within the call that brought it.

    Only while there is something to wait for (the reader takes no more, the log must be read) a task does so; what
    comes meanwhile waits in the body.
    """

    __slots__ = ("_body", "_send", "_task")

    def __init__(self, body: Body, send: Send) -> None:
        self._body = body
        self._send = send
        self._task: asyncio.Task[None] | None = None

    def go_on(self) -> None:
        if self._task is not None:
            return
        rest: Awaitable[None] | None = None
        try:
            if chunk := self._body.take():
                rest = _begun(self._send(_piece(chunk)))
        except Exception as error:  # broad: who publishes, and who else reads, have no part in it
            rest = _raised(error)
        if rest is not None or not self._body.idle:
            self._task = asyncio.create_task(self._catch_up(rest), name="send events")

    async def _catch_up(self, rest: Awaitable[None] | None) -> None:
        """Send until the body is idle, or its end."""
        body = self._body
        try:
            if rest is not None:
                await rest
            while not body.idle and not body.over:
                if chunk := await body.next(wait=False):
                    await self._send(_piece(chunk))
            if not body.over:
                self._task = None
                return
        except Exception:  # broad: a reader is sent away to come back, whatever it was
            logger.exception("An event stream broke off")
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._body.aclose()


class _Pulled:
    """Chunks as a body that is never idle."""

    __slots__ = ("_chunks", "over")
    idle = False

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks
        self.over = False

    def attend(self, call: Callable[[], None]) -> None:
        pass

    def take(self) -> bytes:
        return b""

    async def next(self, *, wait: bool) -> bytes:
        try:
            return await self._chunks.__anext__()
        except StopAsyncIteration:
            self.over = True
            return b""

    async def aclose(self) -> None:
        await self._chunks.aclose()


def _piece(chunk: bytes) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": True}


def _begun(sending: Awaitable[None]) -> Awaitable[None] | None:
    """Run a call until it ends, or until it has to wait: then what is left of it is a task's to await."""
    steps = sending.__await__()
    try:
        waits_for = next(steps)
    except StopIteration:
        return None
    return _Rest(steps, waits_for)


class _Rest:
    __slots__ = ("_steps", "_waits_for")

    def __init__(self, steps: Generator[object, None, None], waits_for: object) -> None:
        self._steps = steps
        self._waits_for = waits_for

    def __await__(self) -> Generator[object, None, None]:
        try:
            yield self._waits_for
            yield from self._steps
        finally:
            self._steps.close()


async def _raised(error: Exception) -> None:
    raise error
