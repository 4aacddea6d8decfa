"""The client library against the whole server: what a program does with an account and a workspace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from outlast.client import AsyncClient, Client, Snapshot, afollow, follow
from outlast.client.tokens import Held, Tokens
from outlast.ee.cloud.caller import Role
from outlast.kit.errors import AlreadyAnswered, InvalidAnswer, NotFound, SessionNotFound, Unauthenticated
from outlast.protocol import events as e
from tests.api.cloud import PASSWORD, CloudApi, serving_cloud

PATIENCE = timedelta(seconds=5)


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[CloudApi]:
    async with serving_cloud(database_url, tmp_path) as api:
        yield api


@pytest.fixture
async def workspace(api: CloudApi) -> str:
    """A workspace of Ada's."""
    return await api.workspace(await api.someone("ada"))


@pytest.fixture
async def ada(api: CloudApi, workspace: str) -> AsyncIterator[AsyncClient]:
    """A client that signed in as the owner of the workspace."""
    async with await AsyncClient.sign_in(api.url, "ada@example.com", PASSWORD, workspace=workspace) as client:
        yield client


async def _until(client: AsyncClient, session: str, kind: type[e.SessionEvent]) -> list[e.SessionEvent]:
    """Follow a session up to an event of this kind."""
    seen: list[e.SessionEvent] = []
    async for each in afollow(client, session, give_up=PATIENCE):
        assert not isinstance(each, Snapshot)
        seen.append(each)
        if isinstance(each, kind):
            return seen
    raise AssertionError(f"it ended before: {seen}")


async def _play(client: AsyncClient, session: str) -> None:
    """Answer all that the greeter asks."""
    await _until(client, session, e.SessionWaiting)
    await client.answer(session, "word", "hi")
    with pytest.raises(AlreadyAnswered):
        await client.answer(session, "word", "ho")
    async for each in afollow(client, session, give_up=PATIENCE):
        if isinstance(each, e.InputRequested) and each.input == "number":
            await client.answer(session, "number", 3)


async def test_a_program_starts_follows_and_answers_a_session(ada: AsyncClient) -> None:
    assert [app.id for app in (await ada.apps()).items] == [(await ada.app("greet")).id]
    started = await ada.start("greet", {"name": "Ada"}, title="Hello")
    seen = await _until(ada, started.id, e.SessionWaiting)
    assert isinstance(seen[0], e.SessionCreated)
    with pytest.raises(InvalidAnswer):
        await ada.answer(started.id, "word", 5)
    await _play(ada, started.id)
    detail = await ada.get(started.id)
    assert (detail.state, detail.document.result) == ("completed", ["hi", 3])
    assert [item.id for item in (await ada.sessions(text="HELL")).items] == [started.id]
    assert (await ada.retitle(started.id, "Bye")).title == "Bye"
    assert len((await ada.history(started.id)).items) == (await ada.get(started.id)).seq
    assert b"Hello Ada" in await ada.export(started.id)


async def test_a_session_is_branched_cancelled_deleted_and_restored(ada: AsyncClient) -> None:
    first = (await ada.start("greet", {"name": "Ada"}, expires_at=datetime.now(UTC) + timedelta(days=1))).id
    asked = await _until(ada, first, e.SessionWaiting)
    branch = (await ada.branch(first, asked[-1].seq, value="other")).id
    await ada.cancel(first, reason="enough")
    await _until(ada, first, e.SessionCancelled)
    await ada.delete(branch)
    assert [item.id for item in (await ada.sessions()).items] == [first]
    assert [item.id for item in (await ada.sessions(deleted=True)).items] == [branch]
    with pytest.raises(SessionNotFound):
        await ada.answer(branch, "number", 3)
    assert (await ada.restore(branch)).state == "cancelled"
    assert {item.id for item in (await ada.sessions()).items} == {first, branch}


