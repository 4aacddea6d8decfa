"""``/auth``: what goes by mail. Forgotten passwords, proofs of an address, a new address."""

from __future__ import annotations

from starlette.responses import Response

from outlast.ee.cloud import audit
from outlast.ee.cloud.auth import factor_schemas as wire
from outlast.ee.cloud.auth import mail_flows, passwords, repository
from outlast.ee.cloud.auth.answers import check_own_page
from outlast.ee.cloud.auth.errors import EmailTaken, HashingBusy, PasswordRefused
from outlast.ee.cloud.auth.factor_errors import ProofRefused
from outlast.ee.cloud.auth.service import end_login_sessions, set_password
from outlast.ee.cloud.auth.signing_up import hash_password
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.site import site_url
from outlast.ee.cloud.work import In

router = cloud_router("/auth", tag="auth")


@router.post("/password/forgot", **does("password.forget", status=202))
async def forget_password(work: In, body: wire.MailAsk) -> wire.Accepted:
    """Have a mail sent by which a new password can be set, if there is such an account. The answer does not tell."""
    check_own_page(work.connection)
    async with work.writing() as unit:
        await mail_flows.ask(unit, purpose="reset", email=body.email, site=site_url(work.cloud, work.connection))
    return wire.Accepted()


@router.post(
    "/password/reset", **does("password.reset", ProofRefused, PasswordRefused, HashingBusy, status=204, modelled=False)
)
async def reset_password(work: In, body: wire.PasswordReset) -> Response:
    """Set a new password by a mailed token. All devices are signed out, and a second factor stays asked for."""
    check_own_page(work.connection)
    password = body.password.get_secret_value()
    hashed = await hash_password(work.cloud, password)
    async with work.writing() as unit:
        user, _ = await mail_flows.take(unit, body.token.get_secret_value(), purpose="reset")
        passwords.check(password, context=(user.email, user.name))
        await set_password(unit, user.id, password_hash=hashed)
        if user.verified_at is None:  # who reads the mail owns the address
            await repository.change(unit, user.id, verified_at=unit.now)
    return Response(status_code=204)


@router.post("/email/verification", **does("email.ask_proof", status=202))
async def ask_proof(work: In, body: wire.MailAsk) -> wire.Accepted:
    """Have the mail sent again that confirms an address, if that is still to be done. The answer does not tell."""
    check_own_page(work.connection)
    async with work.writing() as unit:
        await mail_flows.ask(unit, purpose="verify", email=body.email, site=site_url(work.cloud, work.connection))
    return wire.Accepted()


@router.post("/email/verify", **does("email.verify", ProofRefused, status=204, modelled=False))
async def verify_email(work: In, body: wire.MailedProofIn) -> Response:
    """Confirm one's address by a mailed token."""
    check_own_page(work.connection)
    async with work.writing() as unit:
        user = await mail_flows.verify(unit, body.token.get_secret_value())
        await audit.record(unit, "email.verify", target="user", target_id=user.id, actor_id=user.id)
    return Response(status_code=204)


@router.post("/me/email", **does("email.ask_change", status=202))
async def ask_change(work: In, body: wire.EmailChange) -> wire.Accepted:
    """Begin to change one's address: the new one gets a mail that confirms it, the old one is told."""
    async with work.writing() as unit:
        user = await repository.by_id(unit, unit.caller.user_id)
        await mail_flows.ask_change(unit, user, body.email, site=site_url(work.cloud, work.connection))
        await audit.record(unit, "email.ask_change", target="user", target_id=user.id)
    return wire.Accepted()


@router.post("/email/change", **does("email.change", ProofRefused, EmailTaken, status=204, modelled=False))
async def change_email(work: In, body: wire.MailedProofIn) -> Response:
    """Change one's address by the token that the new one got. All devices are signed out."""
    check_own_page(work.connection)
    async with work.writing() as unit:
        user, _ = await mail_flows.change(unit, body.token.get_secret_value())
        await end_login_sessions(unit, user.id, reason="email_changed")
        await audit.record(unit, "email.change", target="user", target_id=user.id, actor_id=user.id)
    return Response(status_code=204)
