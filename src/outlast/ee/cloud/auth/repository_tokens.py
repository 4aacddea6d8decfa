"""Queries over personal access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select, update

from outlast.ee.cloud.auth.people import PersonalToken
from outlast.ee.cloud.auth.repository import fields_of
from outlast.ee.cloud.auth.tables import personal_tokens as tokens
from outlast.ee.cloud.unit import Unit

_SEPARATOR = " "


async def add(unit: Unit, token: PersonalToken, digest: str) -> None:
    """Store a new token by its digest."""
    names = [column.name for column in tokens.c if column.name not in ("scopes", "digest")]
    values = {name: getattr(token, name) for name in names}
    scopes = _SEPARATOR.join(sorted(token.scopes))
    await unit.connection.execute(insert(tokens).values(**values, scopes=scopes, digest=digest))


async def by_digest(unit: Unit, digest: str) -> PersonalToken | None:  # unscoped: it tells its workspace itself
    """The token of a digest, revoked or not."""
    row = (await unit.connection.execute(select(tokens).where(tokens.c.digest == digest))).mappings().first()
    return _token(row) if row is not None else None


async def by_id(unit: Unit, token_id: str) -> PersonalToken | None:  # unscoped: it tells its workspace itself
    """The token of an id, revoked or not."""
    row = (await unit.connection.execute(select(tokens).where(tokens.c.id == token_id))).mappings().first()
    return _token(row) if row is not None else None


async def page_of(
    unit: Unit, user_id: str, *, before: str | None, limit: int
) -> Sequence[PersonalToken]:  # unscoped: an account's
    """A user's tokens that are not revoked, the latest first."""
    mine = [tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None)]
    if before is not None:
        mine.append(tokens.c.id < before)
    rows = await unit.connection.execute(select(tokens).where(*mine).order_by(tokens.c.id.desc()).limit(limit))
    return [_token(row) for row in rows.mappings()]


async def one_of(unit: Unit, user_id: str, token_id: str) -> PersonalToken | None:  # unscoped: an account's
    """One of a user's tokens, unless it is revoked."""
    mine = (tokens.c.user_id == user_id) & (tokens.c.id == token_id) & tokens.c.revoked_at.is_(None)
    row = (await unit.connection.execute(select(tokens).where(mine))).mappings().first()
    return _token(row) if row is not None else None


async def revoke(
    unit: Unit, user_id: str, *, token_id: str | None = None, kind: str | None = None, workspace_id: str | None = None
) -> Sequence[str]:  # unscoped: an account's
    """Revoke a user's tokens: one, those of a kind, those of a workspace, or all. The ids of those that were good."""
    which = [tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None)]
    if token_id is not None:
        which.append(tokens.c.id == token_id)
    if kind is not None:
        which.append(tokens.c.kind == kind)
    if workspace_id is not None:
        which.append(tokens.c.workspace_id == workspace_id)
    query = update(tokens).where(*which).values(revoked_at=unit.now).returning(tokens.c.id)
    return list((await unit.connection.execute(query)).scalars())


async def touch(unit: Unit, token_id: str, at: datetime) -> None:  # unscoped: an account's
    """Store when a token was used last."""
    await unit.connection.execute(update(tokens).where(tokens.c.id == token_id).values(last_used_at=at))


async def remove_all(unit: Unit, workspace_id: str) -> None:
    """Delete a workspace's tokens, with the workspace."""
    await unit.connection.execute(delete(tokens).where(tokens.c.workspace_id == workspace_id))


def _token(row: RowMapping) -> PersonalToken:
    fields = {name: value for name, value in fields_of(row).items() if name not in ("digest", "scopes")}
    return PersonalToken(**fields, scopes=frozenset(str(row["scopes"]).split()))  # type: ignore[arg-type]  # the columns are its fields
