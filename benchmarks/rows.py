"""Many rows made of one, by the database itself, on SQLite and PostgreSQL alike."""

import asyncio
from collections.abc import Mapping

from sqlalchemy import inspect, text

from outlast.db.engine import create_engine

NUMBERED_ID = "'01980000-0000-7000-8000-' || CAST(100000000000 + n.i AS TEXT)"
"""An id for the row's number ``n.i``."""
EARLIER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', o.{column}, '-' || n.i || ' seconds')",
    "postgresql": "o.{column} - n.i * interval '1 second'",
}


def multiply(url: str, table: str, *, id_: str, first: int, last: int, changes: Mapping[str, str]) -> None:
    """Copy a row.

    Args:
        url: Of the database.
        table: Its name.
        id_: Of the row that is copied.
        first: The number ``n.i`` of the first copy.
        last: And of the last.
        changes: Column -> SQL of its value in a copy, or ``earlier`` for the row's own, a second a copy before.
    """
    asyncio.run(_multiply(url, table, changes=changes, given={"id": id_, "first": first, "last": last}))


async def _multiply(url: str, table: str, *, changes: Mapping[str, str], given: Mapping[str, str | int]) -> None:
    engine = create_engine(url)
    kind = engine.dialect.name
    async with engine.begin() as connection:
        if kind == "postgresql":
            await connection.execute(text("SELECT set_config('outlast.workspace', '*', true)"))
        columns = [str(c["name"]) for c in await connection.run_sync(lambda c: inspect(c).get_columns(table))]
        values = [
            EARLIER[kind].format(column=name) if changes.get(name) == "earlier" else changes.get(name, f"o.{name}")
            for name in columns
        ]
        await connection.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} o, n "
                "WHERE o.id = :id"
            ),
            given,
        )
    if kind == "postgresql":  # or its own tidying up falls into what is measured
        async with engine.connect() as connection:
            plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await plain.execute(text(f"VACUUM ANALYZE {table}"))
            await plain.execute(text("CHECKPOINT"))
    await engine.dispose()
