"""Every query on files; all but those of the sweeper take the workspace from the unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite

from outlast.ee.cloud.files.quota import Usage
from outlast.ee.cloud.files.tables import file_links, files, upload_parts, uploads
from outlast.ee.cloud.unit import Unit

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('outlast.files:' || :workspace, 0))")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the database knows it; the fields are the columns."""

    id: str
    name: str
    size_bytes: int
    media_type: str
    sha256: str
    storage_key: str | None
    session_id: str | None
    owner_id: str
    temporary: bool
    version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None

    @property
    def etag(self) -> str:
        """Strong validator of what is known of it."""
        return f'"{self.id}.{self.version}"'

    @property
    def content_etag(self) -> str:
        """Strong validator of its content."""
        return f'"{self.sha256}"'


@dataclass(frozen=True, slots=True)
class Upload:
    """A resumable upload as the database knows it."""

    id: str
    name: str
    media_type: str
    length_bytes: int
    offset_bytes: int
    owner_id: str
    temporary: bool
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Which files a caller may see.

    Attributes:
        user_id: sees the own ones.
        all: sees that all of them are there (admins).
        sessions: a query for the sessions whose files they see.
    """

    user_id: str
    all: bool = False
    sessions: Select[str] | None = None

    @property
    def readable(self) -> ColumnElement[bool]:
        """Meets the files whose content they may read."""
        own = files.c.owner_id == self.user_id
        if self.sessions is None:
            return own
        linked = exists().where(
            file_links.c.workspace_id == files.c.workspace_id,
            file_links.c.file_id == files.c.id,
            file_links.c.session_id.in_(self.sessions),
        )
        return or_(own, files.c.session_id.in_(self.sessions), linked)

    @property
    def visible(self) -> ColumnElement[bool]:
        """Meets the files that they may know of."""
        return true() if self.all else self.readable


_FILE = [files.c[field.name] for field in fields(StoredFile)]
_UPLOAD = [uploads.c[field.name] for field in fields(Upload)]


def _here(unit: Unit) -> ColumnElement[bool]:
    return and_(files.c.workspace_id == unit.workspace_id, files.c.deleted_at.is_(None))


async def get(unit: Unit, file_id: str, sight: Sight) -> tuple[StoredFile, bool] | None:
    """A file that may be seen, and whether its content may be read too."""
    query = select(*_FILE, sight.readable).where(_here(unit), files.c.id == file_id, sight.visible)
    row = (await unit.connection.execute(query)).first()
    return _seen(tuple(row)) if row is not None else None


def _seen(row: Sequence[object]) -> tuple[StoredFile, bool]:
    *columns, readable = row
    return StoredFile(*map(_aware, columns)), bool(readable)  # type: ignore[arg-type]  # in the order of `_FILE`


def _aware(value: object) -> object:
    """SQLite forgets that moments are UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


async def page(
    unit: Unit,
    sight: Sight,
    *,
    before: str | None,
    limit: int,
    session_id: str | None = None,
    owner_id: str | None = None,
    name: str | None = None,
) -> Sequence[tuple[StoredFile, bool]]:
    """Files that may be seen, the newest first, and whether the content of each may be read.

    Args:
        before: id of the last file of the page before this one.
        session_id: only those that this session uses or made.
        owner_id: only those of this person.
        name: only those whose name holds this text.
    """
    query = select(*_FILE, sight.readable).where(_here(unit), sight.visible)
    if before is not None:
        query = query.where(files.c.id < before)
    if owner_id is not None:
        query = query.where(files.c.owner_id == owner_id)
    if name is not None:
        query = query.where(func.lower(files.c.name).contains(name.lower(), autoescape=True))
    if session_id is not None:
        # A session is named by who may see it; else nothing is told of it, not even that a file of one's own is there.
        seen = true() if sight.all else false() if sight.sessions is None else _among(session_id, sight.sessions)
        linked = exists().where(
            file_links.c.workspace_id == files.c.workspace_id,
            file_links.c.file_id == files.c.id,
            file_links.c.session_id == session_id,
        )
        query = query.where(seen, or_(files.c.session_id == session_id, linked))
    rows = await unit.connection.execute(query.order_by(files.c.id.desc()).limit(limit))
    return [_seen(tuple(row)) for row in rows]


