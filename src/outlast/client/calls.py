"""The calls of the API, described once for both clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Generic, Literal, TypeAlias, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from outlast.client.problems import raise_for
from outlast.kit.ids import new_id
from outlast.protocol.api import (
    AppItem,
    AppList,
    BranchSession,
    CancelSession,
    EventList,
    Interaction,
    NewShare,
    OpenShare,
    SessionDetail,
    SessionItem,
    SessionList,
    ShareLevel,
    ShareList,
    ShareSession,
    StartSession,
    UpdateSession,
)
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json, decode_json, encode_json

T = TypeVar("T")

Which: TypeAlias = Literal["mine", "shared", "all"]

API = "/api/v1"
UNSET = msgspec.UNSET
_CHUNK_BYTES = 256 * 1024


class Call(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One request and the shape of its answer.

    Attributes:
        shape: struct of the answer's JSON; bytes for the body as it is, None for no body.
        content: the request's body; a path is sent in pieces.
        repeatable: may be sent again when no answer came.
        in_workspace: whether the path is below that of the client's workspace.
    """

    method: str
    path: str
    shape: type[T] | None
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    content: bytes | Path | None = None
    repeatable: bool = False
    in_workspace: bool = True

    def address(self, workspace: str) -> str:
        """Its path on the server."""
        return (below(workspace) if self.in_workspace else API) + self.path

    def read(self, response: httpx.Response) -> T:
        """Decode the answer.

        Raises:
            OutlastError: it is a problem document.
        """
        raise_for(response)
        if self.shape is None:
            return None  # type: ignore[return-value]  # Call[None]
        if self.shape is bytes:
            return response.content  # type: ignore[return-value]  # Call[bytes]
        return decode_json(response.content, self.shape)


def pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes, in pieces."""
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            yield piece


def list_apps() -> Call[AppList]:
    """All apps."""
    return Call(method="GET", path="/apps", shape=AppList, repeatable=True)


def get_app(app: str) -> Call[AppItem]:
    """One app."""
    return Call(method="GET", path=f"/apps/{quote(app, safe='')}", shape=AppItem, repeatable=True)


def start_session(
    app: str, args: Mapping[str, Json], *, title: str | None, expires_at: datetime | None
) -> Call[SessionItem]:
    """Start a session."""
    # The key makes it repeatable: a start whose answer was lost is not done twice.
    body = StartSession(app=app, args=dict(args), title=title, expires_at=expires_at)
    return post("/sessions", body, SessionItem, headers={"idempotency-key": new_id()})


def list_sessions(wanted: Mapping[str, str | None], *, deleted: bool, limit: int) -> Call[SessionList]:
    """A page of sessions."""
    params = {name: value for name, value in wanted.items() if value is not None} | {"limit": str(limit)}
    if deleted:
        params["deleted"] = "true"
    return Call(method="GET", path="/sessions", shape=SessionList, params=params, repeatable=True)


def get_session(session_id: str) -> Call[SessionDetail]:
    """One session with its document."""
    return Call(method="GET", path=_session(session_id), shape=SessionDetail, repeatable=True)


def retitle_session(session_id: str, title: str) -> Call[SessionDetail]:
    """Give a session another title."""
    body = encode_json(UpdateSession(title=title))
    headers = {"content-type": "application/json"}
    return Call(method="PATCH", path=_session(session_id), shape=SessionDetail, content=body, headers=headers)


def delete_session(session_id: str) -> Call[None]:
    """Delete a session."""
    return Call(method="DELETE", path=_session(session_id), shape=None)


def restore_session(session_id: str) -> Call[SessionDetail]:
    """Take a deleted session back."""
    return Call(method="POST", path=_session(session_id, "/restore"), shape=SessionDetail)


def share_session(
    session_id: str, level: ShareLevel, *, user_id: str | None, expires_at: datetime | None
) -> Call[NewShare]:
    """Share a session."""
    body = ShareSession(level=level, user_id=user_id, expires_at=expires_at)
    return post(_session(session_id, "/shares"), body, NewShare, headers={"idempotency-key": new_id()})


def list_shares(session_id: str, cursor: str | None) -> Call[ShareList]:
    """A page of a session's shares."""
    params: Mapping[str, str] = {"cursor": cursor} if cursor else {}
    return Call(method="GET", path=_session(session_id, "/shares"), shape=ShareList, params=params, repeatable=True)


