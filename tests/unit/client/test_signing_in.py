"""A client that signed in stays so: tokens are renewed in time; a request that met one's end is sent again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import httpx
import pytest

from outlast.client import AsyncClient, Client
from outlast.client.tokens import Bearer, Held, Tokens
from outlast.http.problems import problem_response
from outlast.kit.errors import NotFound, OutlastError, Refused, Unauthenticated

LIFE_S = 600


class FakeServer:
    """Signs in `ada` and rotates tokens; answers who somebody is to whoever shows the newest.

    Attributes:
        seen: path and credential of each request.
    """

    def __init__(self, *, second_factor: bool = False, workspace: str | None = "w1") -> None:
        self.seen: list[tuple[str, str]] = []
        self.generation = 0
        self.over = False
        self._second_factor = second_factor
        self._workspace = workspace

    def __call__(self, request: httpx.Request) -> httpx.Response:
        credential = request.headers.get("authorization", "")
        self.seen.append((request.url.path, credential))
        path = request.url.path.removeprefix("/api/v1")
        answer = self._open(path, json.loads(request.content or b"{}")) or self._guarded(path, credential)
        return answer if isinstance(answer, httpx.Response) else _refused(answer)

    def _open(self, path: str, body: dict[str, str]) -> httpx.Response | OutlastError | None:
        if path == "/auth/sessions":
            if body != {"email": "ada@example.org", "password": "right"}:
                return Unauthenticated("Wrong.")
            return _asks_more() if self._second_factor else self._issue(201)
        if path == "/auth/sessions/second-factor":
            good = body == {"pending": "sealed", "code": "123456"}
            return self._issue(201) if good else Unauthenticated("Wrong code.")
        if path == "/auth/sessions/refresh":
            good = body == {"refresh_token": f"r{self.generation}"} and not self.over
            return self._issue(200) if good else OutlastError("invalid_grant")
        return None

    def _guarded(self, path: str, credential: str) -> httpx.Response | OutlastError:
        if credential != f"Bearer a{self.generation}":
            return Unauthenticated("Over.")
        if path == "/auth/me":
            me = {"id": "u1", "email": "ada@example.org", "name": "Ada", "active_workspace_id": self._workspace}
            return httpx.Response(200, json=me | {"login_session_id": "d1"})
        return httpx.Response(200, json={"items": []})

    def _issue(self, status: int) -> httpx.Response:
        self.generation += 1
        issued = {"access_token": f"a{self.generation}", "refresh_token": f"r{self.generation}", "expires_in": LIFE_S}
        return httpx.Response(status, json=issued, headers={"set-cookie": "session=x; Path=/"})


def _refused(error: OutlastError) -> httpx.Response:
    if isinstance(error, Unauthenticated):
        response = problem_response(error, path="/x")
        headers = {"www-authenticate": 'Bearer realm="outlast", error="invalid_token"'}
        return httpx.Response(response.status_code, content=bytes(response.body), headers=headers)
    return httpx.Response(400, json={"code": "invalid_grant", "detail": "It was used before.", "status": 400})


def _asks_more() -> httpx.Response:
    asked = {"code": "auth.second_factor_required", "detail": "More.", "status": 401}
    return httpx.Response(401, json={**asked, "pending": "sealed", "factors": ["totp", "recovery"]})


def _signed_in(
    server: FakeServer, *, password: str = "right", ask: Callable[[Sequence[str]], str] | None = None
) -> Client:
    transport = httpx.MockTransport(server)
    return Client.sign_in("http://test", "ada@example.org", password, ask_code=ask, transport=transport)


def test_who_signed_in_works_in_the_active_workspace() -> None:
    server = FakeServer()
    with _signed_in(server) as client:
        assert client.sessions().items == []
        assert client.sessions().items == []
        assert client.me().name == "Ada"
    listed = ("/api/v1/workspaces/w1/sessions", "Bearer a1")
    assert server.seen[1:4] == [("/api/v1/auth/me", "Bearer a1"), listed, listed]


def test_a_member_of_no_workspace_is_told_so() -> None:
    with _signed_in(FakeServer(workspace=None)) as client, pytest.raises(NotFound, match="no workspace"):
        client.sessions()


def test_a_wrong_password_signs_nobody_in() -> None:
    with pytest.raises(Unauthenticated, match="Wrong"):
        _signed_in(FakeServer(), password="wrong")


def test_a_second_factor_is_asked_for_where_there_is_one() -> None:
    kinds: list[Sequence[str]] = []

    def ask(given: Sequence[str]) -> str:
        kinds.append(given)
        return "123456"

    with _signed_in(FakeServer(second_factor=True), ask=ask) as client:
        assert client.me().id == "u1"
    assert kinds == [["totp", "recovery"]]
    with pytest.raises(Unauthenticated):
        _signed_in(FakeServer(second_factor=True))


@pytest.mark.parametrize("left_s", [LIFE_S, 29, -5])
def test_a_token_is_renewed_before_its_end(left_s: int) -> None:
    server, kept = FakeServer(), Held(Tokens())
    server.generation = 1
    kept.save(Tokens(access="a1", refresh="r1", expires_at=1000.0 + left_s))
    auth = Bearer(kept, now=lambda: 1000.0)
    with httpx.Client(transport=httpx.MockTransport(server), auth=auth) as http:
        assert http.get("http://test/api/v1/auth/me").status_code == 200
    renewed = left_s < LIFE_S
    assert len(server.seen) == 1 + renewed
    assert kept.load().access == ("a2" if renewed else "a1")


def test_a_request_that_met_the_end_of_a_token_is_sent_again_with_a_new_one() -> None:
    server = FakeServer()
    with _signed_in(server) as client:
        server.generation = 5
        client.http.auth.keeper.save(Tokens(access="a4", refresh="r5", expires_at=None))  # type: ignore[union-attr]
        assert client.me().id == "u1"
    assert [credential for _, credential in server.seen[1:]] == ["Bearer a4", "", "Bearer a6"]


async def test_the_client_for_event_loops_does_the_same() -> None:
    server = FakeServer()
    transport = httpx.MockTransport(server)
    async with await AsyncClient.sign_in("http://test", "ada@example.org", "right", transport=transport) as client:
        server.generation = 5
        client.http.auth.keeper.save(Tokens(access="a4", refresh="r5"))  # type: ignore[union-attr]
        assert (await client.sessions()).items == []
        client.http.auth.keeper.save(Tokens(access="a6", refresh="r6", expires_at=0.0))  # type: ignore[union-attr]
        assert (await client.me()).id == "u1"
    assert server.generation == 7


def test_a_sign_in_that_is_over_says_so() -> None:
    server = FakeServer()
    with _signed_in(server) as client:
        server.generation, server.over = 2, True
        with pytest.raises(Unauthenticated, match="sign in again"):
            client.me()


def test_no_cookie_is_kept_beside_the_token() -> None:
    with _signed_in(FakeServer()) as client:
        assert list(client.http.cookies) == []


def test_an_error_of_the_servers_own_is_told_apart_by_its_status() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, json={"code": "role.too_low", "detail": "No.", "status": 403, "needs": "admin"})

    client = Client("http://test", token="t", workspace="w", transport=httpx.MockTransport(refuse))
    with client, pytest.raises(Refused) as refused:
        client.cancel("s")
    assert (refused.value.code, refused.value.details) == ("role.too_low", {"needs": "admin"})
