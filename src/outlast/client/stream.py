"""Follows a session's events through cuts and restarts: each event once, in order."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import timedelta
from typing import TypeAlias

import httpx
import msgspec

from outlast.client.aio import AsyncClient
from outlast.client.calls import events_path
from outlast.client.frames import Frame, FrameParser
from outlast.client.http import Client
from outlast.client.problems import error_of, unreachable
from outlast.protocol.codec import decode_json
from outlast.protocol.document import Document
from outlast.protocol.events import TERMINAL, SessionEvent, decode_event

FIRST_WAIT = timedelta(milliseconds=100)
LONGEST_WAIT = timedelta(seconds=5)
# Comments come every 15 s: a connection that is silent for longer is dead, whatever TCP believes.
SILENCE = timedelta(seconds=40)
_NOTHING_MORE = 204


class Snapshot(msgspec.Struct, frozen=True):
    """The whole document; later events follow its ``seq``."""

    document: Document


Followed: TypeAlias = "Snapshot | SessionEvent"


def follow(
    client: Client,
    session_id: str,
    *,
    after: int = 0,
    snapshot: bool = False,
    give_up: timedelta | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Followed]:
    """Follow a session until it ends.

    Args:
        client: of the server.
        session_id: of the session.
        after: position after which to begin.
        snapshot: begin with the document as it stands.
        give_up: how long to go on trying while the server can't be reached; None for ever.
        sleep: waits some seconds.

    Returns:
        Each event once, in order; a `Snapshot` first where it is asked for, and wherever events before it are no
        longer kept.

    Raises:
        SessionNotFound, Unauthenticated: it can't be followed.
        Unavailable: the server could not be reached for as long as ``give_up``.
    """
    cursor = _Cursor(after=after, snapshot=snapshot, give_up=give_up)
    path = events_path(client.workspace, session_id)
    while not cursor.ended():
        try:
            with client.http.stream(
                "GET", path, params=cursor.params, headers=cursor.headers, timeout=_TIMEOUT
            ) as response:
                if response.status_code >= 400:
                    response.read()
                parser = cursor.opened(response)
                for data in response.iter_raw() if not cursor.ended() else ():
                    yield from cursor.take(parser.feed(data))
                    if cursor.ended():
                        return
        except httpx.TransportError as error:
            cursor.cut(error)
        if not cursor.ended():
            sleep(cursor.wait_s())


async def afollow(
    client: AsyncClient,
    session_id: str,
    *,
    after: int = 0,
    snapshot: bool = False,
    give_up: timedelta | None = None,
) -> AsyncIterator[Followed]:
    """Follow a session on an event loop; see `follow`."""
    cursor = _Cursor(after=after, snapshot=snapshot, give_up=give_up)
    path = events_path(await client.workspace(), session_id)
    while not cursor.ended():
        try:
            async with client.http.stream(
                "GET", path, params=cursor.params, headers=cursor.headers, timeout=_TIMEOUT
            ) as response:
                if response.status_code >= 400:
                    await response.aread()
                parser = cursor.opened(response)
                if not cursor.ended():
                    async for data in response.aiter_raw():
                        for followed in cursor.take(parser.feed(data)):
                            yield followed
                        if cursor.ended():
                            return
        except httpx.TransportError as error:
            cursor.cut(error)
        if not cursor.ended():
            await asyncio.sleep(cursor.wait_s())


_TIMEOUT = httpx.Timeout(SILENCE.total_seconds())


class _Cursor:
    """Where a reader stands, and when it tries again."""

    def __init__(self, *, after: int, snapshot: bool, give_up: timedelta | None) -> None:
        self.seq = after
        self._over = False
        self._began = after > 0
        self._snapshot = snapshot
        self._give_up = give_up
        self._lost_at: float | None = None
        self._wait = FIRST_WAIT

    def ended(self) -> bool:
        """Whether nothing more is to come."""
        return self._over

    @property
    def params(self) -> Mapping[str, str]:
        return {"snapshot": "true"} if self._snapshot and not self._began else {}

    @property
    def headers(self) -> Mapping[str, str]:
        accept = {"accept": "text/event-stream"}
        return {**accept, "last-event-id": str(self.seq)} if self._began else accept

    def opened(self, response: httpx.Response) -> FrameParser:
        """Look at an answer; a server that is stopping (503) is tried again, any other refusal is final."""
        if response.status_code == _NOTHING_MORE:
            self._over = True
        elif response.status_code >= 500:
            self._lost(error_of(response.status_code, response.content))
        elif response.status_code >= 400:
            raise error_of(response.status_code, response.content)
        return FrameParser()

    def take(self, frames: Iterator[Frame]) -> Iterator[Followed]:
        """Decode frames and note how far they go; what came before is left out."""
        for frame in frames:
            self._lost_at, self._wait = None, FIRST_WAIT
            if frame.event == "document.snapshot":
                document = decode_json(frame.data, Document)
                self._reached(document.seq)
                yield Snapshot(document)
                self._over = document.over
            elif frame.event == "stream.trimmed":
                self._reached(int(frame.id))
            else:
                event = decode_event(frame.data)
                if event.seq > self.seq:
                    self._reached(event.seq)
                    yield event
                    self._over = isinstance(event, TERMINAL)

    def cut(self, error: httpx.TransportError) -> None:
        """The connection broke, or there was none."""
        self._lost(unreachable(error))

    def wait_s(self) -> float:
        """How long to wait before the next try; twice as long each time, and never all clients at once."""
        wait, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
        return wait.total_seconds() * random.uniform(0.5, 1.0)

    def _reached(self, seq: int) -> None:
        self.seq, self._began = seq, True

    def _lost(self, error: Exception) -> None:
        now = time.monotonic()
        self._lost_at = self._lost_at or now
        if self._give_up is not None and now - self._lost_at >= self._give_up.total_seconds():
            raise error
