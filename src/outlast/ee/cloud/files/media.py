"""What a file is: its content decides, its name and its sender only among what the content allows.

Sources: WHATWG MIME Sniffing §7.1 (markup), OWASP ASVS 5.0.0 5.2.2 and 3.2.1, Cheat Sheet "File Upload".
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

import puremagic

HEAD_BYTES = 4096
"""How much of a file's beginning `sniff` wants to see."""

BYTES = "application/octet-stream"
TEXT = "text/plain"

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,95}")
_HTML = re.compile(
    rb"<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)(?=[\s>/]|$)",
    re.IGNORECASE,
)
_SVG = re.compile(rb"<(?:[\w-]+:)?svg[\s>/]", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # WHATWG's binary data bytes

_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "audio/mp3": "audio/mpeg",
        "audio/wave": "audio/wav",
        "audio/x-wav": "audio/wav",
        "audio/vnd.wave": "audio/wav",
        "audio/x-flac": "audio/flac",
        "image/jpg": "image/jpeg",
        "image/x-ms-bmp": "image/bmp",
        "application/x-gzip": "application/gzip",
        "application/x-pdf": "application/pdf",
        "application/x-zip-compressed": "application/zip",
        "text/xml": "application/xml",
        "application/javascript": "text/javascript",
    }
)
_TEXTUAL = frozenset(
    {
        "application/json",
        "application/ld+json",
        "application/x-ndjson",
        "application/yaml",
        "application/x-yaml",
        "application/toml",
        "application/sql",
        "application/x-sh",
        "application/rtf",
    }
)
_RUNS = frozenset({"text/html", "image/svg+xml", "application/xml", "application/xhtml+xml", "text/xsl"})
"""What a browser may run a script of."""

_SIGNED = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/gzip")
"""Kinds whose content always begins with a signature: without it a file is none of them."""

_INLINE = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "text/plain"),
        *("audio/mpeg", "audio/wav", "audio/ogg", "audio/flac", "audio/mp4", "audio/aac", "audio/webm"),
        *("video/mp4", "video/webm", "video/ogg"),
    }
)


def sniff(head: bytes, *, name: str, declared: str = BYTES) -> str:
    """Tell a file's media type.

    Args:
        head: its first `HEAD_BYTES`.
        name: as its owner calls it.
        declared: as the sender says; parameters are dropped.

    Returns:
        A media type without parameters. One that the content contradicts is replaced by what the content is.
    """
    wanted = [canonical(declared), canonical(mimetypes.guess_type(name)[0] or BYTES)]
    wanted = [each for each in wanted if each != BYTES]
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _is_text(head):
        return _of_text(text, wanted)
    found = _candidates(head)
    for each in wanted:
        if each in found:
            return each
    if found:
        return found[0]
    fitting = (each for each in wanted if not each.startswith(("text/", *_SIGNED)) and not _textual(each))
    return next(fitting, BYTES)


def canonical(media_type: str) -> str:
    """The one name of a media type, without parameters; ``application/octet-stream`` if it is none."""
    bare = media_type.partition(";")[0].strip().lower()
    return _ALIASES.get(bare, bare) if _TYPE.fullmatch(bare) else BYTES


def is_inline(media_type: str) -> bool:
    """Whether a browser may show it inside a page. Never what could run: HTML, SVG, XML, PDF."""
    return media_type in _INLINE


def content_headers(name: str, media_type: str) -> Mapping[str, str]:
    """Headers under which stored content is served: it can neither act as a page of this server nor be read as
    another type than ours (ASVS 3.2.1, 5.4.2; RFC 6266 §4.3)."""
    disposition = "inline" if is_inline(media_type) else "attachment"
    plain = re.sub(r"[^ !#$&+\-.0-9A-Z^_`a-z~()]", "_", name)
    served = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    return {
        "content-type": served,
        "content-disposition": f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "private, no-cache",
    }


def clean_name(name: str) -> str:
    """A file's name as people see it: its last part, without control characters, at most 255 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if c.isprintable()).strip()[:255].strip()
    return shown if shown.strip(".") else "file"


def _is_text(head: bytes) -> bool:
    if _BINARY.search(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 >= 1  # a character cut in two by the end of the head
    return True


def _of_text(text: bytes, wanted: list[str]) -> str:
    if text.startswith((b"%PDF-", b"%!PS")):
        return "application/pdf" if text.startswith(b"%PDF-") else "application/postscript"
    fitting = [each for each in wanted if each.startswith("text/") or each in _RUNS or _textual(each)]
    if fitting and fitting[0] != TEXT and fitting[0] not in _RUNS:
        return fitting[0]  # Markdown may begin like HTML, and is never shown inline
    return _markup(text) or next(iter(fitting), TEXT)


def _markup(text: bytes) -> str | None:
    if not text.startswith(b"<"):
        return None
    if _HTML.match(text):
        return "text/html"
    if _SVG.search(text):
        return "image/svg+xml"
    if text.startswith(b"<?xml"):
        return "application/xml"
    return "text/html" if text.startswith(b"<!--") else None


def _textual(media_type: str) -> bool:
    return media_type in _TEXTUAL or media_type.endswith(("+json", "+xml", "+yaml"))


def _candidates(head: bytes) -> list[str]:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []
    names = dict.fromkeys(canonical(match.mime_type) for match in matches)
    return [name for name in names if name != BYTES and not name.startswith("text/") and name not in _RUNS]
