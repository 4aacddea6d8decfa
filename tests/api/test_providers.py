"""Log-in at a real OpenID provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyotp
import pytest

from outlast.ee.cloud.license.documents import License, issue, make_keys
from outlast.protocol.codec import Json
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, RunningProvider, openid_provider

SITE = "https://outlast.example.com"
BACK = f"{SITE}/oidc/corp"
CSRF = {"x-outlast-request": "1"}
PRIVATE, PUBLIC = make_keys()


@pytest.fixture(scope="module")
def provider(request: pytest.FixtureRequest) -> Iterator[RunningProvider]:
    assert request.config.cache is not None
    with openid_provider(Path(request.config.cache.mkdir("outlast-openid")), [BACK]) as provider:
        yield provider


def licence() -> str:
    now = datetime.now(UTC)
    made = License(
        id="lic-1",
        org="Ministry of Tea",
        plan="business",
        seats=50,
        features=("sso",),
        not_before=now - timedelta(days=1),
        expires_at=now + timedelta(days=1),
    )
    return issue(made, PRIVATE)


def providers_file(folder: Path, provider: RunningProvider, **more: object) -> Path:
    path = folder / "providers.toml"
    lines = {"title": "Corp", "issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    text = "".join(f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}\n"
                   for name, value in {**lines, **more}.items())  # fmt: skip
    path.write_text(f"[corp]\n{text}", "utf-8")
    return path


@pytest.fixture
async def api(database_url: str, tmp_path: Path, provider: RunningProvider) -> AsyncIterator[CloudApi]:
    file = providers_file(tmp_path, provider)
    async with serving_cloud(
        database_url, tmp_path, public_url=SITE, providers_file=file, license=licence(), license_public_key=PUBLIC
    ) as api:
        yield api


@dataclass
class Flow:
    """A browser that was sent to the provider; it keeps the cookie."""

    http: httpx.AsyncClient
    url: str
    cookie: str

    async def back(self, answer: dict[str, str], *, cookie: str | None = None) -> httpx.Response:
        """Post what the provider sent along."""
        headers = {"cookie": self.cookie if cookie is None else cookie}
        return await self.http.post("/auth/providers/corp/callback", json=answer, headers=headers)


async def begin(http: httpx.AsyncClient, aim: str = "sign-in") -> Flow:
    answer = await http.post(f"/auth/providers/corp/{aim}")
    assert answer.status_code == 200, answer.text
    given = answer.headers["set-cookie"]
    assert given.startswith("__Host-")
    assert all(word in given for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"))
    http.cookies.clear()
    return Flow(http, answer.json()["url"], given.partition(";")[0])


async def sign_in(api: CloudApi, provider: RunningProvider, login: str) -> httpx.Response:
    flow = await begin(api.client(**CSRF))
    return await flow.back(await provider.sign_in(flow.url, login, back=BACK))


async def linked(someone: Someone, provider: RunningProvider, login: str) -> None:
    flow = await begin(someone.http, "link")
    answer = await flow.back(await provider.sign_in(flow.url, login, back=BACK))
    assert answer.status_code == 201, answer.text
    someone.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"


async def me(api: CloudApi, answer: httpx.Response) -> dict[str, Json]:
    assert answer.status_code == 201, answer.text
    token = answer.json()["access_token"]
    found: dict[str, Json] = (await api.client(authorization=f"Bearer {token}").get("/auth/me")).json()
    return found


async def test_who_is_new_gets_an_account_and_comes_back_to_it(api: CloudApi, provider: RunningProvider) -> None:
    """[security 61]"""
    listed = (await api.client().get("/auth/providers")).json()
    assert listed == {"items": [{"name": "corp", "title": "Corp"}]}
    first = await sign_in(api, provider, "grace")
    assert first.json()["session"]["method"] == "oidc:corp"
    made = await me(api, first)
    assert (made["email"], made["verified"], made["has_password"]) == ("grace@example.com", True, False)
    assert (await me(api, await sign_in(api, provider, "grace")))["id"] == made["id"]


async def test_an_account_of_the_same_address_is_never_taken_over(api: CloudApi, provider: RunningProvider) -> None:
    """[security 61]"""
    ada = await api.someone("ada")
    problem(await sign_in(api, provider, "ada"), 409, "auth.not_linked")
    await linked(ada, provider, "ada")
    assert (await me(api, await sign_in(api, provider, "ada")))["id"] == ada.id


async def test_an_account_is_linked_by_issuer_and_subject_whatever_the_address(
    api: CloudApi, provider: RunningProvider
) -> None:
    """[security 61]"""
    ada = await api.someone("ada")
    await linked(ada, provider, "countess")
    assert (await me(api, await sign_in(api, provider, "countess")))["id"] == ada.id
    items = (await ada.http.get("/auth/links")).json()["items"]
    assert [(item["provider"], item["email"]) for item in items] == [("corp", "countess@example.com")]
    bob = await api.someone("bob")
    flow = await begin(bob.http, "link")
    answer = await flow.back(await provider.sign_in(flow.url, "countess", back=BACK))
    problem(answer, 409, "auth.already_linked")


async def test_an_address_that_the_provider_does_not_vouch_for_makes_no_account(
    api: CloudApi, provider: RunningProvider
) -> None:
    """[security 61]"""
    problem(await sign_in(api, provider, "unverified-eve"), 403, "auth.provider_refused")


async def test_a_flow_ends_in_the_browser_that_began_it(api: CloudApi, provider: RunningProvider) -> None:
    """[security 61]"""
    victim, attacker = await begin(api.client(**CSRF)), await begin(api.client(**CSRF))
    answer = await provider.sign_in(attacker.url, "mallory", back=BACK)
    problem(await victim.back(answer), 403, "auth.provider_refused")
    problem(await victim.back(answer, cookie=""), 403, "auth.provider_refused")
    problem(await victim.back(answer, cookie="__Host-outlast-flow=AAAA"), 403, "auth.provider_refused")
    # The attacker's code under the victim's own state: PKCE and the nonce do not fit.
    own = await provider.sign_in(victim.url, "grace", back=BACK)
    problem(await victim.back({**answer, "state": own["state"]}), 403, "auth.provider_refused")
    assert (await attacker.back(answer)).status_code == 201
    problem(await attacker.back(answer), 403, "auth.provider_refused")  # a code is good once


async def test_an_answer_of_another_provider_is_refused(api: CloudApi, provider: RunningProvider) -> None:
    """[security 61]"""
    flow = await begin(api.client(**CSRF))
    answer = await provider.sign_in(flow.url, "grace", back=BACK)
    problem(await flow.back({**answer, "iss": "https://evil.example.com"}), 403, "auth.provider_refused")


async def test_another_site_can_neither_begin_nor_end_a_flow(api: CloudApi, provider: RunningProvider) -> None:
    """[security 61, 63]"""
    flow = await begin(api.client(**CSRF))
    answer = await provider.sign_in(flow.url, "grace", back=BACK)
    flow.http.headers["sec-fetch-site"] = "cross-site"
    problem(await flow.back(answer), 403, "cross_site")
    problem(await flow.http.post("/auth/providers/corp/sign-in"), 403, "cross_site")


async def test_a_link_is_made_by_the_device_that_asked_for_it(api: CloudApi, provider: RunningProvider) -> None:
    """[security 61]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    flow = await begin(ada.http, "link")
    answer = await provider.sign_in(flow.url, "ada-at-corp", back=BACK)
    problem(await Flow(bob.http, flow.url, flow.cookie).back(answer), 403, "auth.provider_refused")
    flow = await begin(ada.http, "link")
    answer = await provider.sign_in(flow.url, "ada-at-corp", back=BACK)
    problem(await Flow(api.client(**CSRF), flow.url, flow.cookie).back(answer), 401, "unauthenticated")


