"""Ranges and validators of downloads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.files.errors import RangeNotSatisfiable
from outlast.ee.cloud.files.ranges import ByteRange, choose_range, is_unchanged

ETAG = '"abc"'


def chosen(header: str | None, *, size_bytes: int = 100, if_range: str | None = None) -> ByteRange:
    headers = {name: value for name, value in (("range", header), ("if-range", if_range)) if value is not None}
    return choose_range(headers, size_bytes=size_bytes, etag=ETAG)


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 100),
        ("bytes=10-19", 10, 20),
        ("bytes=90-1000", 90, 100),
        ("bytes=-5", 95, 100),
        ("bytes=-500", 0, 100),
    ],
)
def test_a_range_is_what_it_says(header: str, start: int, end: int) -> None:
    assert chosen(header) == ByteRange(start, end, partial=True)


@pytest.mark.parametrize(
    "header", [None, "", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,3-4", "lines=1-2", "bytes=x-y"]
)
def test_what_is_no_single_range_gives_the_whole_file(header: str | None) -> None:
    assert chosen(header) == ByteRange(0, 100, partial=False)


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=200-300", 100), ("bytes=-0", 100), ("bytes=0-", 0)]
)
def test_a_range_behind_the_end_is_refused_and_told_the_size(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiable) as caught:
        chosen(header, size_bytes=size)
    assert (caught.value.status, caught.value.headers["content-range"]) == (416, f"bytes */{size}")


def test_a_range_of_another_version_gives_the_whole_file() -> None:
    assert chosen("bytes=1-2", if_range=ETAG).partial
    assert not chosen("bytes=1-2", if_range='"old"').partial
    assert not chosen("bytes=1-2", if_range='W/"abc"').partial


@pytest.mark.parametrize(
    ("header", "unchanged"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ("*", True),
        ('"x"', False),
        ("abc", False),
        ("", False),
    ],
)
def test_a_client_that_names_this_version_has_it(header: str, *, unchanged: bool) -> None:
    assert is_unchanged({"if-none-match": header}, ETAG) is unchanged


@given(st.text(alphabet="bytes=0123456789-, ", max_size=40), st.integers(0, 1000))
def test_a_range_lies_always_in_the_file(header: str, size: int) -> None:
    try:
        found = chosen(header, size_bytes=size)
    except RangeNotSatisfiable:
        return
    assert 0 <= found.start <= found.end <= size
