"""Licences as signed texts."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.license.documents import (
    MAX_CHARS,
    PREFIX,
    License,
    check_place,
    check_time,
    issue,
    make_keys,
    read_unverified,
    text_of,
    verify,
)
from outlast.ee.cloud.license.errors import KeyRefused, LicenseRefused
from outlast.kit.errors import NotFound

START = datetime(2030, 1, 1, tzinfo=UTC)
PRIVATE, PUBLIC = make_keys()
LICENCE = License(
    id="lic-1",
    org="Ministry of Tea",
    plan="business",
    seats=40,
    features=("workspaces", "seats"),
    not_before=START,
    expires_at=START + timedelta(days=365),
    workspace="here",
)
TEXT = issue(LICENCE, PRIVATE)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _signed(payload: bytes, *, prefix: str = PREFIX, shown: str = PREFIX) -> str:
    """A text whose signature, by the right key, is over a document of the type ``prefix``."""
    raw = base64.urlsafe_b64decode(PRIVATE.rpartition("/")[2] + "=")
    signature = Ed25519PrivateKey.from_private_bytes(raw).sign((prefix + _b64(payload)).encode())
    return f"{shown}{_b64(payload)}.{_b64(signature)}"


def test_a_licence_reads_as_it_was_issued() -> None:
    assert verify(f"  {TEXT}\n", PUBLIC) == LICENCE
    assert read_unverified(TEXT) == LICENCE
    assert TEXT.startswith("outlast-license/")


@given(at=st.integers(0, len(TEXT) - 1), to=st.characters(min_codepoint=33, max_codepoint=126))
def test_a_changed_byte_is_refused(at: int, to: str) -> None:
    """[security 79]"""
    changed = TEXT[:at] + to + TEXT[at + 1 :]
    if changed == TEXT:
        return
    with pytest.raises(LicenseRefused):
        verify(changed, PUBLIC)


def test_the_signature_of_another_key_is_refused() -> None:
    """[security 79]"""
    other_private, other_public = make_keys()
    for text, key in ((TEXT, other_public), (issue(LICENCE, other_private), PUBLIC)):
        with pytest.raises(LicenseRefused) as refused:
            verify(text, key)
        assert refused.value.reason == "wrong_signature"


@pytest.mark.parametrize("alg", ["none", "NONE", "", "hs256", "ed25519ph", None, 1])
def test_an_algorithm_that_is_not_known_is_refused(alg: object) -> None:
    """[security 79] Also when the signature would be right for the one that is."""
    fields = msgspec.to_builtins(LICENCE) | {"alg": alg}
    with pytest.raises(LicenseRefused) as refused:
        verify(_signed(msgspec.json.encode(fields)), PUBLIC)
    assert refused.value.reason in ("unknown_alg", "malformed")


@pytest.mark.parametrize("prefix", ["", "outlast-invite/", "outlast-license2/", "outlast-license/outlast-license/"])
def test_a_valid_signature_over_another_type_of_document_is_refused(prefix: str) -> None:
    """[security 79]"""
    payload = msgspec.json.encode(LICENCE)
    assert verify(_signed(payload), PUBLIC) == LICENCE
    with pytest.raises(LicenseRefused) as refused:
        verify(_signed(payload, prefix=prefix), PUBLIC)
    assert refused.value.reason == "wrong_signature"


@pytest.mark.parametrize(
    "payload",
    [
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 5000,
        msgspec.json.encode(msgspec.to_builtins(LICENCE) | {"seats": 0}),
        msgspec.json.encode(msgspec.to_builtins(LICENCE) | {"seats": "40"}),
        msgspec.json.encode(msgspec.to_builtins(LICENCE) | {"plan": "gold"}),
        msgspec.json.encode(msgspec.to_builtins(LICENCE) | {"expires_at": "2030-01-01T00:00:00"}),
        msgspec.json.encode(msgspec.to_builtins(LICENCE) | {"limits": "of a later version"}),
    ],
)
def test_what_is_signed_but_says_no_licence_is_refused(payload: bytes) -> None:
    with pytest.raises(LicenseRefused) as refused:
        verify(_signed(payload), PUBLIC)
    assert refused.value.reason == "malformed"


@pytest.mark.parametrize(
    "text",
    ["", "x", PREFIX, f"{PREFIX}.", TEXT + "\n" + TEXT, TEXT + "=", TEXT.replace(".", "..", 1), "é" * 99, TEXT[:-1]],
)
def test_what_is_no_licence_at_all_is_refused(text: str) -> None:
    with pytest.raises(LicenseRefused) as refused:
        verify(text, PUBLIC)
    assert refused.value.reason == "malformed"


def test_a_text_of_any_size_is_refused_without_being_read() -> None:
    with pytest.raises(LicenseRefused):
        verify(_signed(b" " * MAX_CHARS + msgspec.json.encode(LICENCE)), PUBLIC)


@pytest.mark.parametrize(
    "key",
    ["", "x", PRIVATE, PUBLIC[:-1], PUBLIC + "A", PUBLIC + "="],
    ids=["empty", "a letter", "private", "cut", "longer", "padded"],
)
def test_what_is_no_public_key_verifies_nothing(key: str) -> None:
    with pytest.raises(KeyRefused):
        verify(TEXT, key)
    with pytest.raises(KeyRefused):
        issue(LICENCE, PUBLIC)


def test_a_licence_counts_from_its_begin_to_just_before_its_end() -> None:
    """[security 79]"""
    for now in (LICENCE.not_before, LICENCE.expires_at - timedelta(microseconds=1)):
        check_time(LICENCE, now)
    for now, reason in (
        (LICENCE.not_before - timedelta(microseconds=1), "not_yet_valid"),
        (LICENCE.expires_at, "expired"),
    ):
        with pytest.raises(LicenseRefused) as refused:
            check_time(LICENCE, now)
        assert refused.value.reason == reason


def test_a_licence_of_one_workspace_counts_nowhere_else() -> None:
    """[security 79]"""
    check_place(LICENCE, ["there", "here"])
    check_place(msgspec.structs.replace(LICENCE, workspace=""), [])
    with pytest.raises(LicenseRefused) as refused:
        check_place(LICENCE, ["there"])
    assert refused.value.reason == "other_workspace"


def test_a_licence_is_given_as_text_or_as_a_file(tmp_path: Path) -> None:
    file = tmp_path / "licence"
    file.write_text(TEXT + "\n", "utf-8")
    assert text_of(str(file), what="licence") == text_of(f" {TEXT} ", what="licence") == TEXT
    assert text_of("", what="licence") == ""
    with pytest.raises(NotFound):
        text_of(str(tmp_path / "none"), what="licence")
