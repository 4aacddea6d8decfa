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
    parse_metadata,
    read_announcement,
    read_offset,
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
    announced = read_announcement({"upload-length": "12", "upload-metadata": metadata, "tus-resumable": "1.0.0"})
    assert (announced.length_bytes, announced.name, announced.media_type) == (12, "Größe.csv", "text/csv")


@pytest.mark.parametrize("length", ["", "-1", "1.5", "x", "٣", "9" * 19])
def test_a_length_that_is_no_number_of_bytes_is_refused(length: str) -> None:
    with pytest.raises(InvalidInput, match="Upload-Length"):
        read_announcement({"upload-length": length})


@pytest.mark.parametrize("header", ["filename !!!", f"filename {base64.b64encode(bytes([255])).decode()}"])
def test_metadata_that_is_no_base_64_is_refused(header: str) -> None:
    with pytest.raises(InvalidInput, match="base 64"):
        parse_metadata(header)


def test_a_part_says_its_type_its_offset_and_its_version() -> None:
    headers = {"content-type": PART_TYPE, "upload-offset": "5", "tus-resumable": "1.0.0"}
    assert read_offset(headers) == 5
    with pytest.raises(UploadTypeUnsupported):
        read_offset({**headers, "content-type": "application/json"})
    with pytest.raises(UploadProtocolUnsupported):
        read_offset({**headers, "tus-resumable": "0.2.2"})
    with pytest.raises(InvalidInput, match="Upload-Offset"):
        read_offset({"content-type": PART_TYPE})
