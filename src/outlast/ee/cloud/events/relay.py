"""The relay: takes facts out of the outbox, appends them to their workspace's stream, and has them handled.

One runs beside each server. Promises, whatever number of them run on one database:

- A fact is in its workspace's stream, and is handled, if the transaction that told it was committed; also when every
  server died right after it.
- The stream has each fact once. A handler gets it at least once: again after a failure, or when a server died.
- Within a workspace facts are handled in the order in which they were told; one that fails holds back those behind it,
  until it succeeds or is put aside as a dead letter. Workspaces do not wait for each other.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import RowMapping

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.events import repository
from outlast.ee.cloud.events.companion import SessionFacts
from outlast.ee.cloud.events.facts import Fact, Handlers
from outlast.ee.cloud.events.sight import is_workspace_stream, stored, stream_of
from outlast.kit.errors import Unavailable
from outlast.kit.killpoints import reach
from outlast.streams.log import StoredEvent
from outlast.streams.log_sql import SqlLog

logger = logging.getLogger(__name__)

POLL = timedelta(seconds=1)
"""How soon facts are found that another process told, or whose time has come."""

LINGER = timedelta(milliseconds=100)
"""Between a session's commit and the relay's, and between two rounds of its own: busy sessions need the database more
than lists do, and what they tell in the meantime goes along."""

PAUSES: Sequence[timedelta] = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
)
"""Before a fact is tried again; after the last it is a dead letter."""

LEASE = timedelta(seconds=60)
"""How long a fact is one relay's to handle. A relay that died leaves its facts for so long."""
HANDLER_TIMEOUT = timedelta(seconds=20)
"""A handler that takes longer has failed. With the lease's half it ends before the lease does."""

BATCH = 500
WORKSPACES = 8
FACTS = 20
KEPT_EVENTS = 10_000
"""Of each workspace's stream; who was away for longer begins anew."""


@dataclass(slots=True)
class _Outcome:
    """How the handling of one workspace's facts went."""

    done: list[int]
    untouched: list[int]
    failed: RowMapping | None = None
    handled: str = ""
    error: str = ""


