"""The type of a file follows from its content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.files.media import BYTES, canonical, clean_name, content_headers, is_inline, sniff

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40)
ZIP = b"PK\x03\x04\x14\x00" + bytes(40)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.mark.parametrize(
    ("head", "name", "declared", "expected"),
    [
        (PNG, "a.png", BYTES, "image/png"),
        (PNG, "a.txt", "text/html", "image/png"),
        (JPEG, "a.png", "image/png", "image/jpeg"),
        (b"GIF89a" + bytes(20), "x", "", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(20), "x.webp", BYTES, "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(20), "x.wav", BYTES, "audio/wav"),
        (PDF, "a.pdf", BYTES, "application/pdf"),
        (b"%PDF-1.4 plain text only", "a.txt", "text/plain", "application/pdf"),
        (ZIP, "a.zip", BYTES, "application/zip"),
        (ZIP, "a.docx", BYTES, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"a,b\n1,2\n", "a.csv", BYTES, "text/csv"),
        (b"a,b\n1,2\n", "a.csv", "text/plain; charset=latin-1", "text/plain"),
        ("é\n".encode(), "a", BYTES, "text/plain"),
        (b'{"a": 1}', "a.json", BYTES, "application/json"),
        (b"# Title\n", "a.md", BYTES, "text/markdown"),
        (b"<div>\n# Title\n", "a.md", "text/markdown", "text/markdown"),
        (b"", "a.csv", BYTES, "text/csv"),
        (b"", "a", BYTES, "text/plain"),
        (b"\x00\x01\x02\x03", "a.parquet", "application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        (b"\x00\x01\x02\x03", "a.txt", "text/plain", BYTES),
        (b"\x00\x01\x02\x03", "a.json", "application/json", BYTES),
        (b"\x00\x01\x02\x03", "a.png", "image/png", BYTES),
        (b"not a picture", "a.png", "image/png", "text/plain"),
    ],
)
def test_the_content_decides_and_names_only_choose_among_what_fits(
    head: bytes, name: str, declared: str, expected: str
) -> None:
    assert sniff(head, name=name, declared=declared) == expected


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><p>hi",
        b"<html><script>alert(1)</script>",
        b"\xef\xbb\xbf \n\t<SCRIPT>alert(1)</SCRIPT>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?>\n<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script/></html>",
        b"<!-- --><svg onload=alert(1)>",
        b"<!-- --><script>alert(1)</script>",
        PDF,
    ],
)
@pytest.mark.parametrize("declared", ["image/png", "text/plain", "text/html", "image/svg+xml", "video/mp4", BYTES])
def test_what_a_browser_would_run_is_never_shown_inline(head: bytes, declared: str) -> None:
    media_type = sniff(head, name="picture.png", declared=declared)
    assert not is_inline(media_type)
    headers = content_headers("picture.png", media_type)
    assert headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in headers["content-security-policy"].split("; ")
    assert headers["x-content-type-options"] == "nosniff"


@given(st.binary(max_size=200), st.text(max_size=30), st.text(max_size=40))
def test_a_type_is_always_one_of_the_form_of_types(head: bytes, name: str, declared: str) -> None:
    media_type = sniff(head, name=name, declared=declared)
    assert canonical(media_type) == media_type


@given(st.text(max_size=300))
def test_a_name_never_breaks_a_header_or_a_path(name: str) -> None:
    shown = clean_name(name)
    assert 0 < len(shown) <= 255
    assert not set(shown) & set("/\\\r\n\0")
    assert shown not in {".", ".."}
    disposition = content_headers(shown, "text/plain")["content-disposition"]
    assert disposition.isascii()
    assert disposition.isprintable()
    assert disposition.count('"') == 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.txt", "b.txt"), ("a\r\nb", "ab"), ("..", "file"), ("  ", "file")],
)
def test_only_the_last_part_of_a_name_is_kept(name: str, shown: str) -> None:
    assert clean_name(name) == shown
