"""The schema's walls between tenants: every table of a domain has its workspace, and PostgreSQL holds it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from outlast.db.base import metadata
from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.ee.cloud.mount import DOMAINS

WITHOUT: dict[str, str] = {
    "stream_events": "reached only by the name in a record, which has its workspace",
    "stream_snapshots": "as stream_events",
    "hosts": "of the server",
    "users": "an account belongs to no workspace; members join the two",
    "workspaces": "is the workspace; its id is walled the same way",
    "signing_keys": "of the server",
    "passkey_questions": "asked of a browser; whose it is, the answer tells",
    "mail_queue": "of the server; sealed",
    "license_state": "of the server",
    "login_failures": "counts of attempts, under digests of an address and a place; there may be no such account",
}
"""Tables that have no ``workspace_id``, and why; those of accounts hang on a user instead."""


def _of_an_account(name: str) -> bool:
    columns = metadata.tables[name].c
    return "user_id" in columns and not columns.user_id.nullable


def _has_workspace(name: str) -> bool:
    return "workspace_id" in metadata.tables[name].c


def test_every_table_of_a_tenant_names_its_workspace() -> None:
    """[security 73]"""
    without = [n for n in metadata.tables if not _has_workspace(n) and n not in WITHOUT and not _of_an_account(n)]
    assert without == []
    nullable = [n for n, table in metadata.tables.items() if _has_workspace(n) and table.c.workspace_id.nullable]
    assert nullable == []


def test_references_inside_a_workspace_carry_it() -> None:
    """[security 73]"""
    loose = []
    for name, table in metadata.tables.items():
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table.name
            columns = [element.parent.name for element in constraint.elements]
            if _has_workspace(name) and _has_workspace(target) and "workspace_id" not in columns:
                loose.append(f"{name} -> {target}")
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
    assert DOMAINS, "their tables are known"
    tenants = {name for name in metadata.tables if _has_workspace(name)} | {"workspaces"}
    assert tenants - walled == set()
