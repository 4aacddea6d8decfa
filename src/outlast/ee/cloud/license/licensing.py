"""The licence in force in this process: read from the settings or the database, judged by the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from outlast.ee.cloud import audit
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.license import documents, repository
from outlast.ee.cloud.license.documents import License
from outlast.ee.cloud.license.errors import KeyRefused, LicenseRefused
from outlast.ee.cloud.license.plans import FEATURES
from outlast.ee.cloud.license.repository import Kept
from outlast.ee.cloud.license.standing import Standing, judge, seen, set_back
from outlast.ee.cloud.policy import Rule
from outlast.ee.cloud.unit import Unit
from outlast.kit.errors import NotFound, OutlastError
from outlast.kit.settings import InvalidSettings, Settings

logger = logging.getLogger(__name__)

REREAD = timedelta(seconds=5)
"""How late another process learns of a licence that was installed."""
WATCH = timedelta(minutes=10)
"""Between two looks at the clock and at what is used."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What is used of the licence, on the whole server."""

    seats: int
    workspaces: int


CountUsage: TypeAlias = Callable[[Unit], Awaitable[Usage]]
"""Counts it (domain workspaces), in a unit over all workspaces."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What the operator has set.

    Attributes:
        key: that licences are verified with; empty where none is.
        licence: from the settings, verified; None where none is.
    """

    key: str
    licence: License | None


def from_settings(settings: Settings) -> Configured:
    """Read the licence and its key from the settings.

    Raises:
        InvalidSettings: a licence without a key, or one that this key has not signed: the server must not start.
    """
    key = _read(settings.license_public_key, variable="OUTLAST_LICENSE_PUBLIC_KEY", what="public key")
    text = _read(settings.license, variable="OUTLAST_LICENSE", what="licence")
    if text and not key:
        raise InvalidSettings(
            "OUTLAST_LICENSE is set, and OUTLAST_LICENSE_PUBLIC_KEY is not: set the key that it is verified with."
        )
    try:
        if key:
            documents.check_key(key)
        return Configured(key, documents.verify(text, key) if text else None)
    except KeyRefused as error:
        raise InvalidSettings(f"OUTLAST_LICENSE_PUBLIC_KEY: {error.message}") from error
    except LicenseRefused as error:
        raise InvalidSettings(f"OUTLAST_LICENSE: {error.message}") from error


def _read(given: str, *, variable: str, what: str) -> str:
    try:
        return documents.text_of(given, what=what)
    except NotFound as error:
        raise InvalidSettings(f"{variable}: {error.message}") from error


class Licensing:
    """The licence of a server, and what it allows (the `outlast.ee.cloud.context.LicenceGate` port).

    Attributes:
        configured: what the operator has set; a licence there goes before one that was installed.
        kept: what the database held a moment ago.
        count: counts what is used; None until a domain has said how.
        usage: what was counted last.
    """

    def __init__(self, cloud: Cloud, configured: Configured) -> None:
        self._cloud = cloud
        self.configured = configured
        self.kept = Kept()
        self.count: CountUsage | None = None
        self.usage: Usage | None = None
        self._read_at: float | None = None
        self._installed: License | None = None
        self._reading = asyncio.Lock()

    @property
    def licence(self) -> License | None:
        """The one that counts, whether or not its time has come or is over."""
        return self.configured.licence or self._installed

    @property
    def now(self) -> datetime:
        """The time that licences are judged at."""
        return seen(self._cloud.clock.now(), self.kept.latest_seen_at)

    @property
    def clock_set_back(self) -> bool:
        """Whether the clock shows an earlier time than it once did."""
        return set_back(self._cloud.clock.now(), self.kept.latest_seen_at)

    def standing(self, workspace_id: str | None = None) -> Standing:
        """What may be done now.

        Args:
            workspace_id: where; None for what is the whole server's. A licence of one workspace is none elsewhere.
        """
        licence = self.licence
        if licence is not None and licence.workspace and licence.workspace != workspace_id:
            licence = None
        return judge(licence, now=self.now, over_since=self.kept.over_since)

    async def check(self, rule: Rule, *, writes: bool, workspace_id: str | None = None) -> None:
        needs_writing = writes and isinstance(rule.needs, Role) and not rule.when_read_only
        if not needs_writing and rule.feature is None:
            return
        await self.fresh()
        standing = self.standing(workspace_id)
        if needs_writing:
            standing.require_writable()
        for feature in FEATURES:
            if feature == rule.feature:
                standing.require_feature(feature)

    async def fresh(self) -> None:
        """Read what is kept, if that was not done lately."""
        now = asyncio.get_running_loop().time()
        if self._read_at is not None and now - self._read_at < REREAD.total_seconds():
            return
        async with self._reading:
            if self._read_at is None or now - self._read_at >= REREAD.total_seconds():
                async with units.looking(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
                    self.take(await repository.read(unit))

    def take(self, kept: Kept) -> None:
        """Go by what the database holds now."""
        if kept.text != self.kept.text:
            self._installed = self._verified(kept.text)
        self.kept = kept
        self._read_at = asyncio.get_running_loop().time()

    def forget(self) -> None:
        """Read again at the next question."""
        self._read_at = None

    async def recount(self) -> None:
        """Count what is used now."""
        if self.count is not None:
            async with units.looking(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
                self.usage = await self.count(unit)

    async def watch(self) -> None:
        """Keep what the clock shows and whether too much is in use, until cancelled."""
        while True:
            try:
                await self.look()
            except OutlastError as error:
                logger.warning("The licence can't be looked at: %s", error.message)
            await asyncio.sleep(WATCH.total_seconds())

    async def look(self) -> None:
        """Look once: at the clock, and at what is used."""
        async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            kept = await repository.read(unit, lock=True)
            self.take(kept)
            if set_back(unit.now, kept.latest_seen_at):
                logger.warning("The clock is set back: it has shown %s before.", kept.latest_seen_at)
                await audit.record(unit, "license.clock_set_back", result="failed")
            now = seen(unit.now, kept.latest_seen_at)
            over_since = await self._over_since(unit, kept, now=now)
            await repository.note(unit, latest=now, over_since=over_since)
            self.take(Kept(kept.text, kept.version, now, over_since))

    async def _over_since(self, unit: Unit, kept: Kept, *, now: datetime) -> datetime | None:
        """Since when more is in use than would be allowed, were there no grace."""
        if self.count is None:
            return kept.over_since
        used = self.usage = await self.count(unit)
        terms = judge(self.licence, now=now)
        over = used.seats > terms.seats or (terms.workspaces is not None and used.workspaces > terms.workspaces)
        return (kept.over_since or now) if over else None

    def _verified(self, text: str) -> License | None:
        if not text or not self.configured.key:
            return None
        try:
            return documents.verify(text, self.configured.key)
        except LicenseRefused as error:
            logger.error("The installed licence does not count: %s", error.message)
            return None
