"""Log-in at an OpenID provider that does not play fair: each test tells it how to lie."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from typing_extensions import override

from outlast.ee.cloud.auth.factor_errors import ProviderRefused, ProviderUnavailable
from outlast.ee.cloud.auth.oidc import OidcClient
from outlast.ee.cloud.auth.oidc_metadata import Begun, Identity, OidcProvider, ProviderAnswer, is_safe
from outlast.kit.clock import ManualClock

ISSUER = "https://id.example.com"
BACK = "https://outlast.example.com/oidc/corp"
GOOD_KEY = RSAKey.generate_key(2048, {"kid": "good", "use": "sig"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "good", "use": "sig"}, private=True)
NEW_KEY = ECKey.generate_key("P-256", {"kid": "new", "use": "sig"}, private=True)


class Provider(httpx2.AsyncBaseTransport):
    """Plays the provider. What it is, is changed by setting the fields."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.metadata: dict[str, object] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "userinfo_endpoint": f"{ISSUER}/me",
        }
        self.keys = KeySet([GOOD_KEY])
        self.signing: RSAKey | ECKey | OctKey = GOOD_KEY
        self.header: dict[str, object] = {"alg": "RS256", "kid": "good"}
        self.claims: dict[str, object] = {"email": "ada@example.com", "email_verified": True, "name": "Ada"}
        self.userinfo: dict[str, object] = {"sub": "ada-1", "email": "info@example.com", "email_verified": True}
        self.challenge = ""
        self.raw_token: str | None = None
        self.asked: list[str] = []
        self.authorization = ""

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return httpx2.Response(200, json=self.metadata)
        if path == "/keys":
            return httpx2.Response(200, json=self.keys.as_dict(private=False))
        if path == "/me":
            return httpx2.Response(200, json=self.userinfo)
        assert path == "/token"
        self.authorization = request.headers.get("authorization", "")
        form = parse_qs((await request.aread()).decode())
        proof = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != self.challenge:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        body = {"access_token": "at", "token_type": "Bearer", "id_token": self.raw_token or self.token()}
        return httpx2.Response(200, json=body)

    def token(self) -> str:
        return jwt.encode(self.header, self.claims, self.signing, algorithms=["RS256", "ES256", "HS256"])

    def meet(self, begun: Begun) -> None:
        """Take the browser in, as the provider's page does."""
        asked = parse_qs(urlsplit(begun.url).query)
        assert asked["code_challenge_method"] == ["S256"]
        self.challenge = asked["code_challenge"][0]
        now = int(self.clock.now().timestamp())
        stamped = {"iss": ISSUER, "sub": "ada-1", "aud": "outlast", "iat": now, "exp": now + 300}
        self.claims |= stamped | {"nonce": asked["nonce"][0]}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def client(provider: Provider, clock: ManualClock) -> OidcClient:
    asked = OidcProvider("corp", "Corp", ISSUER, "outlast", "secret", sign_up=True)
    return OidcClient(asked, clock=clock, transport=provider)


async def _signed_in(
    client: OidcClient, provider: Provider, changed: Mapping[str, object] | None = None, *, iss: str | None = None
) -> Identity:
    begun = await client.begin(BACK)
    provider.meet(begun)
    provider.claims = {name: value for name, value in (provider.claims | dict(changed or {})).items() if value != ""}
    return await client.finish(begun, ProviderAnswer(state=begun.state, code="c", iss=iss), redirect_uri=BACK)


async def test_a_true_token_names_a_person(client: OidcClient, provider: Provider) -> None:
    identity = await _signed_in(client, provider)
    assert identity == Identity(ISSUER, "ada-1", "ada@example.com", True, "Ada")
    assert provider.authorization.startswith("Basic ")
    assert provider.asked == ["/.well-known/openid-configuration", "/token", "/keys"]


async def test_metadata_and_keys_are_kept_for_an_hour(
    client: OidcClient, provider: Provider, clock: ManualClock
) -> None:
    await _signed_in(client, provider)
    provider.claims = {}
    await _signed_in(client, provider)
    assert provider.asked.count("/keys") == 1
    clock.advance(timedelta(minutes=61))
    provider.claims = {}
    await _signed_in(client, provider)
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example.com"},
        {"aud": "another"},
        {"aud": ["outlast", "another"], "azp": "another"},
        {"nonce": "another"},
        {"nonce": ""},
        {"sub": ""},
        {"exp": ""},
        {"iat": ""},
        {"exp": 1},
        {"exp": "soon"},
        {"nbf": 2**40},
        {"iat": 2**40},
        {"at_hash": "wrong"},
        {"iss": ["https://id.example.com"]},
    ],
    ids=str,
)
async def test_a_token_of_something_else_is_refused(
    client: OidcClient, provider: Provider, changed: dict[str, object]
) -> None:
    """[security 61] The nonce is of this flow, and issuer, audience and times are checked."""
    with pytest.raises(ProviderRefused):
        await _signed_in(client, provider, changed)


async def test_a_token_signed_by_another_key_is_refused(client: OidcClient, provider: Provider) -> None:
    provider.signing = OTHER_KEY
    with pytest.raises(ProviderRefused):
        await _signed_in(client, provider)