async def test_a_second_factor_is_asked_for_after_the_provider_too(api: CloudApi, provider: RunningProvider) -> None:
    """[security 59]"""
    ada = await api.someone("ada")
    await linked(ada, provider, "ada-2f")
    secret = (await ada.http.post("/auth/totp")).json()["secret"]
    code = pyotp.TOTP(secret).now()
    confirmed = await ada.http.post("/auth/totp/confirm", json={"code": code})
    assert confirmed.status_code == 200
    told = problem(await sign_in(api, provider, "ada-2f"), 401, "auth.second_factor_required")
    recovery = confirmed.json()["recovery_codes"][0]
    answer = await api.client(**CSRF).post(
        "/auth/sessions/second-factor", json={"pending": told["pending"], "code": recovery}
    )
    assert answer.json()["session"]["method"] == "oidc:corp+recovery"


async def test_the_last_way_in_stays(api: CloudApi, provider: RunningProvider) -> None:
    answer = await sign_in(api, provider, "henry")
    http = api.client(authorization=f"Bearer {answer.json()['access_token']}")
    link = (await http.get("/auth/links")).json()["items"][0]
    problem(await http.delete(f"/auth/links/{link['id']}"), 409, "auth.last_way_in")
    problem(await http.delete("/auth/links/unknown"), 404, "auth.link_not_found")
    ada = await api.someone("ada")
    await linked(ada, provider, "ada-3")
    link = (await ada.http.get("/auth/links")).json()["items"][0]
    problem(await http.delete(f"/auth/links/{link['id']}"), 404, "auth.link_not_found")
    assert (await ada.http.delete(f"/auth/links/{link['id']}")).status_code == 204
    assert (await ada.http.get("/auth/links")).json() == {"items": []}


async def test_a_new_log_in_at_the_provider_is_a_fresh_proof(api: CloudApi, provider: RunningProvider) -> None:
    """[security 60]"""
    ada = await api.someone("ada")
    await linked(ada, provider, "ada-4")
    flow = await begin(ada.http, "prove")
    assert "prompt=login" in flow.url
    proved = await flow.back(await provider.sign_in(flow.url, "ada-4", back=BACK))
    assert proved.status_code == 201, proved.text
    ada.http.headers["authorization"] = f"Bearer {proved.json()['access_token']}"
    flow = await begin(ada.http, "prove")
    somebody = await provider.sign_in(flow.url, "somebody-else", back=BACK)
    problem(await flow.back(somebody), 403, "auth.provider_refused")


async def test_a_provider_that_is_not_set_is_not_found(api: CloudApi) -> None:
    problem(await api.client(**CSRF).post("/auth/providers/none/sign-in"), 404, "auth.provider_not_found")


async def test_without_the_feature_there_are_no_providers(
    sqlite_url: str, tmp_path: Path, provider: RunningProvider
) -> None:
    file = providers_file(tmp_path, provider)
    async with serving_cloud(sqlite_url, tmp_path, public_url=SITE, providers_file=file) as api:
        assert (await api.client().get("/auth/providers")).json() == {"items": []}
        answer = await api.client(**CSRF).post("/auth/providers/corp/sign-in")
        problem(answer, 403, "license.feature_missing")


async def test_a_provider_may_be_for_linked_accounts_alone(
    sqlite_url: str, tmp_path: Path, provider: RunningProvider
) -> None:
    file = providers_file(tmp_path, provider, sign_up=False)
    async with serving_cloud(
        sqlite_url, tmp_path, public_url=SITE, providers_file=file, license=licence(), license_public_key=PUBLIC
    ) as api:
        problem(await sign_in(api, provider, "grace"), 403, "auth.provider_refused")
