"""Domain events: written to the outbox in the transaction that they tell of, handled after it, and followed live.

Other domains call `emit`, register handlers by `on`, and `purge` when a workspace is no more. The domain of sessions
says by `share_by` which sessions are shared with whom; `projection_for` gives a reader's view of a workspace's stream.
"""

from __future__ import annotations

from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.events import repository
from outlast.ee.cloud.events.companion import SessionFacts
from outlast.ee.cloud.events.facts import EVERY_KIND, Audience, Fact, Handler, Handlers
from outlast.ee.cloud.events.policy import RULES
from outlast.ee.cloud.events.relay import Relay
from outlast.ee.cloud.events.router import router
from outlast.ee.cloud.events.service import emit, purge
from outlast.ee.cloud.events.sight import SharedSessions, Sharing, projection_for, stream_of
from outlast.ee.cloud.unit import looking
from outlast.kit.measures import Gauge
from outlast.streams.log_sql import SqlLog

__all__ = [
    "EVERY_KIND",
    "RULES",
    "Audience",
    "Fact",
    "Handler",
    "SessionFacts",
    "SharedSessions",
    "count_backlog",
    "emit",
    "install",
    "on",
    "projection_for",
    "purge",
    "router",
    "share_by",
    "stream_of",
]

OUTBOX = Gauge("outlast_outbox_facts", "Facts on their way to their handlers, and dead ones.", ("state",))


def install(cloud: Cloud) -> None:
    """Hang the domain on the cloud: its handlers, and the relay, which runs beside the server."""
    cloud.add(Handlers())
    cloud.add(Sharing())
    relay = Relay(cloud)
    cloud.add(relay)
    cloud.beside(relay.run)
    log = cloud.runtime.log
    if isinstance(log, SqlLog) and isinstance(log.companion, SessionFacts):
        log.companion.on_written(relay.wake_soon)


def on(cloud: Cloud, kind: str, handler: Handler) -> None:
    """Have facts of a kind handled, after they were committed, at least once, in order within a workspace.

    Args:
        kind: of the facts; ``*`` for all.
        handler: idempotent; what it raises is tried again, and after some minutes put aside as a dead letter.
    """
    cloud.part(Handlers).add(kind, handler)


def share_by(cloud: Cloud, shared: SharedSessions) -> None:
    """Say how to find out which sessions are shared with somebody."""
    cloud.part(Sharing).shared = shared


async def count_backlog(cloud: Cloud) -> None:
    """Bring the measure of the outbox up to date.

    Raises:
        Unavailable: the database can't be used now.
    """
    async with looking(cloud, workspace_id=ALL_WORKSPACES) as unit:
        found = await repository.backlog(unit)
    OUTBOX.replace({(state,): float(found.get(state, 0)) for state in ("new", "waiting", "dead")})
