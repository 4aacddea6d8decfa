"""Importing an app's file."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Protocol

from outlast.kit.errors import AppBroken
from outlast.protocol.codec import Json
from outlast.protocol.commands import AppInfo
from outlast.sdk.app import apps_of
from outlast.worker.control import Broken, Load
from outlast.worker.failures import described, own_traceback


class AnyApp(Protocol):
    """An `outlast.sdk.app.App`, whatever its function takes and returns."""

    @property
    def name(self) -> str:
        """Of the function."""
        ...

    @property
    def function(self) -> Json:
        """The function."""
        ...

    def bind(self, args: Mapping[str, Json]) -> tuple[Sequence[object], Mapping[str, object]]:
        """What the function is called with."""
        ...

    def info(self) -> AppInfo:
        """What a server shows of it."""
        ...


class Apps:
    """The apps of one imported file."""

    def __init__(self, apps: Sequence[AnyApp]) -> None:
        self._apps = {app.name: app for app in apps}

    def get(self, name: str) -> AnyApp | None:
        """The app of a name."""
        return self._apps.get(name)

    def __iter__(self) -> Iterator[AnyApp]:
        return iter(self._apps.values())

    def infos(self) -> list[AppInfo]:
        """What a server shows of them."""
        return [app.info() for app in self._apps.values()]


def load_apps(load: Load) -> Apps | Broken:
    """Import a file as its module and find its apps.

    Args:
        load: which file. Its root is put first on ``sys.path``.

    Returns:
        The apps; or why there are none, with the traceback of the file's own lines.
    """
    path, root = Path(load.path), Path(load.root)
    sys.argv = [load.path]
    if load.root not in sys.path:
        sys.path.insert(0, load.root)
    try:
        apps = Apps(apps_of(_import(load.module, path)))
        apps.infos()
    except AppBroken as error:
        return Broken(error=error.message, traceback=own_traceback(error, root))
    except BaseException as error:  # broad: an app's file may raise anything, sys.exit() too
        return Broken(error=_located(error, path), traceback=own_traceback(error, root))
    return apps


def _import(name: str, path: Path) -> ModuleType:
    if "." in name or path.name == "__init__.py":
        return importlib.import_module(name)
    # Not by its name: a file may be called as a module of the standard library that is imported already.
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


def _located(error: BaseException, path: Path) -> str:
    """The error with the line of the file that it comes from."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error}"
    line = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == str(path):
            line = step.tb_lineno
        step = step.tb_next
    return described(error) + (f" ({path.name}, line {line})" if line else "")
