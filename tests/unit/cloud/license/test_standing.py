"""What a licence is worth at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from outlast.ee.cloud.license.documents import License
from outlast.ee.cloud.license.errors import FeatureMissing, LicenseExpired
from outlast.ee.cloud.license.plans import FEATURES, PLANS, TERMS
from outlast.ee.cloud.license.standing import CLOCK_TOLERANCE, GRACE, judge, seen, set_back

START = datetime(2030, 1, 1, tzinfo=UTC)
END = START + timedelta(days=365)
TICK = timedelta(microseconds=1)
LICENCE = License(
    id="lic-1",
    org="Ministry of Tea",
    plan="business",
    seats=40,
    features=("workspaces", "seats", "sso"),
    not_before=START,
    expires_at=END,
)


@pytest.mark.parametrize("now", [START - TICK, END + GRACE * 10])
def test_without_a_licence_a_server_is_a_community_server(now: datetime) -> None:
    """[security 79]"""
    standing = judge(None, now=now)
    assert (standing.state, standing.plan, standing.seats, standing.workspaces) == ("active", "community", 5, 1)
    assert standing.features == frozenset()
    standing.require_writable()


def test_a_licence_that_has_not_begun_gives_nothing() -> None:
    """[security 79]"""
    assert judge(LICENCE, now=START - TICK) == judge(None, now=START)


@pytest.mark.parametrize("now", [START, END - TICK])
def test_a_licence_gives_what_it_says_while_it_lasts(now: datetime) -> None:
    standing = judge(LICENCE, now=now)
    assert (standing.state, standing.plan, standing.seats, standing.workspaces) == ("active", "business", 40, None)
    standing.require_feature("sso")
    with pytest.raises(FeatureMissing) as missing:
        standing.require_feature("webhooks")
    assert missing.value.status == 403
    assert missing.value.feature == "webhooks"


def test_after_its_end_a_licence_goes_on_for_the_grace_and_then_the_server_is_read_only() -> None:
    """[security 79] The degradation that is documented."""
    for now in (END, END + GRACE - TICK):
        standing = judge(LICENCE, now=now)
        assert (standing.state, standing.seats, standing.grace_ends_at) == ("grace", 40, END + GRACE)
        standing.require_writable()
        standing.require_feature("sso")
    standing = judge(LICENCE, now=END + GRACE)
    assert (standing.state, standing.plan, standing.seats) == ("read_only", "community", 5)
    with pytest.raises(LicenseExpired) as expired:
        standing.require_writable()
    assert (expired.value.status, expired.value.code) == (403, "license.expired")
    with pytest.raises(FeatureMissing):
        standing.require_feature("sso")


def test_a_server_that_holds_more_than_its_plan_has_the_same_grace() -> None:
    """[security 79] A licence that is lost, or replaced by a smaller one, does not leave the server as it was."""
    since = START + timedelta(days=10)
    assert judge(None, now=since, over_since=since).state == "grace"
    assert judge(None, now=since + GRACE, over_since=since).state == "read_only"
    assert judge(LICENCE, now=since + GRACE, over_since=since).state == "read_only"
    assert judge(LICENCE, now=END, over_since=since).state == "read_only"


def test_without_the_feature_a_licence_has_no_more_seats_or_workspaces_than_community() -> None:
    standing = judge(msgspec.structs.replace(LICENCE, features=()), now=START)
    assert (standing.seats, standing.workspaces) == (5, 1)


def test_a_clock_that_is_set_back_is_noticed_and_wins_nothing() -> None:
    """[security 79]"""
    latest = END + GRACE
    assert judge(LICENCE, now=seen(START, latest)).state == "read_only"
    assert set_back(START, latest)
    assert not set_back(latest - CLOCK_TOLERANCE, latest)
    assert not set_back(START, None)
    assert seen(latest + TICK, latest) == latest + TICK
    assert seen(START, None) == START


def test_each_plan_includes_what_the_smaller_ones_do() -> None:
    terms = [TERMS[plan] for plan in PLANS]
    for smaller, larger in pairwise(terms):
        assert smaller.seats < larger.seats
        assert set(smaller.features) < set(larger.features)
    assert set(terms[-1].features) == set(FEATURES)
