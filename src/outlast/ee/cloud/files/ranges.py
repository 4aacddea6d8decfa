"""Byte ranges and validators of a download (RFC 9110 §13, §14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from outlast.ee.cloud.files.errors import RangeNotSatisfiable

_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")
_TAG = re.compile(r'(?:W/)?"[^"]*"')


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a file.

    Attributes:
        start: first byte.
        end: behind the last byte.
        partial: whether it was asked for, also when it is the whole file.
    """

    start: int
    end: int
    partial: bool


def choose_range(headers: Mapping[str, str], *, size_bytes: int, etag: str) -> ByteRange:
    """Choose what to send.

    Args:
        headers: of the request; its Range and If-Range count.
        size_bytes: of the file.
        etag: strong validator of the file.

    Returns:
        The range asked for; the whole file when none was, when several were (RFC 9110 §14.2 lets a server ignore
        them), or when If-Range names another version.

    Raises:
        RangeNotSatisfiable: it begins behind the end.
    """
    whole = ByteRange(0, size_bytes, partial=False)
    found = _RANGE.fullmatch(headers.get("range", ""))
    if found is None or headers.get("if-range", etag) != etag:
        return whole
    first, last = found.groups()
    if not first and not last:
        return whole
    if not first:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start, end = int(first), min(size_bytes, int(last) + 1) if last else size_bytes
        if last and int(last) < int(first):
            return whole
    if start >= size_bytes or start >= end:
        raise RangeNotSatisfiable("The range lies behind the end of the file.", size_bytes=size_bytes)
    return ByteRange(start, end, partial=True)


def is_unchanged(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the client already has this version: If-None-Match, compared weakly (RFC 9110 §13.1.2)."""
    asked = headers.get("if-none-match")
    if asked is None:
        return False
    return asked.strip() == "*" or any(tag.removeprefix("W/") == etag for tag in _TAG.findall(asked))
