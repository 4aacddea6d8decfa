"""The reader of server-sent events: the same frames, wherever the bytes are cut."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from outlast.client.frames import Frame, FrameParser

BODY = (
    b"retry: 1000\n\n"
    b'id: 1\nevent: block.opened\ndata: {"a":1}\n\n'
    b": ping\n\n"
    b"id: 2\nevent: note\ndata: one\ndata: two\n\n"
    b"data:without space\nunknown: field\n\n"
    b"id: 3\nevent: cut.off\ndata: never"
)
FRAMES = [
    Frame("block.opened", b'{"a":1}', "1"),
    Frame("note", b"one\ntwo", "2"),
    Frame("message", b"without space", "2"),
]


@given(cuts=st.lists(st.integers(0, len(BODY)), max_size=10))
def test_frames_are_the_same_wherever_the_body_is_cut(cuts: list[int]) -> None:
    parser, seen = FrameParser(), []
    places = [0, *sorted(cuts), len(BODY)]
    for start, end in itertools.pairwise(places):
        seen += list(parser.feed(BODY[start:end]))
    assert seen == FRAMES
    assert parser.retry_ms == 1000


@given(noise=st.binary(max_size=200))
def test_noise_is_never_an_error_in_its_framing(noise: bytes) -> None:
    for frame in FrameParser().feed(b"data: " + noise.replace(b"id", b"").replace(b"event", b"") + b"\n\n"):
        assert isinstance(frame.data, bytes)
