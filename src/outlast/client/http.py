"""Two clients of the API, for threads and for event loops, with the same calls.

Errors come back as the classes of `outlast.kit.errors`: a second answer raises `AlreadyAnswered` here as it does in
the server. A server that can't be reached raises `Unavailable`; what may be sent again is, once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Self, TypeVar

import httpx

from outlast.client import calls
from outlast.client.calls import API, UNSET, Call
from outlast.client.problems import unreachable
from outlast.client.running import RunningServer
from outlast.protocol.api import AppItem, AppList, EventList, SessionDetail, SessionItem, SessionList
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json
from outlast.protocol.document import State

T = TypeVar("T")

TIMEOUT = timedelta(seconds=30)
OCTETS = "application/octet-stream"
# Each stream that is followed holds a connection for as long as it lasts; calls must not wait for one of those.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)


class Client:
    """Calls a server, one call at a time.

    Args:
        url: of the server (``http://127.0.0.1:8000``).
        token: its access token.
        timeout: for each call.
        transport: for tests; talks to the network by default.

    Example:
        ``with Client(url, token=token) as client: client.start("trip", {"city": "Lisbon"})``
    """

    def __init__(
        self,
        url: str,
        *,
        token: str,
        timeout: timedelta = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.http = httpx.Client(
            base_url=url,
            headers=_headers(token),
            timeout=timeout.total_seconds(),
            limits=_LIMITS,
            transport=transport,
            trust_env=False,
        )

    @classmethod
    def to(cls, server: RunningServer) -> Self:
        """A client of the server that runs on this machine."""
        return cls(server.url, token=server.token)

    def apps(self) -> AppList:
        """All apps, and the files that can't be loaded."""
        return self._send(calls.list_apps())

    def app(self, name: str) -> AppItem:
        """One app by id, or by its function's name where that is unique."""
        return self._send(calls.get_app(name))

    def start(self, app: str, args: Mapping[str, Json] | None = None, *, title: str | None = None) -> SessionItem:
        """Start a session; sent again after a lost answer, it still starts one."""
        return self._send(calls.start_session(app, args or {}, title))

    def sessions(
        self, *, state: State | None = None, app: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> SessionList:
        """A page of sessions, newest activity first."""
        return self._send(calls.list_sessions(state=state, app=app, limit=limit, cursor=cursor))

    def get(self, session_id: str) -> SessionDetail:
        """One session with its document."""
        return self._send(calls.get_session(session_id))

    def retitle(self, session_id: str, title: str) -> SessionDetail:
        """Give a session another title."""
        return self._send(calls.retitle_session(session_id, title))

    def delete(self, session_id: str) -> None:
        """Stop a session and delete all that is kept of it."""
        self._send(calls.delete_session(session_id))

    def answer(self, session_id: str, input: str, value: Json) -> None:
        """Answer an input; it is committed when this returns."""
        self._send(calls.answer_input(session_id, input, value))

    def cancel(self, session_id: str, *, reason: str = "") -> None:
        """Ask a session to stop."""
        self._send(calls.cancel_session(session_id, reason))

    def branch(self, session_id: str, seq: int, *, value: Json = UNSET) -> SessionItem:
        """Make a new session of the events up to ``seq``, optionally with another answer to the last input."""
        return self._send(calls.branch_session(session_id, seq, value))

    def history(self, session_id: str, *, after: int = 0, limit: int = 1000) -> EventList:
        """A page of a session's events."""
        return self._send(calls.list_events(session_id, after, limit))

    def export(self, session_id: str, *, format: str = "md") -> bytes:
        """A session to keep: ``md`` or ``json``."""
        return self._send(calls.export_session(session_id, format))

    def upload(
        self, session_id: str, file: Path | bytes, *, name: str | None = None, media_type: str = OCTETS
    ) -> FileRef:
        """Store a file for an ``upload`` input; answer with what this gives back."""
        return self._send(calls.upload_file(session_id, file, name=name, media_type=media_type))

    def upload_ahead(self, file: Path | bytes, *, name: str | None = None, media_type: str = OCTETS) -> FileRef:
        """Store a file for a session that is yet to be started; what this gives back, as JSON, is its argument."""
        return self._send(calls.upload_file(None, file, name=name, media_type=media_type))

    def file(self, session_id: str, sha256: str) -> bytes:
        """The bytes of a session's file."""
        return self._send(calls.get_file(session_id, sha256))

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, call: Call[T]) -> T:
        for left in (call.repeatable, False):
            content = calls.pieces(call.content) if isinstance(call.content, Path) else call.content
            try:
                return call.read(
                    self.http.request(
                        call.method, API + call.path, params=call.params, headers=call.headers, content=content
                    )
                )
            except httpx.TransportError as error:
                if not left:
                    raise unreachable(error) from error
        raise AssertionError("the second try returns or raises")


class AsyncClient:
    """Calls a server from an event loop; see `Client`, whose methods are these.

    Example:
        ``async with AsyncClient(url, token=token) as client: await client.start("trip")``
    """

    def __init__(
        self,
        url: str,
        *,
        token: str,
        timeout: timedelta = TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.http = httpx.AsyncClient(
            base_url=url,
            headers=_headers(token),
            timeout=timeout.total_seconds(),
            limits=_LIMITS,
            transport=transport,
            trust_env=False,
        )

    @classmethod
    def to(cls, server: RunningServer) -> Self:
        """A client of the server that runs on this machine."""
        return cls(server.url, token=server.token)

    async def apps(self) -> AppList:
        """See `Client.apps`."""
        return await self._send(calls.list_apps())

    async def app(self, name: str) -> AppItem:
        """See `Client.app`."""
        return await self._send(calls.get_app(name))

    async def start(self, app: str, args: Mapping[str, Json] | None = None, *, title: str | None = None) -> SessionItem:
        """See `Client.start`."""
        return await self._send(calls.start_session(app, args or {}, title))

    async def sessions(
        self, *, state: State | None = None, app: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> SessionList:
        """See `Client.sessions`."""
        return await self._send(calls.list_sessions(state=state, app=app, limit=limit, cursor=cursor))

    async def get(self, session_id: str) -> SessionDetail:
        """See `Client.get`."""
        return await self._send(calls.get_session(session_id))

    async def retitle(self, session_id: str, title: str) -> SessionDetail:
        """See `Client.retitle`."""
        return await self._send(calls.retitle_session(session_id, title))

    async def delete(self, session_id: str) -> None:
        """See `Client.delete`."""
        await self._send(calls.delete_session(session_id))

    async def answer(self, session_id: str, input: str, value: Json) -> None:
        """See `Client.answer`."""
        await self._send(calls.answer_input(session_id, input, value))

    async def cancel(self, session_id: str, *, reason: str = "") -> None:
        """See `Client.cancel`."""
        await self._send(calls.cancel_session(session_id, reason))

    async def branch(self, session_id: str, seq: int, *, value: Json = UNSET) -> SessionItem:
        """See `Client.branch`."""
        return await self._send(calls.branch_session(session_id, seq, value))

    async def history(self, session_id: str, *, after: int = 0, limit: int = 1000) -> EventList:
        """See `Client.history`."""
        return await self._send(calls.list_events(session_id, after, limit))

    async def export(self, session_id: str, *, format: str = "md") -> bytes:
        """See `Client.export`."""
        return await self._send(calls.export_session(session_id, format))

    async def upload(
        self, session_id: str, file: Path | bytes, *, name: str | None = None, media_type: str = OCTETS
    ) -> FileRef:
        """See `Client.upload`."""
        return await self._send(calls.upload_file(session_id, file, name=name, media_type=media_type))

    async def upload_ahead(self, file: Path | bytes, *, name: str | None = None, media_type: str = OCTETS) -> FileRef:
        """See `Client.upload_ahead`."""
        return await self._send(calls.upload_file(None, file, name=name, media_type=media_type))

    async def file(self, session_id: str, sha256: str) -> bytes:
        """See `Client.file`."""
        return await self._send(calls.get_file(session_id, sha256))

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _send(self, call: Call[T]) -> T:
        for left in (call.repeatable, False):
            content = _apieces(call.content) if isinstance(call.content, Path) else call.content
            try:
                return call.read(
                    await self.http.request(
                        call.method, API + call.path, params=call.params, headers=call.headers, content=content
                    )
                )
            except httpx.TransportError as error:
                if not left:
                    raise unreachable(error) from error
        raise AssertionError("the second try returns or raises")


def _headers(token: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {token}", "accept": "application/json"}


async def _apieces(path: Path) -> AsyncIterator[bytes]:
    for piece in calls.pieces(path):
        yield piece
