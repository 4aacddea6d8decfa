"""What routes are given, how they read bodies and how they answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from outlast.kit.errors import SessionNotFound
from outlast.kit.ids import is_id
from outlast.protocol.events import User
from outlast.runtime import Runtime
from outlast.runtime.records import SessionRecord
from outlast.server.idempotency import KeptAnswers


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one request may take.

    Attributes:
        ping: the longest silence on an event stream.
        max_age: after which an event stream ends cleanly.
    """

    max_upload_bytes: int = 100 * 1024**2
    ping: timedelta = timedelta(seconds=15)
    max_age: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Context:
    """What all routes share.

    Attributes:
        user: the one local user, who owns every session.
        stopping: set when the server begins to stop; ends all event streams.
    """

    runtime: Runtime
    user: User
    stopping: asyncio.Event
    limits: HttpLimits
    started: KeptAnswers = field(default_factory=KeptAnswers)

    async def record(self, session_id: str) -> SessionRecord:
        """A session's record; that of an awake one is at hand and costs no read.

        Raises:
            SessionNotFound: there is none.
        """
        live = self.runtime.host.awake.get(session_id)
        return live.record if live is not None else await self.runtime.records.get(session_id)


def _context(request: Request) -> Context:
    context = request.app.state.context
    assert isinstance(context, Context)
    return context


In = Annotated[Context, Depends(_context)]


def _session_id(session_id: str) -> str:
    # What is no id never gets near the database, which may refuse it in its own words.
    if not is_id(session_id):
        raise SessionNotFound(f"There is no session {session_id!r}.")
    return session_id


SessionId = Annotated[str, Depends(_session_id)]
