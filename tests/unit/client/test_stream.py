"""Following through cuts: the connection breaks anywhere, each event comes once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from outlast.client import Client, Snapshot, follow
from outlast.http.problems import problem_response
from outlast.kit.errors import SessionNotFound, Unavailable
from outlast.protocol import events as e
from outlast.protocol.codec import encode_json

LAST = 30


def _frame(seq: int) -> bytes:
    event: e.SessionEvent = e.SessionRetitled(title=f"t{seq}", seq=seq) if seq < LAST else e.SessionCompleted(seq=seq)
    return f"id: {seq}\nevent: {e.kind_of(event)}\n".encode() + b"data: " + encode_json(event) + b"\n\n"


class _Cut(httpx.SyncByteStream):
    """A body that breaks off after some bytes."""

    def __init__(self, body: bytes, length: int) -> None:
        self.body, self.length = body, length

    @override
    def __iter__(self) -> Iterator[bytes]:
        yield self.body[: self.length]
        if self.length < len(self.body):
            raise httpx.ReadError("cut")


class _Server:
    """Answers from after the position that it is asked for; each connection breaks at the next of the cuts."""

    def __init__(self, cuts: list[int]) -> None:
        self.cuts = iter(cuts)
        self.asked: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        position = request.headers.get("last-event-id")
        self.asked.append(position)
        body = b"retry: 1000\n\n" + b"".join(map(_frame, range(int(position or 0) + 1, LAST + 1)))
        cut = next(self.cuts, len(body))
        if cut == 0:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, stream=_Cut(body, cut))


def _client(answer: object) -> Client:
    transport = httpx.MockTransport(answer)  # type: ignore[arg-type]
    return Client("http://test", token="t", workspace="w", transport=transport)


@given(cuts=st.lists(st.integers(0, 2500), max_size=12))
def test_each_event_comes_once_wherever_the_connection_breaks(cuts: list[int]) -> None:
    with _client(_Server(cuts)) as client:
        seen = [e.seq for e in follow(client, "s", sleep=lambda _: None) if not isinstance(e, Snapshot)]
    assert seen == list(range(1, LAST + 1))


def test_waits_grow_while_the_server_is_away_and_it_gives_up_when_told_to() -> None:
    waits: list[float] = []
    with _client(_Server([0] * 1000)) as client:
        followed = follow(client, "s", give_up=timedelta(milliseconds=1), sleep=waits.append)
        with pytest.raises(Unavailable):
            next(followed)
    assert all(wait <= 5 for wait in waits)


def test_a_refusal_is_final() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        response = problem_response(SessionNotFound("There is no session."), path="/x")
        return httpx.Response(response.status_code, content=bytes(response.body))

    with _client(refuse) as client, pytest.raises(SessionNotFound):
        next(follow(client, "s"))


def test_who_has_everything_is_done() -> None:
    with _client(lambda request: httpx.Response(204)) as client:
        assert list(follow(client, "s", after=LAST)) == []
