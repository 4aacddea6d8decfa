"""Frames between processes (msgpack with a length before it) and JSON on the wire."""

from __future__ import annotations

import struct
from typing import Any, TypeAlias, TypeVar

import msgspec

from outlast.kit.errors import ProtocolViolation

Json: TypeAlias = Any
"""A JSON value whose shape a spec or a kind decides: the one place where types end."""

T = TypeVar("T")

MAX_FRAME_BYTES = 32 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_pack = msgspec.msgpack.Encoder().encode
_json = msgspec.json.Encoder().encode


def encode_frame(message: msgspec.Struct) -> bytes:
    """Encode one message for a socket: a 4-byte big-endian length, then msgpack.

    Raises:
        ProtocolViolation: the message is larger than `MAX_FRAME_BYTES` or holds what msgpack can't.
    """
    try:
        body = _pack(message)
    except (TypeError, OverflowError, ValueError, RecursionError) as error:
        raise ProtocolViolation(f"This can't be sent: {error}.") from error
    if len(body) > MAX_FRAME_BYTES:
        raise ProtocolViolation(
            f"A message of {len(body)} bytes is over the limit of {MAX_FRAME_BYTES}; send it in parts or as a file."
        )
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Cuts a byte stream into frames.

    Example:
        ``for body in reader.feed(data): ...``
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they came, return the bodies that are whole.

        Raises:
            ProtocolViolation: a length over `MAX_FRAME_BYTES`; nothing after it can be trusted.
        """
        buffer = self._buffer
        buffer += data
        bodies: list[bytes] = []
        start = 0
        while len(buffer) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(buffer, start)
            if length > MAX_FRAME_BYTES:
                raise ProtocolViolation(f"A frame says it has {length} bytes; at most {MAX_FRAME_BYTES} are allowed.")
            end = start + _LENGTH.size + length
            if len(buffer) < end:
                break
            bodies.append(bytes(buffer[start + _LENGTH.size : end]))
            start = end
        if start:
            del buffer[:start]
        return bodies


class FrameDecoder(msgspec.Struct, frozen=True):
    """Decodes frame bodies to one closed union of messages."""

    decoder: msgspec.msgpack.Decoder[Any]

    def decode(self, body: bytes) -> Any:
        """Decode one body.

        Raises:
            ProtocolViolation: it is not msgpack or not a message of the union.
        """
        try:
            return self.decoder.decode(body)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
            raise ProtocolViolation(f"A frame does not parse: {error}.") from error


def frame_decoder(union: object) -> FrameDecoder:
    """Make a decoder for a union of message structs."""
    return FrameDecoder(msgspec.msgpack.Decoder(union))


def encode_json(value: object) -> bytes:
    """Encode any protocol value as JSON."""
    return _json(value)


def to_json(value: object) -> Json:
    """Turn structs, dates and sets into plain JSON values (str, int, float, bool, None, list, dict)."""
    return msgspec.to_builtins(value)


def decode_json(data: bytes | str, shape: type[T]) -> T:
    """Decode JSON to a shape.

    Raises:
        ProtocolViolation: it is not JSON or not of that shape.
    """
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolViolation(f"This does not parse: {error}.") from error


def from_json(value: Json, shape: type[T]) -> T:
    """Turn plain JSON values into a shape.

    Raises:
        ProtocolViolation: they do not fit; the message is short and says where.
    """
    try:
        return msgspec.convert(value, shape)
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        raise ProtocolViolation(str(error)) from error
