"""Who may answer what was asked of somebody."""

from __future__ import annotations

import pytest

from outlast.protocol.events import User
from outlast.runtime.audience import fits

ADA = User(id="ada", name="Ada", role="member")


def _fits(audience: str | None, role: str = "member", *, known_as: tuple[str, ...] = ()) -> bool:
    return fits(audience, User(id="bob", role=role), owner_id="ada", known_as=known_as)


def test_a_question_to_nobody_in_particular_is_everybodys() -> None:
    assert fits(None, None, owner_id="ada")
    assert fits("", ADA, owner_id="ada")


@pytest.mark.parametrize(
    ("audience", "roles"),
    [("viewer", "vmao"), ("member", "mao"), ("admin", "ao"), ("owner", "o"), ("approver", "o"), ("ada", "o")],
)
def test_a_role_may_answer_what_lower_roles_may(audience: str, roles: str) -> None:
    fitting = "".join(role[0] for role in ("viewer", "member", "admin", "owner") if _fits(audience, role))
    assert fitting == roles
    assert not fits(audience, None, owner_id="ada")


def test_a_question_to_the_owner_is_also_for_who_started_the_session() -> None:
    assert fits("owner", ADA, owner_id="ada")
    assert not fits("owner", User(id=""), owner_id="")


def test_a_person_is_meant_by_id_or_by_a_name_that_was_verified() -> None:
    assert fits("ada", ADA, owner_id="x")
    assert not fits("Ada", ADA, owner_id="x"), "a display name is anybody's to choose"
    assert _fits("bob@example.org", known_as=("Bob@Example.org",))
    assert _fits("approver", role="approver")
