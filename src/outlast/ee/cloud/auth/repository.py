"""Queries over accounts. They belong to no workspace: members join the two, and policies say who asks for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from outlast.ee.cloud.auth.errors import EmailTaken, UserNotFound
from outlast.ee.cloud.auth.people import User, email_key
from outlast.ee.cloud.auth.tables import user_avatars, users
from outlast.ee.cloud.unit import Unit
from outlast.kit.ids import is_id

_COLUMNS = tuple(column for column in users.c if column.name != "email_key")


def aware(moment: datetime | None) -> datetime | None:
    """A moment as the database gave it; SQLite keeps no zone."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def fields_of(row: RowMapping) -> Mapping[str, object]:
    """A row's fields, with its moments made aware."""
    return {name: aware(value) if isinstance(value, datetime) else value for name, value in row.items()}


async def add(unit: Unit, user: User) -> None:
    """Store a new account.

    Raises:
        EmailTaken: there is one of this address.
    """
    values = {column.name: getattr(user, column.name) for column in _COLUMNS}
    taken = EmailTaken("There is an account with this e-mail address already.")
    if await by_email(unit, user.email) is not None:
        raise taken
    try:
        await unit.connection.execute(insert(users).values(**values, email_key=email_key(user.email)))
    except IntegrityError as error:  # another request was quicker
        raise taken from error


async def by_id(unit: Unit, user_id: str, *, lock: bool = False) -> User:  # unscoped: an account
    """An account.

    Raises:
        UserNotFound: there is none of this id.
    """
    query = select(*_COLUMNS).where(users.c.id == user_id)
    row = None
    if is_id(user_id):
        row = (await unit.connection.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise UserNotFound(f"There is no user {user_id[:64]!r}.")
    return _user(row)


async def by_email(unit: Unit, email: str) -> User | None:  # unscoped: an account
    """The account of an address, however it is spelt."""
    key = email_key(email)
    if "\0" in key or not key.isprintable():
        return None
    query = select(*_COLUMNS).where(users.c.email_key == key)
    row = (await unit.connection.execute(query)).mappings().first()
    return _user(row) if row is not None else None


async def by_ids(unit: Unit, ids: Iterable[str]) -> Mapping[str, User]:  # unscoped: accounts
    """Those that there are of these, by id."""
    wanted = {user_id for user_id in ids if is_id(user_id)}
    if not wanted:
        return {}
    rows = await unit.connection.execute(select(*_COLUMNS).where(users.c.id.in_(wanted)))
    return {user.id: user for user in map(_user, rows.mappings())}


async def page(unit: Unit, *, after: str, limit: int) -> Sequence[User]:  # unscoped: accounts
    """Accounts in the order of their making."""
    query = select(*_COLUMNS).where(users.c.id > after).order_by(users.c.id).limit(limit)
    return [_user(row) for row in (await unit.connection.execute(query)).mappings()]


async def change(unit: Unit, user_id: str, **values: object) -> None:  # unscoped: an account
    """Set columns; a change of what others see counts up the version."""
    if "email" in values:
        values["email_key"] = email_key(str(values["email"]))
    seen = values.keys() & {"email", "name", "status", "active_workspace_id", "avatar_digest", "verified_at"}
    if seen or values.keys() & {"disabled_at", "is_operator"}:
        values["version"] = users.c.version + 1
    try:
        await unit.connection.execute(update(users).where(users.c.id == user_id).values(**values))
    except IntegrityError as error:
        raise EmailTaken("There is an account with this e-mail address already.") from error


async def leave_workspace(unit: Unit, workspace_id: str, *, user_id: str | None = None) -> None:  # unscoped: accounts
    """Have nobody look at a workspace that is no more, or one who belongs there no more."""
    there = users.c.active_workspace_id == workspace_id
    if user_id is not None:
        there &= users.c.id == user_id
    await unit.connection.execute(update(users).where(there).values(active_workspace_id=None))


async def saw(unit: Unit, user_id: str) -> None:  # unscoped: an account
    """Note that a user was here now."""
    await unit.connection.execute(update(users).where(users.c.id == user_id).values(last_seen_at=unit.now))


async def keep_avatar(unit: Unit, user_id: str, *, media_type: str, content: bytes) -> None:  # unscoped: an account
    """Store a picture, in the place of the one before."""
    await drop_avatar(unit, user_id)
    row = {"user_id": user_id, "media_type": media_type, "content": content}
    await unit.connection.execute(insert(user_avatars).values(**row))


async def drop_avatar(unit: Unit, user_id: str) -> None:  # unscoped: an account
    """Forget a picture; none is no error."""
    await unit.connection.execute(delete(user_avatars).where(user_avatars.c.user_id == user_id))


async def avatar(unit: Unit, digest: str) -> tuple[str, bytes] | None:  # unscoped: an account
    """The media type and content of somebody's picture, by its digest."""
    whose = select(users.c.id).where(users.c.avatar_digest == digest).limit(1).scalar_subquery()
    query = select(user_avatars.c.media_type, user_avatars.c.content).where(user_avatars.c.user_id == whose)
    row = (await unit.connection.execute(query)).first()
    return (row.media_type, bytes(row.content)) if row is not None else None


async def count(unit: Unit) -> int:  # unscoped: accounts
    """How many accounts there are."""
    return int((await unit.connection.execute(select(func.count()).select_from(users))).scalar_one())


def _user(row: RowMapping) -> User:
    return User(**fields_of(row))  # type: ignore[arg-type]  # the columns are its fields
