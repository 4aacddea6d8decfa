"""Passkeys, against an authenticator made of software."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.auth.ceremonies import (
    authentication_question,
    challenge_of,
    claimed,
    registered,
    registration_question,
    used,
)
from outlast.ee.cloud.auth.factor_errors import PasskeyRefused, PasskeysImpossible
from outlast.ee.cloud.auth.passkeys import KnownPasskey, NewPasskey, relying_party
from tests.authenticator import Authenticator

ORIGIN = "https://outlast.example.com"
PARTY = relying_party(ORIGIN, name="Outlast")
USER = "0190c0de-0000-7000-8000-000000000001"


def _enrolled(authenticator: Authenticator) -> NewPasskey:
    question = registration_question(PARTY, user_id=USER, user_name="ada@example.com", shown_name="Ada")
    answer = authenticator.create(question.options)
    assert challenge_of(answer) == question.challenge
    return registered(PARTY, answer, challenge=question.challenge)


def test_a_passkey_is_made_and_signs_in() -> None:
    authenticator = Authenticator(ORIGIN)
    passkey = _enrolled(authenticator)
    assert passkey.credential_id == authenticator.credential_id
    assert passkey.transports == ("hybrid", "internal")
    question = authentication_question(PARTY)
    answer = authenticator.get(question.options)
    told = claimed(answer)
    assert (told.credential_id, told.challenge, told.user_id) == (passkey.credential_id, question.challenge, USER)
    done = used(PARTY, answer, challenge=question.challenge, public_key=passkey.public_key, sign_count=0)
    assert done.user_verified


def test_the_browser_is_asked_for_a_passkey_that_needs_no_name() -> None:
    known = [KnownPasskey(b"one", ("usb",))]
    question = registration_question(PARTY, user_id=USER, user_name="a@example.com", shown_name="", known=known)
    options = json.loads(question.options)
    assert options["rp"] == {"id": "outlast.example.com", "name": "Outlast"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["excludeCredentials"] == [{"id": "b25l", "type": "public-key", "transports": ["usb"]}]
    asked = json.loads(authentication_question(PARTY).options)
    assert asked["rpId"] == "outlast.example.com"
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"


def test_challenges_never_repeat() -> None:
    challenges = {authentication_question(PARTY).challenge for _ in range(1000)}
    assert len(challenges) == 1000
    assert {len(challenge) for challenge in challenges} == {64}


@pytest.mark.parametrize(
    "authenticator",
    [
        Authenticator("https://evil.example.com"),
        Authenticator("http://outlast.example.com"),
        Authenticator("https://outlast.example.com.evil.example"),
        Authenticator(ORIGIN, verifies=False),
    ],
    ids=["another origin", "no HTTPS", "longer name", "user not verified"],
)
def test_no_passkey_is_made_for_the_wrong_page_or_an_unknown_holder(authenticator: Authenticator) -> None:
    with pytest.raises(PasskeyRefused):
        _enrolled(authenticator)


def test_an_answer_is_good_for_its_own_question_alone() -> None:
    authenticator = Authenticator(ORIGIN)
    passkey = _enrolled(authenticator)
    first, second = authentication_question(PARTY), authentication_question(PARTY)
    with pytest.raises(PasskeyRefused):
        used(
            PARTY,
            authenticator.get(first.options),
            challenge=second.challenge,
            public_key=passkey.public_key,
            sign_count=0,
        )


def test_another_key_is_refused() -> None:
    passkey = _enrolled(Authenticator(ORIGIN))
    other = Authenticator(ORIGIN)
    _enrolled(other)
    question = authentication_question(PARTY)
    answer = other.get(question.options)
    with pytest.raises(PasskeyRefused):
        used(PARTY, answer, challenge=question.challenge, public_key=passkey.public_key, sign_count=0)


def test_a_copy_that_counts_behind_is_refused() -> None:
    authenticator = Authenticator(ORIGIN, counts=True)
    passkey = _enrolled(authenticator)
    question = authentication_question(PARTY)
    answer = authenticator.get(question.options)
    done = used(PARTY, answer, challenge=question.challenge, public_key=passkey.public_key, sign_count=1)
    assert done.sign_count == 2
    with pytest.raises(PasskeyRefused):
        used(PARTY, answer, challenge=question.challenge, public_key=passkey.public_key, sign_count=2)


def test_possession_alone_is_a_second_factor_when_asked_so() -> None:
    authenticator = Authenticator(ORIGIN)
    passkey = _enrolled(authenticator)
    question = authentication_question(PARTY, verify_user=False)
    answer = replace(authenticator, verifies=False).get(question.options)
    with pytest.raises(PasskeyRefused):
        used(PARTY, answer, challenge=question.challenge, public_key=passkey.public_key, sign_count=0)
    done = used(
        PARTY, answer, challenge=question.challenge, public_key=passkey.public_key, sign_count=0, verify_user=False
    )
    assert not done.user_verified


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
def test_what_does_not_parse_is_refused_and_breaks_nothing(value: object) -> None:
    for text in (json.dumps(value), json.dumps({"id": value, "rawId": value, "response": value, "type": "public-key"})):
        for read in (claimed, challenge_of):
            with pytest.raises(PasskeyRefused):
                read(text)
        with pytest.raises(PasskeyRefused):
            registered(PARTY, text, challenge=b"x")
        with pytest.raises(PasskeyRefused):
            used(PARTY, text, challenge=b"x", public_key=b"y", sign_count=0)


@pytest.mark.parametrize("text", ["[" * 20_000, "x" * 100_000])
def test_what_is_too_deep_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(PasskeyRefused):
        claimed(text)


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8000", "http://outlast.example.com", "https://10.0.0.1", "https://[::1]", "https://"]
)
def test_browsers_make_no_passkeys_for_addresses_or_without_https(origin: str) -> None:
    with pytest.raises(PasskeysImpossible):
        relying_party(origin, name="Outlast")


def test_localhost_needs_no_https() -> None:
    assert relying_party("http://localhost:8000", name="Outlast").id == "localhost"
