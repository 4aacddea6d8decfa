"""``outlast version``."""

from __future__ import annotations

import importlib.metadata
import platform
import sys

import typer

from outlast.cli.options import AsJson, print_json


def version(as_json: AsJson = False) -> None:
    """Show which Outlast this is."""
    number = importlib.metadata.version("outlast")
    if as_json:
        print_json({"outlast": number, "python": platform.python_version(), "platform": sys.platform})
    else:
        typer.echo(f"Outlast {number} (Python {platform.python_version()} on {sys.platform})")
