"""The apps of the folder `examples`, imported as a server does: each file by itself."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from outlast import App
from outlast.testing.app_test import Function

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("[!_]*.py"))


def example(name: str) -> Function:
    """The app of an example's file, which bears the file's name."""
    module_name = f"examples_{name}"
    if module_name not in sys.modules:
        spec = importlib.util.spec_from_file_location(module_name, EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module  # pickled step results look their classes up here
        spec.loader.exec_module(module)
    found = getattr(sys.modules[module_name], name)
    assert isinstance(found, App)
    return found
