"""Where apps are found, and what a start's arguments are checked against."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from outlast.executors.base import AppInfo, Source
from outlast.kit.errors import AppBroken, AppNotFound, InvalidArguments, InvalidInput
from outlast.protocol.codec import Json
from outlast.runtime.registry import AppEntry, Registry
from outlast.testing.fakes import FakeExecutor, FakeProcess

APP = "from outlast import app\n"


async def _nothing(process: FakeProcess) -> None:
    return None


def _registry(*names: str, broken: bool = False) -> Registry:
    infos = None if broken else [AppInfo(name=name, title=name.title()) for name in names or ("go",)]
    return Registry(FakeExecutor(_nothing, apps=infos), Source)


def _write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(APP)


async def test_a_folder_gives_the_files_that_use_outlast(tmp_path: Path) -> None:
    _write(tmp_path, "trip.py", "deep/sales.py", "_hidden.py", "test_trip.py", "data/x.py", ".venv/y.py", "tests/z.py")
    (tmp_path / "helper.py").write_text("x = 1\n")
    registry = _registry()
    registry.add(tmp_path)
    assert sorted(registry.loading) == ["deep.sales", "trip"]
    await registry.load()
    assert [entry.id for entry in registry.apps()] == ["deep.sales:go", "trip:go"]
    assert not registry.loading


async def test_an_importable_module_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, "apps_to_import/orders.py")
    (tmp_path / "apps_to_import" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    registry = _registry()
    registry.add("apps_to_import.orders")
    entry = await registry.find("apps_to_import.orders:go")
    assert "apps_to_import" not in sys.modules, "the server never imports apps"
    assert (entry.source.path, entry.source.root) == (tmp_path / "apps_to_import" / "orders.py", tmp_path)


@pytest.mark.parametrize("target", ["nothing/here.py", "no_such_module_anywhere", "no.such.module"])
def test_what_leads_nowhere_is_refused(target: str) -> None:
    with pytest.raises(InvalidInput):
        _registry().add(target)


async def test_two_files_of_one_name_are_told_apart_by_their_folder(tmp_path: Path) -> None:
    _write(tmp_path, "a/trip.py", "b/trip.py")
    registry = _registry()
    registry.add(tmp_path / "a" / "trip.py")
    registry.add(tmp_path / "b" / "trip.py")
    await registry.load()
    assert [entry.id for entry in registry.apps()] == ["b.trip:go", "trip:go"]


async def test_an_app_is_found_by_every_unambiguous_name(tmp_path: Path) -> None:
    _write(tmp_path, "trip.py")
    registry = _registry("plan", "book")
    registry.add(tmp_path)
    assert (await registry.find("trip:plan")).info.name == "plan"
    assert (await registry.find("book")).info.name == "book"
    with pytest.raises(AppNotFound, match="trip:book or trip:plan"):
        await registry.find("trip")
    with pytest.raises(AppNotFound, match="Known apps"):
        await registry.find("fly")


async def test_a_broken_file_is_told_and_does_no_harm(tmp_path: Path) -> None:
    _write(tmp_path, "trip.py")
    registry = _registry(broken=True)
    registry.add(tmp_path)
    await registry.load()
    assert [file.module for file in registry.broken()] == ["trip"]
    with pytest.raises(AppBroken):
        await registry.find("trip:plan")


async def test_only_a_changed_file_is_loaded_again(tmp_path: Path) -> None:
    _write(tmp_path, "trip.py")
    path = tmp_path / "trip.py"
    registry = _registry()
    registry.add(path)
    await registry.load()
    before = (await registry.find("trip")).source.code
    assert not await registry.reload(path)
    assert not await registry.reload(tmp_path / "other.py")
    path.write_text(APP + "# changed\n")
    assert await registry.reload(path)
    assert (await registry.find("trip")).source.code != before


SCHEMA: dict[str, Json] = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "pattern": "(a+)+$"},
        "days": {"type": "integer", "minimum": 1},
        "day": {"type": "string", "format": "date"},
        "who": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    },
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("args", "wrong"),
    [
        ({}, {"city"}),
        ({"city": 3}, {"city"}),
        ({"city": "x", "town": 1}, {"town"}),
        ({"city": "x", "days": 0}, {"days"}),
        ({"city": "x", "day": "soon"}, {"day"}),
        ({"city": "x", "who": {}}, {"who.name"}),
        ({"city": None, "days": "2"}, {"city", "days"}),
    ],
)
def test_wrong_arguments_are_named_one_by_one(args: dict[str, Json], wrong: set[str]) -> None:
    entry = AppEntry(
        AppInfo(name="go", title="Go", schema=SCHEMA), Source(path=Path("a.py"), module="a", root=Path(), code="")
    )
    with pytest.raises(InvalidArguments) as refused:
        entry.check(args)
    assert set(refused.value.errors) == wrong


def test_a_hostile_pattern_can_not_stall_the_server() -> None:
    entry = AppEntry(
        AppInfo(name="go", title="Go", schema=SCHEMA), Source(path=Path("a.py"), module="a", root=Path(), code="")
    )
    entry.check({"city": "a" * 5000 + "!"})  # would take longer than the universe is old
