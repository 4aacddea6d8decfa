"""The schema's walls between tenants: every table of a domain has its workspace, and PostgreSQL holds it."""

from __future__ import annotations

import pytest
from sqlalchemy import Table, text

import outlast.ee.cloud.mount
from outlast.db.base import metadata
from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade

WITHOUT: dict[str, str] = {
    "stream_events": "reached only by the name in a record, which has its workspace",
    "stream_snapshots": "as stream_events",
    "hosts": "of the server",
    "users": "an account belongs to no workspace; members join the two",
    "workspaces": "is the workspace; its id is walled the same way",
}
"""Tables that have no ``workspace_id``, and why; those of accounts hang on a user instead."""


def _of_accounts(table: Table) -> bool:
    return "user_id" in table.c and not table.c.user_id.nullable


def _tables() -> list[Table]:
    assert outlast.ee.cloud.mount.DOMAINS
    return list(metadata.sorted_tables)


def test_every_table_of_a_tenant_names_its_workspace() -> None:
    """[security 73]"""
    without = [t.name for t in _tables() if "workspace_id" not in t.c and t.name not in WITHOUT and not _of_accounts(t)]
    assert without == []
    nullable = [t.name for t in _tables() if "workspace_id" in t.c and t.c.workspace_id.nullable]
    assert nullable == []


def test_references_inside_a_workspace_carry_it() -> None:
    """[security 73]"""
    loose = []
    for table in _tables():
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table
            tenant = "workspace_id" in target.c and "workspace_id" in table.c
            if tenant and "workspace_id" not in [element.parent.name for element in constraint.elements]:
                loose.append(f"{table.name} -> {target.name}")
    assert loose == []


@pytest.mark.postgres
async def test_postgres_forces_the_wall_on_every_table_of_a_tenant(postgres_url: str) -> None:
    """[security 73]"""
    engine = create_engine(postgres_url)
    try:
        await upgrade(engine)
        async with engine.connect() as connection:
            rows = await connection.execute(
                text(
                    "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity "
                    "AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)"
                )
            )
            walled = set(rows.scalars())
    finally:
        await engine.dispose()
    tenants = {t.name for t in _tables() if "workspace_id" in t.c} | {"workspaces"}
    assert tenants - walled == set()
