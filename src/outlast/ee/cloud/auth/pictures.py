"""Pictures of users: small, of the kinds that browsers show and that run nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from outlast.ee.cloud.auth.errors import AvatarRefused

MAX_BYTES = 256 * 1024

_KINDS: Mapping[bytes, str] = MappingProxyType(
    {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF87a": "image/gif", b"GIF89a": "image/gif"}
)


def media_type_of(content: bytes) -> str:
    """What a picture is, by its first bytes; what its sender calls it is not asked.

    Raises:
        AvatarRefused: it is too large, or none of PNG, JPEG, GIF and WebP.
    """
    if len(content) > MAX_BYTES:
        raise AvatarRefused(f"A picture may have {MAX_BYTES // 1024} KiB; make it smaller.")
    for signature, media_type in _KINDS.items():
        if content.startswith(signature):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    raise AvatarRefused("Send a picture as PNG, JPEG, GIF or WebP.")
