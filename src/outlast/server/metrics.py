"""``/metrics``: what the parts of the server count, in Prometheus's text format.

Who may read it: with the setting `metrics_token`, whoever sends it as a bearer; without, the addresses of
`metrics_hosts`, which are this machine's own unless set. A request that came through a proxy has the proxy's address,
so one that says so is refused without the token.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client import Metric as Family
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from outlast.http.problems import problem_response
from outlast.kit.errors import OutlastError, Refused, Unauthenticated
from outlast.kit.measures import Amounts, Counter, Histogram, Measure, all_measures

Probe = Callable[[], Awaitable[None]]
"""Brings gauges up to date that are looked up when asked for."""

_FORWARDED = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})


class MetricsRefused(Refused):
    """Metrics are not for this address; set `OUTLAST_METRICS_TOKEN` and send it."""

    code = "metrics_refused"


class MetricsPage:
    """The page.

    Args:
        token: that opens it; None for none.
        hosts: whose requests need no token.
        probes: run before each answer.
    """

    def __init__(
        self, *, token: str | None, hosts: Sequence[IPv4Network | IPv6Network], probes: Iterable[Probe] = ()
    ) -> None:
        self._token = token
        self._hosts = hosts
        self._probes = tuple(probes)
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Measures())
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check(scope)
            for probe in self._probes:
                await probe()
        except OutlastError as error:
            await problem_response(error, path=scope["path"])(scope, receive, send)
            return
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        await Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST, headers=headers)(
            scope, receive, send
        )

    def _check(self, scope: Scope) -> None:
        given = dict(scope["headers"])
        if self._token is not None:
            scheme, _, token = given.get(b"authorization", b"").partition(b" ")
            if scheme.lower() != b"bearer" or not hmac.compare_digest(token.strip(), self._token.encode()):
                raise Unauthenticated("Send the metrics token: Authorization: Bearer.")
        elif not _FORWARDED.isdisjoint(given) or not self._is_near(scope["client"]):
            raise MetricsRefused(
                "Metrics are for this machine only; set OUTLAST_METRICS_TOKEN and send it as a bearer."
            )

    def _is_near(self, client: tuple[str, int] | None) -> bool:
        if client is None:
            return False
        try:
            address = ip_address(client[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._hosts)


class _Measures(Collector):
    @override
    def collect(self) -> Iterator[Family]:
        for measure in all_measures():
            yield _family(measure)


def _family(measure: Measure) -> Family:
    name, meaning, labels = measure.name, measure.meaning, measure.labels
    if isinstance(measure, Histogram):
        histogram = HistogramMetricFamily(name, meaning, labels=labels)
        for values, series in list(measure.values.items()):
            counted, buckets = 0, []
            for bound, count in zip([*map(str, measure.bounds), "+Inf"], series.counts, strict=True):
                counted += count
                buckets.append((bound, counted))
            histogram.add_metric(values, buckets, series.total)
        return histogram
    assert isinstance(measure, Amounts)
    kind = CounterMetricFamily if isinstance(measure, Counter) else GaugeMetricFamily
    family = kind(name, meaning, labels=labels)
    for values, value in list(measure.values.items()):
        family.add_metric(values, value)
    return family
