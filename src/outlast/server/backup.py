"""A backup: the database and all else that the data folder holds, in one archive with checksums.

It is taken while the server runs. The database comes first and the files after it: a file is stored before the event
that names it, so whatever the copied database names is there, but for what was deleted in these moments.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.client.running import SERVER_FILE, running_server
from outlast.db import dump
from outlast.db.engine import create_engine
from outlast.db.migrations import is_known, revision
from outlast.kit.errors import Conflict, InvalidInput
from outlast.kit.settings import Settings
from outlast.server.archive import FORMAT, Manifest, unpack_archive, write_archive

T = TypeVar("T")

SQLITE = "database/outlast.sqlite3"
POSTGRESQL = "database/outlast.pgdump"
DATA = "data"

_NOT_KEPT = re.compile(r"\..*|server\.json|doctor-.*|replaced-.*|backups|.*\.tar\.gz|.*\.part|.*#\d+")
"""Names in the data folder that are no state: drafts, half uploads, earlier backups."""

_SQLITE_ENDS = ("", "-wal", "-shm", "-journal")


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What was backed up or restored.

    Attributes:
        bucket: whether files lie in a bucket, which is not part of it.
        replaced: where that was put which was there before.
    """

    path: str
    size_bytes: int
    files: int
    database: str
    revision: str | None
    made_at: datetime
    bucket: bool
    replaced: str | None = None


class BackupExists(Conflict):
    """There is a file of this name already."""

    code = "backup.exists"


class BackupTooNew(InvalidInput):
    """The backup was made by a newer version; install that one first."""

    code = "backup.too_new"


class BackupOfOtherKind(InvalidInput):
    """The backup holds another kind of database than the settings name."""

    code = "backup.other_kind"


class TargetInUse(Conflict):
    """A server runs on what would be replaced."""

    code = "backup.target_in_use"


class TargetNotEmpty(Conflict):
    """There is something already where the backup would go."""

    code = "backup.target_not_empty"


def back_up(settings: Settings, target: Path) -> Summary:
    """Write a backup.

    Args:
        settings: of the server, which may be running.
        target: made, readable by this user alone; it holds secrets.

    Raises:
        BackupExists: choose another name.
        DumpFailed: the database can't be copied.
    """
    target, data = target.expanduser().absolute(), settings.data_dir.expanduser().resolve()
    source = dump.sqlite_path(settings.url)
    with _claimed(target), _staging(target.parent) as stage:
        copied = stage / "database"
        if source is not None:
            dump.dump_sqlite(source, copied)
            at = _ask(f"sqlite:///{copied}", revision)
        else:
            at = _ask(settings.url, revision)
            dump.dump_postgresql(settings.url, copied)
        manifest = Manifest(
            format=FORMAT,
            outlast=version("outlast"),
            made_at=datetime.now(UTC).replace(microsecond=0),
            database="postgresql" if source is None else "sqlite",
            revision=at,
            bucket=bool(settings.storage_url),
            entries=(),
        )
        copied_as = (POSTGRESQL if source is None else SQLITE, copied)
        manifest = write_archive(stage / "archive", manifest, [copied_as, *_state_of(data, but=source)])
        (stage / "archive").replace(target)
    return _summary(target, manifest)


def restore(settings: Settings, source: Path, *, force: bool = False) -> Summary:
    """Put a backup where the settings say.

    Args:
        settings: name the data folder and the database.
        source: the archive.
        force: replace what is there. What the data folder holds is put aside in it; a PostgreSQL database's tables
            are dropped.

    Raises:
        TargetInUse, TargetNotEmpty, BackupBroken, BackupTooNew, BackupOfOtherKind: nothing was touched.
        DumpFailed: PostgreSQL's own tools refuse.
    """
    data, source = settings.data_dir.expanduser().resolve(), source.expanduser()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_target(settings, data, force=force)
    with _staging(data) as stage:
        manifest = unpack_archive(source, stage)
        _check_fit(manifest, settings)
        database = dump.sqlite_path(settings.url)
        if database is None:
            dump.check_readable(settings.url, stage / POSTGRESQL)
        replaced = _put_aside(data, database) if force else None
        if database is not None:
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(stage / SQLITE, database)
        else:
            _ask(settings.url, dump.make_ready)
            dump.load_postgresql(settings.url, stage / POSTGRESQL)
        _ask(settings.url, dump.forget_hosts)
        if (stage / DATA).is_dir():
            for entry in sorted((stage / DATA).iterdir()):
                entry.rename(data / entry.name)
    return _summary(source, manifest, replaced=replaced)


