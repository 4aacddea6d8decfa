"""What an operator sees of `outlast serve`: its log, its measures, its probes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import make_url

from outlast.client import Client, RunningServer, follow, running_server
from outlast.kit.settings import load_settings
from outlast.protocol.codec import Json, encode_json
from outlast.runtime import upgrade_database
from tests.process.command_line import OUTLAST

LIMIT_S = 15
APPS = """
from outlast import app, ask, write


@app
def talk():
    write("Hello " + ask("Name?"))


@app
def fails():
    raise ValueError("broken on purpose")
"""
PASSWORD = "not-to-be-seen-anywhere-77"
ITEM = "/api/v1/workspaces/{workspace_id}/sessions/{session_id}"


@dataclass
class Operated:
    """A running server and its log.

    Attributes:
        process: ``outlast serve``.
        running: where it is.
        log: the file that its standard error goes to.
    """

    process: subprocess.Popen[str]
    running: RunningServer
    log: Path

    def records(self) -> Sequence[Mapping[str, Json]]:
        """The log so far."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def stop(self) -> int:
        """Stop it as systemd does."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT_S)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask it something without a credential."""
        return httpx.get(f"{self.running.url}{path}", headers=headers, trust_env=False, timeout=LIMIT_S)

    def measures(self) -> Mapping[tuple[str, tuple[str, ...]], float]:
        """All samples by their names and the values of their labels, in the order of the labels' names."""
        families = text_string_to_metric_families(self.get("/metrics").text)
        return {
            (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in families
            for sample in family.samples
        }


@contextlib.contextmanager
def _operated(folder: Path, **settings: str) -> Iterator[Operated]:
    (folder / "apps.py").write_text(APPS, "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAST_")}
    given = {f"OUTLAST_{name.upper()}": value for name, value in settings.items()}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [OUTLAST, "serve", "apps.py", "--port", "0"],
            cwd=folder,
            env={**kept, "OUTLAST_DATA_DIR": str(folder / "data"), **given},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "Stop" in line:
                break
        running = running_server(folder / "data")
        assert running is not None, (folder / "log").read_text("utf-8")
        yield Operated(process, running, folder / "log")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(LIMIT_S)
        if process.stdout is not None:
            process.stdout.close()


def _talked(server: Operated) -> str:
    """Start a session, follow it, answer it to its end; its id."""
    with Client.to(server.running) as client:
        session = client.start("talk").id
        for each in follow(client, session, give_up=timedelta(seconds=LIMIT_S)):
            event = json.loads(encode_json(each))
            if event.get("event") == "input.requested":
                client.answer(session, event["input"], PASSWORD)
        return session


def test_every_request_is_one_record_of_the_log_without_secrets(tmp_path: Path) -> None:
    """[security 7, 84]"""
    with _operated(tmp_path) as server:
        session = _talked(server)
        server.get("/api/v1/auth/me", authorization="Bearer olt_thisisnotagoodtoken")
        server.get("/nothing/here?token=olt_inthequery")
        assert server.stop() == 0
    requests = [record for record in server.records() if record["event"] == "request"]
    by_route = {(record["method"], record["route"]): record for record in requests}
    start = by_route["POST", "/api/v1/workspaces/{workspace_id}/sessions"]
    assert (start["status"], start["workspace"]) == (201, server.running.workspace_id)
    assert start["user"]
    assert by_route["GET", f"{ITEM}/events"]["stream"] is True
    assert by_route["POST", f"{ITEM}/interactions"]["status"] == 204
    refused = by_route["GET", "/api/v1/auth/me"]
    assert (refused["status"], "user" in refused) == (401, False)
    assert by_route["GET", "unmatched"]["status"] == 404
    assert len({record["request_id"] for record in requests}) == len(requests)
    text = server.log.read_text("utf-8")
    for secret in (server.running.token, PASSWORD, "thisisnotagoodtoken", "inthequery", session):
        assert secret not in text


def test_a_request_id_ties_the_answer_to_the_log(tmp_path: Path) -> None:
    with _operated(tmp_path) as server:
        given = server.get("/api/v1/auth/me", **{"x-request-id": "from-the-proxy-1234"})
        made = server.get("/api/v1/auth/me")
        server.stop()
    assert given.headers["x-request-id"] == "from-the-proxy-1234"
    ids = [record["request_id"] for record in server.records() if record["event"] == "request"]
    assert ids == ["from-the-proxy-1234", made.headers["x-request-id"]]


