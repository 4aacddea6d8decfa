"""Page cursors."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.kit.errors import InvalidCursor
from outlast.kit.pages import decode_cursor, encode_cursor

keys = st.lists(st.text() | st.integers(), min_size=1, max_size=4)


@given(keys)
def test_a_cursor_gives_its_key_back(key: list[str | int]) -> None:
    assert list(decode_cursor(encode_cursor(*key), size=len(key))) == key


@given(keys, st.integers(1, 5))
def test_a_cursor_of_another_list_is_refused(key: list[str | int], size: int) -> None:
    if size != len(key):
        with pytest.raises(InvalidCursor):
            decode_cursor(encode_cursor(*key), size=size)


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    try:
        key = decode_cursor(text, size=1)
    except InvalidCursor:
        return
    assert encode_cursor(*key) == text


@pytest.mark.parametrize("key", [None, {}, [None], [True], [1.5], [[1]]])
def test_a_cursor_holds_texts_and_whole_numbers_only(key: object) -> None:
    with pytest.raises(InvalidCursor, match="first page"):
        decode_cursor(base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("="), size=1)


def test_a_cursor_nested_without_end_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(base64.urlsafe_b64encode(b"[" * 100_000).decode(), size=1)
