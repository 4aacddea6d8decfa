"""``/auth``: accounts, log-in, and the devices that are one's own."""

from __future__ import annotations

import json

from fastapi import Request
from starlette.responses import Response

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import (
    errors,
    factors,
    passkeys,
    pictures,
    renewal,
    repository,
    second_step,
    service,
    sign_in,
    signing_up,
)
from outlast.ee.cloud.auth import repository_sign_in as devices
from outlast.ee.cloud.auth import schemas as wire
from outlast.ee.cloud.auth.answers import (
    answer_login,
    answer_renewal,
    check_own_page,
    etag_of,
    is_browser,
    json_response,
    known_token,
    me_body,
)
from outlast.ee.cloud.auth.authenticating import RequestAuthenticator
from outlast.ee.cloud.auth.cookies import jar_of
from outlast.ee.cloud.auth.credentials import Credentials
from outlast.ee.cloud.auth.factor_errors import FactorRefused, PasskeyRefused, PasskeysImpossible
from outlast.ee.cloud.auth.people import User
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.errors import CrossSite, StepUpRequired
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.site import site_url
from outlast.ee.cloud.work import In, Work
from outlast.http.bodies import read_body
from outlast.http.problems import PreconditionFailed, PreconditionRequired

router = cloud_router("/auth", tag="auth")

_LOGIN_REFUSES = (errors.WrongCredentials, errors.TooManyAttempts, errors.HashingBusy, CrossSite)
PRODUCT = "Outlast"
_IMMUTABLE = "private, max-age=31536000, immutable"


# First what is asked most: routes are tried in their order.


@router.get("/me", **does("me.read", gives=wire.MeView))
async def me(work: In) -> Response:
    """Who asks."""
    user = await work.cloud.part(Credentials).user(work.caller)
    work.tag(etag_of(user))
    return json_response(me_body(user, work.caller))


@router.post("/sessions/validate", response_model=wire.Introspection, **does("login_session.validate"))
async def validate(work: In, body: wire.PresentedToken) -> Response:
    """Say what a token is (RFC 7662); of one that is not good, only that."""
    found = await renewal.introspect(_authenticator(work), body.token.get_secret_value())
    return json_response(found.model_dump_json(exclude_none=True).encode())


@router.post(
    "/users",
    **does(
        "user.register", errors.SignUpClosed, errors.PasswordRefused, errors.HashingBusy, status=202, modelled=False
    ),
)
async def register(work: In, body: wire.Registration) -> Response:
    """Make an account. The address is confirmed by mail; the answer is the same if it has an account already."""
    check_own_page(work.connection)
    await signing_up.register(
        work.cloud,
        email=body.email,
        name=body.name,
        password=body.password.get_secret_value(),
        origin=work.origin,
        site=site_url(work.cloud, work.connection),
        invite=body.invite.get_secret_value() if body.invite is not None else None,
    )
    return Response(status_code=202, headers={"cache-control": "no-store"})


@router.post(
    "/sessions",
    response_model=wire.LoggedIn,
    **does("login_session.open", *_LOGIN_REFUSES, errors.LinkSpent, factors.SecondFactorRequired, status=201),
)
async def log_in(work: In, body: wire.LogIn) -> Response:
    """Log in on this device. Browsers get cookies, others tokens."""
    check_own_page(work.connection)
    if body.code is not None:
        opened = await sign_in.log_in_by_link(work.cloud, body.code.get_secret_value(), origin=work.origin)
    else:
        assert body.email is not None
        assert body.password is not None
        opened = await sign_in.log_in(
            work.cloud,
            email=body.email,
            password=body.password.get_secret_value(),
            origin=work.origin,
            known=known_token(work),
        )
    return await answer_login(work, opened)


