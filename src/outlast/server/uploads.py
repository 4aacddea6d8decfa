"""``/uploads``: files for the arguments of a session that does not exist yet.

An upload waits for the session of its user that names it, and is forgotten after a day. Until then it belongs to its
user alone: who merely knows a file's hash gets nothing by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from outlast.http.bodies import answer
from outlast.http.openapi import operation
from outlast.http.problems import BodyTooLarge
from outlast.kit.errors import InvalidArguments
from outlast.protocol.api import StartSession
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.server.deps import Context, In
from outlast.server.files import BYTES, receive

router = APIRouter(prefix="/uploads", tags=["files"])

KEPT_FOR = timedelta(days=1)
_FIELDS = frozenset(FileRef.__struct_fields__)


@router.post("", **operation(FileRef, BodyTooLarge, takes=BYTES, status=201))
async def upload_ahead(
    request: Request,
    context: In,
    *,
    name: Annotated[str, Query(min_length=1, max_length=255)],
    content_type: Annotated[str, Header()] = BYTES,
) -> Response:
    """Upload a file (the body is its bytes) for a session that is started within a day; what this gives back is the
    argument for a parameter that is a file."""
    owner = _owner(context.user)
    await context.runtime.files.expire(owner, KEPT_FOR)
    return answer(await receive(request, context, owner, name=name, content_type=content_type), status=201)


async def adopt(context: Context, wanted: StartSession, session_id: str) -> None:
    """Give a session that is about to start the files that its arguments name.

    Raises:
        AppNotFound, AppBroken, InvalidArguments: it can't be started; also when a file was not uploaded.
    """
    files = [(name, file) for name, value in wanted.args.items() for file in _files_in(value)]
    if files:  # nothing is kept for a session that will not be
        (await context.runtime.registry.find(wanted.app)).check(wanted.args)
    for name, file in files:
        if not await context.runtime.files.adopt(_owner(context.user), session_id, file):
            message = f"The file {file.name!r} is not among your uploads; upload it (again) first."
            raise InvalidArguments(f"{name}: {message}", errors={name: message})


def _files_in(value: Json) -> Iterator[FileRef]:
    if isinstance(value, dict):
        if value.keys() == _FIELDS:
            try:
                yield msgspec.convert(value, FileRef)
            except msgspec.ValidationError:
                return
        else:
            for child in value.values():
                yield from _files_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from _files_in(child)


def _owner(user: User) -> str:
    return f"uploads-{hashlib.sha256(user.id.encode()).hexdigest()[:32]}"
