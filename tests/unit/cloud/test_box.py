"""Sealing what the database holds."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from outlast.ee.cloud.box import SealBroken, SecretBox, load_key
from outlast.kit.settings import InvalidSettings

KEY = b"k" * 32


def test_what_is_sealed_opens_with_the_same_key_and_purpose() -> None:
    sealed = SecretBox(KEY).seal(b"a secret", purpose="totp")
    assert b"a secret" not in sealed
    assert SecretBox(KEY).open(sealed, purpose="totp") == b"a secret"


@pytest.mark.parametrize("harm", ["another key", "another purpose", "a changed byte", "a cut"])
def test_what_is_not_exactly_right_does_not_open(harm: str) -> None:
    sealed = SecretBox(KEY).seal(b"a secret", purpose="totp")
    box = SecretBox(b"o" * 32) if harm == "another key" else SecretBox(KEY)
    given = {"a changed byte": sealed[:-1] + bytes([sealed[-1] ^ 1]), "a cut": sealed[:5]}.get(harm, sealed)
    with pytest.raises(SealBroken):
        box.open(given, purpose="mail" if harm == "another purpose" else "totp")


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    box = SecretBox(KEY)
    assert box.seal(b"a secret", purpose="totp") != box.seal(b"a secret", purpose="totp")


def test_a_short_key_stops_the_start() -> None:
    """[security 48]"""
    with pytest.raises(InvalidSettings, match="OUTLAST_SECRET_KEY"):
        SecretBox(b"short")


def test_the_key_is_made_once_and_for_its_user_alone(tmp_path: Path) -> None:
    key = load_key(tmp_path / "keys")
    assert len(key) >= 32
    assert load_key(tmp_path / "keys") == key
    assert stat.S_IMODE((tmp_path / "keys" / "box").stat().st_mode) == 0o600


def test_keys_of_two_purposes_differ_from_each_other_and_from_the_box() -> None:
    box = SecretBox(KEY)
    assert len({box.derive("a"), box.derive("b"), KEY}) == 3
    assert box.derive("a") == SecretBox(KEY).derive("a")
