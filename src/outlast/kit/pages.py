"""Keyset pages: ``items``, and a cursor that names the last one's key."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from outlast.kit.errors import InvalidCursor

T = TypeVar("T")

MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: at most ``limit`` of them.
        next_cursor: give it back as ``cursor`` for the next page; None on the last one.
    """

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(*key: str | int) -> str:
    """Turn the key of a page's last item into an opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, size: int) -> Sequence[str | int]:
    """Turn a cursor back into its key.

    Args:
        cursor: what `encode_cursor` made.
        size: how many parts the key must have.

    Raises:
        InvalidCursor: it was not made by `encode_cursor` with a key of that size.
    """
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        whole = isinstance(key, list) and len(key) == size and all(type(part) in (str, int) for part in key)
        if whole and encode_cursor(*key) == cursor:
            return list(key)
    except (ValueError, RecursionError):
        pass
    raise InvalidCursor("This page cursor is not valid; ask for the first page again.")
