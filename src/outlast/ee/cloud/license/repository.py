"""Every query on the licence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update

from outlast.ee.cloud.license.tables import license_state as state
from outlast.ee.cloud.unit import Unit


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of the licence.

    Attributes:
        text: of the one that was installed while the server ran; empty for none.
        version: grows with each installation.
        latest_seen_at: the latest time that the server's clock has shown.
        over_since: since when more is in use than is allowed.
    """

    text: str = ""
    version: int = 0
    latest_seen_at: datetime | None = None
    over_since: datetime | None = None


async def read(unit: Unit, *, lock: bool = False) -> Kept:  # unscoped: the licence is the server's
    """What is kept.

    Args:
        lock: until the unit's end nobody else who locks gets past this. SQLite has one writer anyway.
    """
    query = select(state.c.text, state.c.version, state.c.latest_seen_at, state.c.over_since)
    if lock:
        query = query.with_for_update()
    row = (await unit.connection.execute(query)).one()
    return Kept(row.text, row.version, _moment(row.latest_seen_at), _moment(row.over_since))


async def install(unit: Unit, text: str, *, by: str) -> None:  # unscoped: the licence is the server's
    """Keep another licence."""
    values = {"text": text, "version": state.c.version + 1, "installed_at": unit.now, "installed_by": by}
    await unit.connection.execute(update(state).values(values))


async def note(unit: Unit, *, latest: datetime, over_since: datetime | None) -> None:
    # unscoped: the licence is the server's
    """Keep what the clock shows, and since when too much is in use."""
    await unit.connection.execute(update(state).values(latest_seen_at=latest, over_since=over_since))


def _moment(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