def test_measures_count_what_sessions_and_requests_do(tmp_path: Path) -> None:
    with _operated(tmp_path) as server:
        before = server.measures()
        _talked(server)
        with Client.to(server.running) as client:
            failed = client.start("fails").id
            for _ in follow(client, failed, give_up=timedelta(seconds=LIMIT_S)):
                pass
        after = server.measures()
    base = "/api/v1/workspaces/{workspace_id}/sessions"

    def grown(name: str, *labels: str) -> float:
        return after[name, labels] - before.get((name, labels), 0)

    assert grown("outlast_http_requests_total", "POST", base, "201") == 2
    assert grown("outlast_http_requests_total", "GET", f"{ITEM}/events", "200") >= 2
    assert grown("outlast_sessions_started_total") == 2
    assert grown("outlast_sessions_ended_total", "", "completed") == 1
    assert grown("outlast_sessions_ended_total", "app_error", "failed") == 1
    assert grown("outlast_commit_duration_seconds_count") > 0
    assert grown("outlast_commits_refused_total") == 0
    assert after["outlast_http_request_duration_seconds_count", ("POST", base)] == 2
    assert after["outlast_event_streams_open", ()] == 0
    assert after["outlast_outbox_facts", ("dead",)] == 0
    assert after["outlast_password_hashes", ()] == 0
    assert after["process_open_fds", ()] > 0


def test_probes_answer_by_any_name_and_tell_when_the_server_stops(tmp_path: Path) -> None:
    with _operated(tmp_path) as server:
        for host in ("10.0.0.7:8000", "localhost"):
            assert server.get("/healthz", host=host).json() == {"status": "ok"}
            ready = server.get("/readyz", host=host)
            assert (ready.status_code, ready.json()["checks"]) == (
                200,
                {"database": "ok", "schema": "ok", "lease": "ok"},
            )
        assert server.get("/api/v1/auth/me", host="10.0.0.7:8000").status_code == 403
    with pytest.raises(httpx.ConnectError):
        server.get("/readyz")


def test_the_log_of_a_terminal_is_for_people_and_tells_of_no_request(tmp_path: Path) -> None:
    with _operated(tmp_path, log_format="text", log_level="info") as server:
        _talked(server)
        server.stop()
    assert "request" not in server.log.read_text("utf-8")


def test_metrics_are_for_who_has_the_token(tmp_path: Path) -> None:
    with _operated(tmp_path, metrics_token="a-token-for-prometheus-alone") as server:
        assert server.get("/metrics").status_code == 401
        answer = server.get("/metrics", authorization="Bearer a-token-for-prometheus-alone")
        assert (answer.status_code, "outlast_sessions_awake" in answer.text) == (200, True)
        server.stop()
    assert "a-token-for-prometheus-alone" not in server.log.read_text("utf-8")


@pytest.fixture
async def plain_owner_url(postgres_url: str, postgres_socket: Path) -> AsyncIterator[str]:
    """A database whose owner is no superuser and may make no roles, as a hosting provider gives it."""
    asyncpg = pytest.importorskip("asyncpg")
    name, owner = make_url(postgres_url).database, f"owner_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(host=str(postgres_socket), user="postgres", database=name)
    await admin.execute(f"CREATE ROLE {owner} LOGIN")
    await admin.execute(f"ALTER DATABASE {name} OWNER TO {owner}")
    yield postgres_url.replace("postgres@", f"{owner}@")
    await admin.execute(f"ALTER DATABASE {name} OWNER TO postgres")
    await admin.execute(f"DROP OWNED BY {owner} CASCADE")
    await admin.execute(f"DROP ROLE {owner}")
    await admin.close()


@pytest.fixture(params=["postgres_url", "plain_owner_url"])
def owned_url(request: pytest.FixtureRequest) -> str:
    """A database's, as an administrator and as its plain owner."""
    return str(request.getfixturevalue(request.param))


@pytest.mark.postgres
@pytest.mark.timeout(60)
def test_a_first_start_on_postgresql_lets_its_owner_in(tmp_path: Path, owned_url: str) -> None:
    asyncio.run(upgrade_database(load_settings(data_dir=tmp_path / "data", database_url=owned_url)))
    with _operated(tmp_path, database_url=owned_url) as server:
        _talked(server)
        assert server.get("/readyz").status_code == 200
