"""A request that may be sent twice is done once: the ``Idempotency-Key`` header of every POST that creates.

The first answer is kept for a day, sealed, and given again to the same caller with the same body
(draft-ietf-httpapi-idempotency-key-header §2.6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES, SERVER_SCOPE, Cloud
from outlast.ee.cloud.tables import idempotency_keys as keys
from outlast.ee.cloud.work import Work
from outlast.http.openapi import EVENTS
from outlast.http.problems import IdempotencyKeyReused, RequestInFlight
from outlast.kit.errors import InvalidInput

KEPT_FOR = timedelta(days=1)
ABANDONED_AFTER = timedelta(minutes=5)
"""A request whose server died never answers: after this its key is free again."""
MAX_KEY_CHARS = 255
_PURPOSE = "idempotency"
_KEPT_HEADERS = ("location", "etag", "content-type")


class _Answer(msgspec.Struct, frozen=True):
    headers: dict[str, str]
    body: bytes


async def answered_once(
    work: Work, request: Request, handler: Callable[[Request], Awaitable[Response]], *, raw: bool = False
) -> Response:
    """Answer a request, or give the answer again that it got before.

    Args:
        work: of the request.
        request: with its body in hand, unless that is raw.
        handler: answers it.
        raw: its body is read by the handler alone, as it may be large; it is told from another by what its headers say.

    Raises:
        RequestInFlight: the first request is still at work.
        IdempotencyKeyReused: the key came with another body.
        InvalidInput: the key is too long.
    """
    key = request.headers.get("idempotency-key")
    if key is None or not work.rule.creates or work.caller_or_none is None:
        return await handler(request)
    if not 0 < len(key) <= MAX_KEY_CHARS:
        raise InvalidInput(f"An Idempotency-Key has 1 to {MAX_KEY_CHARS} characters.")
    place = _Place(work, key)
    what = _said_of_body(request) if raw else await request.body()
    digest = hashlib.sha256(b"\0".join([work.rule.verb.encode(), request.url.path.encode(), what]))
    kept = await place.reserve(digest.hexdigest())
    if kept is not None:
        return kept
    try:
        response = await handler(request)
    except BaseException:  # broad: whatever ended it, the key is free again
        await place.free()
        raise
    if response.status_code >= 300 or response.media_type == EVENTS:
        await place.free()
    else:
        await place.keep(response)
    return response


def _said_of_body(request: Request) -> bytes:
    names = ("content-type", "content-length", "content-digest", "repr-digest")
    said = [request.url.query, *(request.headers.get(name, "") for name in names)]
    return "\n".join(said).encode()


class _Place:
    """Where one caller's key is kept."""

    def __init__(self, work: Work, key: str) -> None:
        self._cloud: Cloud = work.cloud
        workspace_id = work.workspace_id if work.role is not None else SERVER_SCOPE
        self._row = {"workspace_id": workspace_id, "caller": work.caller.key, "key": key}
        self._is_it = (keys.c.workspace_id == workspace_id) & (keys.c.caller == work.caller.key) & (keys.c.key == key)

    async def reserve(self, digest: str) -> Response | None:
        """Take the key, or give the answer that is kept under it."""
        now = self._cloud.clock.now()
        async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            old = (keys.c.created_at < now - KEPT_FOR) | (
                keys.c.status.is_(None) & (keys.c.created_at < now - ABANDONED_AFTER)
            )
            await unit.connection.execute(delete(keys).where(old))
            row = (await unit.connection.execute(select(keys).where(self._is_it))).first()
            if row is None:
                try:
                    await unit.connection.execute(insert(keys).values(**self._row, digest=digest, created_at=now))
                except IntegrityError as error:  # another server was quicker
                    raise _in_flight() from error
                return None
        if row.digest != digest:
            raise IdempotencyKeyReused("This Idempotency-Key came with another request before; take a new key.")
        if row.status is None:
            raise _in_flight()
        answer = msgspec.msgpack.decode(self._cloud.box.open(row.answer, purpose=_PURPOSE), type=_Answer)
        return Response(answer.body, status_code=row.status, headers=answer.headers)

    async def keep(self, response: Response) -> None:
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        answer = _Answer(headers=headers, body=bytes(response.body))
        sealed = self._cloud.box.seal(msgspec.msgpack.encode(answer), purpose=_PURPOSE)
        async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            values = {"status": response.status_code, "answer": sealed}
            await unit.connection.execute(update(keys).where(self._is_it).values(values))

    async def free(self) -> None:
        async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            await unit.connection.execute(delete(keys).where(self._is_it))


def _in_flight() -> RequestInFlight:
    return RequestInFlight("The first request with this Idempotency-Key is still at work; ask again.")
