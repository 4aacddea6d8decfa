"""What both clients set up alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from outlast.client.account import Me
from outlast.client.tokens import Bearer, Held, Keeper, Tokens
from outlast.kit.errors import NotFound

TIMEOUT = timedelta(seconds=30)

# Each stream that is followed holds a connection for as long as it lasts; calls must not wait for one of those.
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)

HEADERS: Mapping[str, str] = {"accept": "application/json", "x-outlast-request": "1"}
"""The second one says that no page of another site made the request; it is asked of who has no token yet."""


def bearer(token: str | Keeper) -> Bearer:
    """What shows a token that is good until it is revoked, or those that a keeper keeps."""
    return Bearer(Held(Tokens(access=token)) if isinstance(token, str) else token)


def no_cookies() -> CookieJar:
    """A jar that takes none: a cookie beside a token may be another login session's, and is refused."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def active_workspace(me: Me) -> str:
    """The workspace to use where none is named.

    Raises:
        NotFound: the user is a member of none.
    """
    if not me.active_workspace_id:
        raise NotFound(f"{me.email or me.id} is a member of no workspace; accept an invite, or make one.")
    return me.active_workspace_id
