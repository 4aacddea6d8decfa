"""A runtime over a real database and real session processes, with what tests ask of it."""

from __future__ import annotations

import asyncio
import contextlib
import textwrap
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path

from outlast.kit.settings import Settings, load_settings
from outlast.protocol.codec import Json
from outlast.protocol.document import Document
from outlast.protocol.events import SessionEvent, User, decode_event
from outlast.runtime import Runtime, open_runtime
from outlast.runtime.tracking import stream_of
from outlast.streams.follow import follow
from outlast.streams.snapshots import document_at

USER = User(id="ada", name="Ada")
PATIENCE = timedelta(seconds=15)


def write_app(folder: Path, code: str, name: str = "play") -> Path:
    """Write a file of apps; ``from outlast import *`` stands above it."""
    path = folder / f"{name}.py"
    path.write_text("import os, signal, sys, time\nimport outlast\nfrom outlast import *\n\n" + textwrap.dedent(code))
    return path


def settings_for(folder: Path, **given: object) -> Settings:
    """Settings with their data below a folder."""
    return load_settings(**{"data_dir": folder / "data", **given})


@contextlib.asynccontextmanager
async def running(folder: Path, *paths: Path, **given: object) -> AsyncIterator[Stage]:
    """Open a runtime on files of apps; afterwards no process is left."""
    async with await open_runtime(settings_for(folder, **given), paths) as runtime:
        await runtime.registry.load()
        yield Stage(runtime)


class Stage:
    """What tests do with a runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.host = runtime.host

    async def start(self, app: str = "play", args: Mapping[str, Json] | None = None) -> str:
        """Start a session."""
        return await self.host.start(app, args or {}, user=USER)

    async def answer(self, session_id: str, value: Json, input_id: str | None = None) -> None:
        """Answer the open input."""
        if input_id is None:
            document = await self.until(session_id, lambda d: any(i.state == "open" for i in d.inputs.values()))
            input_id = next(key for key, asked in document.inputs.items() if asked.state == "open")
        await self.host.submit(session_id, input_id, value, by=USER)

    async def document(self, session_id: str) -> Document:
        """The document as it is now."""
        return await document_at(self.runtime.log, stream_of(session_id))

    async def until(self, session_id: str, holds: Callable[[Document], bool]) -> Document:
        """Wait, event by event, until the document is as wished."""
        reader = follow(self.runtime.log, self.runtime.bus, stream_of(session_id))
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                async for _ in reader:
                    document = await self.document(session_id)
                    if holds(document):
                        return document
                    assert not document.over, f"It ended before: {document}"
        except TimeoutError:
            raise AssertionError(f"It never came about: {await self.document(session_id)}") from None
        finally:
            await reader.aclose()
        raise AssertionError("the stream ended")

    async def state(self, session_id: str, *states: str) -> Document:
        """Wait until the session is in one of the states."""
        return await self.until(session_id, lambda document: document.state in states)

    async def over(self, session_id: str) -> Document:
        """Wait for the end."""
        return await self.until(session_id, lambda document: document.over)

    async def asleep(self, session_id: str) -> None:
        """Put a waiting session to sleep and wait until its process is gone."""
        await self.state(session_id, "waiting")
        live = self.host.awake[session_id]
        assert await self.host.hibernate(session_id)
        await live.gone.wait()

    async def events(self, session_id: str) -> list[SessionEvent]:
        """All events of the stream."""
        return [
            decode_event(stored.data) for stored in await self.runtime.log.read(stream_of(session_id), limit=10_000)
        ]

    def pid(self, session_id: str) -> int:
        """The session's process."""
        pid = self.host.awake[session_id].pid
        assert pid is not None
        return pid


def texts(document: Document) -> list[str]:
    """The texts of all Markdown blocks, in reading order."""
    return [str(block.props.get("text", "")) for block in document.blocks.values() if block.kind == "markdown"]
