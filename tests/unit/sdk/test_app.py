"""An app as a function, as an entry of its module, and as what a server shows of it."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from outlast import app
from outlast.kit.errors import AppBroken
from outlast.protocol.codec import Json
from outlast.sdk.app import App, apps_of


class Guest:
    """No function."""


def made(hint: object) -> App[Json, object]:
    def trip(x: object) -> object:
        return x

    trip.__annotations__ = {"x": hint}
    return app(trip)


def test_an_app_stays_callable_as_its_function() -> None:
    @app(title="A trip", icon="✈", durable=False, secrets=["KEY"], limits={"cpu_s": 10}, hibernate_after=timedelta(5))
    def trip(city: str, /, *, days: int = 2) -> str:
        """Plan."""
        return f"{city} {days}"

    assert trip("Rome", days=4) == "Rome 4"
    assert trip.bind({"city": "Rome"}) == (["Rome"], {})
    info = trip.info()
    assert (info.name, info.title, info.icon, info.durable, info.secrets) == ("trip", "A trip", "✈", False, ["KEY"])
    assert info.limits == {"cpu_s": 10}
    assert info.hibernate_after_s == timedelta(5).total_seconds()
    assert info.line == trip.function.__code__.co_firstlineno
    assert not trip.is_async
    assert trip.__doc__ == "Plan."


def test_an_app_may_be_async() -> None:
    @app
    async def trip(city: str = "Rome") -> None: ...

    assert trip.is_async


def test_hints_may_name_classes_of_the_function_around() -> None:
    @dataclass
    class Local:
        n: int

    @app
    def trip(x: Local) -> None: ...

    assert trip.bind({"x": {"n": 1}})[1] == {"x": Local(1)}


def test_a_function_that_is_no_app_is_refused_at_once() -> None:
    def many(*cities: str) -> None: ...

    def stream() -> object:
        yield 1

    with pytest.raises(TypeError, match=r"\*cities"):
        app(many)
    with pytest.raises(TypeError, match="generator"):
        app(stream)
    with pytest.raises(TypeError, match="no limit 'cpu'"):
        app(limits={"cpu": 1})(lambda: None)
    with pytest.raises(TypeError, match="marks a function"):
        app(Guest)


@pytest.mark.parametrize("hint", [Callable, types.ModuleType, "Nowhere", complex])
def test_a_hint_that_json_cant_say_breaks_the_app_with_its_parameters_name(hint: object) -> None:
    with pytest.raises(AppBroken, match=r"'x'|Nowhere"):
        made(hint).info()


def test_the_apps_of_a_module_are_its_own_in_their_order() -> None:
    module = types.ModuleType("fresh")

    def first() -> None: ...

    def second() -> None: ...

    def foreign() -> None: ...

    first.__module__ = second.__module__ = "fresh"
    module.second, module.first, module.foreign = app(second), app(first), app(foreign)  # type: ignore[attr-defined]
    module.alias = module.second  # type: ignore[attr-defined]
    assert [each.name for each in apps_of(module)] == ["second", "first"]
