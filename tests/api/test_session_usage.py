"""``/sessions/{id}/usage``: what a session may use, what it has used, and when it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from outlast.kit.clock import ManualClock
from outlast.protocol.api import Measure, SessionUsage
from outlast.protocol.codec import decode_json
from tests.api.conftest import IDLE, Api


async def _usage(api: Api, session_id: str) -> SessionUsage:
    answer = await api.http.get(f"/sessions/{session_id}/usage")
    assert answer.status_code == 200, answer.text
    return decode_json(answer.content, SessionUsage)


async def test_it_tells_events_files_and_what_the_system_knows(timed: Api) -> None:
    session_id = await timed.start()
    assert (await timed.http.post(f"/sessions/{session_id}/files?name=a.txt", content=b"hello")).status_code == 201
    found = await _usage(timed, session_id)
    assert (found.awake, found.events, found.files_bytes) == (True, 5, 5)
    assert 0 < (found.stream_bytes.used or 0) < 5000
    # The scripted app has no process of its own.
    assert (found.cpu_s.used, found.memory_bytes.used, found.removed_at) == (None, None, None)


async def test_left_alone_it_tells_how_long_and_when_that_ends_it(timed: Api, clock: ManualClock) -> None:
    session_id = await timed.start()
    clock.advance(timedelta(minutes=3))
    found = await _usage(timed, session_id)
    assert found.wall_s == Measure(used=0)  # it waits
    assert (found.idle_s.limit, found.idle_s.used) == (IDLE.total_seconds(), 180)
    assert found.ends_at == clock.now() - timedelta(minutes=3) + IDLE

    sooner = clock.now() + timedelta(minutes=5)
    await timed.http.patch(f"/sessions/{session_id}", json={"expires_at": sooner.isoformat()})
    assert (await _usage(timed, session_id)).ends_at == sooner


async def test_over_it_tells_when_it_is_removed(timed: Api) -> None:
    session_id = await timed.start()
    await timed.finish(session_id)
    kept = await _usage(timed, session_id)
    assert (kept.ends_at, kept.removed_at, kept.idle_s.limit) == (None, None, None)
    path = f"/workspaces/{timed.workspace}"
    etag = (await timed.me.http.get(path)).headers["etag"]
    await timed.me.http.patch(path, json={"settings": {"retention_days": 7}}, headers={"if-match": etag})
    ended = datetime.fromisoformat((await timed.http.get(f"/sessions/{session_id}")).json()["updated_at"])
    assert (await _usage(timed, session_id)).removed_at == ended + timedelta(days=7)
