"""What may be sent of workspaces, and how addresses are compared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from outlast.ee.cloud.routes import Wish
from outlast.ee.cloud.workspaces.schemas import (
    InviteWish,
    RoleWish,
    Settings,
    SettingsWish,
    WorkspaceChange,
    WorkspaceWish,
    address_key,
)


def test_settings_not_named_stay_and_null_goes_back_to_the_default() -> None:
    now = Settings(allow_invites=False, retention_days=30, max_sessions_per_user=4)
    wish = SettingsWish.model_validate({"retention_days": None, "hibernate_after_s": 90})
    assert wish.over(now) == Settings(allow_invites=False, hibernate_after_s=90, max_sessions_per_user=4)
    assert SettingsWish().over(now) == now


def test_settings_are_read_as_times() -> None:
    settings = Settings(retention_days=2, hibernate_after_s=90)
    assert (settings.retention, settings.hibernate_after) == (timedelta(days=2), timedelta(seconds=90))
    assert (Settings().retention, Settings().hibernate_after) == (None, None)


@pytest.mark.parametrize("name", ["", "   ", "two\nlines", "nul\0", "half \ud800", "x" * 101])
def test_a_name_is_one_line_of_text(name: str) -> None:
    with pytest.raises(ValidationError):
        WorkspaceWish(name=name)


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a b", "a/b", "ä", "x" * 64])
def test_a_slug_fits_an_address(slug: str) -> None:
    with pytest.raises(ValidationError):
        WorkspaceWish(name="Acme", slug=slug)


@pytest.mark.parametrize("field", ["id", "owner", "owner_id", "role", "plan", "version", "deleted_at", "workspace_id"])
def test_nobody_sets_by_a_body_what_is_not_for_them(field: str) -> None:
    """[security 71]"""
    shapes: list[tuple[type[Wish], dict[str, str]]] = [(WorkspaceWish, {"name": "Acme"}), (WorkspaceChange, {})]
    if field != "role":
        shapes += [(RoleWish, {"role": "member"}), (InviteWish, {"email": "ada@example.com"})]
    for shape, rest in shapes:
        shape.model_validate(rest)
        with pytest.raises(ValidationError):
            shape.model_validate({**rest, field: "1"})


def test_addresses_that_only_look_alike_are_not_the_same() -> None:
    """[security 77]"""
    assert address_key(" Ada@Example.COM ") == "ada@example.com"
    kelvin, dotless, sharp = "\N{KELVIN SIGN}im@example.com", "d\u0131ana@example.com", "stra\u00dfe@example.com"
    assert address_key(kelvin) != "kim@example.com"
    assert address_key(dotless) != "diana@example.com"
    assert address_key(sharp) != "strasse@example.com"
