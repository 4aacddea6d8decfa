"""Seals what the database must hold but whose reader must not know: AES-256-GCM, with a key outside of the database."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outlast.kit.errors import OutlastError
from outlast.kit.settings import InvalidSettings

KEY_BYTES = 32
NONCE_BYTES = 12


class SealBroken(OutlastError):
    """Sealed data does not open with this server's key; was the data folder's `keys` restored with the database?"""


class SecretBox:
    """Seals and opens.

    Args:
        key: 32 bytes at least; what is longer is hashed.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise InvalidSettings(
                f"OUTLAST_SECRET_KEY: must have {KEY_BYTES} bytes or more; make one with `openssl rand -hex 32`."
            )
        self._key = hashlib.sha256(b"outlast box" + key).digest()
        self._cipher = AESGCM(self._key)

    def seal(self, data: bytes, *, purpose: str) -> bytes:
        """Seal data; only `open` with the same purpose gives it back."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, purpose.encode())

    def open(self, sealed: bytes, *, purpose: str) -> bytes:
        """Give sealed data back.

        Raises:
            SealBroken: it was changed, or sealed with another key or for another purpose.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken("Sealed data can't be opened with this server's key.") from error

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key of its own for a purpose (HMAC), which tells nothing of this one."""
        return hashlib.blake2b(purpose.encode(), key=self._key, digest_size=KEY_BYTES).digest()


def load_key(folder: Path) -> bytes:
    """The server's own key, made at its first start and readable by its user alone.

    Args:
        folder: ``keys`` in the data folder.
    """
    path = folder / "box"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = folder / f"box.{os.getpid()}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(KEY_BYTES), "ascii")
        try:
            path.hardlink_to(made)  # whole or not at all: another server may start in this moment
        except FileExistsError:
            pass
        made.unlink()
    return path.read_text("ascii").strip().encode()
