"""Files of the workspace in arguments and answers: ``{"file_id": ...}`` becomes the session's own file."""

from __future__ import annotations

import msgspec

from outlast.ee.cloud import files
from outlast.ee.cloud.work import Work
from outlast.kit.errors import InvalidInput
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json, to_json

KEY = "file_id"
_REQUIRED = frozenset({"sha256", "name", "type", "size_bytes"})


def names_files(body: bytes) -> bool:
    """Whether a body may name a file; most do not, and need not be looked through."""
    return KEY.encode() in body or b"sha256" in body


async def given_files(work: Work, value: Json, *, session_id: str, stored: bool = True) -> Json:
    """Give a session the files that a value names.

    Args:
        work: of the request; its caller must be able to read them. No unit of it is open.
        value: arguments, or an answer.
        session_id: which session.
        stored: whether the session may have files already that the value refers to.

    Returns:
        The value with a `FileRef` in each file's place.

    Raises:
        WorkspaceFileNotFound: none such, or not the caller's to read.
        InvalidInput: it refers to a stored file where there is none.
    """
    if isinstance(value, list):
        return [await given_files(work, part, session_id=session_id, stored=stored) for part in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {KEY} and isinstance(value[KEY], str):
        return to_json(await files.materialise(work, value[KEY], session_id=session_id))
    if not stored and value.keys() == _REQUIRED and _is_reference(value):
        raise InvalidInput(
            f"The file {value['name']!r} is not the session's; upload it to the workspace first, and name it here as "
            f'{{"{KEY}": ...}}.'
        )
    return {name: await given_files(work, part, session_id=session_id, stored=stored) for name, part in value.items()}


def _is_reference(value: Json) -> bool:
    try:
        msgspec.convert(value, FileRef)
    except msgspec.ValidationError:
        return False
    return True
