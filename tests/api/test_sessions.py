"""``/sessions``: one class an endpoint."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from outlast.client import AsyncClient
from outlast.kit.errors import AlreadyAnswered, InvalidAnswer, SessionNotFound, SessionOver
from outlast.kit.ids import new_id
from tests.api.conftest import Api, problem

SESSIONS = "/sessions"
HELLO = {"app": "talk:greet", "args": {"name": "Ada"}}
STRANGERS = ["01999999-9999-7999-8999-999999999999", "nothing", "0" * 36, "%00", "..%2f..%2fetc", "é", "'; --"]


class TestStart:
    async def test_it_gives_the_record_and_where_it_is(self, api: Api) -> None:
        answer = await api.http.post(SESSIONS, json={**HELLO, "title": "  For\tAda "})
        assert answer.status_code == 201
        record = answer.json()
        assert answer.headers["location"] == f"{api.base}{SESSIONS}/{record['id']}"
        assert (record["app"], record["title"], record["args"]) == ("talk:greet", "For Ada", {"name": "Ada"})
        assert (await api.http.get(f"{SESSIONS}/{record['id']}")).json()["id"] == record["id"]

    async def test_the_functions_name_is_enough_where_it_is_unique(self, api: Api) -> None:
        answer = await api.http.post(SESSIONS, json={**HELLO, "app": "greet"})
        assert answer.json()["app"] == "talk:greet"

    async def test_asked_for_a_stream_it_answers_with_the_stream(self, api: Api) -> None:
        headers = {"accept": "text/event-stream"}
        async with api.http.stream("POST", SESSIONS, json=HELLO, headers=headers) as answer:
            assert answer.status_code == 201
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["location"].startswith(api.base + SESSIONS)
            text = ""
            async for chunk in answer.aiter_text():
                text += chunk
                if "input.requested" in text:
                    break
        assert "id: 1\nevent: session.created\n" in text
        assert "Hello Ada" in text

    async def test_an_unknown_app_is_told(self, api: Api) -> None:
        problem(await api.http.post(SESSIONS, json={"app": "nobody"}), 404, "app.not_found")

    async def test_wrong_arguments_are_told_by_name(self, api: Api) -> None:
        body = {"app": "talk:greet", "args": {"times": "often", "colour": "red"}}
        errors = problem(await api.http.post(SESSIONS, json=body), 422, "app.invalid_arguments")["errors"]
        assert set(errors) == {"name", "times", "colour"}

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"nul", b'{"app":"x"}}', b'"\\ud800"', b"NaN"])
    async def test_what_is_no_json_is_told(self, api: Api, body: bytes) -> None:
        problem(await api.http.post(SESSIONS, content=body), 400, "protocol_violation")

    @pytest.mark.parametrize(
        "body",
        [b"[]", b"{}", b'{"app":1}', b'{"app":"x","args":[]}', b'{"app":"x","colour":1}', b'{"app":"x","title":""}'],
    )
    async def test_what_is_no_start_is_told(self, api: Api, body: bytes) -> None:
        problem(await api.http.post(SESSIONS, content=body), 422, "invalid")

    async def test_numbers_of_more_than_64_bits_and_bottomless_nesting_are_told(self, api: Api) -> None:
        for value in (b"9" * 30, b"[" * 200 + b"]" * 200):
            body = b'{"app":"talk:greet","args":{"name":' + value + b"}}"
            problem(await api.http.post(SESSIONS, content=body), 422, "invalid")

    async def test_a_body_over_the_limit_is_refused_before_it_is_read(self, api: Api) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        head = f"POST {api.base}{SESSIONS} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000000000\r\n"
        writer.write(f"{head}authorization: Bearer {api.me.access_token}\r\n\r\n".encode())
        assert (await reader.readline()).split()[1] == b"413"
        writer.close()

    async def test_a_long_body_without_a_length_is_refused_too(self, api: Api) -> None:
        async def endless() -> AsyncIterator[bytes]:
            for _ in range(200):
                yield b" " * 65536

        answer = await api.http.post(SESSIONS, content=endless())
        problem(answer, 413, "body_too_large")

    async def test_a_key_starts_one_session_however_often_it_is_sent(self, api: Api) -> None:
        headers = {"idempotency-key": "k1"}
        answers = [await api.http.post(SESSIONS, json=HELLO, headers=headers) for _ in range(3)]
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert {answer.status_code for answer in answers} == {201}
        other = {"app": "talk:greet", "args": {"name": "Bo"}}
        problem(await api.http.post(SESSIONS, json=other, headers=headers), 422, "idempotency.key_reused")

    async def test_a_key_starts_one_session_also_where_the_answer_is_its_stream(self, api: Api) -> None:
        """[security 83]"""
        headers = {"idempotency-key": "k4", "accept": "text/event-stream"}
        places = set()
        for _ in range(2):
            async with api.http.stream("POST", SESSIONS, json=HELLO, headers=headers) as answer:
                assert answer.status_code == 201
                places.add(answer.headers["location"])
                chunks = answer.aiter_text()
                seen = ""
                while "input.requested" not in seen:
                    seen += await anext(chunks)
            assert "id: 1\nevent: session.created\n" in seen
        assert len(places) == 1
        other = {"app": "talk:greet", "args": {"name": "Bo"}}
        problem(await api.http.post(SESSIONS, json=other, headers=headers), 422, "idempotency.key_reused")
        as_json = await api.http.post(SESSIONS, json=HELLO, headers={"idempotency-key": "k4"})
        assert {as_json.headers["location"]} == places

    async def test_a_key_is_its_callers_own(self, api: Api) -> None:
        """[security 75, 83]"""
        guest = await api.with_member("bo")
        answers = [await who.http.post(SESSIONS, json=HELLO, headers={"idempotency-key": "k5"}) for who in (api, guest)]
        assert [answer.json()["user_id"] for answer in answers] == [api.me.id, guest.me.id]

    async def test_a_key_whose_first_request_failed_is_free_again(self, api: Api) -> None:
        headers = {"idempotency-key": "k2"}
        assert (await api.http.post(SESSIONS, json={"app": "nobody"}, headers=headers)).status_code == 404
        assert (await api.http.post(SESSIONS, json=HELLO, headers=headers)).status_code == 201

    async def test_two_requests_with_one_key_at_once_start_one_session(self, api: Api) -> None:
        headers = {"idempotency-key": "k3"}
        answers = await asyncio.gather(*(api.http.post(SESSIONS, json=HELLO, headers=headers) for _ in range(5)))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len((await api.http.get(SESSIONS)).json()["items"]) == 1


class TestList:
    async def test_it_is_newest_first_in_pages(self, api: Api) -> None:
        ids = [await api.start(f"Ada {n}") for n in range(5)]
        seen: list[str] = []
        params = {"limit": "2"}
        while True:
            page = (await api.http.get(SESSIONS, params=params)).json()
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert seen == ids[::-1]

    async def test_it_filters_by_state_and_app(self, api: Api) -> None:
        over, waits = await api.start("Ada"), await api.start("Bo")
        await api.finish(over)
        found = (await api.http.get(SESSIONS, params={"state": "waiting"})).json()["items"]
        assert [(item["id"], item["waiting_input"], item["waiting_label"]) for item in found] == [
            (waits, "word", "Which word?")
        ]
        assert (await api.http.get(SESSIONS, params={"app": "other:app"})).json()["items"] == []

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=101", "limit=x", "state=lost", f"limit={10**30}", "limit=", "limit=1e3"]
    )
    async def test_wrong_parameters_are_told(self, api: Api, query: str) -> None:
        problem(await api.http.get(f"{SESSIONS}?{query}"), 422, "invalid")

    @pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwiYiJd", "%00", "é"])
    async def test_a_cursor_of_elsewhere_is_told(self, api: Api, cursor: str) -> None:
        problem(await api.http.get(f"{SESSIONS}?cursor={cursor}"), 422, "page.invalid_cursor")


class TestGet:
    async def test_it_has_the_document_at_a_seq(self, api: Api) -> None:
        session_id = await api.start()
        found = (await api.http.get(f"{SESSIONS}/{session_id}")).json()
        assert found["state"] == "waiting"
        assert found["document"]["blocks"]["b1"]["props"] == {"text": "Hello Ada"}
        assert found["document"]["seq"] == found["seq"] > 0

    async def test_an_unknown_one_is_not_found_in_every_route(self, api: Api) -> None:
        routes: tuple[tuple[str, str, object], ...] = (
            ("GET", "", None),
            ("PATCH", "", {"title": "x"}),
            ("DELETE", "", None),
            ("GET", "/events", None),
            ("GET", "/history", None),
            ("GET", "/export", None),
            ("POST", "/interactions", {"input": "x"}),
            ("POST", "/cancel", {}),
            ("POST", "/branch", {"seq": 1}),
            ("POST", "/files?name=x", None),
            ("GET", "/files/" + "0" * 64, None),
        )
        for session_id, (method, rest, body) in itertools.product(STRANGERS, routes):
            answer = await api.http.request(method, f"{SESSIONS}/{session_id}{rest}", json=body)
            assert answer.status_code == 404, (session_id, method, rest, answer.text)
            assert answer.json()["code"] in ("session.not_found", "route.not_found", "file.not_found")


class TestRetitle:
    async def test_it_changes_the_title_for_lists_and_viewers(self, api: Api) -> None:
        session_id = await api.start()
        answer = await api.http.patch(f"{SESSIONS}/{session_id}", json={"title": "Lisbon\nin May"})
        assert answer.json()["title"] == answer.json()["document"]["title"] == "Lisbon in May"
        await api.until(session_id, "session.retitled")

    async def test_a_stale_if_match_changes_nothing(self, api: Api) -> None:
        path = f"{SESSIONS}/{await api.start()}"
        first = (await api.http.get(path)).headers["etag"]
        answer = await api.http.patch(path, json={"title": "One"}, headers={"if-match": first})
        assert answer.status_code == 200
        assert answer.headers["etag"] != first
        stale = await api.http.patch(path, json={"title": "Two"}, headers={"if-match": first})
        problem(stale, 412, "precondition_failed")
        assert (await api.http.get(path)).json()["title"] == "One"
        assert (await api.http.patch(path, json={"title": "Two"}, headers={"if-match": "*"})).status_code == 200

    @pytest.mark.parametrize("title", ["", "   ", "\u0000", "x" * 201, 5, None])
    async def test_an_unfit_title_is_told(self, api: Api, title: object) -> None:
        problem(await api.http.patch(f"{SESSIONS}/{await api.start()}", json={"title": title}), 422, "invalid")


class TestAnswer:
    async def test_it_goes_to_the_app(self, api: Api) -> None:
        session_id = await api.start()
        assert (await api.answer(session_id, "word", "tea")).status_code == 204
        seen = await api.until(session_id, "session.waiting", count=2)
        given = [data for kind, data in seen if kind == "input.submitted"]
        assert [(data["input"], data["value"], data["by"]["id"]) for data in given] == [("word", "tea", api.me.id)]

    async def test_a_wrong_one_is_told_and_may_be_given_again(self, api: Api) -> None:
        session_id = await api.start()
        answer = problem(await api.answer(session_id, "word", "x" * 30), 422, "input.invalid_answer")
        assert "20" in answer["errors"][""]
        assert (await api.answer(session_id, "word", "tea")).status_code == 204

    async def test_what_was_not_asked_can_not_be_answered(self, api: Api) -> None:
        problem(await api.answer(await api.start(), "colour", "red"), 404, "input.not_found")

    async def test_of_two_at_once_one_wins(self, api: Api) -> None:
        session_id = await api.start()
        answers = await asyncio.gather(*(api.answer(session_id, "word", word) for word in ("tea", "milk")))
        assert sorted(answer.status_code for answer in answers) == [204, 409]
        problem(next(a for a in answers if a.status_code == 409), 409, "input.already_answered")

    async def test_a_second_device_may_answer(self, api: Api) -> None:
        session_id = await api.start()
        first = asyncio.create_task(api.until(session_id, "input.submitted"))
        other = api.seen_by(await api.whole.sign_in(api.me.id, api.me.email))
        assert (await other.answer(session_id, "word", "tea")).status_code == 204
        assert (await first)[-1][1]["value"] == "tea"

    async def test_nothing_can_be_answered_after_the_end(self, api: Api) -> None:
        session_id = await api.start()
        await api.finish(session_id)
        problem(await api.answer(session_id, "number", 5), 409, "session.over")

    async def test_the_client_raises_the_servers_errors(self, api: Api, client: AsyncClient) -> None:
        session_id = await api.start()
        with pytest.raises(InvalidAnswer) as wrong:
            await client.answer(session_id, "word", 7)
        assert wrong.value.errors.keys() == {""}
        await client.answer(session_id, "word", "tea")
        with pytest.raises(AlreadyAnswered):
            await client.answer(session_id, "word", "milk")
        with pytest.raises(SessionNotFound):
            await client.answer(new_id(), "word", "tea")


class TestCancel:
    async def test_it_stops_the_app(self, api: Api) -> None:
        session_id = await api.start()
        answer = await api.http.post(f"{SESSIONS}/{session_id}/cancel", json={"reason": "enough"})
        assert answer.status_code == 204
        assert (await api.until(session_id, "session.cancelled"))[-1][1]["reason"] == "enough"

    async def test_it_needs_no_body(self, api: Api) -> None:
        assert (await api.http.post(f"{SESSIONS}/{await api.start()}/cancel")).status_code == 204

    async def test_what_is_over_can_not_be_cancelled(self, api: Api, client: AsyncClient) -> None:
        session_id = await api.start()
        await api.finish(session_id)
        with pytest.raises(SessionOver):
            await client.cancel(session_id)


class TestBranch:
    async def test_it_shares_the_past_and_asks_again(self, api: Api) -> None:
        session_id = await api.start()
        asked = (await api.until(session_id, "session.waiting"))[-1][1]["seq"]
        await api.finish(session_id)
        answer = await api.http.post(f"{SESSIONS}/{session_id}/branch", json={"seq": asked, "value": "milk"})
        assert answer.status_code == 201, answer.text
        branch = answer.json()["id"]
        seen = await api.until(branch, "input.requested", count=2)
        assert [data["value"] for kind, data in seen if kind == "input.submitted"] == ["milk"]
        assert seen[0][1]["branched_from"] == {"session": session_id, "seq": asked}

    @pytest.mark.parametrize("seq", [-1, 0, 10_000, 2**62])
    async def test_where_there_is_nothing_it_can_not_branch(self, api: Api, seq: int) -> None:
        answer = await api.http.post(f"{SESSIONS}/{await api.start()}/branch", json={"seq": seq})
        assert answer.status_code in (409, 422)


class TestDelete:
    async def test_it_leaves_nothing(self, api: Api) -> None:
        session_id = await api.start()
        assert (await api.http.delete(f"{SESSIONS}/{session_id}")).status_code == 204
        problem(await api.http.get(f"{SESSIONS}/{session_id}"), 404, "session.not_found")
        problem(await api.http.delete(f"{SESSIONS}/{session_id}"), 404, "session.not_found")
        assert (await api.http.get(SESSIONS)).json()["items"] == []


class TestExport:
    async def test_markdown_tells_what_a_viewer_saw(self, api: Api) -> None:
        session_id = await api.start()
        answer = await api.http.get(f"{SESSIONS}/{session_id}/export")
        assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
        assert "Hello Ada" in answer.text
        assert "Which word?" in answer.text

    async def test_json_holds_every_event(self, api: Api) -> None:
        session_id = await api.start()
        await api.finish(session_id)
        exported = (await api.http.get(f"{SESSIONS}/{session_id}/export", params={"format": "json"})).json()
        assert [event["seq"] for event in exported["events"]] == list(range(1, len(exported["events"]) + 1))
        assert exported["events"][-1]["event"] == "session.completed"

    async def test_another_format_is_told(self, api: Api) -> None:
        answer = await api.http.get(f"{SESSIONS}/{await api.start()}/export", params={"format": "pdf"})
        problem(answer, 422, "invalid")