@router.post(
    "/sessions/refresh",
    response_model=wire.LoggedIn,
    **does("login_session.refresh", errors.InvalidGrant, CrossSite),
)
async def refresh(work: In, body: wire.Renewal | None = None) -> Response:
    """Trade a refresh token for a new pair. A retry within seconds gets the same one; a later one ends the device."""
    check_own_page(work.connection)
    token = body.refresh_token.get_secret_value() if body is not None and body.refresh_token is not None else None
    if token is None and is_browser(work.connection):
        token = work.connection.cookies.get(jar_of(work.cloud, work.connection).refresh)
    opened = None
    if token:
        async with units.writing(work.cloud, origin=work.origin) as unit:
            opened = await renewal.refresh(unit, token)
    if opened is None:
        raise errors.InvalidGrant("This refresh token is not, or no longer, good; sign in again.")
    return answer_renewal(work, opened)


@router.post("/revoke", **does("credential.revoke", modelled=False))
async def revoke(work: In, body: wire.PresentedToken) -> Response:
    """Make a token void (RFC 7009): a refresh or access token ends its device. What is none already is no error."""
    check_own_page(work.connection)
    async with units.writing(work.cloud, workspace_id=ALL_WORKSPACES, origin=work.origin) as unit:
        await renewal.revoke(unit, _authenticator(work), body.token.get_secret_value())
    return Response(headers={"cache-control": "no-store"})


@router.get("/keys", **does("signing_key.list"))
async def signing_keys(work: In) -> wire.Jwks:
    """The public keys of access tokens (RFC 7517)."""
    keys = work.cloud.part(Credentials).keys.ring.current(work.cloud.clock.now())
    work.headers["cache-control"] = "max-age=60"
    return wire.Jwks(keys=[wire.Jwk(**key.public()) for key in keys])


@router.get("/sessions", **does("login_session.list"))
async def list_devices(work: In) -> wire.DevicePage:
    """The devices that one is logged in on, the latest first."""
    work.headers["cache-control"] = "no-store"
    async with work.reading() as unit:
        found = await devices.good_of(unit, work.caller.user_id)
    current = work.caller.login_session_id
    return wire.DevicePage(items=[wire.DeviceView.of(device, current=current) for device in found])


@router.delete("/sessions", **does("login_session.end_others", StepUpRequired))
async def end_devices(work: In, others: bool = False) -> wire.EndedSessions:
    """Log out on all devices; with `others`, on all but this one."""
    keep = work.caller.login_session_id if others else None
    async with work.writing() as unit:
        ended = await service.end_login_sessions(unit, work.caller.user_id, reason="ended_by_user", except_id=keep)
    return wire.EndedSessions(ended=len(ended))


@router.delete("/sessions/current", **does("login_session.end_current", status=204, modelled=False))
async def log_out(work: In) -> Response:
    """Log out on this device."""
    async with work.writing() as unit:
        if work.caller.login_session_id is not None:
            device = await service.my_device(unit, work.caller.login_session_id)
            await sign_in.end_device(unit, device, reason="logged_out")
            await service.record_log_out(unit, device)
    response = Response(status_code=204, headers={"cache-control": "no-store"})
    jar_of(work.cloud, work.connection).clear(response)
    return response


@router.get("/sessions/{session_id}", **does("login_session.get", errors.DeviceNotFound))
async def get_device(work: In, session_id: str) -> wire.DeviceView:
    """One of one's devices."""
    work.headers["cache-control"] = "no-store"
    async with work.reading() as unit:
        device = await service.my_device(unit, session_id)
    return wire.DeviceView.of(device, current=work.caller.login_session_id)


@router.delete(
    "/sessions/{session_id}",
    **does("login_session.end", errors.DeviceNotFound, StepUpRequired, status=204, modelled=False),
)
async def end_device(work: In, session_id: str) -> Response:
    """Log out on one of one's devices."""
    async with work.writing() as unit:
        device = await service.my_device(unit, session_id)
        await sign_in.end_device(unit, device, reason="ended_by_user")
        await service.record_log_out(unit, device)
    return Response(status_code=204)


