"""Who makes a request: by a bearer token (an access token or a personal one) or by a browser's cookie."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import HTTPConnection

from outlast.ee.cloud.auth import opaque
from outlast.ee.cloud.auth.access_tokens import Claims
from outlast.ee.cloud.auth.cookies import jar_of
from outlast.ee.cloud.auth.credentials import Credentials, Device, Key
from outlast.ee.cloud.auth.errors import TokenInAddress
from outlast.ee.cloud.browser import check_site
from outlast.ee.cloud.caller import Caller, Origin
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.errors import InvalidToken

_SCHEME = "bearer "


class RequestAuthenticator:
    """Tells who makes a request (the `outlast.ee.cloud.context.Authenticator` port)."""

    def __init__(self, cloud: Cloud, credentials: Credentials) -> None:
        self._cloud = cloud
        self._credentials = credentials

    async def authenticate(self, connection: HTTPConnection, origin: Origin) -> Caller | None:
        """Who it is; None when the request holds no credential, or only a browser's cookie that is over.

        Raises:
            InvalidToken: the bearer token is not good, or a cookie of another sign-in came along with it.
            TokenInAddress: a token stands in the query.
            CrossSite: a cookie came along with another site's request.
        """
        await self._credentials.keys.make_ready(self._cloud.clock.now())
        _refuse_tokens_in_address(connection)
        headers = connection.headers
        given = headers.get("authorization")
        by_cookie = await self._by_cookie(connection) if "cookie" in headers else None
        if given is not None:
            caller = await self._by_bearer(given)
            if by_cookie is not None and by_cookie.session.id != caller.login_session_id:
                raise InvalidToken("The request holds two different sign-ins; send the token or the cookie.")
            return caller
        if by_cookie is None:
            return None
        check_site(connection.scope["method"], headers)
        await self._credentials.note_use(by_cookie)
        return replace(by_cookie.caller, cookie=True)

    async def still_good(self, caller: Caller) -> bool:
        """Whether the credential is good as of now, at most a second late."""
        if caller.login_session_id is not None:
            device = await self._credentials.device(caller.login_session_id)
            return device is not None
        return caller.token_id is not None and await self._credentials.key_is_good(caller.token_id)

    async def device_of(self, access_token: str) -> tuple[Device, Claims]:
        """The device that an access token speaks for.

        Raises:
            InvalidToken: the token is not good, or its device is logged out.
        """
        now, tokens = self._cloud.clock.now(), self._credentials.access_tokens
        if tokens.is_of_unknown_key(access_token, now=now):
            await self._credentials.keys.reload()
        claims = tokens.verify(access_token, now=now)
        session_id, _, epoch = claims.sid.rpartition(".")
        device = await self._credentials.device(session_id)
        if device is not None and str(device.session.epoch) != epoch:
            # The copy held here may be older than the token: its secrets were replaced on another server.
            self._credentials.forget_device(session_id)
            device = await self._credentials.device(session_id)
        if device is None or str(device.session.epoch) != epoch or device.user.id != claims.sub:
            raise InvalidToken
        return device, claims

    async def key_of(self, personal_token: str) -> Key:
        """The personal access token of this text.

        Raises:
            InvalidToken: it is not one, or is revoked or expired.
        """
        key = None
        if opaque.is_token(opaque.Kind.PERSONAL, personal_token):
            key = await self._credentials.key(opaque.digest(personal_token))
        if key is None:
            raise InvalidToken("This token is revoked, expired or unknown; make another.")
        return key

    async def _by_bearer(self, given: str) -> Caller:
        if given[: len(_SCHEME)].lower() != _SCHEME:
            raise InvalidToken("Send a token as: Authorization: Bearer <token>.")
        token = given[len(_SCHEME) :].strip()
        if token.startswith(opaque.Kind.PERSONAL.value):
            key = await self.key_of(token)
            await self._credentials.note_use_of_key(key, opaque.digest(token))
            return key.caller
        device, _ = await self.device_of(token)
        await self._credentials.note_use(device)
        return device.caller

    async def _by_cookie(self, connection: HTTPConnection) -> Device | None:
        """The browser's device; a cookie that is over is none, as the browser sends it whatever is asked."""
        token = connection.cookies.get(jar_of(self._cloud, connection).access)
        if not token:
            return None
        try:
            device, _ = await self.device_of(token)
        except InvalidToken:
            return None
        return device


def _refuse_tokens_in_address(connection: HTTPConnection) -> None:
    """A token in the address ends up in logs and histories, so it opens nothing (RFC 9700 §4.3.2)."""
    if b"access_token=" in connection.scope["query_string"]:
        raise TokenInAddress("Never send a token in an address; send it as: Authorization: Bearer <token>.")
