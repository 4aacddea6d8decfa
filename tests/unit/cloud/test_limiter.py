"""Quotas of requests."""

from __future__ import annotations

import outlast.ee.cloud.limiter
from outlast.ee.cloud.limiter import Limiter, Quota

TEN = Quota("default", 10, 60)


def test_a_caller_that_paused_may_send_a_whole_quota_at_once() -> None:
    limiter = Limiter()
    taken = [limiter.take("ada", TEN, now_s=100) for _ in range(11)]
    assert [t.allowed for t in taken] == [True] * 10 + [False]
    assert [t.remaining for t in taken] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]


def test_a_refusal_says_when_the_next_request_passes() -> None:
    """[security 83]"""
    limiter = Limiter()
    for _ in range(10):
        limiter.take("ada", TEN, now_s=100)
    refused = limiter.take("ada", TEN, now_s=101)
    assert (refused.allowed, refused.retry_after_s) == (False, 5)
    assert not limiter.take("ada", TEN, now_s=101 + 4.9).allowed
    assert limiter.take("ada", TEN, now_s=101 + 5).allowed


def test_callers_do_not_share_a_quota() -> None:
    """[security 75]"""
    limiter = Limiter()
    for _ in range(10):
        limiter.take("acme:ada", TEN, now_s=100)
    assert limiter.take("other:ada", TEN, now_s=100).allowed
    assert not limiter.take("acme:ada", TEN, now_s=100).allowed


def test_a_flood_of_callers_takes_a_bounded_memory() -> None:
    limiter = Limiter()
    for number in range(outlast.ee.cloud.limiter.MAX_BUCKETS + 10):
        limiter.take(str(number), TEN, now_s=100)
    assert len(limiter._buckets) == outlast.ee.cloud.limiter.MAX_BUCKETS
