"""What files hang on the cloud: where they are stored, and who may look at those of sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Select

from outlast.ee.cloud.files.storage import Storage
from outlast.ee.cloud.unit import Unit

FOLDER = "storage"
"""Of the data folder; where files lie without `Settings.storage_url`."""

SeenSessions: TypeAlias = Callable[[Unit], Select[str]]
"""Gives the ids of the sessions of the unit's workspace that its caller may see, as a query."""


@dataclass(slots=True)
class FileStore:
    """The files' part of the cloud.

    Attributes:
        storage: of the bytes.
        seen_sessions: asks the domain of sessions; None while it is not mounted, and then none is seen.
        untidy: set when there is something to sweep.
    """

    storage: Storage
    seen_sessions: SeenSessions | None = None
    untidy: asyncio.Event = field(default_factory=asyncio.Event)
