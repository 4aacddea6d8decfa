"""Documents of streams: folded from a stored snapshot and what came after it."""

from __future__ import annotations

from outlast.kit.errors import NotFound, ProtocolViolation, StreamTrimmed
from outlast.protocol.codec import decode_json, encode_json
from outlast.protocol.document import Document, fold, shown_document
from outlast.protocol.events import decode_event
from outlast.streams.log import Snapshot, StreamLog
from outlast.streams.sse import SnapshotSource

SNAPSHOT_EVERY = 500
"""Events folded since the last snapshot after which a new one is stored."""

PAGE_EVENTS = 1000


async def document_at(log: StreamLog, stream: str, *, seq: int | None = None) -> Document:
    """Fold a session's document, in the owner's form.

    Args:
        seq: the position it is wanted at; None for the newest.

    Returns:
        The document; its ``seq`` is 0 when the stream has no events. What was folded from an externally trimmed
        stream without a snapshot holds what is left.

    Raises:
        NotFound: the position is behind the retained log.
    """
    document, folded = await _stored(log, stream, seq), 0
    while seq is None or document.seq < seq:
        limit = PAGE_EVENTS if seq is None else min(PAGE_EVENTS, seq - document.seq)
        try:
            page = await log.read(stream, after=document.seq, limit=limit)
        except StreamTrimmed as gap:
            document, folded = await _over(log, stream, gap=gap, seq=seq), 0
            continue
        if page:
            fold(document, (decode_event(event.data) for event in page))
            folded += len(page)
        if len(page) < limit:
            break
    if folded > SNAPSHOT_EVERY:
        await log.save_snapshot(stream, Snapshot(document.seq, encode_json(document)))
    return document


async def _stored(log: StreamLog, stream: str, seq: int | None) -> Document:
    """The kept snapshot's document if it is not past ``seq``, else an empty one."""
    kept = await log.load_snapshot(stream)
    if kept is None or (seq is not None and kept.seq > seq):
        return Document()
    try:
        return decode_json(kept.data, Document)
    except ProtocolViolation:  # stored by a version whose documents were different; the events still tell all
        return Document()


async def _over(log: StreamLog, stream: str, *, gap: StreamTrimmed, seq: int | None) -> Document:
    """Where to start from instead, once the log was trimmed past a document."""
    if seq is not None and seq < gap.first - 1:
        raise NotFound(f"What {stream!r} was at {seq} is no longer kept; its events start at {gap.first}.")
    document = await _stored(log, stream, seq)
    if document.seq < gap.first - 1:
        document.seq = gap.first - 1
    return document


async def trim(log: StreamLog, stream: str, *, before: int) -> None:
    """Forget old events of a session, but keep its document: a snapshot at the cut or after it is stored first.

    Args:
        before: the first ``seq`` to keep.
    """
    document = await document_at(log, stream)
    await log.save_snapshot(stream, Snapshot(document.seq, encode_json(document)))
    await log.trim(stream, before=min(before, document.seq + 1))


def snapshot_source(log: StreamLog, stream: str, *, owner: bool) -> SnapshotSource:
    """Give what `outlast.streams.sse.Feed` asks for: the present document as a reader may see it."""
    return _Source(log, stream, owner)


class _Source:
    # A closure would take thrice the memory, and every viewer has one.
    __slots__ = ("_log", "_owner", "_stream")

    def __init__(self, log: StreamLog, stream: str, owner: bool) -> None:
        self._log = log
        self._stream = stream
        self._owner = owner

    async def __call__(self) -> Snapshot:
        document = await document_at(self._log, self._stream)
        return Snapshot(document.seq, encode_json(shown_document(document, owner=self._owner)))
