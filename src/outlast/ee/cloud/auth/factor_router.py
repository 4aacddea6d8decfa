"""``/auth``: the authenticator app, recovery codes and passkeys of one's own account."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from outlast.ee.cloud import audit
from outlast.ee.cloud.auth import factor_repository, factors, notices, passkey_service, repository
from outlast.ee.cloud.auth import factor_schemas as wire
from outlast.ee.cloud.auth.factor_errors import (
    FactorRefused,
    FactorThere,
    NoFactor,
    PasskeyNotFound,
    PasskeyRefused,
    PasskeysImpossible,
)
from outlast.ee.cloud.auth.factor_repository import Passkey
from outlast.ee.cloud.auth.passkeys import RelyingParty, relying_party
from outlast.ee.cloud.auth.service import end_login_sessions
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.site import site_url
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import In, Work
from outlast.protocol.codec import Json, decode_json, encode_json

router = cloud_router("/auth", tag="auth")

SERVER_NAME = "Outlast"

KeepOthers = Annotated[bool, Query(description="Leave the other devices signed in. By default they are signed out.")]


@router.get("/factors", **does("factor.list"))
async def list_factors(work: In) -> wire.FactorList:
    """Which second factors the account has."""
    async with work.reading() as unit:
        user_id = unit.caller.user_id
        secret = await factor_repository.totp(unit, user_id)
        return wire.FactorList(
            totp=secret is not None and secret.confirmed,
            passkeys=len(await factor_repository.passkeys_of(unit, user_id)),
            recovery_codes_left=await factor_repository.codes_left(unit, user_id),
        )


@router.post("/totp", **does("totp.enrol", FactorThere, status=201))
async def enrol_app(work: In) -> wire.NewApp:
    """Begin with an authenticator app; a code of it turns it on."""
    async with work.writing() as unit:
        app = await factors.enrol(unit)
        work.headers["cache-control"] = "no-store"
        return wire.NewApp(secret=app.secret, uri=app.uri(account=unit.caller.email, issuer=SERVER_NAME))


@router.post("/totp/confirm", **does("totp.confirm", FactorRefused, FactorThere))
async def confirm_app(work: In, body: wire.Confirmation, *, keep_others: KeepOthers = False) -> wire.RecoveryCodes:
    """Turn the app on. With the account's first second factor come recovery codes, once."""
    async with work.writing() as unit:
        codes = await factors.confirm(unit, body.code.get_secret_value())
        await _changed(unit, "totp.confirm", "An authenticator app was added to your account.", keep_others=keep_others)
    work.headers["cache-control"] = "no-store"
    return wire.RecoveryCodes(recovery_codes=list(codes))


@router.delete("/totp", **does("totp.remove", NoFactor, status=204, modelled=False))
async def remove_app(work: In, *, keep_others: KeepOthers = False) -> Response:
    """Turn the app off."""
    async with work.writing() as unit:
        if not await factors.remove_app(unit):
            raise NoFactor("This account has no authenticator app.")
        what = "The authenticator app was removed from your account."
        await _changed(unit, "totp.remove", what, keep_others=keep_others)
    return Response(status_code=204)


@router.post("/recovery-codes", **does("recovery_codes.renew", NoFactor))
async def renew_codes(work: In) -> wire.RecoveryCodes:
    """Make new recovery codes; those before are void."""
    async with work.writing() as unit:
        if not await factors.kinds(unit, unit.caller.user_id):
            raise NoFactor("There is nothing to recover: add an app or a passkey first.")
        codes = await factors.renew_codes(unit)
        await _changed(unit, "recovery_codes.renew", "New recovery codes were made.", keep_others=True)
    work.headers["cache-control"] = "no-store"
    return wire.RecoveryCodes(recovery_codes=list(codes))


@router.get("/passkeys", **does("passkey.list"))
async def list_passkeys(work: In) -> wire.PasskeyList:
    """The account's passkeys, the oldest first."""
    async with work.reading() as unit:
        return wire.PasskeyList(items=[_item(passkey) for passkey in await passkey_service.of_caller(unit)])


@router.post("/passkeys/options", **does("passkey.ask", FactorThere, PasskeysImpossible))
async def ask_new_passkey(work: In) -> wire.PasskeyQuestion:
    """What to ask the browser for a new passkey."""
    party = party_of(work)
    async with work.writing() as unit:
        caller = unit.caller
        question = await passkey_service.ask_new(unit, party, user_name=caller.email, shown_name=caller.name)
    return question_view(question.options)


@router.post("/passkeys", **does("passkey.add", PasskeyRefused, PasskeysImpossible, status=201))
async def add_passkey(work: In, body: wire.NewPasskey, *, keep_others: KeepOthers = False) -> wire.PasskeyMade:
    """Add the passkey that the browser made."""
    party = party_of(work)
    async with work.writing() as unit:
        passkey, codes = await passkey_service.add(unit, party, text_of(body.credential), name=body.name)
        await _changed(unit, "passkey.add", "A passkey was added to your account.", keep_others=keep_others)
    work.headers["cache-control"] = "no-store"
    return wire.PasskeyMade(passkey=_item(passkey), recovery_codes=list(codes))


@router.patch("/passkeys/{passkey_id}", **does("passkey.rename", PasskeyNotFound, status=204, modelled=False))
async def rename_passkey(work: In, passkey_id: str, body: wire.PasskeyName) -> Response:
    """Name a passkey."""
    async with work.writing() as unit:
        await passkey_service.rename(unit, passkey_id, name=body.name)
    return Response(status_code=204)


@router.delete("/passkeys/{passkey_id}", **does("passkey.remove", PasskeyNotFound, status=204, modelled=False))
async def remove_passkey(work: In, passkey_id: str, *, keep_others: KeepOthers = False) -> Response:
    """Remove a passkey."""
    async with work.writing() as unit:
        await passkey_service.remove(unit, passkey_id)
        await _changed(unit, "passkey.remove", "A passkey was removed from your account.", keep_others=keep_others)
    return Response(status_code=204)


def party_of(work: Work) -> RelyingParty:
    """This server, as the asking browser's passkeys know it.

    Raises:
        PasskeysImpossible: browsers make none for the address that it is opened by.
    """
    return relying_party(site_url(work.cloud, work.connection), name=SERVER_NAME)


def question_view(options: str) -> wire.PasskeyQuestion:
    """A question for the browser."""
    return wire.PasskeyQuestion(options=decode_json(options, dict[str, Json]))


def text_of(credential: dict[str, Json]) -> str:
    """The browser's answer as its library reads it."""
    return encode_json(credential).decode()


def _item(passkey: Passkey) -> wire.PasskeyItem:
    return wire.PasskeyItem(
        id=passkey.id,
        name=passkey.name,
        backed_up=passkey.backed_up,
        created_at=passkey.created_at,
        last_used_at=passkey.last_used_at,
    )


async def _changed(unit: Unit, verb: str, what: str, *, keep_others: bool) -> None:
    """What follows a change of the factors: who was signed in by the old ones proves it anew (ASVS 7.4.3)."""
    caller = unit.caller
    if not keep_others:
        await end_login_sessions(unit, caller.user_id, reason="factors_changed", except_id=caller.login_session_id)
    await audit.record(unit, verb, target="user", target_id=caller.user_id)
    user = await repository.by_id(unit, caller.user_id)
    await notices.tell(unit, user.email, subject="How you sign in was changed", what=what)
