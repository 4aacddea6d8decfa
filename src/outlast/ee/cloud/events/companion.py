"""Tells the facts of sessions: written by the host, in the very transaction of the events that make them facts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from outlast.ee.cloud.events import repository
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json, encode_json
from outlast.runtime.records import Changed, Created, SessionRecord
from outlast.streams.log import Companion


class SessionFacts:
    """Writes the records' changes, and with them the facts (the `outlast.streams.log.Companion` port).

    Only a change that a list of sessions shows is a fact, and only of a session that has a workspace. All facts of a
    commit are one statement.

    Args:
        records: writes the records.
    """

    def __init__(self, records: Companion) -> None:
        self._records = records
        self._written: Callable[[], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def on_written(self, call: Callable[[], None]) -> None:
        """Have something called, on the loop that runs then, after facts were written and maybe before they are
        committed."""
        self._written = call

    def write(self, connection: object, changes: Sequence[object]) -> None:
        self._records.write(connection, changes)
        rows = [row for change in changes if (row := _row(change)) is not None]
        if not rows:
            return
        assert isinstance(connection, Connection), "facts are written in the log's transaction"
        repository.write_beside(connection, rows)
        if self._written is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._written)  # this may be the database's own thread

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say where `on_written` is called."""
        self._loop = loop

    def detach(self) -> None:
        """Call nobody from now on."""
        self._loop = None


def _row(change: object) -> Mapping[str, object] | None:
    if isinstance(change, Created):
        kind = "session.created"
    elif isinstance(change, Changed) and change.news != "none":
        kind = f"session.{change.record.state}" if change.news == "ended" else "session.updated"
    else:
        return None
    record = change.record
    if not record.workspace_id:
        return None
    return {
        "workspace_id": record.workspace_id,
        "id": new_id(),
        "kind": kind,
        "data": encode_json(_told(record)).decode(),
        "audience": "session",
        "created_at": record.updated_at,
        "state": "new",
        "handled": "",
        "attempts": 0,
        "next_attempt_at": record.updated_at,
        "error": "",
    }


def _told(record: SessionRecord) -> Mapping[str, Json]:
    """What an admin may know of any session, too: nothing that was said in it."""
    return {
        "session": record.id,
        "owner": record.user_id,
        "app": record.app,
        "title": record.title,
        "state": record.state,
        "input": record.waiting_input,
    }
