"""What the operator of a server looks at, put together: the log, the measures, the traces, the probes."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from outlast.ee.cloud import events
from outlast.ee.cloud.context import Cloud
from outlast.kit.measures import Gauge
from outlast.kit.settings import InvalidSettings, Settings
from outlast.kit.tracing import named_by_environment, send_spans_to
from outlast.runtime import Runtime
from outlast.server.access import FrontDoor, Page
from outlast.server.health import Check, ReadyPage, database_checks, healthz
from outlast.server.logs import AccessLog
from outlast.server.metrics import MetricsPage, Probe

if TYPE_CHECKING:
    from outlast.server.tracing import Traces

AWAKE = Gauge("outlast_sessions_awake", "Sessions that have a process now.", ("state",))


def front_door(app: ASGIApp, cloud: Cloud, *, log: AccessLog | None = None, traces: Traces | None = None) -> FrontDoor:
    """Put what the operator needs before an app.

    Args:
        app: what answers requests.
        cloud: that it stands on.
        log: where requests are told of.
        traces: where spans go.
    """
    runtime, settings = cloud.runtime, cloud.settings
    token = settings.metrics_token
    pages: Mapping[str, Page] = {
        "/healthz": healthz,
        "/readyz": ReadyPage(_checks(runtime), cloud.stopping),
        "/metrics": MetricsPage(
            token=token.get_secret_value() if token is not None else None,
            hosts=settings.metrics_hosts,
            probes=(_count_awake(runtime), lambda: events.count_backlog(cloud)),
        ),
    }
    return FrontDoor(app, pages=pages, log=log, traces=traces)


def start_tracing(settings: Settings) -> Traces | None:
    """Begin to send traces, if a collector is named.

    Raises:
        InvalidSettings: one is, and the extra is not installed.
    """
    if not settings.otel_endpoint and not named_by_environment(os.environ):
        return None
    try:
        from outlast.server.tracing import open_traces  # late: OpenTelemetry's SDK is an extra
    except ImportError as error:
        raise InvalidSettings("OUTLAST_OTEL_ENDPOINT: traces need `pip install 'outlast[otel]'`.") from error
    traces = open_traces(settings.otel_endpoint)
    send_spans_to(traces)
    return traces


async def stop_tracing(traces: Traces | None) -> None:
    """Send what is left; the collector may take its time."""
    send_spans_to(None)
    if traces is not None:
        await asyncio.to_thread(traces.close)


def _checks(runtime: Runtime) -> Mapping[str, Check]:
    async def lease() -> str:
        return "" if runtime.holds_lease else "The host's lease is over."

    of_database = database_checks(runtime.engine) if runtime.engine is not None else {}
    return {**of_database, "lease": lease}


def _count_awake(runtime: Runtime) -> Probe:
    async def count() -> None:
        states = Counter(live.record.state for live in runtime.host.awake.values())
        AWAKE.replace({(state,): float(number) for state, number in states.items()})

    return count
