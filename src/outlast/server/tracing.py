"""Traces by OpenTelemetry, sent to a collector by OTLP over HTTP; needs the extra ``otel``.

The SDK's own variables (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, ...) hold. Nothing is
set globally: whoever embeds the server keeps a tracer of their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.context import attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from outlast.kit.errors import OutlastError
from outlast.kit.tracing import Fact, Span, named_by_environment

_PATH = "/v1/traces"


class _Open:
    __slots__ = ("_name", "_span")

    def __init__(self, span: OtelSpan, name: str) -> None:
        self._span = span
        self._name = name

    def set(self, name: str, value: Fact) -> None:
        self._span.set_attribute(name, value)
        if name == "http.route":
            self._span.update_name(f"{self._name} {value}")
        elif name == "http.response.status_code" and int(value) >= 500:
            self._span.set_status(Status(StatusCode.ERROR))


class Traces:
    """Gives spans to an OpenTelemetry provider.

    Args:
        provider: who samples and exports them.
    """

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("outlast", version("outlast"))
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, facts: Mapping[str, Fact]) -> Iterator[Span]:
        """Begin a span; see `outlast.kit.tracing.Tracer`."""
        with self._tracer.start_as_current_span(
            name, attributes=facts, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield _Open(span, name)
            except Exception as error:  # broad: the span tells how it ended; goes on up
                # The message may hold what a user typed: the code or the class says enough.
                code = error.code if isinstance(error, OutlastError) else type(error).__qualname__
                span.set_attribute("error.type", code)
                span.set_status(Status(StatusCode.ERROR))
                raise

    @contextmanager
    def request(self, method: str, traceparent: bytes | None) -> Iterator[Span]:
        """Begin the span of an HTTP request, as a part of the trace that the caller named (W3C Trace Context)."""
        carrier = {"traceparent": traceparent.decode("latin-1")} if traceparent else {}
        token = attach(self._propagator.extract(carrier))
        try:
            with self._tracer.start_as_current_span(
                method,
                kind=SpanKind.SERVER,
                attributes={"http.request.method": method},
                record_exception=False,
                set_status_on_exception=False,
            ) as span:
                yield _Open(span, method)
        finally:
            detach(token)

    def close(self) -> None:
        """Send what waits, and end the exporter's thread."""
        self._provider.shutdown()


def open_traces(endpoint: str) -> Traces | None:
    """Set up the export of traces.

    Args:
        endpoint: URL of the collector; if empty, `OTEL_EXPORTER_OTLP_ENDPOINT` or its form for traces decides.

    Returns:
        None when nobody collects.
    """
    if not endpoint and not named_by_environment():
        return None
    url = endpoint.rstrip("/").removesuffix(_PATH) + _PATH if endpoint else None
    exporter = OTLPSpanExporter(endpoint=url)
    provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)


def _resource() -> Resource:
    own = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "outlast"}
    return Resource.create({**own, "service.version": version("outlast")})
