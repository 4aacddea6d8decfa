"""Bodies of requests and answers: JSON of a known shape, of a bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from fastapi import Request
from starlette.responses import Response

from outlast.http.problems import BodyTooLarge
from outlast.kit.errors import InvalidInput, ProtocolViolation
from outlast.protocol.codec import Json, encode_json, to_json

T = TypeVar("T")

MAX_JSON_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 100


async def read_body(request: Request, *, max_bytes: int = MAX_JSON_BYTES) -> bytes:
    """Read a whole body.

    Raises:
        BodyTooLarge: as soon as it is known to be over the limit.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise _too_large(max_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def _too_large(max_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is over the limit of {max_bytes} bytes; send large data as an uploaded file.")


def parse(body: bytes, shape: type[T]) -> T:
    """Decode a JSON body.

    Raises:
        ProtocolViolation: it is not JSON.
        InvalidInput: it is not of that shape; ``errors`` says where.
    """
    try:
        value = _decode(body, shape)
        # What a session process could not be sent is refused here: a number over 64 bits, half a character.
        msgspec.msgpack.encode(value)
        if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
            _check_depth(value)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        place = where.rstrip("`").lstrip(".") or "body"
        raise InvalidInput(f"The body does not fit: {place}: {what}.", errors={place: what}) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ProtocolViolation(f"The body is not JSON: {error}.") from error
    except OverflowError as error:
        raise InvalidInput("The body holds a number of more than 64 bits; send it as text.") from error
    return value


def _check_depth(value: object) -> None:
    level, depth = [to_json(value)], 0
    while level := [child for parent in level for child in _children(parent)]:
        depth += 1
        if depth > MAX_DEPTH:
            raise InvalidInput(f"The body is nested more than {MAX_DEPTH} levels deep.")


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


_decoders: dict[type[object], msgspec.json.Decoder[Json]] = {}


def _decode(body: bytes, shape: type[T]) -> T:
    decoder = _decoders.get(shape)
    if decoder is None:
        decoder = _decoders[shape] = msgspec.json.Decoder(shape)
    value: T = decoder.decode(body)
    return value


def answer(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a JSON body."""
    return Response(encode_json(value), status_code=status, headers=headers, media_type="application/json")


NO_CONTENT = 204


def nothing() -> Response:
    """Answer that it is done and there is nothing to tell."""
    return Response(status_code=NO_CONTENT)
