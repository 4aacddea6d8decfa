"""Licences as signed texts: ``outlast-license/<payload>.<signature>``, both in base64url without padding.

The payload is compact JSON. What is signed, with Ed25519 (RFC 8032), is the text before the dot, its prefix included:
no signature over a document of another type can pass for one, and nothing is read in two ways, for it is verified as it
is written. The first version knows one algorithm; a document that names another is refused, never believed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from outlast.ee.cloud.license.errors import KeyRefused, LicenseRefused
from outlast.ee.cloud.license.plans import Plan
from outlast.kit.errors import NotFound

PREFIX = "outlast-license/"
ALGORITHM = "ed25519"
MAX_CHARS = 16 * 1024

_PRIVATE, _PUBLIC = "outlast-license-private-key/", "outlast-license-public-key/"
_KEY_BYTES = 32
_SIGNED_TEXT = re.compile(re.escape(PREFIX) + r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


class License(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a licence says.

    Attributes:
        id: its own id, for who issued it.
        org: whom it is for.
        plan: which plan was bought.
        seats: people who may be members at the same time.
        features: what it includes; names this version does not know mean nothing to it.
        not_before, expires_at: when it is valid, UTC, the end excluded.
        workspace: id of the one workspace it is for; empty for the whole server.
        alg: how it is signed.
    """

    id: str
    org: str
    plan: Plan
    seats: Annotated[int, msgspec.Meta(ge=1)]
    features: tuple[str, ...]
    not_before: Annotated[datetime, msgspec.Meta(tz=True)]
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)]
    workspace: str = ""
    alg: Literal["ed25519"] = "ed25519"


class _Header(msgspec.Struct):
    """As much of a payload as tells how it was signed."""

    alg: str = ALGORITHM


def make_keys() -> tuple[str, str]:
    """Make a key pair.

    Returns:
        The private key's text, to sign with, and the public key's, to verify with.
    """
    private = Ed25519PrivateKey.generate()
    return _PRIVATE + _encode(private.private_bytes_raw()), _PUBLIC + _encode(private.public_key().public_bytes_raw())


def issue(licence: License, private_key: str) -> str:
    """Sign a licence.

    Args:
        licence: what it says.
        private_key: text from `make_keys`.

    Raises:
        KeyRefused: the text is no private key.
    """
    key = Ed25519PrivateKey.from_private_bytes(_key(private_key, _PRIVATE))
    signed = PREFIX + _encode(msgspec.json.encode(licence))
    return f"{signed}.{_encode(key.sign(signed.encode()))}"


def verify(text: str, public_key: str) -> License:
    """Read a licence that the key's owner signed. Whether it counts here and now is `check_place` and `check_time`.

    Args:
        text: as `issue` made it; space around it does not matter.
        public_key: text from `make_keys`.

    Raises:
        KeyRefused: the public key's text is none.
        LicenseRefused: malformed, of an algorithm that is not known, or not signed by this key.
    """
    key = Ed25519PublicKey.from_public_bytes(_key(public_key, _PUBLIC))
    signed, payload, signature = _parts(text)
    _check_algorithm(payload)
    try:
        key.verify(signature, signed.encode())
    except InvalidSignature:
        raise LicenseRefused(
            "This licence was not signed with the server's licence key, or was changed since.", reason="wrong_signature"
        ) from None
    return _decoded(payload)


def read_unverified(text: str) -> License:
    """Read what a licence says without knowing whether it is true, to show it to somebody.

    Raises:
        LicenseRefused: it is malformed, or of an algorithm that is not known.
    """
    _, payload, _ = _parts(text)
    _check_algorithm(payload)
    return _decoded(payload)


def check_key(public_key: str) -> None:
    """Refuse a text that verifies nothing.

    Raises:
        KeyRefused: it is no public key.
    """
    _key(public_key, _PUBLIC)


def check_time(licence: License, now: datetime) -> None:
    """Refuse a licence outside of its time.

    Raises:
        LicenseRefused: it is not valid yet, or no longer.
    """
    if now < licence.not_before:
        raise LicenseRefused(f"This licence is valid from {_day(licence.not_before)} on.", reason="not_yet_valid")
    if now >= licence.expires_at:
        raise LicenseRefused(
            f"This licence expired on {_day(licence.expires_at)}; install a newer one.", reason="expired"
        )


def check_place(licence: License, workspaces: Collection[str]) -> None:
    """Refuse a licence that is for a workspace elsewhere.

    Args:
        workspaces: ids of those that are here.

    Raises:
        LicenseRefused: it names a workspace, and not one of these.
    """
    if licence.workspace and licence.workspace not in workspaces:
        raise LicenseRefused("This licence is for a workspace that is not here.", reason="other_workspace")


def text_of(given: str, *, what: str) -> str:
    """The text of a licence or a key that was given as such, or as the path of the file that holds it.

    Args:
        what: the thing's name, for the error.

    Raises:
        NotFound: it is a path, and can't be read.
    """
    given = given.strip()
    if not given or given.startswith("outlast-license"):
        return given
    try:
        return Path(given).expanduser().read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise NotFound(f"The {what} can't be read from {given!r}: {error}.") from error


def _parts(text: str) -> tuple[str, bytes, bytes]:
    """The signed part, the payload and the signature."""
    text = text.strip()
    match = _SIGNED_TEXT.fullmatch(text) if len(text) <= MAX_CHARS else None
    if match is None:
        raise LicenseRefused(f"A licence is one line that begins with {PREFIX!r}; this is none.", reason="malformed")
    return text.rpartition(".")[0], _decode(match[1]), _decode(match[2])


def _check_algorithm(payload: bytes) -> None:
    try:
        alg = msgspec.json.decode(payload, type=_Header).alg
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise LicenseRefused("This licence can't be read.", reason="malformed") from None
    if alg != ALGORITHM:
        raise LicenseRefused(
            "This licence is signed in a way that this version does not know; upgrade Outlast.", reason="unknown_alg"
        )


def _decoded(payload: bytes) -> License:
    try:
        licence = msgspec.json.decode(payload, type=License)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LicenseRefused(f"This licence can't be read: {error}.", reason="malformed") from None
    return msgspec.structs.replace(
        licence, not_before=licence.not_before.astimezone(UTC), expires_at=licence.expires_at.astimezone(UTC)
    )


def _key(text: str, prefix: str) -> bytes:
    text = text.strip()
    try:
        raw = _decode(text.removeprefix(prefix)) if text.startswith(prefix) else b""
    except LicenseRefused:
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise KeyRefused(f"A key for this begins with {prefix!r}; make a pair with `outlast license keygen`.")
    return raw


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    """Decode in the one form that `_encode` writes: bits that mean nothing would be bits that can be changed."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        data = b""
    if not data or _encode(data) != text:
        raise LicenseRefused("This licence is damaged; copy it again, whole.", reason="malformed")
    return data


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
