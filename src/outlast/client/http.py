"""The client of the API, for threads; `outlast.client.aio` has the same for event loops.

Errors come back as the classes of `outlast.kit.errors`: a second answer raises `AlreadyAnswered` here as it does in
the server. A server that can't be reached raises `Unavailable`; what may be sent again is, once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, TypeVar

import httpx

from outlast.client import account, calls
from outlast.client.account import AskCode, Me, WorkspaceList
from outlast.client.calls import UNSET, Call, Which, WorkspaceFile
from outlast.client.connection import HEADERS, LIMITS, TIMEOUT, active_workspace, bearer, no_cookies
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

OCTETS = "application/octet-stream"


class Client:
    """Calls a server, one call at a time.

    Args:
        url: of the server (``https://apps.example.org``).
        token: a personal access token, or what keeps the tokens of a login session (`sign_in` makes it).
        workspace: id of the workspace whose apps and sessions are meant; the user's active one unless given.
        timeout: for each call.
        transport: for tests; talks to the network by default.

    Example:
        ``with Client(url, token=token) as client: client.start("trip", {"city": "Lisbon"})``
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | Keeper,
        workspace: str = "",
        timeout: timedelta = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._workspace = workspace
        self.http = httpx.Client(
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
    def sign_in(
        cls,
        url: str,
        email: str,
        password: str,
        *,
        ask_code: AskCode | None = None,
        keeper: Keeper | None = None,
        workspace: str = "",
        transport: httpx.BaseTransport | None = None,
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
                issued = client._send(account.log_in(email, password))
            except Unauthenticated as refusal:
                issued = client._send(account.log_in_further(refusal, ask_code))
            keeper.save(issued.tokens(now=time.time()))
        except BaseException:  # broad: whatever it was, there is no client
            client.close()
            raise
        return client

    @classmethod
    def to(cls, server: RunningServer) -> Self:
        """A client of the server that runs on this machine."""
        return cls(server.url, token=server.token, workspace=server.workspace_id)

    @property
    def workspace(self) -> str:
        """Id of the workspace; the server is asked once, if need be."""
        if not self._workspace:
            me = self.me()
            self._workspace = active_workspace(me)
        return self._workspace

    def sign_out(self) -> None:
        """End the login session; a personal access token is left as it is."""
        self._send(account.log_out())

    def me(self) -> Me:
        """Who calls."""
        return self._send(account.who_am_i())

    def workspaces(self, *, cursor: str | None = None) -> WorkspaceList:
        """A page of the caller's workspaces."""
        return self._send(account.list_workspaces(cursor))

    def apps(self) -> AppList:
        """All apps, and the files that can't be loaded."""
        return self._send(calls.list_apps())

    def app(self, name: str) -> AppItem:
        """One app by id, or by its function's name where that is unique."""
        return self._send(calls.get_app(name))

    def start(
        self,
        app: str,
        args: Mapping[str, Json] | None = None,
        *,
        title: str | None = None,
        expires_at: datetime | None = None,
    ) -> SessionItem:
        """Start a session; sent again after a lost answer, it still starts one. It is ended at ``expires_at``."""
        return self._send(calls.start_session(app, args or {}, title=title, expires_at=expires_at))

    def sessions(
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
        """A page of sessions, newest activity first.

        Args:
            which: one's own, those that others shared, or (for admins) all of the workspace.
            state, app: only those.
            text: part of the title or of the app's name.
            deleted: those that can be restored, instead.
            limit: of items.
            cursor: ``next_cursor`` of the page before.
        """
        wanted = {"which": which, "state": state, "app": app, "text": text, "cursor": cursor}
        return self._send(calls.list_sessions(wanted, deleted=deleted, limit=limit))

    def get(self, session_id: str) -> SessionDetail:
        """One session with its document."""
        return self._send(calls.get_session(session_id))

    def retitle(self, session_id: str, title: str) -> SessionDetail:
        """Give a session another title."""
        return self._send(calls.retitle_session(session_id, title))

    def delete(self, session_id: str) -> None:
        """Stop a session and delete it; it can be restored for a while."""
        self._send(calls.delete_session(session_id))

    def restore(self, session_id: str) -> SessionDetail:
        """Take a deleted session back; it has ended."""
        return self._send(calls.restore_session(session_id))

    def share(
        self,
        session_id: str,
        level: ShareLevel,
        *,
        user_id: str | None = None,
        expires_at: datetime | None = None,
    ) -> NewShare:
        """Share a session with a member of the workspace, or without one by a link that members may open."""
        return self._send(calls.share_session(session_id, level, user_id=user_id, expires_at=expires_at))

    def shares(self, session_id: str, *, cursor: str | None = None) -> ShareList:
        """A page of a session's shares."""
        return self._send(calls.list_shares(session_id, cursor))

    def unshare(self, session_id: str, share_id: str) -> None:
        """Withdraw a share, and all that people have by a link."""
        self._send(calls.revoke_share(session_id, share_id))

    def open_share(self, token: str) -> SessionItem:
        """Open what a link shares; the link's ``#share=`` is the token."""
        return self._send(calls.open_share(token))

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

    def store(
        self, file: Path | bytes, *, name: str | None = None, media_type: str = OCTETS, keep: bool = False
    ) -> WorkspaceFile:
        """Store a file of the workspace, whose ``reference`` is an argument; unless kept, for a day if unused."""
        return self._send(calls.store_file(file, name=name, media_type=media_type, keep=keep))

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
        address = call.address(self.workspace if call.in_workspace else "")
        for left in (call.repeatable, False):
            content = calls.pieces(call.content) if isinstance(call.content, Path) else call.content
            try:
                return call.read(
                    self.http.request(call.method, address, params=call.params, headers=call.headers, content=content)
                )
            except httpx.TransportError as error:
                if not left:
                    raise unreachable(error) from error
        raise AssertionError("the second try returns or raises")
