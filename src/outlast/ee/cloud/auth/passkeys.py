"""Passkeys (WebAuthn level 3): the terms in which the server speaks of them. `ceremonies` speaks with the browser."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from outlast.ee.cloud.auth.factor_errors import PasskeysImpossible

PATIENCE = timedelta(minutes=5)
"""Time that a question is good for: a person looks for the phone first."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This server, as authenticators know it.

    Args:
        id: the domain that passkeys belong to (WebAuthn §4, RP ID).
        name: shown to the user.
        origin: the one origin that answers may come from.
    """

    id: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the browser is asked.

    Args:
        options: JSON for ``PublicKeyCredential.parse…OptionsFromJSON``.
        challenge: what the answer must be signed over; 64 random bytes.
    """

    options: str
    challenge: bytes


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """A passkey that a user has.

    Args:
        credential_id: names it.
        transports: how the browser reached it when it was made.
    """

    credential_id: bytes
    transports: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey to store.

    Args:
        credential_id: unique over all users.
        public_key: in COSE form; no secret.
        sign_count: of uses, as the authenticator counts them; 0 if it counts none.
        transports: hints for the browser.
        backed_up: it is synchronised between devices.
        aaguid: the make of the authenticator.
    """

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: Sequence[str]
    backed_up: bool
    aaguid: str


@dataclass(frozen=True, slots=True)
class UsedPasskey:
    """What a true answer said.

    Args:
        sign_count: to store.
        user_verified: the device knows who held it (a PIN, a finger): two factors in one.
        backed_up: it is synchronised now.
    """

    sign_count: int
    user_verified: bool
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an answer says of itself, before anything of it is verified.

    Args:
        credential_id: which passkey.
        challenge: which question.
        user_id: whose; nothing when the authenticator did not tell.
    """

    credential_id: bytes
    challenge: bytes
    user_id: str | None


def relying_party(origin: str, *, name: str) -> RelyingParty:
    """The relying party of an origin.

    Args:
        origin: of the server's pages, like ``https://outlast.example.com``.
        name: of the server.

    Raises:
        PasskeysImpossible: browsers make none for this origin.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        secure = parts.scheme == "https" or host == "localhost"
    else:
        secure = False
    if not host or not secure:
        raise PasskeysImpossible(
            "Browsers make passkeys for names with HTTPS, and for http://localhost; open the server by its name."
        )
    return RelyingParty(id=host, name=name, origin=origin.rstrip("/"))


def text_id(credential_id: bytes) -> str:
    """A credential's id as text (base64url, as browsers write it)."""
    return base64.urlsafe_b64encode(credential_id).rstrip(b"=").decode()


def raw_id(text: str) -> bytes:
    """A credential's id from its text."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
