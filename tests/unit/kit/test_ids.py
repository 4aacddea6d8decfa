"""Ids."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from outlast.kit.clock import ManualClock, SystemClock
from outlast.kit.ids import is_id, new_id


def test_an_id_is_a_uuid_of_version_seven() -> None:
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_an_id_tells_the_millisecond_it_was_made_in() -> None:
    before = time.time_ns() // 1_000_000
    millis = uuid.UUID(new_id()).int >> 80
    assert before <= millis <= time.time_ns() // 1_000_000


def test_ids_of_different_milliseconds_sort_by_time() -> None:
    ids = [new_id() for _ in range(50_000)]
    assert len(set(ids)) == len(ids)
    assert [id[:13] for id in ids] == sorted(id[:13] for id in ids)


ID = "01970a3c-5f1e-7b2d-9c4a-8e6f0d1b2c3a"


@pytest.mark.parametrize("text", ["", "x", "0" * 32, ID.upper(), f"{{{ID}}}", f"{ID}\n"])
def test_only_the_canonical_form_is_an_id(text: str) -> None:
    assert not is_id(text)
    assert is_id(ID)
    assert is_id(new_id())


def test_a_manual_clock_moves_only_forward() -> None:
    clock = ManualClock(datetime(2030, 1, 1, tzinfo=UTC))
    clock.advance(timedelta(seconds=5))
    assert clock.now() == datetime(2030, 1, 1, 0, 0, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(seconds=-1))
    assert SystemClock().now().tzinfo is UTC
