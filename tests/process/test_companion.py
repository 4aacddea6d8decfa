"""What else must be written when a record changes is written with it, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from outlast.runtime import open_runtime
from outlast.runtime.records import Changed, Created
from outlast.runtime.records_sql import SqlRecords
from tests.process.stage import Stage, settings_for, write_app


class Facts:
    """Writes a row for every change of a record, in its transaction."""

    def __init__(self, records: SqlRecords) -> None:
        self._records = records

    def write(self, connection: object, changes: Sequence[object]) -> None:
        self._records.write(connection, changes)
        assert isinstance(connection, Connection)
        connection.execute(text("CREATE TABLE IF NOT EXISTS facts (session TEXT, state TEXT)"))
        for change in changes:
            assert isinstance(change, (Created, Changed))
            fact = {"session": change.record.id, "state": change.record.state}
            connection.execute(text("INSERT INTO facts VALUES (:session, :state)"), fact)


async def test_a_companion_writes_in_the_transaction_of_the_events(tmp_path: Path) -> None:
    path = write_app(tmp_path, "@app\ndef greet():\n    write('Hello')\n")
    async with await open_runtime(settings_for(tmp_path), [path], companion=Facts) as runtime:
        await runtime.registry.load()
        stage = Stage(runtime)
        session = await stage.start("greet")
        await stage.over(session)
        assert runtime.engine is not None
        async with runtime.engine.connect() as connection:
            facts = (await connection.execute(text("SELECT session, state FROM facts"))).all()
        assert facts == [(session, "running"), (session, "completed")]
