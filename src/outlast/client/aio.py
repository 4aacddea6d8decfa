"""The client of the API for event loops; see `outlast.client.http`, whose calls these are."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, TypeVar

import httpx

from outlast.client import account, calls
from outlast.client.account import AskCode, Me, WorkspaceList
from outlast.client.calls import UNSET, Call, Which, WorkspaceFile
from outlast.client.connection import HEADERS, LIMITS, TIMEOUT, active_workspace, bearer, no_cookies
from outlast.client.http import OCTETS
from outlast.client.problems import unreachable
from outlast.client.running import RunningServer
from outlast.client.tokens import Held, Keeper, Tokens
from outlast.kit.errors import Unauthenticated
from outlast.protocol.api import (
    AppItem,
    AppList,
    EventList,
    NewShare,
    SessionDetail,
    SessionItem,
    SessionList,
    ShareLevel,
    ShareList,
)
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json
from outlast.protocol.document import State

T = TypeVar("T")


class AsyncClient:
    """Calls a server from an event loop; see `outlast.client.Client`, whose arguments and methods these are.

    Example:
        ``async with AsyncClient(url, token=token) as client: await client.start("trip")``
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | Keeper,
        workspace: str = "",
        timeout: timedelta = TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._workspace = workspace
        self.http = httpx.AsyncClient(
            base_url=url,
            headers=HEADERS,
            auth=bearer(token),
            cookies=no_cookies(),
            timeout=timeout.total_seconds(),
            limits=LIMITS,
            transport=transport,
            trust_env=False,
        )

    @classmethod
    async def sign_in(
        cls,
        url: str,
        email: str,
        password: str,
        *,
        ask_code: AskCode | None = None,
        keeper: Keeper | None = None,
        workspace: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Self:
        """Begin a login session, and give its client, which keeps itself signed in.

        Args:
            url: of the server.
            email: of the account.
            password: of the account.
            ask_code: gives a code when the account has a second factor; given the kinds that it has.
            keeper: keeps the tokens, and has none yet; in memory unless given.
            workspace, transport: as for the client.

        Raises:
            Unauthenticated: the address or the password is wrong, or a second factor is needed.
        """
        keeper = keeper or Held(Tokens())
        client = cls(url, token=keeper, workspace=workspace, transport=transport)
        try:
            try:
                issued = await client._send(account.log_in(email, password))
            except Unauthenticated as refusal:
                issued = await client._send(account.log_in_further(refusal, ask_code))
            keeper.save(issued.tokens(now=time.time()))
        except BaseException:  # broad: whatever it was, there is no client
            await client.close()
            raise
        return client

    @classmethod
    def to(cls, server: RunningServer) -> Self:
        """A client of the server that runs on this machine."""
        return cls(server.url, token=server.token, workspace=server.workspace_id)

    async def workspace(self) -> str:
        """See `Client.workspace`."""
        if not self._workspace:
            me = await self.me()
            self._workspace = active_workspace(me)
        return self._workspace

    async def sign_out(self) -> None:
        """See `Client.sign_out`."""
        await self._send(account.log_out())

    async def me(self) -> Me:
        """See `Client.me`."""
        return await self._send(account.who_am_i())

    async def workspaces(self, *, cursor: str | None = None) -> WorkspaceList:
        """See `Client.workspaces`."""
        return await self._send(account.list_workspaces(cursor))

    async def apps(self) -> AppList:
        """See `Client.apps`."""
        return await self._send(calls.list_apps())

    async def app(self, name: str) -> AppItem:
        """See `Client.app`."""
        return await self._send(calls.get_app(name))

    async def start(
        self,
        app: str,
        args: Mapping[str, Json] | None = None,
        *,
        title: str | None = None,
        expires_at: datetime | None = None,
    ) -> SessionItem:
        """See `Client.start`."""
        return await self._send(calls.start_session(app, args or {}, title=title, expires_at=expires_at))

    async def sessions(
        self,
        *,
        which: Which = "mine",
        state: State | None = None,
        app: str | None = None,
        text: str | None = None,
        deleted: bool = False,
        limit: int = 50,
        cursor: str | None = None,
    ) -> SessionList:
        """See `Client.sessions`."""
        wanted = {"which": which, "state": state, "app": app, "text": text, "cursor": cursor}
        return await self._send(calls.list_sessions(wanted, deleted=deleted, limit=limit))

    async def get(self, session_id: str) -> SessionDetail:
        """See `Client.get`."""
        return await self._send(calls.get_session(session_id))

    async def retitle(self, session_id: str, title: str) -> SessionDetail:
        """See `Client.retitle`."""
        return await self._send(calls.retitle_session(session_id, title))

    async def delete(self, session_id: str) -> None:
        """See `Client.delete`."""
        await self._send(calls.delete_session(session_id))

    async def restore(self, session_id: str) -> SessionDetail:
        """See `Client.restore`."""
        return await self._send(calls.restore_session(session_id))

    async def share(
        self,
        session_id: str,
        level: ShareLevel,
        *,
        user_id: str | None = None,
        expires_at: datetime | None = None,
    ) -> NewShare:
        """See `Client.share`."""
        return await self._send(calls.share_session(session_id, level, user_id=user_id, expires_at=expires_at))

    async def shares(self, session_id: str, *, cursor: str | None = None) -> ShareList:
        """See `Client.shares`."""
        return await self._send(calls.list_shares(session_id, cursor))

    async def unshare(self, session_id: str, share_id: str) -> None:
        """See `Client.unshare`."""
        await self._send(calls.revoke_share(session_id, share_id))

    async def open_share(self, token: str) -> SessionItem:
        """See `Client.open_share`."""
        return await self._send(calls.open_share(token))

    async def answer(self, session_id: str, input: str, value: Json) -> None:
        """See `Client.answer`."""
        await self._send(calls.answer_input(session_id, input, value))

    async def cancel(self, session_id: str, *, reason: str = "") -> None:
        """Ask a session to stop."""
        await self._send(calls.cancel_session(session_id, reason))

    async def branch(self, session_id: str, seq: int, *, value: Json = UNSET) -> SessionItem:
        """See `Client.branch`."""
        return await self._send(calls.branch_session(session_id, seq, value))

    async def history(self, session_id: str, *, after: int = 0, limit: int = 1000) -> EventList:
        """See `Client.history`."""
        return await self._send(calls.list_events(session_id, after, limit))

    async def export(self, session_id: str, *, format: str = "md") -> bytes:
        """A session to keep: ``md`` or ``json``."""
        return await self._send(calls.export_session(session_id, format))

    async def upload(
        self, session_id: str, file: Path | bytes, *, name: str | None = None, media_type: str = OCTETS
    ) -> FileRef:
        """See `Client.upload`."""
        return await self._send(calls.upload_file(session_id, file, name=name, media_type=media_type))

    async def store(
        self, file: Path | bytes, *, name: str | None = None, media_type: str = OCTETS, keep: bool = False
    ) -> WorkspaceFile:
        """See `Client.store`."""
        return await self._send(calls.store_file(file, name=name, media_type=media_type, keep=keep))

    async def file(self, session_id: str, sha256: str) -> bytes:
        """See `Client.file`."""
        return await self._send(calls.get_file(session_id, sha256))

    async def close(self) -> None:
        """See `Client.close`."""
        await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _send(self, call: Call[T]) -> T:
        address = call.address(await self.workspace() if call.in_workspace else "")
        for left in (call.repeatable, False):
            content = _pieces(call.content) if isinstance(call.content, Path) else call.content
            try:
                return call.read(
                    await self.http.request(
                        call.method, address, params=call.params, headers=call.headers, content=content
                    )
                )
            except httpx.TransportError as error:
                if not left:
                    raise unreachable(error) from error
        raise AssertionError("the second try returns or raises")


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    for piece in calls.pieces(path):
        yield piece