@router.post(
    "/reauthenticate",
    response_model=wire.LoggedIn,
    **does("login_session.prove", *_LOGIN_REFUSES, FactorRefused, PasskeyRefused, PasskeysImpossible),
)
async def reauthenticate(work: In, body: wire.Proof) -> Response:
    """Show again who one is: what needs a fresh proof is open then, and this device has new secrets."""
    if body.password is not None:
        secret = body.password.get_secret_value()
        await service.confirm_password(work.cloud, work.caller, secret, origin=work.origin)
        async with work.writing() as unit:
            opened = await sign_in.prove(unit)
    else:
        shown = second_step.Shown(
            code=body.code.get_secret_value() if body.code is not None else None,
            credential=json.dumps(body.passkey) if body.passkey is not None else None,
            party=passkeys.relying_party(site_url(work.cloud, work.connection), name=PRODUCT) if body.passkey else None,
        )
        opened = await second_step.prove(work.cloud, work.caller, shown, origin=work.origin)
    return answer_renewal(work, opened)


@router.post(
    "/password",
    response_model=wire.LoggedIn,
    **does("password.change", *_LOGIN_REFUSES, errors.PasswordRefused, StepUpRequired),
)
async def change_password(work: In, body: wire.PasswordChange) -> Response:
    """Change one's password. This device goes on with new secrets; all others are logged out, unless told not to."""
    opened = await service.change_password(
        work.cloud,
        work.caller,
        present=body.password.get_secret_value() if body.password is not None else None,
        following=body.new_password.get_secret_value(),
        keep_others=body.keep_other_sessions,
        origin=work.origin,
    )
    return answer_renewal(work, opened)


@router.patch("/me", **does("me.update", PreconditionFailed, PreconditionRequired, gives=wire.MeView, takes=None))
async def change_me(work: In, body: wire.MeChange) -> Response:
    """Change one's name, status, or the workspace one looks at."""
    changes: dict[str, object] = {name: getattr(body, name) for name in body.model_fields_set}
    async with work.writing() as unit:
        user = await repository.by_id(unit, work.caller.user_id, lock=True)
        work.check_match(etag_of(user))
        user = await service.change_me(unit, changes=changes)
    return _me(work, user)


@router.put(
    "/me/avatar",
    **does("avatar.change", errors.AvatarRefused, gives=wire.MeView, takes="application/octet-stream"),
)
async def set_avatar(work: In, request: Request) -> Response:
    """Give oneself a picture: PNG, JPEG, GIF or WebP of 256 KiB at most."""
    content = await read_body(request, max_bytes=pictures.MAX_BYTES)
    media_type = pictures.media_type_of(content)
    async with work.writing() as unit:
        user = await service.set_avatar(unit, media_type=media_type, content=content)
    return _me(work, user)


@router.delete("/me/avatar", **does("avatar.change", gives=wire.MeView))
async def drop_avatar(work: In) -> Response:
    """Take one's picture away."""
    async with work.writing() as unit:
        user = await service.set_avatar(unit, media_type=None)
    return _me(work, user)


@router.get("/avatars/{digest}", **does("avatar.read", errors.AvatarNotFound, gives="image/*"))
async def avatar(work: In, digest: str) -> Response:
    """A picture, by the address that a user's record holds."""
    async with work.reading() as unit:
        found = await repository.avatar(unit, digest) if len(digest) == 64 and digest.isalnum() else None
    if found is None:
        raise errors.AvatarNotFound("There is no such picture.")
    media_type, content = found
    headers = {"cache-control": _IMMUTABLE, "content-security-policy": "default-src 'none'; sandbox"}
    return Response(content, media_type=media_type, headers=headers)


def _me(work: Work, user: User) -> Response:
    work.tag(etag_of(user))
    return json_response(me_body(user, work.caller))


def _authenticator(work: Work) -> RequestAuthenticator:
    authenticator = work.cloud.gates.authenticator
    assert isinstance(authenticator, RequestAuthenticator)
    return authenticator