async def test_a_token_signed_with_our_secret_or_not_at_all_is_refused(client: OidcClient, provider: Provider) -> None:
    provider.signing = OctKey.import_key("secret" * 8)
    provider.header = {"alg": "HS256", "kid": "good"}
    with pytest.raises(ProviderRefused):
        await _signed_in(client, provider)
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    body = provider.token().split(".")[1]
    provider.raw_token = f"{header}.{body}."
    with pytest.raises(ProviderRefused):
        await _signed_in(client, provider)


async def test_new_keys_of_the_provider_are_fetched_but_not_without_end(
    client: OidcClient, provider: Provider, clock: ManualClock
) -> None:
    await _signed_in(client, provider)
    provider.keys, provider.signing = KeySet([NEW_KEY]), NEW_KEY
    provider.header = {"alg": "ES256", "kid": "new"}
    provider.claims = {}
    clock.advance(timedelta(minutes=1))
    assert (await _signed_in(client, provider)).subject == "ada-1"
    provider.header = {"alg": "ES256", "kid": "made up"}
    provider.claims = {}
    for _ in range(5):
        with pytest.raises(ProviderRefused):
            await _signed_in(client, provider)
    assert provider.asked.count("/keys") == 2


async def test_a_code_is_of_no_use_to_another_browser(client: OidcClient, provider: Provider) -> None:
    """[security 61] State and PKCE bind a flow to the browser that began it."""
    victim, attacker = await client.begin(BACK), await client.begin(BACK)
    provider.meet(victim)
    with pytest.raises(ProviderRefused):
        await client.finish(attacker, ProviderAnswer(state=victim.state, code="c"), redirect_uri=BACK)
    with pytest.raises(ProviderRefused):
        await client.finish(attacker, ProviderAnswer(state=attacker.state, code="c"), redirect_uri=BACK)
    assert len({victim.state, victim.nonce, victim.verifier, attacker.state, attacker.nonce, attacker.verifier}) == 6


async def test_an_answer_of_another_provider_is_refused(client: OidcClient, provider: Provider) -> None:
    """[security 61] Mix-up of providers (RFC 9207)."""
    with pytest.raises(ProviderRefused):
        await _signed_in(client, provider, iss="https://evil.example.com")
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    fresh = OidcClient(client.provider, clock=provider.clock, transport=provider)
    with pytest.raises(ProviderRefused):
        await _signed_in(fresh, provider)
    assert (await _signed_in(fresh, provider, iss=ISSUER)).subject == "ada-1"


async def test_who_said_no_is_not_signed_in(client: OidcClient) -> None:
    begun = await client.begin(BACK)
    with pytest.raises(ProviderRefused):
        await client.finish(begun, ProviderAnswer(state=begun.state, error="access_denied"), redirect_uri=BACK)


async def test_the_e_mail_is_asked_for_when_the_token_has_none(client: OidcClient, provider: Provider) -> None:
    provider.claims = {}
    identity = await _signed_in(client, provider)
    assert (identity.email, identity.email_verified) == ("info@example.com", True)


async def test_what_is_told_of_another_person_is_refused(client: OidcClient, provider: Provider) -> None:
    provider.claims, provider.userinfo = {}, {"sub": "eve", "email": "ada@example.com"}
    with pytest.raises(ProviderRefused):
        await _signed_in(client, provider)


@pytest.mark.parametrize("verified", ["true", 1, None, "yes"])
async def test_only_a_true_that_is_true_means_verified(
    client: OidcClient, provider: Provider, verified: object
) -> None:
    identity = await _signed_in(client, provider, {"email_verified": verified})
    assert identity.email_verified is False


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://evil.example.com"},
        {"issuer": f"{ISSUER}/"},
        {"token_endpoint": "http://id.example.com/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"userinfo_endpoint": "http://id.example.com/me"},
    ],
    ids=str,
)
async def test_metadata_that_is_wrong_or_unsafe_is_refused(
    client: OidcClient, provider: Provider, changed: dict[str, object]
) -> None:
    provider.metadata |= changed
    with pytest.raises(ProviderUnavailable):
        await client.begin(BACK)


async def test_a_provider_that_is_away_is_said_so(clock: ManualClock) -> None:
    class Away(httpx2.AsyncBaseTransport):
        @override
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            raise httpx2.ConnectError("no route")

    away = OidcClient(OidcProvider("corp", "Corp", ISSUER, "outlast"), clock=clock, transport=Away())
    with pytest.raises(ProviderUnavailable):
        await away.begin(BACK)


async def test_a_public_client_sends_no_secret(provider: Provider, clock: ManualClock) -> None:
    public = OidcClient(OidcProvider("corp", "Corp", ISSUER, "outlast"), clock=clock, transport=provider)
    await _signed_in(public, provider)
    assert provider.authorization == ""


@pytest.mark.parametrize("url", ["https://id.example.com/x", "http://127.0.0.1:1/x", "http://[::1]/x"])
def test_secrets_go_by_https_or_stay_here(url: str) -> None:
    assert is_safe(url)
    assert not is_safe(url.replace("https:", "http:").replace("127.0.0.1", "10.0.0.1").replace("[::1]", "[::2]"))
