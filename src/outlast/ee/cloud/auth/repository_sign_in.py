"""Queries over log-in sessions, one-time links, failed attempts, known devices and signing keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from outlast.ee.cloud.auth.people import Family, LoginSession
from outlast.ee.cloud.auth.repository import aware, fields_of
from outlast.ee.cloud.auth.rotation import Lineage
from outlast.ee.cloud.auth.tables import known_devices, login_failures, login_sessions, sign_in_links, signing_keys
from outlast.ee.cloud.auth.throttle import Failures
from outlast.ee.cloud.unit import Unit

KEPT_AFTER_END = timedelta(days=30)

_FIELDS = frozenset(LoginSession.__slots__)
_COLUMNS = tuple(column for column in login_sessions.c if column.name in _FIELDS)
_REFRESH = "refresh_"


async def add(unit: Unit, device: LoginSession) -> None:
    """Store a new device."""
    await unit.connection.execute(insert(login_sessions).values(**asdict(device)))


async def device(unit: Unit, session_id: str, *, lock: bool = False) -> LoginSession | None:  # unscoped: an account's
    """A device, ended or not."""
    query = select(*_COLUMNS).where(login_sessions.c.id == session_id)
    row = (await unit.connection.execute(query.with_for_update() if lock else query)).mappings().first()
    return _device(row) if row is not None else None


async def family(unit: Unit, selector: str) -> Family | None:  # unscoped: an account's
    """The device of a refresh token; its row is locked until the transaction's end."""
    query = select(login_sessions).where(login_sessions.c.refresh_selector == selector).with_for_update()
    row = (await unit.connection.execute(query)).mappings().first()
    if row is None:
        return None
    fields = fields_of(row)
    lineage = {name: fields[_REFRESH + name] for name in Lineage.__slots__}
    return Family(device=_device(row), lineage=Lineage(**lineage))  # type: ignore[arg-type]  # columns are its fields


async def keep_lineage(
    unit: Unit, session_id: str, lineage: Lineage, *, selector: str | None = None
) -> None:  # unscoped: an account's
    """Store what is known of a device's refresh tokens; with a selector, of a new family."""
    values: dict[str, object] = {_REFRESH + name: value for name, value in asdict(lineage).items()}
    if selector is not None:
        values["refresh_selector"] = selector
    await unit.connection.execute(update(login_sessions).where(login_sessions.c.id == session_id).values(**values))


async def change(unit: Unit, session_id: str, **values: object) -> None:  # unscoped: an account's
    """Set columns of a device."""
    await unit.connection.execute(update(login_sessions).where(login_sessions.c.id == session_id).values(**values))


async def touch(unit: Unit, device: LoginSession) -> None:  # unscoped: an account's
    """Store that a device was used; never backwards, whichever server writes last."""
    mine = (login_sessions.c.id == device.id) & (login_sessions.c.last_used_at < device.last_used_at)
    values = {"last_used_at": device.last_used_at, "idle_ends_at": device.idle_ends_at}
    await unit.connection.execute(update(login_sessions).where(mine).values(**values))


async def good_of(unit: Unit, user_id: str) -> Sequence[LoginSession]:  # unscoped: an account's
    """A user's devices that are logged in now, the latest first."""
    good = login_sessions.c.ended_at.is_(None) & (login_sessions.c.ends_at > unit.now)
    query = select(*_COLUMNS).where(login_sessions.c.user_id == user_id, good, login_sessions.c.idle_ends_at > unit.now)
    rows = await unit.connection.execute(query.order_by(login_sessions.c.id.desc()))
    return [_device(row) for row in rows.mappings()]


async def end(
    unit: Unit, user_id: str | None, *, reason: str, only: str | None = None, but: str | None = None
) -> Sequence[str]:  # unscoped: an account's, or the operator's over all
    """End devices.

    Args:
        unit: tells when.
        user_id: whose; None for everybody's.
        reason: stays in the row.
        only: this one alone.
        but: all but this one.

    Returns:
        The ids of those that were not over before.
    """
    which: list[ColumnElement[bool]] = [login_sessions.c.ended_at.is_(None)]
    if user_id is not None:
        which.append((login_sessions.c.user_id == user_id) | (login_sessions.c.impersonator_id == user_id))
    if only is not None:
        which.append(login_sessions.c.id == only)
    if but is not None:
        which.append(login_sessions.c.id != but)
    values = {"ended_at": unit.now, "end_reason": reason}
    query = update(login_sessions).where(*which).values(**values).returning(login_sessions.c.id)
    return list((await unit.connection.execute(query)).scalars())


