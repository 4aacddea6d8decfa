"""Sends event streams: one task to send, one to hear that the reader has gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override


class EventStream(Response):
    """Answers with server-sent events.

    Starlette's own streaming response keeps a task group a reader; this keeps an idle reader at one more task.

    Args:
        chunks: encoded frames, several in one piece where several wait; closed with the response.
    """

    media_type = "text/event-stream"

    def __init__(
        self, chunks: AsyncIterator[bytes], *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        # `x-accel-buffering` tells nginx to hand frames on as they come.
        super().__init__(status_code=status, headers={"x-accel-buffering": "no", **(headers or {})})
        del self.headers["content-length"]
        assert isinstance(chunks, AsyncGenerator)
        self._chunks = chunks

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        gone = asyncio.Event()
        watcher = asyncio.create_task(_watch(receive, gone, task))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for chunk in self._chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except asyncio.CancelledError:
            if not gone.is_set():
                raise
            task.uncancel()
        finally:
            watcher.cancel()
            with contextlib.suppress(RuntimeError):  # it is still running when this task was cancelled inside it
                await self._chunks.aclose()


async def _watch(receive: Receive, gone: asyncio.Event, task: asyncio.Task[object]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
    task.cancel()
