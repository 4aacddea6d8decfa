"""Refresh tokens in use, and tokens that are looked at or revoked by whoever holds them."""

from __future__ import annotations

from dataclasses import replace

from outlast.ee.cloud import audit
from outlast.ee.cloud.auth import events, notices, opaque, repository, repository_tokens, rotation
from outlast.ee.cloud.auth import repository_sign_in as devices
from outlast.ee.cloud.auth.authenticating import RequestAuthenticator
from outlast.ee.cloud.auth.credentials import credentials_of
from outlast.ee.cloud.auth.opaque import Kind
from outlast.ee.cloud.auth.people import Family, LoginSession
from outlast.ee.cloud.auth.rotation import Outcome
from outlast.ee.cloud.auth.schemas import Introspection
from outlast.ee.cloud.auth.sign_in import Opened, end_device, issue
from outlast.ee.cloud.errors import InvalidToken
from outlast.ee.cloud.unit import Unit

REUSED = "refresh_token_reused"


async def refresh(unit: Unit, token: str) -> Opened | None:
    """Use a refresh token.

    What it finds out (a token used twice) is committed, also when there is nothing to give: so the refusal is no
    error here.

    Args:
        unit: one transaction; the device's row stays locked to its end.
        token: as it was presented.

    Returns:
        The device with fresh tokens; for a retry within the grace, the same refresh token as the first time. None if
        the token is refused.
    """
    presented = rotation.read(token)
    family = await devices.family(unit, presented.selector) if presented is not None else None
    if presented is None or family is None or not family.device.is_good(unit.now):
        return None
    user = await repository.by_id(unit, family.device.user_id)
    if user.disabled_at is not None:
        return None
    use = rotation.use(family.lineage, presented.secret, now=unit.now, grace=unit.cloud.settings.refresh_grace)
    if use.outcome is Outcome.REUSED:
        await _end_family(unit, family, email=user.email)
    if use.secret is None:
        return None
    device = family.device.used(unit.now, idle=unit.cloud.settings.login_idle)
    if use.outcome is Outcome.ROTATED:
        device = replace(device, ip=unit.origin.ip)
        await devices.keep_lineage(unit, device.id, use.lineage)
        await devices.change(
            unit, device.id, last_used_at=device.last_used_at, idle_ends_at=device.idle_ends_at, ip=device.ip
        )
        await repository.saw(unit, user.id)
        # What is held here still has the old idle end.
        credentials = credentials_of(unit)
        unit.after_commit(lambda: credentials.forget_device(device.id))
    token = rotation.with_secret(token, use.secret)
    return Opened(device=device, user=user, access=issue(unit, device), refresh_token=token)


async def _end_family(unit: Unit, family: Family, *, email: str) -> None:
    """Somebody else has, or had, this device's tokens: it is logged out, and its user told (RFC 9700 §4.14.2)."""
    device = family.device
    await end_device(unit, device, reason=REUSED)
    await audit.record(
        unit,
        "login_session.refresh",
        target="login_session",
        target_id=device.id,
        result="denied",
        code=REUSED,
        details={"device": device.label, "device_ip": device.ip},
        actor_id=device.user_id,
        actor_name=email,
    )
    await events.tell_of_device(unit, events.REFRESH_REUSED, device, reason=REUSED)
    await notices.tell(
        unit,
        email,
        subject="One of your devices was signed out",
        what=f"An old secret of your device {device.label} ({device.ip}) was used again, so it was signed out.",
    )


async def revoke(unit: Unit, authenticator: RequestAuthenticator, token: str) -> None:
    """Make a token, and all that hangs on it, void; what is no good token already is left alone (RFC 7009 §2.2).

    Args:
        unit: over all workspaces, as a personal token tells its workspace itself.
        authenticator: reads access tokens.
        token: of any kind that logs in.
    """
    if opaque.is_token(Kind.PERSONAL, token):
        personal = await repository_tokens.by_digest(unit, opaque.digest(token))
        if personal is not None:
            await revoke_personal(unit, personal.user_id, token_id=personal.id)
        return
    device = await _device_of(unit, authenticator, token)
    if device is not None and device.is_good(unit.now):
        await end_device(unit, device, reason="revoked")
        await audit.record(
            unit, "credential.revoke", target="login_session", target_id=device.id, actor_id=device.user_id
        )


async def revoke_personal(unit: Unit, user_id: str, *, token_id: str) -> bool:
    """Revoke a personal access token; whether it was good."""
    revoked = await repository_tokens.revoke(unit, user_id, token_id=token_id)
    if revoked:
        await audit.record(unit, "token.revoke", target="token", target_id=token_id, actor_id=user_id)
        await events.tell_of_token(unit, events.TOKEN_REVOKED, user_id=user_id, token_id=token_id)
        credentials = credentials_of(unit)
        unit.after_commit(lambda: credentials.forget_user(user_id))
    return bool(revoked)


async def _device_of(unit: Unit, authenticator: RequestAuthenticator, token: str) -> LoginSession | None:
    presented = rotation.read(token)
    if presented is not None:
        family = await devices.family(unit, presented.selector)
        return family.device if family is not None else None
    try:
        found, _ = await authenticator.device_of(token)
    except InvalidToken:
        return None
    return found.session


async def introspect(authenticator: RequestAuthenticator, token: str) -> Introspection:
    """Say what a token is (RFC 7662); of one that is not good, only that it is not."""
    try:
        if opaque.is_token(Kind.PERSONAL, token):
            key = await authenticator.key_of(token)
            return Introspection(
                active=True,
                token_type="personal",  # noqa: S106  a kind
                sub=key.user.id,
                username=key.user.email,
                scope=" ".join(sorted(key.token.scopes)),
                workspace_id=key.token.workspace_id,
                exp=int(key.token.expires_at.timestamp()) if key.token.expires_at else None,
                iat=int(key.token.created_at.timestamp()),
            )
        device, claims = await authenticator.device_of(token)
    except InvalidToken:
        return Introspection(active=False)
    return Introspection(
        active=True,
        token_type="Bearer",  # noqa: S106  a kind
        sub=claims.sub,
        username=device.user.email,
        sid=device.session.id,
        jti=claims.jti,
        iss=claims.iss,
        aud=claims.aud,
        iat=claims.iat,
        nbf=claims.nbf,
        exp=claims.exp,
    )
