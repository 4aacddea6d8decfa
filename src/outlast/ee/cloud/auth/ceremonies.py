"""Passkeys' ceremonies: what to ask the browser, and whether its answer is true. Nothing is stored here.

The challenge that a question carries must be kept by the server, for one answer and a few minutes; the ones who call
see to that. The library behind takes its time to load, so only who needs it imports this.
"""

from __future__ import annotations

from collections.abc import Sequence

import webauthn
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from outlast.ee.cloud.auth.factor_errors import PasskeyRefused
from outlast.ee.cloud.auth.passkeys import (
    PATIENCE,
    Claimed,
    KnownPasskey,
    NewPasskey,
    Question,
    RelyingParty,
    UsedPasskey,
)

MAX_CREDENTIAL_BYTES = 64 * 1024


def registration_question(
    party: RelyingParty, *, user_id: str, user_name: str, shown_name: str, known: Sequence[KnownPasskey] = ()
) -> Question:
    """Ask for a new passkey that can sign in without a name being typed.

    Args:
        party: this server.
        user_id: the account's id; the authenticator gives it back at each log-in.
        user_name: the e-mail.
        shown_name: the user's name.
        known: the passkeys of the account: the same authenticator makes no second one.
    """
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user_id.encode(),
        user_name=user_name,
        user_display_name=shown_name or user_name,
        timeout=int(PATIENCE.total_seconds() * 1000),
        exclude_credentials=[_descriptor(passkey) for passkey in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return Question(webauthn.options_to_json(options), options.challenge)


def registered(party: RelyingParty, answer: str, *, challenge: bytes) -> NewPasskey:
    """Verify the answer to `registration_question` (WebAuthn §7.1).

    Args:
        party: this server.
        answer: the credential's JSON, as the browser gave it.
        challenge: of the question.

    Raises:
        PasskeyRefused: it is not an answer to this question, for this server, by a user who was verified.
    """
    _check_form(answer)
    try:
        done = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
        transports = webauthn.helpers.parse_registration_credential_json(answer).response.transports or []
    except Exception as error:  # broad: a parser of what strangers send may fail in any way, and all mean the same
        raise PasskeyRefused("The passkey could not be made; try again.") from error
    return NewPasskey(
        credential_id=done.credential_id,
        public_key=done.credential_public_key,
        sign_count=done.sign_count,
        transports=tuple(sorted(AuthenticatorTransport(transport).value for transport in transports)),
        backed_up=done.credential_backed_up,
        aaguid=done.aaguid,
    )


def authentication_question(
    party: RelyingParty, *, known: Sequence[KnownPasskey] = (), verify_user: bool = True
) -> Question:
    """Ask for a proof by a passkey.

    Args:
        party: this server.
        known: those that will do; empty for any that the device holds for this server.
        verify_user: the device must know who holds it; without, the proof is of possession alone.
    """
    wanted = UserVerificationRequirement.REQUIRED if verify_user else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        timeout=int(PATIENCE.total_seconds() * 1000),
        allow_credentials=[_descriptor(passkey) for passkey in known],
        user_verification=wanted,
    )
    return Question(webauthn.options_to_json(options), options.challenge)


def used(
    party: RelyingParty, answer: str, *, challenge: bytes, public_key: bytes, sign_count: int, verify_user: bool = True
) -> UsedPasskey:
    """Verify the answer to `authentication_question` (WebAuthn §7.2).

    Args:
        party: this server.
        answer: the credential's JSON, as the browser gave it.
        challenge: of the question.
        public_key: of the passkey that `credential_of` named.
        sign_count: its stored count. An answer that does not count on is by a copy, and refused.
        verify_user: as it was asked.

    Raises:
        PasskeyRefused: the proof is not good.
    """
    _check_form(answer)
    try:
        done = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=verify_user,
        )
    except Exception as error:  # broad: a parser of what strangers send may fail in any way, and all mean the same
        raise PasskeyRefused("This passkey was not accepted; try again, or sign in another way.") from error
    return UsedPasskey(done.new_sign_count, done.user_verified, done.credential_backed_up)


def claimed(answer: str) -> Claimed:
    """Read from an answer which passkey and which question to look for.

    Raises:
        PasskeyRefused: it does not parse.
    """
    _check_form(answer)
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(answer)
        client = parse_client_data_json(credential.response.client_data_json)
        handle = credential.response.user_handle
        return Claimed(credential.raw_id, client.challenge, None if handle is None else handle.decode())
    except Exception as error:  # broad: a parser of what strangers send may fail in any way, and all mean the same
        raise PasskeyRefused("This is not the answer of a passkey.") from error


def challenge_of(answer: str) -> bytes:
    """Read from an answer to a registration which question it is to.

    Raises:
        PasskeyRefused: it does not parse.
    """
    _check_form(answer)
    try:
        credential = webauthn.helpers.parse_registration_credential_json(answer)
        return parse_client_data_json(credential.response.client_data_json).challenge
    except Exception as error:  # broad: a parser of what strangers send may fail in any way, and all mean the same
        raise PasskeyRefused("This is not the answer of a passkey.") from error


def _descriptor(passkey: KnownPasskey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(transport) for transport in passkey.transports]
    return PublicKeyCredentialDescriptor(id=passkey.credential_id, transports=transports or None)


def _check_form(answer: str) -> None:
    if len(answer) > MAX_CREDENTIAL_BYTES:
        raise PasskeyRefused("This is too large for the answer of a passkey.")
