"""A workspace with something of everything in it, and what the database holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from sqlalchemy import insert, make_url, select, text

from outlast.db.base import metadata
from outlast.db.engine import create_engine
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth.factor_tables import passkeys, provider_links
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.events.tables import outbox
from outlast.kit.ids import new_id
from tests.api.cloud import CloudApi, Someone
from tests.api.invitations import invite, mailed_secret

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
LAST_USED = frozenset({"last_used_at", "last_seen_at", "latest_seen_at", "idle_ends_at", "lease_until"})
"""Columns that say when something was used; a request may move them whatever it does."""

Rows = Mapping[str, list[tuple[str, ...]]]
"""Of each table its rows as text, in order."""


@dataclass(frozen=True)
class Tenant:
    """A workspace, who it belongs to, and the ids of what is in it.

    Attributes:
        ids: by the name of the path's parameter.
        login_session_id: of the owner's device.
        secrets: of its invite and its link to a session.
    """

    owner: Someone
    member: Someone
    ids: Mapping[str, str]
    login_session_id: str
    secrets: Mapping[str, str]

    @property
    def workspace(self) -> str:
        return self.ids["workspace_id"]


async def _made(call: httpx.Response, name: str = "id") -> str:
    assert call.is_success, call.text
    return str(call.json()[name])


async def furnish(api: CloudApi, name: str) -> Tenant:
    """A workspace with members, sessions, shares, files, uploads, invites, tokens, dead letters and an audit trail."""
    owner, member = await api.someone(name), await api.someone(f"{name}s-friend")
    place = await api.workspace(owner, name=name.title())
    gone = await api.workspace(owner, name=f"{name.title()} of old")
    await api.join(place, member, Role.MEMBER)
    assert (await owner.http.delete(f"/workspaces/{gone}")).status_code == 204
    base, send = f"/workspaces/{place}", owner.http.post
    session = await _made(await send(f"{base}/sessions", json={"app": "talk:greet", "args": {"name": name}}))
    await _until_waiting(owner, f"{base}/sessions/{session}")
    shared = await send(f"{base}/sessions/{session}/shares", json={"user_id": member.id, "level": "view"})
    link = await send(f"{base}/sessions/{session}/shares", json={"level": "view"})
    upload = await send(f"{base}/uploads", headers={"upload-length": "9", "tus-resumable": "1.0.0"})
    email = f"{name}s-guest@example.com"
    ids = {
        "workspace_id": place,
        "deleted_id": gone,
        "session_id": session,
        "sha256": await _made(await send(f"{base}/sessions/{session}/files?name=a.txt", content=name), "sha256"),
        "share_id": await _made(shared),
        "file_id": await _made(await send(f"{base}/files?name=b.txt", content=f"all of {name}")),
        "upload_id": upload.headers["location"].rpartition("/")[2],
        "user_id": member.id,
        "invite_id": await invite(api, owner, place, email=email),
        "token_id": await _made(
            await send("/auth/tokens", json={"name": "ci", "workspace_id": place, "scopes": ["sessions:read"]})
        ),
        **await _insert_the_rest(api.cloud, owner.id, place),
    }
    return Tenant(
        owner,
        member,
        ids,
        login_session_id=(await owner.http.get("/auth/sessions")).json()["items"][0]["id"],
        secrets={"invite": await mailed_secret(api, email), "link": await _made(link, "token")},
    )


async def _until_waiting(someone: Someone, path: str) -> None:
    async with asyncio.timeout(10):
        while True:
            if (await someone.http.get(path)).json()["state"] == "waiting":
                return
            await asyncio.sleep(0.01)  # sleeps: its process runs beside the request


async def _insert_the_rest(cloud: Cloud, user_id: str, workspace_id: str) -> Mapping[str, str]:
    """What takes another party to come about: a broken handler, a browser, a provider."""
    dead, passkey, link = new_id(), new_id(), new_id()
    async with units.writing(cloud, workspace_id=ALL_WORKSPACES) as unit:
        given = {"kind": "thing.cursed", "data": "{}", "audience": "nobody", "state": "dead", "handled": ""}
        times = {"created_at": LONG_AGO, "next_attempt_at": LONG_AGO}
        row = {"workspace_id": workspace_id, "id": dead, **given, **times, "attempts": 9, "error": "it is broken"}
        await unit.connection.execute(insert(outbox).values(row))
        key = {"credential_id": passkey, "public_key": b"k", "sign_count": 0, "transports": "", "backed_up": False}
        named = {"id": passkey, "user_id": user_id, "name": "key", "created_at": LONG_AGO}
        await unit.connection.execute(insert(passkeys).values({**named, **key}))
        whose = {"issuer": "https://id.example.com", "subject": link, "email": "a@example.com"}
        here = {"id": link, "user_id": user_id, "provider": "tea", "created_at": LONG_AGO}
        await unit.connection.execute(insert(provider_links).values({**here, **whose}))
    return {"fact_id": dead, "passkey_id": passkey, "link_id": link}


async def settled(cloud: Cloud) -> None:
    """Wait until what is done beside the requests is done: facts are handled, mails are sent."""
    async with asyncio.timeout(10):
        while True:
            async with units.looking(cloud, workspace_id=ALL_WORKSPACES) as unit:
                facts = await unit.connection.execute(text("SELECT count(*) FROM outbox WHERE state <> 'dead'"))
                mails = await unit.connection.execute(text("SELECT count(*) FROM mail_queue"))
                if not facts.scalar() and not mails.scalar():
                    return
            await asyncio.sleep(0.02)  # sleeps: nobody is told of the end of such work


async def dump(cloud: Cloud, *, but: Collection[str] = LAST_USED) -> Rows:
    """All that the database holds.

    Args:
        but: columns that are left out.
    """
    found: dict[str, list[tuple[str, ...]]] = {}
    async with cloud.engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = await connection.execute(select(*(each for each in table.columns if each.name not in but)))
            found[table.name] = sorted(tuple(map(_shown, row)) for row in rows)
    return found


def _shown(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


@asynccontextmanager
async def by_an_owner(database_url: str) -> AsyncIterator[str]:
    """The URL for a user who owns the database's tables but passes no policy by: on PostgreSQL no superuser."""
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        yield database_url
        return
    owner, engine = f"owner_of_{url.database}", create_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE ROLE {owner} LOGIN CREATEROLE"))
        await connection.execute(text(f"GRANT ALL ON SCHEMA public TO {owner}"))
        await connection.execute(
            text(
                "DO $$ BEGIN CREATE ROLE outlast_app NOLOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        )
        await connection.execute(text("GRANT USAGE ON SCHEMA public TO outlast_app"))
        await connection.execute(text(f"GRANT outlast_app TO {owner}"))
        tables = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for table in tables.scalars().all():
            await connection.execute(text(f'ALTER TABLE "{table}" OWNER TO {owner}'))
    yield url.set(username=owner).render_as_string(hide_password=False)
    async with engine.begin() as connection:
        await connection.execute(text(f"DROP OWNED BY {owner}"))
        await connection.execute(text(f"DROP ROLE {owner}"))
    await engine.dispose()