def _summary(path: Path, manifest: Manifest, *, replaced: Path | None = None) -> Summary:
    return Summary(
        path=str(path),
        size_bytes=path.stat().st_size,
        files=len(manifest.entries) - 1,
        database=manifest.database,
        revision=manifest.revision,
        made_at=manifest.made_at,
        bucket=manifest.bucket,
        replaced=str(replaced) if replaced is not None else None,
    )


@contextmanager
def _claimed(target: Path) -> Iterator[None]:
    """Hold the name from the start, so that nothing is written over."""
    try:
        target.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise BackupExists(f"{target} is there already; choose another name.") from error
    except OSError as error:
        raise InvalidInput(f"{target} can't be written: {error.strerror}.") from error
    try:
        yield
    except BaseException:  # broad: whatever went wrong, an empty file is no backup
        target.unlink(missing_ok=True)
        raise


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A folder that nobody else reads, on the file system where its content is to go."""
    stage = Path(tempfile.mkdtemp(prefix=".outlast-", dir=folder))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _state_of(data: Path, *, but: Path | None) -> Iterator[tuple[str, Path]]:
    """The files of the data folder that must be kept, with their names in the archive."""
    left_out = set() if but is None else {but.resolve().with_name(but.name + end) for end in _SQLITE_ENDS}
    for path in sorted(data.rglob("*")):
        parts = path.relative_to(data).parts
        if not any(_NOT_KEPT.fullmatch(part) for part in parts) and path not in left_out and _is_plain(path):
            yield str(PurePosixPath(DATA, *parts)), path


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _check_target(settings: Settings, data: Path, *, force: bool) -> None:
    if running_server(data) is not None:
        raise TargetInUse(f"A server runs on {data}; stop it first.")
    path = dump.sqlite_path(settings.url)
    taken = any(not _NOT_KEPT.fullmatch(entry.name) for entry in data.iterdir())
    if path is not None:
        taken = taken or path.exists()
    elif _ask(settings.url, dump.has_live_hosts):
        raise TargetInUse("A server runs on this database; stop it, and wait for its lease of 10 seconds.")
    else:
        taken = taken or not _ask(settings.url, dump.is_empty)
    if taken and not force:
        raise TargetNotEmpty(f"{data} or its database is not empty; choose another, or replace it with --force.")


def _check_fit(manifest: Manifest, settings: Settings) -> None:
    wanted = "postgresql" if dump.sqlite_path(settings.url) is None else "sqlite"
    if manifest.database != wanted:
        raise BackupOfOtherKind(f"The backup is of {manifest.database}; OUTLAST_DATABASE_URL names {wanted}.")
    if manifest.revision is not None and not is_known(manifest.revision):
        raise BackupTooNew(
            f"The backup is of Outlast {manifest.outlast}; this version does not know its schema {manifest.revision}. "
            "Install that version or a newer one."
        )


def _put_aside(data: Path, database: Path | None) -> Path | None:
    """Move what is there out of the way; nothing is deleted that somebody may miss after all."""
    found = [entry for entry in data.iterdir() if not entry.name.startswith((".", "replaced-", SERVER_FILE))]
    beside = [database.with_name(database.name + end) for end in _SQLITE_ENDS] if database is not None else []
    found += [path for path in beside if path.exists() and path.resolve() not in found]
    if not found:
        return None
    aside = data / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    aside.mkdir(mode=0o700)
    for path in found:
        shutil.move(path, aside / path.name)
    return aside


def _ask(url: str, question: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    async def answer() -> T:
        engine = create_engine(url)
        try:
            return await question(engine)
        finally:
            await engine.dispose()

    return asyncio.run(answer())
