"""What is held for a second: never older, read once for many, and forgotten at once when it changes here."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outlast.ee.cloud.auth.fresh import Fresh


class Source:
    """What is read, and how often."""

    def __init__(self) -> None:
        self.value = 1
        self.reads = 0
        self.began, self.gate = asyncio.Event(), asyncio.Event()
        self.gate.set()

    async def read(self, key: str) -> int:
        self.reads += 1
        value = self.value
        self.began.set()
        await self.gate.wait()
        if key == "broken":
            raise LookupError(key)
        return value


async def test_many_who_ask_at_once_cause_one_read() -> None:
    source = Source()
    fresh = Fresh(source.read)
    assert await asyncio.gather(*(fresh.get("a") for _ in range(50))) == [1] * 50
    assert await fresh.get("a") == 1
    assert source.reads == 1


async def test_what_is_old_is_read_again() -> None:
    """[security 33]"""
    source = Source()
    fresh = Fresh(source.read, max_age=timedelta(0))
    assert await fresh.get("a") == 1
    source.value = 2
    assert await fresh.get("a") == 2


async def test_what_changed_while_it_was_read_is_not_held() -> None:
    """[security 33]"""
    source = Source()
    fresh = Fresh(source.read)
    source.gate.clear()
    early = asyncio.ensure_future(fresh.get("a"))
    await source.began.wait()
    source.value = 2
    fresh.forget("a")
    late = asyncio.ensure_future(fresh.get("a"))
    await asyncio.sleep(0)
    source.gate.set()
    assert (await early, await late) == (1, 2)
    assert await fresh.get("a") == 2
    assert source.reads == 2


async def test_forgetting_by_what_is_held_includes_what_is_being_read() -> None:
    source = Source()
    fresh = Fresh(source.read)
    await fresh.get("kept")
    source.value = 2
    await fresh.get("gone")
    source.gate.clear()
    source.began.clear()
    reading = asyncio.ensure_future(fresh.get("reading"))
    await source.began.wait()
    fresh.forget_all(lambda value: value == 2)
    source.gate.set()
    await reading
    before = source.reads
    for key in ("kept", "gone", "reading"):
        await fresh.get(key)
    assert source.reads == before + 2


async def test_a_read_that_fails_is_tried_again() -> None:
    source = Source()
    fresh = Fresh(source.read)
    for _ in range(2):
        with pytest.raises(LookupError):
            await fresh.get("broken")
    assert source.reads == 2


async def test_who_leaves_does_not_end_the_read_for_others() -> None:
    source = Source()
    fresh = Fresh(source.read)
    source.gate.clear()
    leaving, staying = (asyncio.ensure_future(fresh.get("a")) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    source.gate.set()
    assert await staying == 1
    assert source.reads == 1


async def test_a_change_of_what_is_held_does_not_make_it_younger() -> None:
    source = Source()
    fresh = Fresh(source.read, max_age=timedelta(milliseconds=100))
    await fresh.get("a")
    fresh.put("a", 7)
    fresh.put("unknown", 7)
    assert await fresh.get("a") == 7
    await asyncio.sleep(0.12)  # sleeps: until it is old
    assert await fresh.get("a") == 1
    assert await fresh.get("unknown") == 1
