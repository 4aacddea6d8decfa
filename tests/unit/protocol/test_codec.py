"""Frames: cut anywhere they come out the same, and malformed ones harm nobody."""

from __future__ import annotations

import random
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.kit.errors import ProtocolViolation
from outlast.protocol import commands as c
from outlast.protocol import events as e
from outlast.protocol.codec import MAX_FRAME_BYTES, FrameDecoder, FrameReader, decode_json, encode_frame
from outlast.protocol.document import Document
from tests.unit.protocol.strategies import START, json_values

MALFORMED = 10_000


@given(st.lists(st.binary(max_size=300), max_size=8), st.data())
def test_any_cut_of_the_byte_stream_gives_the_same_frames(bodies: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(struct.pack(">I", len(body)) + body for body in bodies)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    reader, read = FrameReader(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        read += reader.feed(stream[start:end])
    assert read == bodies


@given(json_values)
def test_a_message_comes_back_as_it_was_sent(value: object) -> None:
    answered = c.Answered(input="i1", value=value, by=e.User(id="u1"))
    (body,) = FrameReader().feed(encode_frame(answered))
    assert c.commands.decode(body) == answered


def _frames() -> list[bytes]:
    messages = [
        c.Start(session="s", app="a", args={"n": 1}, limits=c.Limits(cpu_s=1), recording=c.Recording()),
        c.Answered(input="i1", value={"deep": [1, 2.5, None, True, "x"]}),
        c.TimerDue(timer="t1"),
        c.Cancel(reason="enough"),
        c.Emission(emission=1, events=[e.BlockOpened(block="b1", kind="table", props={"rows": [[1, "x"]]})]),
        c.Emission(emission=2, events=[e.TimerSet(timer="t1", due_at=START), e.SessionCompleted(result={"a": 1})]),
    ]
    return [encode_frame(message)[4:] for message in messages]


def _malformed(dice: random.Random, whole: bytes) -> bytes:
    body = bytearray(whole)
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(body)) if body else 0
        match dice.randrange(4):
            case 0:
                body[place : place + 1] = bytes([dice.randrange(256)])
            case 1:
                del body[place : place + dice.randint(1, 5)]
            case 2:
                body[place:place] = dice.randbytes(dice.randint(1, 5))
            case _:
                body = body[:place]
    return bytes(body)


@pytest.mark.parametrize("decoder", [c.commands, c.emissions], ids=["commands", "emissions"])
def test_ten_thousand_malformed_frames_are_violations_and_nothing_else(decoder: FrameDecoder) -> None:
    dice, frames, refused = random.Random(7), _frames(), 0
    for _ in range(MALFORMED):
        body = dice.randbytes(dice.randrange(40)) if dice.random() < 0.2 else _malformed(dice, dice.choice(frames))
        try:
            message = decoder.decode(body)
        except ProtocolViolation:
            refused += 1
        else:
            assert isinstance(message, c.Message)
    assert refused > MALFORMED / 2


def test_what_msgpack_can_hold_and_json_can_not_is_no_event() -> None:
    for value in (msgspec.msgpack.Ext(5, b"x"), {None: 1}):
        packed = msgspec.msgpack.encode({"event": "block.updated", "block": "b1", "props": {"value": value}})
        (event,) = e.worker_events.decode(msgspec.msgpack.encode([msgspec.Raw(packed)]))
        with pytest.raises(ProtocolViolation):
            e.encode_event(event)


def test_a_session_process_can_not_send_what_only_a_host_may_write() -> None:
    body = msgspec.msgpack.encode([e.InputSubmitted(input="i1", value="forged")])
    with pytest.raises(ProtocolViolation):
        e.worker_events.decode(body)


def test_a_frame_nested_without_end_is_a_violation() -> None:
    with pytest.raises(ProtocolViolation):
        c.emissions.decode(b"\x91" * 100_000)
    with pytest.raises(ProtocolViolation):
        decode_json(b"[" * 100_000, Document)


def test_a_length_that_no_frame_has_is_refused_before_its_bytes_come() -> None:
    with pytest.raises(ProtocolViolation, match="at most"):
        FrameReader().feed(struct.pack(">I", MAX_FRAME_BYTES + 1))


def test_a_message_too_large_for_a_frame_can_not_be_sent() -> None:
    with pytest.raises(ProtocolViolation, match="in parts or as a file"):
        encode_frame(c.Answered(input="i1", value="x" * (MAX_FRAME_BYTES + 1)))


@pytest.mark.parametrize("value", [2**64, "\ud800", object()])
def test_a_value_that_can_not_travel_is_refused_where_it_is_sent(value: object) -> None:
    with pytest.raises(ProtocolViolation, match="can't be sent"):
        encode_frame(c.Answered(input="i1", value=value))
