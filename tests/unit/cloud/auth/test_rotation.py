"""What becomes of a refresh token that is presented once, twice, or too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.auth import opaque, rotation
from outlast.ee.cloud.auth.rotation import GRACE, Lineage, Outcome

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def secret_of(token: str) -> bytes:
    presented = rotation.read(token)
    assert presented is not None
    return presented.secret


def rotated(lineage: Lineage, secret: bytes, now: datetime) -> tuple[Lineage, bytes]:
    use = rotation.use(lineage, secret, now=now)
    assert use.outcome is Outcome.ROTATED
    assert use.secret is not None
    return use.lineage, use.secret


def test_each_use_gives_another_token_of_the_same_family() -> None:
    """[security 20]"""
    token, selector, lineage = rotation.begin()
    seen = {token}
    for step in range(20):
        lineage, secret = rotated(lineage, secret_of(token), NOW + step * timedelta(minutes=10))
        token = rotation.with_secret(token, secret)
        seen.add(token)
        presented = rotation.read(token)
        assert presented is not None
        assert presented.selector == selector
    assert len(seen) == 21


def test_a_retry_within_the_grace_gets_the_same_successor() -> None:
    """[security 23]"""
    token, _, first = rotation.begin()
    after, successor = rotated(first, secret_of(token), NOW)
    for wait in (0 * SECOND, 5 * SECOND, GRACE - timedelta(microseconds=1)):
        again = rotation.use(after, secret_of(token), now=NOW + wait)
        assert (again.outcome, again.secret, again.lineage) == (Outcome.REPEATED, successor, after)


def test_at_the_end_of_the_grace_a_retry_is_an_attack() -> None:
    """[security 25]"""
    token, _, first = rotation.begin()
    after, _ = rotated(first, secret_of(token), NOW)
    late = rotation.use(after, secret_of(token), now=NOW + GRACE)
    assert (late.outcome, late.secret) == (Outcome.REUSED, None)


def test_a_retry_after_the_successor_was_used_is_refused_and_ends_nothing() -> None:
    """[security 24]"""
    token, _, first = rotation.begin()
    second, successor = rotated(first, secret_of(token), NOW)
    third, _ = rotated(second, successor, NOW + 2 * SECOND)
    late = rotation.use(third, secret_of(token), now=NOW + 3 * SECOND)
    assert (late.outcome, late.secret, late.lineage) == (Outcome.TOO_LATE, None, third)
    assert rotation.use(third, secret_of(token), now=NOW + GRACE).outcome is Outcome.REUSED


def test_a_great_grandparent_is_an_attack_however_soon() -> None:
    """[security 26]"""
    token, _, lineage = rotation.begin()
    secret = secret_of(token)
    for _ in range(3):
        lineage, secret = rotated(lineage, secret, NOW)
    assert rotation.use(lineage, secret_of(token), now=NOW).outcome is Outcome.REUSED


def test_a_forged_secret_of_a_known_family_is_an_attack() -> None:
    """[security 21]"""
    _, _, lineage = rotation.begin()
    assert rotation.use(lineage, bytes(32), now=NOW).outcome is Outcome.REUSED


def test_what_is_stored_does_not_tell_a_usable_token() -> None:
    """[security 5]"""
    token, selector, first = rotation.begin()
    after, successor = rotated(first, secret_of(token), NOW)
    stored = f"{selector} {after}"
    for secret in (secret_of(token), successor):
        assert secret.hex() not in stored
        assert rotation.with_secret(token, secret)[4:] not in stored
    # The salt alone, or an old secret alone, gives no successor.
    other, _ = rotated(first, secret_of(token), NOW)
    assert other.current != after.current


def test_only_a_refresh_token_is_read() -> None:
    """[security 30]"""
    assert rotation.read("") is None
    assert rotation.read("olr_" + "0" * 20) is None
    for kind in set(opaque.Kind) - {opaque.Kind.REFRESH}:
        assert rotation.read(opaque.new_token(kind)) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 15)), max_size=40))
def test_whatever_is_replayed_at_most_one_token_is_live(steps: list[tuple[int, int]]) -> None:
    """[security 22]"""
    token, _, lineage = rotation.begin()
    held, now = [secret_of(token)], NOW
    for back, wait_s in steps:
        now += wait_s * SECOND
        shown = held[max(len(held) - 1 - back, 0)]
        use = rotation.use(lineage, shown, now=now)
        if use.outcome is Outcome.REUSED:
            return
        if use.outcome is Outcome.ROTATED:
            assert shown == held[-1]
            held.append(use.secret or b"")
        elif use.outcome is Outcome.REPEATED:
            assert use.secret == held[-1]
        lineage = use.lineage
    assert rotation.use(lineage, held[-1], now=now).outcome is Outcome.ROTATED