def _among(session_id: str, sessions: Select[str]) -> ColumnElement[bool]:
    seen = sessions.subquery()
    return exists().where(seen.c[0] == session_id)


async def add(unit: Unit, file: StoredFile) -> None:
    """Put in a file."""
    values = {field.name: getattr(file, field.name) for field in fields(StoredFile)}
    await unit.connection.execute(insert(files).values(workspace_id=unit.workspace_id, **values))


async def add_of_session(unit: Unit, file: StoredFile) -> None:
    """Put in a session's own file, unless it is there, or is one that the session was given."""
    given = (
        select(files.c.id)
        .join(file_links, and_(file_links.c.workspace_id == files.c.workspace_id, file_links.c.file_id == files.c.id))
        .where(_here(unit), file_links.c.session_id == file.session_id, files.c.sha256 == file.sha256)
    )
    if (await unit.connection.execute(given.limit(1))).first() is not None:
        return
    values = {field.name: getattr(file, field.name) for field in fields(StoredFile)}
    make = postgresql.insert if unit.connection.dialect.name == "postgresql" else sqlite.insert
    query = make(files).values(workspace_id=unit.workspace_id, **values)
    await unit.connection.execute(query.on_conflict_do_nothing(index_elements=["workspace_id", "session_id", "sha256"]))


async def rename(unit: Unit, file: StoredFile, name: str) -> bool:
    """Give a file another name; False if it has changed meanwhile."""
    query = (
        update(files)
        .where(_here(unit), files.c.id == file.id, files.c.version == file.version)
        .values(name=name, version=file.version + 1, updated_at=unit.now)
    )
    return (await unit.connection.execute(query)).rowcount == 1


async def mark_deleted(unit: Unit, file_id: str) -> bool:
    """Take a file out of everybody's sight; False if it was."""
    query = update(files).where(_here(unit), files.c.id == file_id).values(deleted_at=unit.now)
    return (await unit.connection.execute(query)).rowcount == 1


async def link(unit: Unit, file_id: str, session_id: str) -> None:
    """Note that a session uses a file, which is then kept."""
    make = postgresql.insert if unit.connection.dialect.name == "postgresql" else sqlite.insert
    query = make(file_links).values(workspace_id=unit.workspace_id, file_id=file_id, session_id=session_id)
    await unit.connection.execute(query.on_conflict_do_nothing())
    await unit.connection.execute(update(files).where(_here(unit), files.c.id == file_id).values(expires_at=None))


async def unlink_session(unit: Unit, session_id: str, *, expires_at: datetime) -> None:
    """Forget a session: its own files, and its use of others, of which the temporary ones get an end."""
    orphans = await _only_of(unit, session_id)
    await unit.connection.execute(
        delete(file_links).where(file_links.c.workspace_id == unit.workspace_id, file_links.c.session_id == session_id)
    )
    await unit.connection.execute(
        update(files).where(_here(unit), files.c.id.in_(orphans)).values(expires_at=expires_at)
    )
    await unit.connection.execute(
        delete(files).where(files.c.workspace_id == unit.workspace_id, files.c.session_id == session_id)
    )


async def _only_of(unit: Unit, session_id: str) -> Sequence[str]:
    """The temporary files that this session alone uses."""
    others = file_links.alias()
    query = (
        select(file_links.c.file_id)
        .join(files, and_(files.c.workspace_id == file_links.c.workspace_id, files.c.id == file_links.c.file_id))
        .where(
            file_links.c.workspace_id == unit.workspace_id,
            file_links.c.session_id == session_id,
            files.c.temporary,
            ~exists().where(
                others.c.workspace_id == unit.workspace_id,
                others.c.file_id == file_links.c.file_id,
                others.c.session_id != session_id,
            ),
        )
    )
    return (await unit.connection.execute(query)).scalars().all()


