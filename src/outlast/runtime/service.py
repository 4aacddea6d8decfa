"""Sessions inside somebody else's web application: no database, no server, a few methods.

`SessionService` keeps the contract of architecture §7: plain methods that may be called from the event loop or from
a thread, and one async generator that gives a session's events as SSE text.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import uuid
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from outlast.executors.select import Executors
from outlast.kit.errors import AppFault, InvalidAnswer, InvalidArguments
from outlast.protocol.codec import Json, to_json
from outlast.protocol.document import Document, shown_document
from outlast.protocol.events import TERMINAL, User, decode_event
from outlast.runtime.awake import HostSettings
from outlast.runtime.host import Host
from outlast.runtime.opening import Runtime, make_memory_runtime
from outlast.runtime.registry import AppEntry
from outlast.runtime.tracking import stream_of
from outlast.sdk.app import App
from outlast.streams.follow import follow
from outlast.streams.snapshots import document_at
from outlast.streams.sse import encode, projection

# Who may do what is for the application around it to say.
_USER = User(id="local", name="local", role="owner")


@dataclass
class SessionState:
    """One session of a service.

    Attributes:
        app: what runs.
        session_id: its id.
        args: JSON values by parameter.
        interactions: every interaction as it came, also those that were refused; for debugging.
        started: whether `SessionService.generate_events` has been called.
    """

    app: App[Json, Json]
    session_id: str
    args: Mapping[str, Json]
    interactions: list[Mapping[str, Json]] = field(default_factory=list)
    started: bool = False


class SessionService:
    """Runs sessions in processes of their own, and gives their events as they come.

    Example:
        A whole application::

            api = FastAPI()
            service = SessionService()
            api.include_router(router(service, apps=[hello]))

    Args:
        hibernate_after: how long a session waits before its process ends; None keeps it.
    """

    def __init__(self, *, hibernate_after: timedelta | None = None) -> None:
        self._sessions: dict[str, SessionState] = {}
        self._settings = HostSettings(hibernate_after=hibernate_after)
        self._runtime: Runtime | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    def generate_session_id(self) -> str:
        """Make an id for a session (a UUID)."""
        return str(uuid.uuid4())

    def create_session(
        self, app: App[Json, Json], args: Sequence[object] = (), kwargs: Mapping[str, object] | None = None
    ) -> str:
        """Create a session; it starts when its events are first asked for.

        Args:
            app: a function marked ``@app``.
            args: positional arguments, JSON-like values.
            kwargs: arguments by name.

        Returns:
            The session's id.

        Raises:
            InvalidArguments: they do not fit the app's parameters.
        """
        if not isinstance(app, App):
            raise InvalidArguments(f"{app!r} is no app; mark the function with @app.")
        try:
            bound = inspect.signature(app.function).bind(*args, **(kwargs or {})).arguments
        except TypeError as error:
            raise InvalidArguments(f"{app.name}: {error}.") from error
        session_id = self.generate_session_id()
        self._sessions[session_id] = SessionState(app, session_id, to_json(dict(bound)))
        return session_id

    def get_session(self, session_id: str) -> SessionState:
        """The state of a session.

        Raises:
            KeyError: there is no such session.
        """
        try:
            return self._sessions[session_id]
        except KeyError:
            raise KeyError(f"There is no session {session_id!r}.") from None

    def add_interaction(self, session_id: str, interaction: Mapping[str, Json]) -> None:
        """Give an answer: ``{"input": <id>, "value": <answer>}``, a form's value being ``{<field>: <answer>}``.

        Args:
            session_id: who asked.
            interaction: kept in the state for debugging, whatever becomes of it.

        Raises:
            KeyError: there is no such session.
            RuntimeError: it was never started, or it is over.
            InvalidAnswer, InputNotFound, AlreadyAnswered: why the answer can't be taken.
        """
        state = self.get_session(session_id)
        state.interactions.append(interaction)
        if not state.started or self._runtime is None or self._loop is None:
            raise RuntimeError("The session has not been started: ask for its events first (generate_events).")
        live = self._runtime.host.awake.get(session_id)
        if self._hibernate_after is None and (live is None or live.stopping):
            raise RuntimeError("The session is over.")
        input_id, value = _parse(interaction)
        if live is not None:
            live.track.check(input_id, value, by=_USER)
        self._do(self._runtime.host.submit(session_id, input_id, value, by=_USER))

    async def generate_events(self, session_id: str) -> AsyncIterator[str]:
        """Start the session, if it was not, and give its events from the first one on as SSE text.

        Several callers may follow one session; each gets every event. The generator ends with the session.

        Raises:
            KeyError: there is no such session.
            AppBroken, InvalidArguments: it can't be started.
        """
        async for frame in self.follow(session_id):
            yield frame

    async def start(self, session_id: str) -> None:
        """Start a session, if it was not started yet.

        Raises:
            KeyError: there is no such session.
            AppBroken, InvalidArguments: it can't be started.
        """
        state = self.get_session(session_id)
        runtime = self._open()
        if state.started:
            return
        state.started = True
        try:
            entry = await self._entry(runtime, state.app)
            await runtime.host.start(entry, state.args, user=_USER, session_id=session_id)
        except BaseException:  # broad: whatever it was, the next call may try again
            state.started = False
            raise

    async def follow(self, session_id: str, *, after: int = 0) -> AsyncIterator[str]:
        """As `generate_events`, for a reader who has the events up to ``after`` already."""
        await self.start(session_id)
        runtime = self._open()
        project = projection(owner=False)
        async with contextlib.aclosing(follow(runtime.log, runtime.bus, stream_of(session_id), after=after)) as events:
            async for some in events:
                for event in some:
                    shown = project(event)
                    if shown is not None:
                        yield encode(shown).decode()
                    if isinstance(decode_event(event.data), TERMINAL):
                        return

    async def document(self, session_id: str) -> Document:
        """What a viewer sees of a session now.

        Raises:
            KeyError: there is no such session.
        """
        self.get_session(session_id)
        return shown_document(await document_at(self._open().log, stream_of(session_id)), owner=False)

    def cleanup_session(self, session_id: str) -> None:
        """Stop a session's process and forget the session.

        Raises:
            KeyError: there is no such session.
        """
        self.get_session(session_id)
        del self._sessions[session_id]
        runtime = self._runtime
        if runtime is not None and self._loop is not None:
            live = runtime.host.awake.get(session_id)
            if live is not None:
                live.kill()
            self._do(_forget(runtime.host, session_id), wait=False)

    def cleanup_all(self) -> None:
        """Stop and forget all sessions. No process is left when it returns; call it when the application stops."""
        self._sessions.clear()
        runtime, self._runtime = self._runtime, None
        if runtime is not None:
            runtime.kill()
            self._do(runtime.close(), wait=False)

    @property
    def _hibernate_after(self) -> timedelta | None:
        return self._settings.hibernate_after

    def _open(self) -> Runtime:
        if self._runtime is None:
            self._loop = asyncio.get_running_loop()
            self._runtime = make_memory_runtime(self._settings)
            self._do(self._runtime.start())
        return self._runtime

    async def _entry(self, runtime: Runtime, app: App[Json, Json]) -> AppEntry:
        """Find the app in its file; a function that no import can reach runs in a thread of this process."""
        source = runtime.source_of(_file_of(app), module=app.function.__module__)
        executor = runtime.executor
        assert isinstance(executor, Executors)
        if "<locals>" in app.function.__qualname__ or not source.path.is_file():
            source = executor.inline.add(app)
        for info in await executor.load(source):
            if info.name == app.name:
                return AppEntry(info, source)
        raise AppFault(f"{source.path} has no app {app.name!r} when it is imported afresh.")

    def _do(self, work: Coroutine[object, object, object], *, wait: bool = True) -> None:
        """Have work done on the event loop; from another thread, wait for it and raise what it raises."""
        loop = self._loop
        assert loop is not None
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is loop:
            task = loop.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif loop.is_running():
            done = asyncio.run_coroutine_threadsafe(work, loop)
            if wait:
                done.result()
        elif loop.is_closed():
            work.close()  # the processes are dead; what is left goes with this one
        else:
            loop.run_until_complete(work)


async def _forget(host: Host, session_id: str) -> None:
    with contextlib.suppress(Exception):  # broad: the session may never have been started; nothing is left of it
        await host.delete(session_id)


def _file_of(app: App[Json, Json]) -> Path:
    return Path(inspect.getsourcefile(app.function) or "")


def _parse(interaction: Mapping[str, Json]) -> tuple[str, Json]:
    """Read an interaction; the older spelling with ``blockId`` and a form's list of parts is understood too."""
    input_id = interaction.get("input", interaction.get("blockId"))
    if not isinstance(input_id, str) or "value" not in interaction:
        raise InvalidAnswer('An interaction is {"input": <id>, "value": <answer>}.')
    value = interaction["value"]
    if interaction.get("blockType") == "form" and isinstance(value, list):
        value = {part.get("sub_block_id"): part.get("value") for part in value if isinstance(part, dict)}
    return input_id, value