async def forget_old(unit: Unit) -> None:  # unscoped: the server's own work
    """Delete what tells nothing any more: devices long over, spent links, failures of last week."""
    connection, before = unit.connection, unit.now - KEPT_AFTER_END
    await connection.execute(delete(login_sessions).where(login_sessions.c.ends_at < before))
    await connection.execute(delete(sign_in_links).where(sign_in_links.c.expires_at < unit.now))
    await connection.execute(delete(login_failures).where(login_failures.c.last_at < unit.now - timedelta(days=7)))


async def add_link(unit: Unit, digest: str, *, user_id: str, expires_at: datetime) -> None:
    """Store a link that logs in once."""
    row = {"digest": digest, "user_id": user_id, "expires_at": expires_at}
    await unit.connection.execute(insert(sign_in_links).values(**row))


async def take_link(unit: Unit, digest: str) -> str | None:  # unscoped: an account's
    """Use a link up; whose it was, or None when it is used, expired or unknown. Of two at once one gets it."""
    mine = (sign_in_links.c.digest == digest) & (sign_in_links.c.expires_at > unit.now)
    query = delete(sign_in_links).where(mine).returning(sign_in_links.c.user_id)
    return (await unit.connection.execute(query)).scalar_one_or_none()


async def drop_links(unit: Unit, user_id: str) -> None:  # unscoped: an account's
    """Void a user's links."""
    await unit.connection.execute(delete(sign_in_links).where(sign_in_links.c.user_id == user_id))


async def failures(unit: Unit, keys: Sequence[str]) -> Mapping[str, Failures]:  # unscoped: counts of attempts
    """What is counted under these keys; the rows are made if need be, and locked until the transaction's end."""
    found: dict[str, Failures] = {}
    make = postgresql.insert if unit.connection.dialect.name == "postgresql" else sqlite.insert
    for key in keys:
        begun = make(login_failures).values(key=key, count=0, last_at=unit.now).on_conflict_do_nothing()
        query = select(login_failures).where(login_failures.c.key == key).with_for_update()
        row = None
        while row is None:  # whoever made it may clear it before it is locked here
            await unit.connection.execute(begun)
            row = (await unit.connection.execute(query)).mappings().first()
        found[key] = Failures(row["count"], aware(row["last_at"])) if row["count"] else Failures()
    return found


async def count_failure(unit: Unit, key: str, count: int) -> None:  # unscoped: counts of attempts
    """Store a count."""
    mine = login_failures.c.key == key
    await unit.connection.execute(update(login_failures).where(mine).values(count=count, last_at=unit.now))


async def clear_failures(unit: Unit, keys: Sequence[str]) -> None:  # unscoped: counts of attempts
    """Forget counts."""
    await unit.connection.execute(delete(login_failures).where(login_failures.c.key.in_(keys)))


async def is_known_device(unit: Unit, user_id: str, digest: str) -> bool:  # unscoped: an account's
    """Whether a browser has logged in to this account before."""
    query = select(known_devices.c.digest).where(known_devices.c.user_id == user_id, known_devices.c.digest == digest)
    return (await unit.connection.execute(query)).first() is not None


async def remember_device(unit: Unit, user_id: str, digest: str) -> None:  # unscoped: an account's
    """Remember that a browser has logged in."""
    mine = (known_devices.c.user_id == user_id) & (known_devices.c.digest == digest)
    done = await unit.connection.execute(update(known_devices).where(mine).values(last_used_at=unit.now))
    if done.rowcount == 0:
        row = {"user_id": user_id, "digest": digest, "last_used_at": unit.now}
        await unit.connection.execute(insert(known_devices).values(**row))


async def signing_key_rows(unit: Unit) -> Sequence[tuple[bytes, datetime]]:  # unscoped: the server's
    """All keys, sealed, with when they were made."""
    rows = await unit.connection.execute(select(signing_keys.c.sealed, signing_keys.c.made_at))
    return [(bytes(row.sealed), aware(row.made_at) or unit.now) for row in rows]


async def add_signing_key(unit: Unit, *, kid: str, sealed: bytes, made_at: datetime) -> None:
    """Store a key."""
    await unit.connection.execute(insert(signing_keys).values(kid=kid, sealed=sealed, made_at=made_at))


async def drop_signing_keys(unit: Unit, kids: Sequence[str]) -> None:  # unscoped: the server's
    """Forget keys."""
    await unit.connection.execute(delete(signing_keys).where(signing_keys.c.kid.in_(kids)))


def _device(row: RowMapping) -> LoginSession:
    fields = {name: value for name, value in fields_of(row).items() if name in _FIELDS}
    return LoginSession(**fields)  # type: ignore[arg-type]  # the columns are its fields
