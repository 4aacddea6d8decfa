"""One workspace at a time, held by the database itself: what migrations call for a tenant's tables.

PostgreSQL checks every row against the setting ``outlast.workspace`` (row level security, FORCEd: the tables' owner is
checked too). A transaction names its workspace (`scope`), ``*`` stands for all of them, and without the setting there
is no row. SQLite has no such thing; there the repositories alone see to it.

The streams' tables and the hosts are no tenants' tables: nothing leads to a stream but its session's record.
"""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

ROLE = "outlast_app"
"""What a unit of work runs as: it owns no table and passes no policy by."""

SETTING = "outlast.workspace"
EVERY_WORKSPACE = "*"
SERVER = "-"
"""What stands in the place of a workspace in rows of the server itself."""

_GRANT = """
DO $$ DECLARE sequence text; BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    GRANT {rights} ON {table} TO {role};
    FOR sequence IN
      SELECT pg_get_serial_sequence('{table}', attname) FROM pg_attribute
      WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
    LOOP
      IF sequence IS NOT NULL THEN EXECUTE 'GRANT USAGE ON SEQUENCE ' || sequence || ' TO {role}'; END IF;
    END LOOP;
  END IF;
END $$
"""


class Operations(Protocol):
    """What is used of Alembic's ``op``."""

    def execute(self, sqltext: str) -> None: ...
    def get_bind(self) -> Connection: ...


def make_role(op: Operations) -> None:
    """Make the role of the units of work, once for the whole database server.

    Who may not make roles gets a notice and goes on. The policies hold for the tables' owner too, so nothing is open
    without the role, but for what only it lacks the right to do (`protect` with ``append_only``).
    """
    if not _on_postgresql(op):
        return
    op.execute(
        f"""
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
            BEGIN
              CREATE ROLE {ROLE} NOLOGIN;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database here was quicker
            END;
          END IF;
          IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
            EXECUTE format('GRANT {ROLE} TO %I', current_user);
          END IF;
          EXECUTE format('GRANT USAGE ON SCHEMA %I TO {ROLE}', current_schema());
        EXCEPTION WHEN insufficient_privilege THEN
          RAISE NOTICE 'This user may make no roles. Have an administrator run, before the upgrade: '
            'CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO %;', current_user;
        END $$
        """
    )


def grant(op: Operations, *tables: str, append_only: bool = False) -> None:
    """Let the units of work use tables, and the sequences of their columns."""
    if not _on_postgresql(op):
        return
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    for table in tables:
        op.execute(_GRANT.format(role=ROLE, rights=rights, table=table))


def protect(
    op: Operations, table: str, *, column: str = "workspace_id", also: str = "", append_only: bool = False
) -> None:
    """Make a table a tenant's: on PostgreSQL a transaction sees and writes the rows of its workspace only.

    Args:
        op: Alembic's.
        table: its name.
        column: holds the row's workspace.
        also: a condition in SQL; rows that meet it are everybody's.
        append_only: rows are neither changed nor removed: not by the units of work on PostgreSQL, which lack the
            right; and by nobody on SQLite, unless their workspace is gone.
    """
    if not _on_postgresql(op):
        if append_only:
            _forbid_changes(op, table, column)
        return
    setting = f"current_setting('{SETTING}', true)"
    whose = f"{column} = nullif({setting}, '') OR {setting} = '{EVERY_WORKSPACE}'" + (f" OR ({also})" if also else "")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({whose}) WITH CHECK ({whose})")
    grant(op, table, append_only=append_only)


def unprotect(op: Operations, table: str) -> None:
    """Undo `protect`, for a downgrade that keeps the table."""
    if not _on_postgresql(op):
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}")
        return
    op.execute(f"DROP POLICY tenant ON {table}")
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def _forbid_changes(op: Operations, table: str, column: str) -> None:
    there = f"OLD.{column} = '{SERVER}' OR OLD.{column} IN (SELECT id FROM workspaces)"  # noqa: S608  our own names
    for event, when in ("update", ""), ("delete", f"WHEN {there}"):
        trigger = f"{table}_no_{event} BEFORE {event} ON {table} {when}"
        op.execute(f"CREATE TRIGGER {trigger} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")


def _on_postgresql(op: Operations) -> bool:
    return op.get_bind().dialect.name == "postgresql"