async def lock(unit: Unit) -> None:
    """Have units that add to the workspace's files follow each other; on SQLite all that write do."""
    if unit.connection.dialect.name == "postgresql":
        await unit.connection.execute(_LOCK, {"workspace": unit.workspace_id})


async def usage(unit: Unit) -> Usage:
    """What the workspace stores."""
    used = select(func.coalesce(func.sum(files.c.size_bytes), 0)).where(_here(unit))
    under_way = select(func.coalesce(func.sum(uploads.c.length_bytes), 0)).where(
        uploads.c.workspace_id == unit.workspace_id
    )
    used_bytes = (await unit.connection.execute(used)).scalar_one()
    reserved_bytes = (await unit.connection.execute(under_way)).scalar_one()
    return Usage(int(used_bytes), int(reserved_bytes), int(unit.cloud.settings.workspace_quota_bytes))


async def get_upload(unit: Unit, upload_id: str, owner_id: str) -> Upload | None:
    """An upload, which is its owner's alone."""
    query = select(*_UPLOAD).where(
        uploads.c.workspace_id == unit.workspace_id, uploads.c.id == upload_id, uploads.c.owner_id == owner_id
    )
    row = (await unit.connection.execute(query)).first()
    return Upload(*map(_aware, row)) if row is not None else None  # type: ignore[arg-type]  # in the order of `_UPLOAD`


async def add_upload(unit: Unit, upload: Upload) -> None:
    """Put in an upload."""
    values = {field.name: getattr(upload, field.name) for field in fields(Upload)}
    await unit.connection.execute(insert(uploads).values(workspace_id=unit.workspace_id, **values))


async def advance(unit: Unit, upload: Upload, *, size_bytes: int, storage_key: str, expires_at: datetime) -> bool:
    """Take a piece in; False if the upload stands elsewhere by now."""
    moved = (
        update(uploads)
        .where(
            uploads.c.workspace_id == unit.workspace_id,
            uploads.c.id == upload.id,
            uploads.c.offset_bytes == upload.offset_bytes,
        )
        .values(offset_bytes=upload.offset_bytes + size_bytes, expires_at=expires_at)
    )
    if (await unit.connection.execute(moved)).rowcount != 1:
        return False
    await unit.connection.execute(
        insert(upload_parts).values(
            workspace_id=unit.workspace_id,
            upload_id=upload.id,
            offset_bytes=upload.offset_bytes,
            size_bytes=size_bytes,
            storage_key=storage_key,
        )
    )
    return True


async def parts(unit: Unit, upload_id: str) -> Sequence[tuple[str, int]]:
    """Where the pieces of an upload lie, and how large they are, in order."""
    query = (
        select(upload_parts.c.storage_key, upload_parts.c.size_bytes)
        .where(upload_parts.c.workspace_id == unit.workspace_id, upload_parts.c.upload_id == upload_id)
        .order_by(upload_parts.c.offset_bytes)
    )
    return [(key, size) for key, size in await unit.connection.execute(query)]


async def remove_upload(unit: Unit, upload: Upload) -> bool:
    """Remove an upload and the list of its pieces; False if it stands elsewhere by now."""
    query = delete(uploads).where(
        uploads.c.workspace_id == unit.workspace_id,
        uploads.c.id == upload.id,
        uploads.c.offset_bytes == upload.offset_bytes,
    )
    return (await unit.connection.execute(query)).rowcount == 1


async def remove_all(unit: Unit) -> None:
    """Remove every row of the workspace."""
    for table in (upload_parts, uploads, file_links, files):
        await unit.connection.execute(delete(table).where(table.c.workspace_id == unit.workspace_id))
