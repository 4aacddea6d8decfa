"""Tokens that only chance makes."""

from __future__ import annotations

import pytest

from outlast.ee.cloud.auth import opaque
from outlast.ee.cloud.auth.opaque import Kind


def test_a_token_holds_256_bits_from_the_systems_source_and_never_repeats() -> None:
    """[security 4]"""
    made = {opaque.new_token(Kind.PERSONAL) for _ in range(100_000)}
    assert len(made) == 100_000
    assert {len(token) for token in made} == {4 + 43 + 6}
    assert opaque.SECRET_BYTES * 8 == 256
    assert len({token[4:12] for token in made}) > 99_000


def test_all_bits_of_a_secret_are_in_its_token() -> None:
    lowest, highest = opaque.token_of(Kind.LINK, bytes(32)), opaque.token_of(Kind.LINK, b"\xff" * 32)
    assert lowest[4:-6] == "0" * 43
    assert len(highest) == len(lowest)
    one_bit = {opaque.token_of(Kind.LINK, (1 << bit).to_bytes(32, "big")) for bit in range(256)}
    assert len(one_bit) == 256


@pytest.mark.parametrize("kind", Kind)
def test_a_token_is_of_one_kind_alone(kind: Kind) -> None:
    """[security 30]"""
    token = opaque.new_token(kind)
    assert [other for other in Kind if opaque.is_token(other, token)] == [kind]


def test_a_mistyped_token_is_told_from_a_revoked_one() -> None:
    token = opaque.new_token(Kind.PERSONAL)
    for at in range(4, len(token)):
        other = "a" if token[at] != "a" else "b"
        assert not opaque.is_token(Kind.PERSONAL, token[:at] + other + token[at + 1 :])
    for odd in ("", "olt_", token[:-1], token + "0", token[:-1] + "é", token[:10] + "\ud800" + token[11:], f" {token}"):
        assert not opaque.is_token(Kind.PERSONAL, odd)


@pytest.mark.parametrize("kind", Kind)
def test_a_secret_is_read_back_from_its_token_alone(kind: Kind) -> None:
    for secret in (bytes(kind.size), b"\xff" * kind.size, bytes(range(kind.size))):
        token = opaque.token_of(kind, secret)
        assert opaque.secret_of(kind, token) == secret
        assert opaque.secret_of(kind, token[:-1]) is None


def test_a_digest_does_not_tell_the_token() -> None:
    """[security 5]"""
    token = opaque.new_token(Kind.PERSONAL)
    assert len(opaque.digest(token)) == 64
    assert opaque.digest(token) == opaque.digest(token)
    assert token[4:] not in opaque.digest(token)
    assert opaque.digest("\ud800")
