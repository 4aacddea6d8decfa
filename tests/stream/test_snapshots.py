"""Documents come from a stored snapshot and later events, and are the same as from all events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.kit.errors import NotFound
from outlast.protocol import events as e
from outlast.protocol.codec import encode_json
from outlast.protocol.document import Document, fold
from outlast.streams.log import Batch, Snapshot, StoredEvent
from outlast.streams.log_memory import MemoryLog
from outlast.streams.snapshots import SNAPSHOT_EVERY, document_at, snapshot_source, trim

AT = datetime(2030, 1, 1, tzinfo=UTC)


def _event(choice: int) -> e.Event:
    block = f"b{choice % 5}"
    match choice % 8:
        case 0:
            return e.BlockOpened(block=block, kind="markdown", props={"text": "ü"})
        case 1:
            return e.BlockAppended(block=block, text=str(choice))
        case 2:
            return e.BlockOpened(block=block, kind="table", props={"columns": [{"name": "n"}], "rows": [[1]]})
        case 3:
            return e.BlockAppended(block=block, rows=[[choice, None]])
        case 4:
            return e.InputRequested(input=f"i{choice % 3}", block=block, kind="text", label="Name?")
        case 5:
            return e.InputSubmitted(input=f"i{choice % 3}", value={"a": [choice]}, by=e.User(id="u1"))
        case 6:
            return e.StepFinished(step=f"s{choice}", name="pay", result=choice)
        case _:
            return e.TimerSet(timer=f"t{choice}", due_at=AT)


def _stored(choices: Sequence[int]) -> Sequence[StoredEvent]:
    made = [e.SessionCreated(app="a:b"), e.SessionStarted(), *map(_event, choices)]
    for seq, event in enumerate(made, 1):
        event.seq, event.at = seq, AT
    return [StoredEvent(x.seq, e.kind_of(x), encode_json(x), x.visibility) for x in made]


def _folded(stored: Sequence[StoredEvent]) -> Document:
    return fold(Document(), (e.decode_event(event.data) for event in stored))


@given(st.lists(st.integers(0, 200), max_size=40), st.data())
def test_a_document_from_a_snapshot_equals_one_from_all_events(choices: list[int], data: st.DataObject) -> None:
    async def run() -> None:
        stored, log = _stored(choices), MemoryLog()
        await log.append([Batch("s", stored)])
        kept = data.draw(st.integers(0, len(stored)))
        await log.save_snapshot("s", Snapshot(kept, encode_json(_folded(stored[:kept]))))
        assert await document_at(log, "s") == _folded(stored)
        at = data.draw(st.integers(0, len(stored)))
        assert await document_at(log, "s", seq=at) == _folded(stored[:at])

    asyncio.run(run())


async def test_a_long_fold_stores_a_snapshot_and_a_short_one_does_not() -> None:
    log, stored = MemoryLog(), _stored(range(SNAPSHOT_EVERY + 700))
    await log.append([Batch("s", stored[:SNAPSHOT_EVERY])])
    await document_at(log, "s")
    assert await log.load_snapshot("s") is None
    await log.append([Batch("s", stored[SNAPSHOT_EVERY:])])
    document = await document_at(log, "s")
    assert await log.load_snapshot("s") == Snapshot(len(stored), encode_json(document))
    assert document == _folded(stored)


async def test_trimming_keeps_the_document() -> None:
    log, stored = MemoryLog(), _stored(range(100))
    await log.append([Batch("s", stored[:90])])
    await trim(log, "s", before=81)
    assert (await log.read("s", after=80))[0].seq == 81
    await log.append([Batch("s", stored[90:])])
    assert await document_at(log, "s") == _folded(stored)
    assert await document_at(log, "s", seq=95) == _folded(stored[:95])
    with pytest.raises(NotFound):
        await document_at(log, "s", seq=40)


async def test_a_stream_trimmed_without_a_snapshot_gives_what_is_left() -> None:
    log, stored = MemoryLog(), _stored(range(100))
    await log.append([Batch("s", stored)])
    await log.trim("s", before=51)
    document = await document_at(log, "s")
    assert (document.seq, document.app) == (len(stored), "")


async def test_a_snapshot_of_another_version_is_passed_over() -> None:
    log, stored = MemoryLog(), _stored(range(50))
    await log.append([Batch("s", stored)])
    await log.save_snapshot("s", Snapshot(30, b'{"blocks":[]}'))
    assert await document_at(log, "s") == _folded(stored)


async def test_a_reader_gets_the_document_without_what_is_not_theirs() -> None:
    log, stored = MemoryLog(), _stored([4, 5, 6, 7])
    await log.append([Batch("s", stored)])
    snapshot = await snapshot_source(log, "s", owner=False)()
    assert snapshot.seq == len(stored)
    assert b'"steps"' not in snapshot.data
    assert b'"timers"' not in snapshot.data


async def test_an_empty_stream_has_an_empty_document() -> None:
    assert await document_at(MemoryLog(), "none") == Document()
