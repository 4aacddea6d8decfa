"""The tokens that a client shows, and how it gets new ones before the old are over."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import timedelta
from typing import Protocol

import httpx
import msgspec
from typing_extensions import override

from outlast.client.problems import error_of
from outlast.kit.errors import Unauthenticated
from outlast.protocol.codec import decode_json, encode_json

EARLY = timedelta(seconds=30)
"""An access token that ends so soon is not shown any more: it might end on its way."""

REFRESH_PATH = "/api/v1/auth/sessions/refresh"
_UNAUTHENTICATED = 401


class Issued(msgspec.Struct, kw_only=True):
    """What the server answers a log-in or a refresh with (RFC 6749 §5.1)."""

    access_token: str
    expires_in: int
    refresh_token: str = ""

    def tokens(self, *, now: float) -> Tokens:
        """What is shown from now (seconds since 1970) on."""
        return Tokens(access=self.access_token, refresh=self.refresh_token, expires_at=now + self.expires_in)


class Tokens(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What proves who calls.

    Attributes:
        access: a bearer token.
        refresh: for a new access token, used once; empty for a token that is good until it is revoked.
        expires_at: when the access token is over, in seconds since 1970; None for never.
    """

    access: str = ""
    refresh: str = ""
    expires_at: float | None = None

    def stale(self, now: float) -> bool:
        """Whether to refresh before the next call."""
        return bool(self.refresh) and self.expires_at is not None and now >= self.expires_at - EARLY.total_seconds()


class Keeper(Protocol):
    """Keeps tokens; what it keeps may be changed by others meanwhile, such as another process."""

    def load(self) -> Tokens:
        """Those to show now."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Keep these instead."""
        ...


class Held:
    """Keeps tokens for the life of a client."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def load(self) -> Tokens:
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        self._tokens = tokens


class Bearer(httpx.Auth):
    """Shows an access token with each request; refreshes it before its end, and when the server knows it no more.

    Two processes that refresh at once get the same successor from the server, so nothing need be locked.

    Args:
        keeper: of the tokens; asked for each request.
        now: tells the time in seconds since 1970.
    """

    def __init__(self, keeper: Keeper, *, now: Callable[[], float] = time.time) -> None:
        self.keeper = keeper
        self._now = now

    @override
    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        tokens = self.keeper.load()
        if tokens.stale(self._now()):
            answer = yield _refresh(request, tokens)
            answer.read()
            tokens = self._keep(answer)
        _show(request, tokens)
        response = yield request
        if _may_refresh(request, response, tokens):
            response.read()
            answer = yield _refresh(request, tokens)
            answer.read()
            _show(request, self._keep(answer))
            yield request

    @override
    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        tokens = self.keeper.load()
        if tokens.stale(self._now()):
            answer = yield _refresh(request, tokens)
            await answer.aread()
            tokens = self._keep(answer)
        _show(request, tokens)
        response = yield request
        if _may_refresh(request, response, tokens):
            await response.aread()
            answer = yield _refresh(request, tokens)
            await answer.aread()
            _show(request, self._keep(answer))
            yield request

    def _keep(self, answer: httpx.Response) -> Tokens:
        if answer.status_code >= 400:
            error = error_of(answer.status_code, answer.content)
            if error.status in (400, _UNAUTHENTICATED):
                raise Unauthenticated("This sign-in is over; sign in again.") from error
            raise error
        tokens = decode_json(answer.content, Issued).tokens(now=self._now())
        self.keeper.save(tokens)
        return tokens


def _show(request: httpx.Request, tokens: Tokens) -> None:
    if tokens.access:
        request.headers["authorization"] = f"Bearer {tokens.access}"


def _refresh(request: httpx.Request, tokens: Tokens) -> httpx.Request:
    return httpx.Request(
        "POST",
        request.url.copy_with(path=REFRESH_PATH, query=None),
        headers={"content-type": "application/json", "accept": "application/json", "x-outlast-request": "1"},
        content=encode_json({"refresh_token": tokens.refresh}),
        extensions=request.extensions,
    )


def _may_refresh(request: httpx.Request, response: httpx.Response, tokens: Tokens) -> bool:
    """Whether the request may be sent again with another token: a body that was read from a file is gone."""
    return (
        response.status_code == _UNAUTHENTICATED
        and "invalid_token" in response.headers.get("www-authenticate", "")
        and bool(tokens.refresh)
        and isinstance(request.stream, httpx.ByteStream)
    )
