"""The live side: event streams, pages of events, several streams in one connection, the end of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.client import AsyncClient, Snapshot, afollow
from outlast.protocol import events as e
from outlast.protocol.commands import Start
from outlast.protocol.document import Document, apply
from outlast.testing.fakes import FakeExecutor, FakeProcess
from tests.api.conftest import Api, problem, serving
from tests.api.conversation import GREETER

STRANGER = "01999999-9999-7999-8999-999999999999"


class TestFollow:
    async def test_it_starts_with_the_first_event_and_ends_behind_the_last(self, api: Api) -> None:
        session_id = await api.start()
        reader = asyncio.create_task(_all(api, session_id))
        await api.finish(session_id)
        seen = await reader
        assert [seq for seq, _ in seen] == list(range(1, len(seen) + 1))
        assert seen[-1][1] == "session.completed"

    async def test_it_goes_on_after_any_position(self, api: Api) -> None:
        session_id = await api.start()
        await api.finish(session_id)
        everything = await _all(api, session_id)
        for position in range(len(everything)):
            assert await _all(api, session_id, after=str(position)) == everything[position:]

    async def test_last_event_id_goes_before_the_address(self, api: Api) -> None:
        session_id = await api.start()
        headers = {"last-event-id": "3"}
        path = f"/sessions/{session_id}/events"
        async with api.http.stream("GET", path, params={"after": "0"}, headers=headers) as answer:
            text = await _until(answer.aiter_text(), "id: 4\n")
        assert "id: 3\n" not in text

    async def test_who_has_everything_of_an_ended_session_is_told_to_stop(self, api: Api) -> None:
        session_id = await api.start()
        await api.finish(session_id)
        last = (await _all(api, session_id))[-1][0]
        path = f"/sessions/{session_id}/events"
        assert (await api.http.get(path, headers={"last-event-id": str(last)})).status_code == 204

    async def test_a_snapshot_and_the_later_events_are_the_whole(self, api: Api, client: AsyncClient) -> None:
        session_id = await api.start()
        late = afollow(client, session_id, snapshot=True)
        first = await anext(late)
        assert isinstance(first, Snapshot)
        document = first.document
        await api.finish(session_id)
        async for event in late:
            assert not isinstance(event, Snapshot)
            apply(document, event)
        whole = Document()
        async for event in afollow(client, session_id):
            assert not isinstance(event, Snapshot)
            apply(whole, event)
        assert document == whole

    async def test_an_ended_session_gives_its_document_and_ends(self, api: Api, client: AsyncClient) -> None:
        session_id = await api.start()
        await api.finish(session_id)
        seen = [followed async for followed in afollow(client, session_id, snapshot=True)]
        assert len(seen) == 1
        assert isinstance(seen[0], Snapshot)
        assert seen[0].document.result == ["tea", 3]

    @pytest.mark.parametrize("position", ["x", "-1", "1.5", "9" * 40, "\u0661", "1@2"])
    async def test_what_is_no_position_is_told(self, api: Api, position: str) -> None:
        path = f"/sessions/{await api.start()}/events"
        problem(await api.http.get(path, params={"after": position}), 422, "invalid")
        headers = {"last-event-id": position.encode()}
        problem(await api.http.get(path, headers=headers), 422, "invalid")  # type: ignore[arg-type]

    async def test_a_position_that_never_was_is_told_and_not_waited_for(self, api: Api) -> None:
        path = f"/sessions/{await api.start()}/events"
        problem(await api.http.get(path, params={"after": "1000"}), 422, "invalid")

    async def test_a_third_viewer_who_comes_late_sees_what_the_others_saw(self, api: Api) -> None:
        session_id = await api.start()
        viewers = [asyncio.create_task(_all(api, session_id)) for _ in range(2)]
        assert (await api.answer(session_id, "word", "tea")).status_code == 204
        viewers.append(asyncio.create_task(_all(api, session_id)))
        await api.until(session_id, "session.waiting", count=2)
        assert (await api.answer(session_id, "number", 1)).status_code == 204
        first, second, third = await asyncio.gather(*viewers)
        assert first == second == third

    async def test_a_reader_who_reads_nothing_holds_up_nobody_and_misses_nothing(
        self, database_url: str, tmp_path: Path
    ) -> None:
        chunks, chunk = 400, "x" * 10_000

        async def flood(process: FakeProcess) -> None:
            await process.expect(Start)
            await process.emit(e.BlockOpened(block="b1", kind="code"))
            for _ in range(chunks):
                await process.emit(e.BlockAppended(block="b1", text=chunk))
            await process.emit(e.SessionCompleted())

        executor = FakeExecutor(flood, apps=[GREETER])
        async with serving(database_url, tmp_path, executor=executor) as api:
            body = {"app": "talk:greet", "args": {"name": "Ada"}}
            session_id = str((await api.http.post("/sessions", json=body)).json()["id"])
            path = f"/sessions/{session_id}/events"
            async with api.http.stream("GET", path) as slow:
                await api.until(session_id, "session.completed")  # another reader has it all meanwhile
                text = b"".join([data async for data in slow.aiter_raw()])
        assert text.count(b"event: block.appended\n") == chunks

    async def test_streams_end_when_they_are_old_and_go_on_where_they_were(
        self, database_url: str, tmp_path: Path
    ) -> None:
        ping, max_age = timedelta(milliseconds=20), timedelta(milliseconds=100)
        async with serving(database_url, tmp_path, sse_ping=ping, sse_max_age=max_age) as api:
            session_id = await api.start()
            async with api.http.stream("GET", f"/sessions/{session_id}/events") as answer:
                text = "".join([chunk async for chunk in answer.aiter_text()])
            assert text.startswith("retry: ")
            assert "\n: " in text
            async with api.calls() as client:
                reader = asyncio.create_task(_followed(client, session_id))
                await api.finish(session_id)
                assert await reader == [seq for seq, _ in await _all(api, session_id)]


class TestHistory:
    async def test_its_pages_are_the_stream(self, api: Api, client: AsyncClient) -> None:
        session_id = await api.start()
        await api.finish(session_id)
        after, seen = 0, []
        while True:
            page = await client.history(session_id, after=after, limit=3)
            seen += [event.seq for event in page.items]
            if page.next_after is None:
                break
            after = page.next_after
        assert seen == [seq for seq, _ in await _all(api, session_id)]

    async def test_a_trimmed_stream_says_where_it_begins(self, api: Api) -> None:
        session_id = await api.start()
        await api.runtime.log.trim(f"session:{session_id}", before=4)
        answer = await api.http.get(f"/sessions/{session_id}/history")
        assert problem(answer, 410, "stream.trimmed")["first"] == 4

    @pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", f"after={2**64}"])
    async def test_wrong_parameters_are_told(self, api: Api, query: str) -> None:
        problem(await api.http.get(f"/sessions/{await api.start()}/history?{query}"), 422, "invalid")


class TestManyStreams:
    async def test_one_connection_carries_several_sessions(self, api: Api) -> None:
        ids = [await api.start(name) for name in ("Ada", "Bo")]
        names = [f"session:{session_id}" for session_id in ids]
        async with api.http.stream("GET", "/streams", params={"follow": ",".join(names)}) as answer:
            assert answer.status_code == 200
            text = await _until(answer.aiter_text(), "Hello Ada", "Hello Bo", "session.waiting")
        assert f'"stream":"{names[0]}"' in text
        assert f'"stream":"{names[1]}"' in text

    @pytest.mark.parametrize("follow", ["", ",", "user:1@0", "session:x", f"session:{STRANGER}@0", "session:@@"])
    async def test_a_stream_that_is_not_there_is_told(self, api: Api, follow: str) -> None:
        answer = await api.http.get("/streams", params={"follow": follow})
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/problem+json"


class TestEndOfTheServer:
    async def test_streams_end_cleanly_and_the_port_closes(self, api: Api) -> None:
        session_id = await api.start()
        reader = asyncio.create_task(api.until(session_id, "session.completed"))
        async with api.http.stream("GET", f"/sessions/{session_id}/events") as answer:
            api.server.should_exit = True
            text = b"".join([data async for data in answer.aiter_raw()])
        assert text.endswith(b"\n\n")
        with pytest.raises(AssertionError, match=r"ended without session\.completed"):
            await reader  # ended, not broken off
        await api.whole.serving
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", api.port)


async def _all(api: Api, session_id: str, **params: str) -> list[tuple[int, str]]:
    return [(data["seq"], kind) async for kind, data in api.events(session_id, **params)]


async def _followed(client: AsyncClient, session_id: str) -> list[int]:
    return [event.seq async for event in afollow(client, session_id) if not isinstance(event, Snapshot)]


async def _until(chunks: AsyncIterator[str], *wanted: str) -> str:
    text = ""
    async for chunk in chunks:
        text += chunk
        if all(part in text for part in wanted):
            return text
    raise AssertionError(f"the stream ended without {wanted}: {text}")
