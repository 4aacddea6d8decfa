"""W2a: one session writes chunks of six bytes as fast as it can; one viewer has all the text."""

import time
from contextlib import closing
from functools import partial

import msgspec

from benchmarks import ours
from benchmarks.harness import Better, Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.limits.start import start
from benchmarks.peers.yera import Yera, Yera0102, Yera040
from benchmarks.wire import Connection, WireError

CHUNKS = 100_000
PEER_CHUNKS = 20_000
CHUNK_BYTES = 6


def text_of(count: int) -> str:
    """Say what a session that writes ``count`` chunks has written.

    Args:
        count: Chunks.

    Returns:
        The text.
    """
    return "".join(f"{number % 100_000:05d} " for number in range(count))


def figures(count: int, took_s: float, wire_bytes: int) -> Figures:
    """Work out the figures.

    Args:
        count: Chunks.
        took_s: From the answer that starts the writing to the last text, in seconds.
        wire_bytes: Bytes that the viewer received meanwhile.

    Returns:
        The figures.
    """
    return {"chunks_per_s": count / took_s, "wire_ratio": wire_bytes / (count * CHUNK_BYTES)}


def check(text: str, count: int) -> None:
    """Hold that a viewer has all the text.

    Args:
        text: What it has.
        count: Chunks.

    Raises:
        WireError: It has something else.
    """
    if text.strip() != text_of(count).strip():
        message = f"the viewer has {len(text)} characters that are not the {count} chunks"
        raise WireError(message)


def outlast(serve: type[ours.Outlast], given: Round) -> Figures:
    """Start the session, answer it, read its text."""
    count = given.size(CHUNKS, 10_000)
    with closing(serve(given)) as server, server.connect() as connection, server.connect() as viewer:
        session = server.create(connection, "chunks")
        frames = server.follow(viewer, session)
        question = ours.wait_for_question(frames)
        before = viewer.received_bytes
        started = time.perf_counter()
        server.answer(connection, session, question=question, value=str(count))
        text: list[str] = []
        length = 0
        for frame in frames:
            more = ours.text_of(frame)
            text.append(more)
            length += len(more)
            if length >= count * CHUNK_BYTES or frame.event in ours.ENDS:
                break
        took_s = time.perf_counter() - started
        check("".join(text), count)
        return figures(count, took_s, viewer.received_bytes - before)


class _Text(msgspec.Struct):
    text: str


def limit(given: Round) -> Figures:
    """The same bytes through a socket, commits and one uvicorn stream."""
    count = given.size(CHUNKS, 10_000)
    server, port = start("stream_server", given)
    with server, Connection(port) as connection, Connection(port) as viewer:
        viewer.send("GET", "/stream")
        frames = viewer.frames()
        viewer.stream_headers()
        started = time.perf_counter()
        connection.request("POST", f"/write?{count}")
        text: list[str] = []
        length = 0
        for frame in frames:
            text.append(msgspec.json.decode(frame.data, type=_Text).text)
            length += len(text[-1])
            if length >= count * CHUNK_BYTES:
                break
        took_s = time.perf_counter() - started
        check("".join(text), count)
        return figures(count, took_s, viewer.received_bytes)


def yera(peer_class: type[Yera], given: Round) -> Figures:
    """The same, with fewer chunks: the rate is what counts."""
    count = given.size(PEER_CHUNKS, 2_000)
    with closing(peer_class(given)) as peer, peer.connect() as connection, peer.connect() as viewer:
        session = peer.create(connection, "chunks")
        question = peer.wait_for_question(viewer, session)
        before = viewer.received_bytes
        started = time.perf_counter()
        peer.answer(connection, session, question=question, value=str(count))
        text = ""
        took_s = 0.0
        for frame in peer.stream(viewer, session):
            more = peer.text(frame)
            if more is not None:
                text = peer.fold(text, more)
                took_s = time.perf_counter() - started
        check(text, count)
        return figures(count, took_s, viewer.received_bytes - before)


WORKLOAD = Workload(
    name="W2a",
    title="one session writes 100,000 chunks of 6 bytes (peers 20,000) -> one viewer has all the text",
    metrics=(
        Metric("chunks_per_s", "chunks/s end to end", better=Better.MORE, at_least=100_000),
        Metric("wire_ratio", "bytes on the wire / bytes of text", at_most=3),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, partial(outlast, ours.Outlast)),
        Contestant("its engine alone", Kind.PEER, partial(outlast, ours.Engine)),
        Contestant("bare limit", Kind.LIMIT, limit),
        Contestant("Yera 0.4.0", Kind.PEER, partial(yera, Yera040)),
        Contestant("Yera 0.10.2", Kind.PEER, partial(yera, Yera0102)),
    ),
)
