"""Records as bodies. The bodies themselves are the wire's (`outlast.protocol.api`): clients have them too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from outlast.ee.cloud.sessions.access import Access, Level
from outlast.ee.cloud.sessions.repository import Share
from outlast.kit.errors import InvalidInput
from outlast.protocol.api import MAX_TITLE_CHARS, SessionDetail, SessionItem, ShareItem, ShareLevel
from outlast.protocol.document import Document, shown_document
from outlast.runtime.records import SessionRecord

MAX_LIFE = timedelta(days=3660)

_SHARE_LEVELS: Mapping[str, ShareLevel] = {"view": "view", "answer": "answer", "edit": "edit"}


def item_of(record: SessionRecord, level: Level) -> SessionItem:
    """A session in a list, as somebody may see it: who only manages it learns nothing that was said in it."""
    sees = level > Level.MANAGE
    return SessionItem(
        id=record.id,
        app=record.app,
        title=record.title,
        state=record.state,
        user=record.user_name or record.user_id,
        args=record.args if sees else {},
        created_at=record.created_at,
        updated_at=record.updated_at,
        waiting_input=record.waiting_input,
        waiting_label=record.waiting_label if sees else None,
        due_at=record.due_at,
        workspace_id=record.workspace_id,
        user_id=record.user_id,
        access=level.label,
        expires_at=record.expires_at,
        deleted_at=record.deleted_at,
    )


def detail_of(access: Access, document: Document) -> SessionDetail:
    """A session with its document; an empty one for who only manages it."""
    record, level = access.record, access.level
    if level == Level.MANAGE:
        document = Document(state=record.state, app=record.app, title=record.title)
    item = item_of(record, level)
    fields = {name: getattr(item, name) for name in item.__struct_fields__}
    shown = shown_document(document, owner=level.sees_all)
    return SessionDetail(**fields, seq=document.seq, document=shown)


def etag_of(record: SessionRecord) -> str:
    """The version of what PATCH changes."""
    what = f"{record.title}\0{record.expires_at.isoformat() if record.expires_at is not None else ''}"
    return f'"{hashlib.sha256(what.encode()).hexdigest()[:20]}"'


def share_item(share: Share, names: Mapping[str, str]) -> ShareItem:
    """A share, with the names of people by their ids."""
    return ShareItem(
        id=share.id,
        kind="link" if share.user_id is None else "person",
        level=_SHARE_LEVELS[share.level],
        user_id=share.user_id,
        user=names.get(share.user_id) if share.user_id is not None else None,
        link_id=share.link_id or None,
        created_by=share.created_by,
        created_at=share.created_at,
        expires_at=share.expires_at,
    )


def title_of(given: str) -> str:
    """A title as it is kept: one line.

    Raises:
        InvalidInput: it is empty or too long.
    """
    title = " ".join("".join(c if c.isprintable() else " " for c in given).split())
    if not 0 < len(title) <= MAX_TITLE_CHARS:
        raise InvalidInput(
            f"A title has 1 to {MAX_TITLE_CHARS} characters.", errors={"title": f"1 to {MAX_TITLE_CHARS} characters"}
        )
    return title


def end_of(given: datetime | None, now: datetime) -> datetime | None:
    """A moment at which something is to end.

    Raises:
        InvalidInput: it is over already, or too far away.
    """
    if given is not None and not timedelta(0) < given - now <= MAX_LIFE:
        raise InvalidInput(
            f"The end must lie ahead, at most {MAX_LIFE.days} days.", errors={"expires_at": "over, or too far away"}
        )
    return given.astimezone(now.tzinfo) if given is not None else None