async def test_a_session_is_shared_by_a_link(ada: AsyncClient, api: CloudApi, workspace: str) -> None:
    bob = await api.someone("bob")
    await api.join(workspace, bob, Role.MEMBER)
    session = (await ada.start("greet", {"name": "Ada"})).id
    made = await ada.share(session, "answer")
    assert made.link is not None
    async with await AsyncClient.sign_in(api.url, bob.email, PASSWORD, workspace=workspace) as client:
        with pytest.raises(SessionNotFound):
            await client.get(session)
        assert (await client.open_share(made.link.partition("=")[2])).id == session
        await _until(client, session, e.SessionWaiting)
        await client.answer(session, "word", "hello")
        assert [item.id for item in (await client.sessions(which="shared")).items] == [session]
        await ada.unshare(session, made.id)
        with pytest.raises(SessionNotFound):
            await client.get(session)
    assert (await ada.shares(session)).items == []


async def test_files_are_stored_for_a_session_and_ahead_of_one(ada: AsyncClient, tmp_path: Path) -> None:
    ahead = await ada.store(b"some text", name="note.txt", media_type="text/plain")
    assert ahead.reference == {"file_id": ahead.id}
    session = (await ada.start("greet", {"name": "Ada"})).id
    path = tmp_path / "kept.txt"
    path.write_bytes(b"in a file")
    stored = await ada.upload(session, path, media_type="text/plain")
    assert await ada.file(session, stored.sha256) == b"in a file"


async def test_the_client_for_threads_does_the_same(api: CloudApi, workspace: str) -> None:
    def use() -> str:
        with Client.sign_in(api.url, "ada@example.com", PASSWORD, workspace=workspace) as client:
            session = client.start("greet", {"name": "Ada"}).id
            for each in follow(client, session, snapshot=True, give_up=PATIENCE):
                if each.document.inputs if isinstance(each, Snapshot) else isinstance(each, e.InputRequested):
                    break
            client.answer(session, "word", "hi")
            client.cancel(session)
            *_, last = follow(client, session, give_up=PATIENCE)
            client.sign_out()
            with pytest.raises(Unauthenticated):
                client.me()
            return type(last).__name__

    assert await asyncio.to_thread(use) == "SessionCancelled"


async def test_a_client_works_in_the_active_workspace_unless_told_otherwise(api: CloudApi, workspace: str) -> None:
    async with await AsyncClient.sign_in(api.url, "ada@example.com", PASSWORD) as client:
        me = await client.me()
        assert [item.role for item in (await client.workspaces()).items] == ["owner"]
        if me.active_workspace_id is None:
            with pytest.raises(NotFound):
                await client.workspace()
        else:
            assert await client.workspace() == workspace


async def test_a_token_opens_its_workspace(api: CloudApi) -> None:
    """The client asks which. [security 70]"""
    owner = await api.someone("ada")
    workspace = await api.workspace(owner)
    token = await api.token(owner, workspace, scopes=await api.scopes())
    async with AsyncClient(api.url, token=token) as client:
        assert await client.workspace() == workspace
        assert (await client.sessions()).items == []


async def test_a_refresh_whose_answer_was_lost_signs_nobody_out(api: CloudApi, workspace: str) -> None:
    """Two that share the tokens, as two commands do, refresh at once. [security 23]"""
    kept = Held(Tokens())
    async with await AsyncClient.sign_in(
        api.url, "ada@example.com", PASSWORD, keeper=kept, workspace=workspace
    ) as client:
        before = kept.load()
        other = Held(Tokens(access="", refresh=before.refresh, expires_at=0.0))
        async with AsyncClient(api.url, token=other, workspace=workspace) as second:
            assert (await second.sessions()).items == []
            kept.save(Tokens(access="", refresh=before.refresh, expires_at=0.0))
            assert (await client.sessions()).items == []
            assert kept.load().refresh == other.load().refresh != before.refresh


async def test_a_revoked_device_is_told_to_sign_in_again(api: CloudApi, ada: AsyncClient) -> None:
    """[security 33]"""
    async with httpx.AsyncClient(base_url=api.url) as http:
        session = {"email": "ada@example.com", "password": PASSWORD}
        answer = await http.post("/api/v1/auth/sessions", json=session, headers={"x-outlast-request": "1"})
        bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
        ended = await http.delete("/api/v1/auth/sessions?others=true", headers=bearer)
        assert ended.status_code == 200, ended.text
    with pytest.raises(Unauthenticated, match="sign in again"):
        await ada.me()