def revoke_share(session_id: str, share_id: str) -> Call[None]:
    """Withdraw a share."""
    return Call(method="DELETE", path=_session(session_id, f"/shares/{quote(share_id, safe='')}"), shape=None)


def open_share(token: str) -> Call[SessionItem]:
    """Open what a link shares."""
    return post("/shares/open", OpenShare(token=token), SessionItem, in_workspace=False)


def answer_input(session_id: str, input: str, value: Json) -> Call[None]:
    """Answer an input."""
    return post(_session(session_id, "/interactions"), Interaction(input=input, value=value), None)


def cancel_session(session_id: str, reason: str) -> Call[None]:
    """Ask a session to stop."""
    return post(_session(session_id, "/cancel"), CancelSession(reason=reason), None)


def branch_session(session_id: str, seq: int, value: Json) -> Call[SessionItem]:
    """Branch a session."""
    body = BranchSession(seq=seq, value=value)
    return post(_session(session_id, "/branch"), body, SessionItem, headers={"idempotency-key": new_id()})


def list_events(session_id: str, after: int, limit: int) -> Call[EventList]:
    """A page of a session's events."""
    params = {"after": str(after), "limit": str(limit)}
    return Call(method="GET", path=_session(session_id, "/history"), shape=EventList, params=params, repeatable=True)


def export_session(session_id: str, format: str) -> Call[bytes]:
    """A session to keep."""
    return Call(
        method="GET", path=_session(session_id, "/export"), shape=bytes, params={"format": format}, repeatable=True
    )


def upload_file(session_id: str, file: Path | bytes, *, name: str | None, media_type: str) -> Call[FileRef]:
    """Store a file of a session."""
    return Call(
        method="POST",
        path=_session(session_id, "/files"),
        shape=FileRef,
        params={"name": _name_of(file, name)},
        headers=_file_headers(file, media_type),
        content=file,
    )


def _name_of(file: Path | bytes, given: str | None) -> str:
    return given or (file.name if isinstance(file, Path) else "file")


def _file_headers(file: Path | bytes, media_type: str) -> Mapping[str, str]:
    headers = {"content-type": media_type}
    if isinstance(file, Path):
        headers["content-length"] = str(file.stat().st_size)
    return headers


class WorkspaceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the workspace; ``reference`` is what an argument or an answer names it by."""

    id: str
    name: str
    size_bytes: int
    media_type: str
    sha256: str

    @property
    def reference(self) -> Mapping[str, str]:
        """The file as an argument or an answer."""
        return {"file_id": self.id}


def store_file(file: Path | bytes, *, name: str | None, media_type: str, keep: bool) -> Call[WorkspaceFile]:
    """Store a file of the workspace."""
    params = {"name": _name_of(file, name)} | ({} if keep else {"temporary": "true"})
    return Call(
        method="POST",
        path="/files",
        shape=WorkspaceFile,
        params=params,
        headers=_file_headers(file, media_type),
        content=file,
    )


def get_file(session_id: str, sha256: str) -> Call[bytes]:
    """The bytes of a session's file."""
    path = _session(session_id, f"/files/{quote(sha256, safe='')}")
    return Call(method="GET", path=path, shape=bytes, repeatable=True)


def below(workspace: str) -> str:
    """Where what belongs to a workspace is."""
    return f"{API}/workspaces/{quote(workspace, safe='')}"


def events_path(workspace: str, session_id: str) -> str:
    """Where a session's event stream is."""
    return below(workspace) + _session(session_id, "/events")


def _session(session_id: str, rest: str = "") -> str:
    return f"/sessions/{quote(session_id, safe='')}{rest}"


def post(
    path: str,
    body: object,
    shape: type[T] | None,
    *,
    headers: Mapping[str, str] | None = None,
    in_workspace: bool = True,
) -> Call[T]:
    """A call that sends JSON."""
    given = dict(headers or {})
    return Call(
        method="POST",
        path=path,
        shape=shape,
        content=encode_json(body),
        headers={"content-type": "application/json", **given},
        repeatable="idempotency-key" in given,
        in_workspace=in_workspace,
    )
