"""How long a guesser waits, and who does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outlast.ee.cloud.auth import throttle
from outlast.ee.cloud.auth.throttle import FORGOTTEN_AFTER, FREE_FAILURES, MAX_FAILURES, Failures

NOW = datetime(2030, 1, 1, tzinfo=UTC)
NONE = Failures()


def test_a_few_failures_cost_nothing_then_the_delay_grows_to_its_bound() -> None:
    """[security 57]"""
    delays = [throttle.delay_after(count) for count in range(MAX_FAILURES)]
    assert set(delays[:FREE_FAILURES]) == {timedelta(0)}
    assert delays[FREE_FAILURES:] == sorted(delays[FREE_FAILURES:])
    assert delays[FREE_FAILURES] == timedelta(seconds=1)
    assert max(delays) == timedelta(minutes=15)


def test_the_wait_is_over_when_its_time_has_passed() -> None:
    failed = Failures(FREE_FAILURES + 2, NOW)
    assert throttle.wait(failed, NONE, now=NOW) == timedelta(seconds=4)
    assert throttle.wait(failed, NONE, now=NOW + timedelta(seconds=3)) == timedelta(seconds=1)
    assert throttle.wait(failed, NONE, now=NOW + timedelta(seconds=5)) == timedelta(0)


def test_after_a_hundred_in_a_row_unknown_places_are_shut_out_for_a_day() -> None:
    """[security 57]"""
    account = Failures(MAX_FAILURES, NOW)
    assert throttle.wait(NONE, account, now=NOW) == FORGOTTEN_AFTER
    assert throttle.wait(NONE, Failures(MAX_FAILURES - 1, NOW), now=NOW) == timedelta(0)
    assert throttle.wait(NONE, account, now=NOW + FORGOTTEN_AFTER) == timedelta(0)


def test_a_known_device_counts_by_itself() -> None:
    """[security 57]"""
    keys = throttle.keys_of("ada@example.org", address="203.0.113.1", device="d" * 64)
    assert keys.counted == [keys.place]
    assert keys.place != throttle.keys_of("ada@example.org", address="203.0.113.1", device=None).place


@pytest.mark.parametrize(
    ("address", "same"), [("2001:db8::1", True), ("2001:db8::ffff", True), ("2001:db8:0:1::1", False)]
)
def test_an_ipv6_place_is_its_site(address: str, same: bool) -> None:
    """[security 58]"""
    here = throttle.keys_of("a@b.c", address="2001:db8::5", device=None)
    there = throttle.keys_of("a@b.c", address=address, device=None)
    assert (here.place == there.place) is same
    assert here.account == there.account


def test_keys_name_no_one_in_clear_and_never_meet() -> None:
    keys = throttle.keys_of("ada@example.org", address="203.0.113.1", device=None)
    other = throttle.keys_of("ada@example.or", address="g203.0.113.1", device=None)
    assert len({*keys.counted, *other.counted}) == 4
    assert "ada" not in "".join(keys.counted)
    assert throttle.keys_of("\ud800", address="", device=None).counted


def test_a_day_without_failures_forgets_them() -> None:
    assert Failures(50, NOW).seen(NOW + FORGOTTEN_AFTER) == NONE
    assert Failures(50, NOW).seen(NOW + FORGOTTEN_AFTER - timedelta(seconds=1)).count == 50
