"""The second wall before the log: what looks like a secret is struck out, wherever it stands (ASVS 16.2.5).

The first wall is that no code logs one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from outlast.protocol.codec import Json

STRUCK = "[redacted]"

_NAMES = re.compile(
    r"authorization|cookie|passw|secret|token|api_?key|private_?key|credential|recovery_?code|otp", re.IGNORECASE
)
_SECRETS = re.compile(
    r"""
    \b(?P<prefix>ol[trivlsd]_)[A-Za-z0-9_-]{6,}                  # our own tokens
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*    # signed tokens (JWT)
    | \b(?P<scheme>bearer|basic|dpop)\s+[A-Za-z0-9+/=._~-]{8,}  # of an Authorization header
    | (?P<user>://[^/\s:@]*:)[^/\s@]+(?=@)                      # the password in a URL
    | (?P<name>[?&\#](?:token|code|password|secret|state)=)[^&\s"']+
    """,
    re.IGNORECASE | re.VERBOSE,
)


def without_secrets(text: str) -> str:
    """The text with what looks like a secret struck out; what says its kind stays."""
    return _SECRETS.sub(_struck, text)


def redacted(name: str, value: Json) -> Json:
    """A value for the log, under this name; texts inside lists and mappings are gone through as well."""
    if _NAMES.search(name) and value is not None and not isinstance(value, bool | int | float):
        return STRUCK
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, Mapping):
        return {key: redacted(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted("", inner) for inner in value]
    return value


def _struck(found: re.Match[str]) -> str:
    kept = found["prefix"] or found["user"] or found["name"] or (f"{found['scheme']} " if found["scheme"] else "")
    return f"{kept}{STRUCK}"
