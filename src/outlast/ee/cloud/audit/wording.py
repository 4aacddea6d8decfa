"""Makes what comes from outside safe to be read in a log, in a list and in a spreadsheet (ASVS 16.4.1)."""

from __future__ import annotations

import re

MAX_CHARS = 500

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SECRET = re.compile(r"\b(ol[a-z]{1,2}_)[A-Za-z0-9_-]{16,}|\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """One line of text, without what would start a new entry or turn the direction of writing; cut to `MAX_CHARS`.

    What looks like a token of Outlast's is masked: entries are read by more people than a token is for.
    """
    shown = _SECRET.sub(r"\1…", text[: 2 * MAX_CHARS])
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", shown)[:MAX_CHARS]


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
