"""Spans of requests and of what they cause."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind
from typing_extensions import override

from outlast.db.engine import create_engine
from outlast.db.unit import transaction
from outlast.executors.base import Source
from outlast.kit.errors import InputNotFound, SessionNotFound
from outlast.kit.settings import load_settings
from outlast.kit.tracing import named_by_environment, send_spans_to, span
from outlast.protocol.events import User
from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import memory_runtime
from outlast.runtime.registry import AppEntry
from outlast.server.access import FrontDoor
from outlast.server.operations import start_tracing, stop_tracing
from outlast.server.tracing import Traces
from outlast.testing.fakes import FakeExecutor
from tests.api.conversation import GREETER, converse
from tests.unit.server.asgi import ask, scope_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
ENTRY = AppEntry(GREETER, Source(path=Path("talk.py"), module="talk", root=Path(), code=""))


class Collected:
    """A collector in memory."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.traces = Traces(self.provider)

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self._exporter.get_finished_spans()}


@pytest.fixture
def collected() -> Iterator[Collected]:
    collector = Collected()
    send_spans_to(collector.traces)
    yield collector
    send_spans_to(None)
    collector.traces.close()


def _door(traces: Traces) -> FrontDoor:
    app = FastAPI()

    @app.get("/things/{thing_id}")
    async def thing(thing_id: str) -> None:
        with span("thing.read", thing_id=thing_id) as reading:
            reading.set("outlast.size", 3)

    return FrontDoor(app, pages={}, traces=traces)


async def test_a_request_goes_on_with_the_trace_of_its_caller(collected: Collected) -> None:
    headers = [("traceparent", f"00-{TRACE}-{PARENT}-01"), ("X-Request-Id", "request-1234")]
    await ask(_door(collected.traces), scope_of("/things/7", headers=headers))
    request, inner = collected.spans["GET /things/{thing_id}"], collected.spans["thing.read"]
    assert request.kind is SpanKind.SERVER
    assert request.context is not None
    assert request.parent is not None
    assert inner.parent is not None
    assert f"{request.context.trace_id:032x}" == TRACE
    assert f"{request.parent.span_id:016x}" == PARENT
    assert inner.parent.span_id == request.context.span_id
    assert dict(request.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/things/{thing_id}",
        "http.response.status_code": 200,
        "outlast.request_id": "request-1234",
    }
    assert dict(inner.attributes or {}) == {"outlast.thing_id": "7", "outlast.size": 3}


@pytest.mark.parametrize("given", ["", "00-zz-zz-01", f"00-{'0' * 32}-{PARENT}-01", "x" * 5000])
async def test_a_bad_traceparent_begins_a_trace_of_its_own(collected: Collected, given: str) -> None:
    await ask(_door(collected.traces), scope_of("/things/7", headers=[("traceparent", given)]))
    assert collected.spans["GET /things/{thing_id}"].parent is None


async def test_an_error_is_named_in_a_span_and_what_it_says_is_not(collected: Collected) -> None:
    with pytest.raises(SessionNotFound), span("session.answer"):
        raise SessionNotFound("There is no session of Ada Lovelace.")
    failed = collected.spans["session.answer"]
    assert dict(failed.attributes or {}) == {"error.type": "session.not_found"}
    assert not failed.status.is_ok
    assert not failed.events


async def test_a_session_is_a_trace_of_what_is_done_with_it(collected: Collected) -> None:
    async with await memory_runtime(HostSettings(), executor=FakeExecutor(converse, apps=[GREETER])) as runtime:
        runtime.registry.add_entry(ENTRY)
        session = await runtime.host.start(ENTRY, {"name": "Ada"}, user=User(id="ada", name="Ada"))
        live = runtime.host.awake[session]
        with pytest.raises(InputNotFound):
            await runtime.host.submit(session, "no such input", 1, by=None)
        await runtime.host.cancel(session, by=None)
        await live.gone.wait()
    spans = collected.spans
    assert {"session.start", "session.answer", "session.cancel", "streams.commit"} <= set(spans)
    assert (spans["session.answer"].attributes or {})["outlast.session_id"] == session
    assert (spans["session.answer"].attributes or {})["error.type"] == "input.not_found"


async def test_a_transaction_is_a_span(collected: Collected, sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    async with transaction(engine):
        pass
    await engine.dispose()
    assert dict(collected.spans["database.transaction"].attributes or {}) == {"outlast.system": "sqlite"}


async def test_what_is_not_sampled_is_served_all_the_same() -> None:
    provider = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    traces = Traces(provider)
    assert (await ask(_door(traces), scope_of("/things/7"))).status == 200
    traces.close()


def test_the_environment_names_a_collector_or_switches_it_off() -> None:
    named = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}
    assert named_by_environment(named)
    assert not named_by_environment({**named, "OTEL_SDK_DISABLED": "true"})
    assert not named_by_environment({})


def test_without_a_collector_a_span_is_nothing() -> None:
    with span("thing.read", thing_id="7") as nothing:
        nothing.set("outlast.size", 3)


class _Collector(BaseHTTPRequestHandler):
    """Takes what is posted."""

    posted: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        self.posted.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


async def test_spans_reach_a_collector_that_the_settings_name() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        traces = start_tracing(load_settings(otel_endpoint=f"http://127.0.0.1:{server.server_port}"))
        assert traces is not None
        with span("thing.read", thing_id="7"):
            pass
        await stop_tracing(traces)
        server.shutdown()
        thread.join()
    (path, body) = _Collector.posted[0]
    assert path == "/v1/traces"
    assert b"thing.read" in (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    with span("thing.read") as nothing:
        nothing.set("outlast.size", 3)


async def test_without_a_collector_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert start_tracing(load_settings()) is None
