"""Every query on the mails that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select, update

from outlast.ee.cloud.mail.tables import mail_queue as mails
from outlast.ee.cloud.unit import Unit


async def add(unit: Unit, mail_id: str, sealed: bytes) -> None:
    """Put a mail into the queue."""
    row = {"id": mail_id, "sealed": sealed, "attempts": 0, "next_attempt_at": unit.now, "created_at": unit.now}
    await unit.connection.execute(insert(mails), row)


async def is_any_due(unit: Unit) -> bool:
    """Whether a mail waits whose time has come; asked often, so it takes no lock."""
    query = select(mails.c.id).where(mails.c.next_attempt_at <= unit.now).limit(1)
    return (await unit.connection.execute(query)).first() is not None


async def claim(unit: Unit, *, until: datetime, limit: int) -> Sequence[RowMapping]:
    """Take mails that are due; nobody else gets them until then."""
    query = (
        select(mails)
        .where(mails.c.next_attempt_at <= unit.now)
        .order_by(mails.c.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such thing, and one writer
    )
    found = (await unit.connection.execute(query)).mappings().all()
    ids = [row["id"] for row in found]
    if ids:
        await unit.connection.execute(
            update(mails).where(mails.c.id.in_(ids)).values(next_attempt_at=until, attempts=mails.c.attempts + 1)
        )
    return found


async def remove(unit: Unit, mail_id: str) -> None:
    """Forget a mail that was sent, or given up."""
    await unit.connection.execute(delete(mails).where(mails.c.id == mail_id))


async def postpone(unit: Unit, mail_id: str, *, due: datetime) -> None:
    """Try a mail again then."""
    await unit.connection.execute(update(mails).where(mails.c.id == mail_id).values(next_attempt_at=due))
