"""What a workspace may store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.files.errors import FileTooLarge, QuotaExceeded
from outlast.ee.cloud.files.quota import Usage, check_size, readable

_sizes = st.integers(0, 2**50)


@given(_sizes, _sizes, _sizes, _sizes)
def test_what_is_admitted_never_goes_over_the_quota(used: int, reserved: int, quota: int, size: int) -> None:
    usage = Usage(used, reserved, quota)
    if used + reserved + size <= quota or size == 0:
        usage.admit(size)
    else:
        with pytest.raises(QuotaExceeded):
            usage.admit(size)


def test_a_file_of_the_last_free_byte_is_admitted_and_one_more_is_not() -> None:
    usage = Usage(used_bytes=60, reserved_bytes=30, quota_bytes=100)
    usage.admit(10)
    with pytest.raises(QuotaExceeded, match="has 10 bytes left"):
        usage.admit(11)


def test_a_file_over_the_limit_of_one_file_is_refused() -> None:
    check_size(5, limit_bytes=5)
    with pytest.raises(FileTooLarge):
        check_size(6, limit_bytes=5)


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (10 * 1024**3, "10 GiB")]
)
def test_sizes_are_told_as_people_read_them(size: int, text: str) -> None:
    assert readable(size) == text
