"""``/auth/sessions``: log-ins by passkey, the second step of a log-in, and proofs by a passkey."""

from __future__ import annotations

from starlette.responses import Response

from outlast.ee.cloud.auth import factor_schemas as wire
from outlast.ee.cloud.auth import factors, passkey_service, second_step
from outlast.ee.cloud.auth.answers import answer_login, check_own_page, known_token
from outlast.ee.cloud.auth.errors import TooManyAttempts, WrongCredentials
from outlast.ee.cloud.auth.factor_errors import FactorRefused, PasskeyRefused, PasskeysImpossible, SecondStepOver
from outlast.ee.cloud.auth.factor_router import party_of, question_view, text_of
from outlast.ee.cloud.auth.schemas import LoggedIn
from outlast.ee.cloud.auth.second_step import Shown
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.work import In, Work

router = cloud_router("/auth", tag="auth")


@router.post("/sessions/passkey/options", **does("login_session.ask_passkey", PasskeysImpossible))
async def ask_passkey(work: In) -> wire.PasskeyQuestion:
    """What to ask the browser to log in by a passkey; the device itself chooses which."""
    check_own_page(work.connection)
    party = party_of(work)
    async with work.writing() as unit:
        return question_view((await passkey_service.ask_proof(unit, party)).options)


@router.post(
    "/sessions/passkey",
    **does("login_session.open_by_passkey", PasskeyRefused, PasskeysImpossible, WrongCredentials, status=201),
    response_model=LoggedIn,
)
async def log_in_by_passkey(work: In, body: wire.PasskeySignIn) -> Response:
    """Log in by a passkey: both factors in one."""
    check_own_page(work.connection)
    party = party_of(work)
    credential = text_of(body.credential)
    opened = await second_step.log_in_by_passkey(work.cloud, credential, party, origin=work.origin)
    return await answer_login(work, opened)


@router.post("/sessions/second-factor/options", **does("login_session.ask_second", SecondStepOver, PasskeysImpossible))
async def ask_second(work: In, body: wire.SecondStepAsk) -> wire.PasskeyQuestion:
    """What to ask the browser for a passkey as the second step of a log-in."""
    check_own_page(work.connection)
    step = factors.first_step(work.cloud, body.pending.get_secret_value(), now=work.cloud.clock.now())
    party = party_of(work)
    async with work.writing() as unit:
        return question_view((await passkey_service.ask_proof(unit, party, user_id=step.user_id)).options)


@router.post(
    "/sessions/second-factor",
    **does(
        "login_session.open_second",
        SecondStepOver,
        FactorRefused,
        PasskeyRefused,
        PasskeysImpossible,
        TooManyAttempts,
        WrongCredentials,
        status=201,
    ),
    response_model=LoggedIn,
)
async def log_in_second(work: In, body: wire.SecondStep) -> Response:
    """Make the second step of a log-in, by a code or a passkey. Only now there is a session."""
    check_own_page(work.connection)
    note = body.pending.get_secret_value()
    opened = await second_step.finish(
        work.cloud, note, shown_by(work, body), origin=work.origin, known=known_token(work)
    )
    return await answer_login(work, opened)


@router.post("/reauthenticate/options", **does("login_session.ask_proof", PasskeysImpossible))
async def ask_proof(work: In) -> wire.PasskeyQuestion:
    """What to ask the browser for a passkey as a fresh proof of who the caller is."""
    party = party_of(work)
    async with work.writing() as unit:
        question = await passkey_service.ask_proof(unit, party, user_id=unit.caller.user_id)
    return question_view(question.options)


def shown_by(work: Work, body: wire.SecondStep) -> Shown:
    """What a body shows: a code, or a passkey's answer."""
    if body.code is not None:
        return Shown(code=body.code.get_secret_value())
    assert body.credential is not None, "the model holds one of them"
    return Shown(credential=text_of(body.credential), party=party_of(work))
