"""Open streams, and who is sent away from them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from outlast.ee.cloud.caller import Caller
from outlast.ee.cloud.viewers import Viewer, Viewers

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def _caller(name: str) -> Caller:
    return Caller(user_id=name, email=f"{name}@example.com", name=name, login_session_id=f"d-{name}", proved_at=NOW)


async def test_who_may_no_longer_look_is_sent_away_and_others_stay() -> None:
    """[security 33]"""
    viewers, gone, good = Viewers(), asyncio.Event(), {"ada", "bob"}
    ada = Viewer(caller=_caller("ada"), workspace_id="w", stream="session:1", end=gone.set)
    bob = Viewer(caller=_caller("bob"), workspace_id="w", stream="session:1", end=lambda: None)
    viewers.attend(ada)
    viewers.attend(bob)

    async def may_look(caller: Caller, workspace_id: str | None) -> bool:
        return caller.user_id in good

    watch = asyncio.create_task(viewers.watch(may_look))
    good.discard("ada")
    viewers.recheck()
    await gone.wait()
    assert list(viewers.of("session:1")) == [bob]
    watch.cancel()
    await asyncio.wait([watch])


async def test_each_credential_is_asked_after_once_however_many_streams_it_has() -> None:
    viewers, asked, enough = Viewers(), [], asyncio.Event()
    for number in range(100):
        viewers.attend(Viewer(caller=_caller("ada"), workspace_id="w", stream=f"session:{number}", end=lambda: None))

    async def may_look(caller: Caller, workspace_id: str | None) -> bool:
        asked.append(caller.user_id)
        enough.set()
        return True

    watch = asyncio.create_task(viewers.watch(may_look))
    await enough.wait()
    watch.cancel()
    await asyncio.wait([watch])
    assert asked == ["ada"]


async def test_a_share_that_ends_ends_its_stream() -> None:
    viewers, gone = Viewers(), asyncio.Event()

    async def no_longer() -> bool:
        return False

    async def may_look(caller: Caller, workspace_id: str | None) -> bool:
        return True

    viewers.attend(Viewer(caller=_caller("ada"), workspace_id="w", stream="session:1", end=gone.set, allowed=no_longer))
    watch = asyncio.create_task(viewers.watch(may_look))
    await gone.wait()
    watch.cancel()
    await asyncio.wait([watch])
    assert list(viewers.of("session:1")) == []
