"""Resumable uploads by tus 1.0."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.files.errors import (
    UploadNotFound,
    UploadOffsetMismatch,
    UploadProtocolUnsupported,
    UploadTypeUnsupported,
)
from outlast.ee.cloud.files.resumable import (
    KEPT_FOR,
    PART_TYPE,
    Progress,
    announce,
    check_part_type,
    check_version,
    parse_metadata,
)
from outlast.kit.errors import InvalidInput

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@given(st.integers(0, 1000), st.lists(st.integers(1, 100)))
def test_parts_one_after_another_lead_to_the_end_and_no_further(length: int, parts: list[int]) -> None:
    progress = Progress(length, 0, NOW + KEPT_FOR)
    for count in parts:
        progress.check(offset=progress.offset_bytes, now=NOW)
        if count > progress.missing_bytes:
            with pytest.raises(InvalidInput, match="announced"):
                progress.took(count, now=NOW)
            return
        progress = progress.took(count, now=NOW)
    assert progress.offset_bytes == sum(parts) <= length


@pytest.mark.parametrize("offset", [0, 9, 11, 100])
def test_a_part_that_begins_elsewhere_is_told_where_the_upload_stands(offset: int) -> None:
    with pytest.raises(UploadOffsetMismatch) as caught:
        Progress(100, 10, NOW + KEPT_FOR).check(offset=offset, now=NOW)
    assert (caught.value.status, caught.value.headers["upload-offset"]) == (409, "10")


def test_an_upload_is_forgotten_when_no_part_comes_for_long() -> None:
    progress = Progress(100, 0, NOW + KEPT_FOR)
    last = NOW + KEPT_FOR - timedelta(seconds=1)
    progress.check(offset=0, now=last)
    with pytest.raises(UploadNotFound):
        progress.check(offset=0, now=NOW + KEPT_FOR)
    assert progress.took(1, now=last).expires_at == last + KEPT_FOR


def test_a_client_announces_length_name_and_type() -> None:
    metadata = f"filename {encoded('Größe.csv')},filetype {encoded('text/csv')},other"
    announced = announce(length_bytes=12, metadata=metadata)
    assert (announced.length_bytes, announced.name, announced.media_type) == (12, "Größe.csv", "text/csv")
    assert announce(length_bytes=0, metadata="").name == "file"


@pytest.mark.parametrize("header", ["filename !!!", f"filename {base64.b64encode(bytes([255])).decode()}"])
def test_metadata_that_is_no_base_64_is_refused(header: str) -> None:
    with pytest.raises(InvalidInput, match="base 64"):
        parse_metadata(header)


def test_another_version_or_type_of_a_part_is_refused() -> None:
    check_version("1.0.0")
    check_part_type(f"{PART_TYPE}; x=y")
    with pytest.raises(UploadTypeUnsupported):
        check_part_type("application/json")
    with pytest.raises(UploadProtocolUnsupported) as caught:
        check_version("0.2.2")
    assert (caught.value.status, caught.value.headers["tus-version"]) == (412, "1.0.0")
