"""A passkey authenticator made of software: ES256, no attestation, as phones and browsers have them."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """Holds one passkey.

    Args:
        origin: that the browser says the page is of.
        verifies: it checks who holds it (a PIN, a finger).
        counts: it counts its uses, as hardware keys do.
    """

    origin: str
    verifies: bool = True
    counts: bool = False
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    rp_id: str = ""
    user_handle: str = ""
    uses: int = 0

    def create(self, options: str) -> str:
        """Answer ``navigator.credentials.create``: JSON in, JSON out."""
        asked = json.loads(options)
        self.rp_id, self.user_handle = asked["rp"]["id"], asked["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        point = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = b"\0" * 16 + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(point)
        data = self._data(HAS_CREDENTIAL) + attested
        client = self._client("webauthn.create", asked["challenge"])
        made = {"fmt": "none", "attStmt": {}, "authData": data}
        response = {
            "clientDataJSON": bytes_to_base64url(client),
            "attestationObject": bytes_to_base64url(cbor2.dumps(made)),
            "transports": ["internal", "hybrid"],
        }
        return self._credential(response)

    def get(self, options: str) -> str:
        """Answer ``navigator.credentials.get``: JSON in, JSON out."""
        asked = json.loads(options)
        data = self._data(0)
        client = self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": bytes_to_base64url(client),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": self.user_handle,
        }
        return self._credential(response)

    @property
    def user_id(self) -> str:
        """The account that the passkey is of."""
        return base64url_to_bytes(self.user_handle).decode()

    def _data(self, flags: int) -> bytes:
        self.uses += self.counts
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _credential(self, response: Mapping[str, object]) -> str:
        text = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": text, "rawId": text, "type": "public-key", "response": response})
