"""The pages for the operator: health, readiness, metrics."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network

import pytest
from prometheus_client.parser import text_string_to_metric_families

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.http.problems import PROBLEM_TYPE
from outlast.kit.errors import Unavailable
from outlast.kit.measures import Counter, Gauge, Histogram
from outlast.protocol.codec import Json, decode_json
from outlast.server.health import ReadyPage, database_checks, healthz
from outlast.server.metrics import MetricsPage
from tests.unit.server.asgi import Answer, ask, scope_of

NEAR = (ip_network("127.0.0.1/32"), ip_network("::1/128"))


def _json(answer: Answer) -> dict[str, Json]:
    body: dict[str, Json] = decode_json(answer.body, dict)
    return body


async def test_a_living_process_says_so() -> None:
    answer = await ask(healthz, scope_of("/healthz"))
    assert (answer.status, _json(answer)) == (200, {"status": "ok"})


async def test_a_server_is_ready_when_its_database_answers_with_the_right_schema(database_url: str) -> None:
    engine = create_engine(database_url)
    page = ReadyPage(database_checks(engine), asyncio.Event())
    answer = await ask(page, scope_of("/readyz"))
    assert (answer.status, answer.headers["content-type"]) == (503, PROBLEM_TYPE)
    assert _json(answer)["code"] == "not_ready"
    assert "outlast db upgrade" in _json(answer)["checks"]["schema"]
    await upgrade(engine)
    answer = await ask(ReadyPage(database_checks(engine), asyncio.Event()), scope_of("/readyz"))
    assert (answer.status, _json(answer)["checks"]) == (200, {"database": "ok", "schema": "ok"})
    await engine.dispose()


async def test_a_server_whose_database_is_gone_is_not_ready_and_does_not_say_where_it_was() -> None:
    """[security 80]"""
    engine = create_engine("postgresql://ada:secret-word@127.0.0.1:1/nowhere")
    answer = await ask(ReadyPage(database_checks(engine), asyncio.Event()), scope_of("/readyz"))
    assert answer.status == 503
    assert _json(answer)["checks"]["database"] == "The database does not answer."
    assert b"127.0.0.1" not in answer.body
    assert b"secret-word" not in answer.body
    await engine.dispose()


async def test_a_stopping_server_is_not_ready_any_more() -> None:
    stopping = asyncio.Event()
    page = ReadyPage({}, stopping)
    assert (await ask(page, scope_of("/readyz"))).status == 200
    stopping.set()
    answer = await ask(page, scope_of("/readyz"))
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert _json(answer)["detail"] == "The server is not ready. The server is stopping."


async def test_many_probes_at_once_look_once() -> None:
    looks = 0

    async def look() -> str:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        return ""

    page = ReadyPage({"database": look}, asyncio.Event())
    answers = await asyncio.gather(*(ask(page, scope_of("/readyz")) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert looks == 1


async def test_metrics_are_in_the_format_of_prometheus() -> None:
    hits = Counter("test_hits_total", "Hits.", ("page",))
    depth = Gauge("test_depth", "Depth.")
    waits = Histogram("test_waits_seconds", "Waits.", (0.1, 1.0))
    hits.add('a "quoted"\npage')
    depth.add(by=2)
    for wait in (0.05, 0.5, 5):
        waits.observe(wait)
    probed = []

    async def probe() -> None:
        probed.append(True)

    answer = await ask(MetricsPage(token=None, hosts=NEAR, probes=[probe]), scope_of("/metrics"))
    samples = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert probed == [True]
    assert samples["test_hits_total", ('a "quoted"\npage',)] == 1
    assert samples["test_depth", ()] == 2
    assert [samples["test_waits_seconds_bucket", (end,)] for end in ("0.1", "1.0", "+Inf")] == [1, 2, 3]
    assert samples["test_waits_seconds_count", ()] == 3
    assert samples["test_waits_seconds_sum", ()] == pytest.approx(5.55)
    assert ("process_resident_memory_bytes", ()) in samples


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_metrics_are_given_to_this_machine(client: str) -> None:
    answer = await ask(MetricsPage(token=None, hosts=NEAR), scope_of("/metrics", client=(client, 1)))
    assert answer.status == 200


@pytest.mark.parametrize("client", [("10.0.0.7", 1), ("2001:db8::1", 1), None])
async def test_metrics_are_not_given_to_others(client: tuple[str, int] | None) -> None:
    answer = await ask(MetricsPage(token=None, hosts=NEAR), scope_of("/metrics", client=client))
    assert (answer.status, _json(answer)["code"]) == (403, "metrics_refused")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
async def test_metrics_are_not_given_through_a_proxy_on_this_machine(header: str) -> None:
    """[security 58]"""
    answer = await ask(MetricsPage(token=None, hosts=NEAR), scope_of("/metrics", headers=[(header, "for=127.0.0.1")]))
    assert answer.status == 403


async def test_a_metrics_token_is_asked_of_everybody() -> None:
    page = MetricsPage(token="metrics-token-of-32-characters-xx", hosts=NEAR)
    for headers in ([], [("Authorization", "Bearer wrong")], [("Authorization", "Basic metrics-token")]):
        answer = await ask(page, scope_of("/metrics", headers=headers))
        assert answer.status == 401
        assert "www-authenticate" in answer.headers
    good = [("Authorization", "Bearer metrics-token-of-32-characters-xx"), ("X-Forwarded-For", "203.0.113.7")]
    assert (await ask(page, scope_of("/metrics", headers=good, client=("203.0.113.7", 1)))).status == 200


async def test_metrics_that_can_not_be_had_are_a_problem() -> None:
    async def broken() -> None:
        raise Unavailable("The database can't be used now; try again in a moment.")

    answer = await ask(MetricsPage(token=None, hosts=NEAR, probes=[broken]), scope_of("/metrics"))
    assert (answer.status, answer.headers["content-type"]) == (503, PROBLEM_TYPE)


def test_labels_from_outside_do_not_fill_the_memory() -> None:
    many = Counter("test_many_total", "Many.", ("who",))
    for number in range(6000):
        many.add(str(number))
    assert len(many.values) == 5001
    assert many.values["other",] == 1000
