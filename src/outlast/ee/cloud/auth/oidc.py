"""Log-in by another provider: OpenID Connect's authorisation code flow, with PKCE.

The browser that begins a flow is the one that may end it (RFC 9700 §4.7): what the flow needs later goes to it
sealed, in a cookie, and the server keeps nothing. The provider sends the browser back to one of the server's *pages*,
which posts the code: so no GET signs anybody in.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from outlast.ee.cloud.auth.factor_errors import ProviderRefused, ProviderUnavailable
from outlast.ee.cloud.auth.oidc_metadata import (
    ALGORITHMS,
    Begun,
    Identity,
    Metadata,
    OidcProvider,
    ProviderAnswer,
    read_metadata,
)
from outlast.kit.clock import Clock

TIMEOUT = timedelta(seconds=10)
LEEWAY = timedelta(seconds=60)
METADATA_AGE = timedelta(hours=1)
KEYS_PAUSE = timedelta(seconds=30)
"""Between two looks at a provider's keys: who sends made-up key ids can't make us ask without end."""
MAX_CODE_CHARACTERS = 4096

T = TypeVar("T")


class OidcClient:
    """Log-ins at one provider. Its metadata and keys are fetched when needed, and kept for an hour.

    Args:
        provider: which.
        clock: tells when a token is over.
        transport: how requests go out, if not by TCP.
    """

    def __init__(
        self, provider: OidcProvider, *, clock: Clock, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._transport = transport
        self.provider = provider
        self._clock = clock
        self._metadata: _Kept[Metadata] | None = None
        self._keys: _Kept[KeySet] | None = None

    async def begin(self, redirect_uri: str, *, anew: bool = False) -> Begun:
        """Begin a flow.

        Args:
            redirect_uri: the server's page that the browser comes back to; registered at the provider, and one for
                each provider, so that a code of one never goes to another (RFC 9700 §4.4).
            anew: the person must prove there again who they are (OIDC Core §3.1.2.1); `Identity.proved_at` tells
                whether they did.

        Raises:
            ProviderUnavailable: its metadata can't be had.
        """
        metadata = await self._discover()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        verifier += secrets.token_urlsafe(16)
        wanted = {"prompt": "login", "max_age": "0"} if anew else {}
        async with self._session(redirect_uri, metadata) as session:
            url, _ = session.create_authorization_url(
                metadata.authorization_endpoint, state=state, code_verifier=verifier, nonce=nonce, **wanted
            )
        return Begun(url=str(url), state=state, nonce=nonce, verifier=verifier)

    async def finish(self, begun: Begun, answer: ProviderAnswer, *, redirect_uri: str) -> Identity:
        """End a flow: trade the code for an ID token, and verify that.

        Args:
            begun: what this browser's cookie held.
            answer: what the provider sent along with the browser.
            redirect_uri: as it was given to `begin`.

        Raises:
            ProviderRefused: the answer is another flow's, the person said no, or the token is not what it must be.
            ProviderUnavailable: the provider can't be asked.
        """
        if not hmac.compare_digest(answer.state.encode(), begun.state.encode()):
            raise ProviderRefused("This log-in was not begun by this browser; begin it again.")
        metadata = await self._discover()
        if answer.iss != metadata.issuer and (answer.iss is not None or metadata.tells_issuer):
            raise ProviderRefused("This answer is of another provider (RFC 9207); begin the log-in again.")
        if answer.error or not answer.code or len(answer.code) > MAX_CODE_CHARACTERS:
            raise ProviderRefused(f"{self.provider.title} did not sign you in; begin the log-in again.")
        async with self._session(redirect_uri, metadata) as session:
            token = await self._asked(
                session.fetch_token(metadata.token_endpoint, code=answer.code, code_verifier=begun.verifier)
            )
            claims = await self._verified(token, begun.nonce, metadata)
            told = claims if "email" in claims else {**await self._userinfo(session, claims, metadata), **claims}
        return Identity(
            issuer=metadata.issuer,
            subject=str(claims["sub"]),
            email=_text(told.get("email")),
            email_verified=told.get("email_verified") is True,
            name=_text(told.get("name")),
            proved_at=_moment(claims.get("auth_time")),
        )

    def _session(self, redirect_uri: str, metadata: Metadata) -> AsyncOAuth2Client:
        method = metadata.token_method if self.provider.client_secret else "none"
        return AsyncOAuth2Client(
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret or None,
            token_endpoint_auth_method=method,
            scope=" ".join(self.provider.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT.total_seconds(),
            follow_redirects=False,
            transport=self._transport,
        )

    async def _discover(self) -> Metadata:
        now = self._clock.now()
        if self._metadata is None or now - self._metadata.at > METADATA_AGE:
            url = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            self._metadata = _Kept(now, read_metadata(await self._get(url), self.provider.issuer))
        return self._metadata.value

    async def _key_set(self, metadata: Metadata, *, anew: bool) -> KeySet:
        now = self._clock.now()
        kept = self._keys
        if kept is None or now - kept.at > (KEYS_PAUSE if anew else METADATA_AGE):
            document = await self._get(metadata.jwks_uri)
            try:
                kept = self._keys = _Kept(now, KeySet.import_key_set(document))  # type: ignore[arg-type]  # it checks
            except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
                raise ProviderUnavailable("The provider's keys can't be read; tell the server's operator.") from error
        return kept.value

    async def _verified(self, token: Mapping[str, object], nonce: str, metadata: Metadata) -> Mapping[str, object]:
        """The claims of an ID token, verified as OIDC Core §3.1.3.7 has it."""
        text = token.get("id_token")
        if not isinstance(text, str):
            raise ProviderRefused("The provider sent no ID token; tell the server's operator.")
        try:
            try:
                decoded = jwt.decode(text, await self._key_set(metadata, anew=False), algorithms=ALGORITHMS)
            except (InvalidKeyIdError, ValueError):  # the provider has new keys
                decoded = jwt.decode(text, await self._key_set(metadata, anew=True), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": metadata.issuer},
                    "aud": {"essential": True, "value": self.provider.client_id},
                    "sub": {"essential": True},
                },
                params={
                    "nonce": nonce,
                    "client_id": self.provider.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(int(self._clock.now().timestamp()), int(LEEWAY.total_seconds()))
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderRefused("The provider's ID token is not valid for this log-in; begin it again.") from error
        return claims

    async def _userinfo(
        self, session: AsyncOAuth2Client, claims: Mapping[str, object], metadata: Metadata
    ) -> Mapping[str, object]:
        """What the provider tells beside the ID token; only if it is of the same person (OIDC Core §5.3.2)."""
        if not metadata.userinfo_endpoint:
            return {}
        told = _document(await self._asked(session.get(metadata.userinfo_endpoint)))
        if told.get("sub") != claims["sub"]:
            raise ProviderRefused("The provider told of another person than it signed in; begin the log-in again.")
        return told

    async def _get(self, url: str) -> Mapping[str, object]:
        timeout_s = TIMEOUT.total_seconds()
        async with httpx2.AsyncClient(timeout=timeout_s, follow_redirects=False, transport=self._transport) as client:
            return _document(await self._asked(client.get(url)))

    async def _asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(f"{self.provider.title} can't be reached now; try again.") from error
        except (AuthlibBaseError, ValueError) as error:
            raise ProviderRefused(f"{self.provider.title} did not sign you in; begin the log-in again.") from error


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    at: datetime
    value: T


def _document(response: httpx2.Response) -> Mapping[str, object]:
    try:
        document = response.raise_for_status().json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderUnavailable("The log-in provider does not answer as it must; try again.") from error
    if not isinstance(document, dict):
        raise ProviderUnavailable("The log-in provider does not answer as it must; tell the server's operator.")
    return document


def _moment(value: object) -> datetime | None:
    is_time = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 2**40
    return datetime.fromtimestamp(value, UTC) if is_time else None  # type: ignore[arg-type]  # a number


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
