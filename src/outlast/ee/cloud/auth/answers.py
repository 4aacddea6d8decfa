"""How a log-in is answered: a browser gets cookies that no script reads, everybody else gets tokens."""

from __future__ import annotations

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import Response

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import opaque
from outlast.ee.cloud.auth.cookies import DEVICE_LASTS, jar_of
from outlast.ee.cloud.auth.people import User
from outlast.ee.cloud.auth.repository_sign_in import remember_device
from outlast.ee.cloud.auth.schemas import DeviceView, LoggedIn, MeView
from outlast.ee.cloud.auth.sign_in import Opened
from outlast.ee.cloud.browser import check_site
from outlast.ee.cloud.caller import Caller
from outlast.ee.cloud.work import Work

AVATARS = "/api/v1/auth/avatars"
NO_STORE = "no-store"


def is_browser(connection: HTTPConnection) -> bool:
    """Whether a page sent the request: every browser says so itself, and no script can keep it from it."""
    return "sec-fetch-site" in connection.headers


def check_own_page(connection: HTTPConnection) -> None:
    """Refuse a log-in, a renewal or a log-out that another site's page sends (ASVS 3.5.1: also for log-ins).

    Raises:
        CrossSite: it came from elsewhere, or does not say.
    """
    if "authorization" not in connection.headers:
        check_site(connection.scope["method"], connection.headers)


def known_token(work: Work) -> str | None:
    """What the browser shows of an earlier log-in, if it shows anything."""
    return work.connection.cookies.get(jar_of(work.cloud, work.connection).device)


async def answer_login(work: Work, opened: Opened) -> Response:
    """Answer a log-in; a browser is known to the account from now on, so that others' failures don't shut it out.

    Args:
        work: of the request; no unit of it is open.
        opened: the device with its secrets.
    """
    response = answer_renewal(work, opened, status=201)
    if is_browser(work.connection):
        jar, token = jar_of(work.cloud, work.connection), known_token(work)
        if token is None or not opaque.is_token(opaque.Kind.DEVICE, token):
            token = opaque.new_token(opaque.Kind.DEVICE)
        async with units.writing(work.cloud) as unit:
            await remember_device(unit, opened.user.id, opaque.digest(token))
        jar.put(response, jar.device, token, lasts=DEVICE_LASTS)
    return response


def answer_renewal(work: Work, opened: Opened, *, status: int = 200) -> Response:
    """Answer a renewal or a step-up: with new secrets for the same device."""
    browser = is_browser(work.connection)
    jar = jar_of(work.cloud, work.connection)
    now = work.cloud.clock.now()
    body = LoggedIn(
        access_token=None if browser else opened.access.token,
        refresh_token=None if browser else opened.refresh_token,
        expires_in=int((opened.access.expires_at - now).total_seconds()),
        session=DeviceView.of(opened.device, current=opened.device.id),
    )
    response = json_response(body.model_dump_json().encode(), status=status)
    if browser:
        lasts = opened.device.good_until - now
        jar.put(response, jar.access, opened.access.token, lasts=lasts)
        jar.put(response, jar.refresh, opened.refresh_token, lasts=lasts)
    return response


def json_response(body: bytes, *, status: int = 200) -> Response:
    """JSON that nobody may keep: it is about an account (RFC 6749 §5.1)."""
    return Response(body, status_code=status, media_type="application/json", headers={"cache-control": NO_STORE})


def me_body(user: User, caller: Caller) -> bytes:
    """The user who asks, as JSON. A token works in its own workspace, whichever its user works in."""
    view = MeView(
        id=user.id,
        email=user.email,
        name=user.name,
        verified=user.verified_at is not None,
        has_password=user.password_hash is not None,
        operator=user.is_operator,
        status=user.status,
        last_seen_at=user.last_seen_at,
        active_workspace_id=caller.workspace_id or user.active_workspace_id,
        avatar_url=f"{AVATARS}/{user.avatar_digest}" if user.avatar_digest else None,
        created_at=user.created_at,
        login_session_id=caller.login_session_id,
    )
    return msgspec.json.encode(view)


def etag_of(user: User) -> str:
    """The version of an account, of what its owner may change (RFC 9110 §8.8.3: strong)."""
    return f'"{user.id}.{user.version}"'
