"""Codes of an authenticator app."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from outlast.ee.cloud.auth.totp import STEP, Authenticator
from outlast.ee.cloud.box import SealBroken, SecretBox

NOW = datetime(2030, 1, 1, 12, 0, 10, tzinfo=UTC)
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890" in base 32


@pytest.mark.parametrize(
    ("at_s", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_the_vectors_of_rfc_6238_are_accepted(at_s: int, code: str) -> None:
    at = datetime.fromtimestamp(at_s, UTC)
    assert Authenticator(RFC_SECRET).step_of(code, at=at) == at_s // 30


def test_a_code_works_once_and_none_before_it_works_after_it() -> None:
    authenticator = Authenticator.new()
    app = pyotp.TOTP(authenticator.secret)
    before, code = app.at(NOW - STEP), app.at(NOW)
    step = authenticator.step_of(code, at=NOW)
    assert step is not None
    assert authenticator.step_of(code, at=NOW, last_used=step) is None
    assert authenticator.step_of(before, at=NOW, last_used=step) is None
    assert authenticator.step_of(app.at(NOW + STEP), at=NOW + STEP, last_used=step) == step + 1


def test_a_clock_may_be_one_step_away_and_no_more() -> None:
    authenticator = Authenticator.new()
    app = pyotp.TOTP(authenticator.secret)
    taken = [steps for steps in range(-3, 4) if authenticator.step_of(app.at(NOW + steps * STEP), at=NOW) is not None]
    assert taken == [-1, 0, 1]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "\ud800" * 6])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert Authenticator(RFC_SECRET).step_of(code, at=NOW) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    assert Authenticator(RFC_SECRET).step_of(" 287 082 ", at=datetime.fromtimestamp(59, UTC)) == 1


def test_a_secret_is_sealed_for_its_user_alone() -> None:
    box = SecretBox(b"k" * 32)
    authenticator = Authenticator.new()
    sealed = authenticator.sealed(box=box, user_id="ada")
    assert authenticator.secret.encode() not in sealed
    assert Authenticator.opened(sealed, box=box, user_id="ada").secret == authenticator.secret
    with pytest.raises(SealBroken):
        Authenticator.opened(sealed, box=box, user_id="bob")


def test_the_uri_is_what_apps_read() -> None:
    uri = urlsplit(Authenticator(RFC_SECRET).uri(account="ada@example.com", issuer="Outlast"))
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/Outlast:ada@example.com")
    assert parse_qs(uri.query) == {"secret": [RFC_SECRET], "issuer": ["Outlast"]}


def test_a_new_secret_has_160_bits() -> None:
    secrets = {Authenticator.new().secret for _ in range(100)}
    assert len(secrets) == 100
    assert {len(pyotp.TOTP(secret).byte_secret()) for secret in secrets} == {20}


def test_a_clock_before_1970_is_no_crash() -> None:
    assert Authenticator(RFC_SECRET).step_of("000000", at=datetime.fromtimestamp(0, UTC) + timedelta(seconds=1)) is None