class Relay:
    """See the module.

    Args:
        cloud: whose outbox it is.
        pauses: between attempts.
    """

    def __init__(self, cloud: Cloud, *, pauses: Sequence[timedelta] = PAUSES) -> None:
        self._cloud = cloud
        self._pauses = pauses
        self._woken = asyncio.Event()
        self._later: asyncio.TimerHandle | None = None
        self._known: dict[str, int] = {}

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def wake_soon(self) -> None:
        """Look at the outbox after `LINGER`."""
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(LINGER.total_seconds(), self._wake_late)

    def _wake_late(self) -> None:
        self._later = None
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        log = self._cloud.runtime.log
        told = log.companion if isinstance(log, SqlLog) else None
        if isinstance(told, SessionFacts):
            told.attach(asyncio.get_running_loop())
        try:
            await self._recover()
            while True:
                self._woken.clear()
                if await self.work():
                    await asyncio.sleep(LINGER.total_seconds())
                else:
                    await self._wait()
        finally:
            if isinstance(told, SessionFacts):
                told.detach()
            if self._later is not None:
                self._later.cancel()
                self._later = None

    async def work(self) -> bool:
        """Do what there is to do now; whether there was anything."""
        try:
            async with units.looking(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
                new, due = await repository.pending(unit)
            reach("relay.found")
            told, handled_later = await self._tell_new() if new else (False, False)
            return (await self._handle_due() if due or handled_later else False) or told
        except Unavailable as error:
            logger.warning("The outbox waits for the database: %s", error.message)
            return False

    async def _recover(self) -> None:
        """An embedded database has one server: what is leased was leased by one that is no more."""
        if self._cloud.engine.dialect.name == "sqlite":
            async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
                await repository.release(unit)

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL.total_seconds()):
                await self._woken.wait()
                return
        with suppress(Unavailable):
            await self._nudge()

    async def _tell_new(self) -> tuple[bool, bool]:
        """Append new facts to their workspaces' streams; whether there were any, and whether any are to be handled."""
        async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            rows = await repository.new_facts(unit, limit=BATCH)
            streams = {stream_of(row["workspace_id"]) for row in rows}
            batches = _batches(rows, await repository.heads(unit, streams) if streams else {})
            await repository.append(unit, batches)
            for stream, events in batches.items():
                if events[-1].seq // 1000 > (events[0].seq - 1) // 1000:
                    await repository.trim(unit, stream, before=events[-1].seq - KEPT_EVENTS)
            handlers = self._cloud.part(Handlers)
            later = [row["position"] for row in rows if handlers.of(row["kind"])]
            await repository.settle_new(
                unit, handled_later=later, done={row["position"] for row in rows}.difference(later)
            )
        reach("relay.told")
        for stream, events in batches.items():
            self._known[stream] = events[-1].seq
            self._cloud.runtime.bus.publish(stream, events)
        return bool(rows), bool(later)

    async def _handle_due(self) -> bool:
        now = self._cloud.clock.now()
        async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            rows = await repository.claim(unit, until=now + LEASE, workspaces=WORKSPACES, facts=FACTS)
        by_workspace: defaultdict[str, list[RowMapping]] = defaultdict(list)
        for row in rows:
            by_workspace[row["workspace_id"]].append(row)
        outcomes = [_Outcome([], [row["position"] for row in run]) for run in by_workspace.values()]
        runs = [self._handle_run(run, out) for run, out in zip(by_workspace.values(), outcomes, strict=True)]
        try:
            reach("relay.claimed")
            await asyncio.gather(*runs)
            reach("relay.handled")
        finally:
            # Also when this is cancelled: what was handled is not handled again, and the rest is free at once.
            if outcomes:
                await asyncio.shield(self._settle(outcomes))
        return bool(rows)

    async def _handle_run(self, rows: Sequence[RowMapping], out: _Outcome) -> None:
        """Handle facts of one workspace in order, up to the first that fails."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + LEASE.total_seconds() / 2
        for row in rows:
            if loop.time() > ends:
                return
            out.handled = row["handled"]
            out.error = await self._handle(row, out)
            out.untouched.remove(row["position"])
            if out.error:
                out.failed = row
                return
            out.done.append(row["position"])

    async def _handle(self, row: RowMapping, out: _Outcome) -> str:
        """Have every handler that is not done handle a fact; what went wrong."""
        fact = _fact(row)
        failures = []
        for name, handler in self._cloud.part(Handlers).of(fact.kind):
            if name in out.handled.split():
                continue
            try:
                async with asyncio.timeout(HANDLER_TIMEOUT.total_seconds()):
                    await handler(self._cloud, fact)
            except Exception as error:  # broad: whatever a handler raises, the fact is tried again
                logger.warning("%s could not handle %s %s", name, fact.kind, fact.id, exc_info=True)
                failures.append(f"{name}: {type(error).__name__}: {error}")
            else:
                out.handled = f"{out.handled} {name}".strip()
        return "; ".join(failures)[:2000]

    async def _settle(self, outcomes: Collection[_Outcome]) -> None:
        async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            for out in outcomes:
                await repository.settle(unit, done=out.done, untouched=out.untouched)
                if out.failed is None:
                    continue
                attempts = out.failed["attempts"] + 1
                dead = attempts > len(self._pauses)
                if dead:
                    logger.error("Fact %s is a dead letter: %s", out.failed["id"], out.error)
                await repository.postpone(
                    unit,
                    out.failed["position"],
                    state="dead" if dead else "waiting",
                    handled=out.handled,
                    attempts=attempts,
                    due=unit.now if dead else unit.now + self._pauses[attempts - 1],
                    error=out.error,
                )

    async def _nudge(self) -> None:
        """Tell this process's readers of what another process's relay appended."""
        streams = [stream for stream in self._cloud.viewers.streams if is_workspace_stream(stream)]
        self._known = {stream: seq for stream, seq in self._known.items() if stream in streams}
        if not streams or self._cloud.engine.dialect.name == "sqlite":
            return
        async with units.looking(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            heads = await repository.heads(unit, streams)
        for stream, head in heads.items():
            if head > self._known.get(stream, 0):
                self._known[stream] = head
                events = await self._cloud.runtime.log.read(stream, after=head - 1)
                self._cloud.runtime.bus.publish(stream, events)  # a reader that lacks what is before reads the log


def _batches(rows: Sequence[RowMapping], heads: Mapping[str, int]) -> Mapping[str, Sequence[StoredEvent]]:
    """The events of new facts, by stream. Of a session that changed several times the last state is enough."""
    told = [(row, json.loads(row["data"])) for row in rows if row["audience"] != "nobody"]
    last = {data["session"]: row["position"] for row, data in told if row["kind"] == "session.updated"}
    batches: defaultdict[str, list[StoredEvent]] = defaultdict(list)
    for row, data in told:
        if row["kind"] == "session.updated" and last[data["session"]] != row["position"]:
            continue
        stream = stream_of(row["workspace_id"])
        seq = batches[stream][-1].seq if batches[stream] else heads.get(stream, 0)
        batches[stream].append(stored(row, data, seq=seq + 1))
    return batches


def _fact(row: RowMapping) -> Fact:
    at: datetime = row["created_at"]
    return Fact(
        id=row["id"],
        workspace_id=row["workspace_id"],
        kind=row["kind"],
        data=json.loads(row["data"]),
        at=at.replace(tzinfo=UTC) if at.tzinfo is None else at,
    )
