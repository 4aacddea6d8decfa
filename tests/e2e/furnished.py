"""A server that looks lived in: people, sessions in every state, files, invitations, tokens, a licence, an audit trail.

The pictures of the documentation and of a review are taken of it.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from outlast.client import Client, RunningServer, follow, running_server
from outlast.ee.cloud.license.documents import License, issue, make_keys
from outlast.protocol.api import SessionItem
from outlast.protocol.codec import Json
from outlast.protocol.events import TERMINAL, InputRequested, SessionHibernated

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PASSWORD = "correct horse battery staple 41"
OWNER = "ada@example.com"
MORE_APPS = '''
"""Apps whose sessions stay in the states that examples pass through."""

import time
from datetime import timedelta

from outlast import app, ask, markdown, metric, note, progress, section, status, table, write


@app(title="Nightly import", icon="🌙")
def nightly_import(source: str = "warehouse", rows: int = 120_000) -> None:
    """Bring yesterday's orders into the ledger."""
    write(f"# Import from {source}")
    with status("Bringing in the orders") as work:
        work.step("Connected")
        work.step("Checked the columns")
        with progress(rows, "Rows", unit="rows") as bar:
            for _ in range(5):
                time.sleep(0.2)
                bar.advance(rows // 12)
            time.sleep(3600)


@app(title="Invoice check", icon="🧮")
def invoice_check(month: str = "October") -> None:
    """Compare the invoices of a month with its orders."""
    write(f"# Invoices of {month}")
    table([{"invoice": "2026-118", "euros": 412.5}, {"invoice": "2026-119", "euros": 89.0}])
    raise ValueError("invoice 2026-120 has no order")


@app(title="Weekly review", icon="🗓️", hibernate_after=timedelta(milliseconds=50))
def weekly_review(team: str = "Research") -> None:
    """Collect what happened in a week."""
    write(f"# {team}, week 47")
    with section("So far"):
        metric("Orders", 128, delta=12)
        note("Two deliveries are late.", level="warning")
    ask("What went well?", multiline=True)


@app(title="Guest list", icon="🎟️")
def guest_list(event: str = "Open house") -> None:
    """Count who comes."""
    write(f"# {event}")
    ask("How many guests?", int, min=1)
'''
PEOPLE = (
    ("grace@example.com", "Grace Hopper", "admin"),
    ("alan@example.com", "Alan Turing", "member"),
    ("mary@example.com", "Mary Shelley", "member"),
    ("rosa@example.com", "Rosa Luxemburg", "member"),
    ("vic@example.com", "Victor Hugo", "viewer"),
)
FILES = (
    ("orders-2026-10.csv", "text/csv", b"order,euros\n" + b"2026-118,412.50\n" * 900),
    ("handbook.pdf", "application/pdf", b"%PDF-1.7\n" + b"% handbook\n" * 21_000),
    ("logo.svg", "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'),
    ("notes.md", "text/markdown", b"# Notes\n\nCall the printer.\n"),
)
BROWSERS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
)


@dataclass
class House:
    """The furnished server.

    Attributes:
        url: Of the server.
        slug: Of its workspace.
        sessions: Name -> id of sessions worth a picture.
        invite: The fragment of an invitation that nobody has accepted.
    """

    url: str
    slug: str = "home"
    sessions: dict[str, str] = field(default_factory=dict)
    invite: str = ""

    def at(self, path: str = "/") -> str:
        """An address in the workspace."""
        return f"{self.url}/w/{self.slug}{path}"


@contextlib.contextmanager
def furnished(folder: Path) -> Iterator[House]:
    """Start a server on an empty folder and furnish it; it is ended afterwards."""
    apps = folder / "apps"
    apps.mkdir()
    (apps / "office.py").write_text(MORE_APPS.lstrip())
    environment = _environment(folder)
    command = [_outlast(), "serve", str(EXAMPLES), str(apps), "--port", "0"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)
    try:
        running = _started(process, folder / "data")
        yield _Furnisher(running, environment).furnish()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _outlast() -> str:
    return str(Path(sys.executable).with_name("outlast"))


def _environment(folder: Path) -> dict[str, str]:
    private, public = make_keys()
    now = datetime.now(UTC)
    licence = License(
        id="lic-2026-041", org="Analytical Engines Ltd", plan="business", seats=25,
        features=("workspaces", "seats", "sso", "audit_export", "webhooks"),
        not_before=now - timedelta(days=1), expires_at=now + timedelta(days=365),
    )  # fmt: skip
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAST_")}
    return {
        **inherited,
        "PYTHONUNBUFFERED": "1",
        "OUTLAST_DATA_DIR": str(folder / "data"),
        "OUTLAST_RATE_LIMIT": "none",
        "OUTLAST_HIBERNATE_AFTER": "1h",
        "OUTLAST_OWNER_EMAIL": OWNER,
        "OUTLAST_LICENSE": issue(licence, private),
        "OUTLAST_LICENSE_PUBLIC_KEY": public,
    }


def _started(process: subprocess.Popen[bytes], data: Path) -> RunningServer:
    assert process.stdout is not None
    for _ in iter(process.stdout.readline, b""):  # it says where it is once it takes requests
        if (running := running_server(data)) is not None:
            return running
    message = "the server did not start; its log is in the folder"
    raise AssertionError(message)


class _Furnisher:
    def __init__(self, running: RunningServer, environment: dict[str, str]) -> None:
        self._running = running
        self._environment = environment
        self._house = House(running.url)
        self._workspace = running.workspace_id

    def furnish(self) -> House:
        ada = self._owner()
        people = {email: self._join(ada, email, name, role=role) for email, name, role in PEOPLE}
        grace = people["grace@example.com"]
        self._begin_sessions(ada, grace)
        for name, media_type, content in FILES:
            ada.store(content, name=name, media_type=media_type, keep=True)
        self._ask_people_in(ada)
        for name, scopes in (("Reporting", ["sessions:read"]), ("Deployment", ["sessions:read", "sessions:write"])):
            self._post(ada, "/auth/tokens", {"name": name, "workspace_id": self._workspace, "scopes": scopes})
        for browser in BROWSERS:
            self._sign_in(OWNER, PASSWORD, browser)
        self._sign_in(OWNER, "not the password", BROWSERS[1])
        for client in (ada, *people.values()):
            client.close()
        return self._house

    def _owner(self) -> Client:
        """Ada has the link that the server prints; she takes a password and a name."""
        self._take_password(self._running.link.partition("#code=")[2])
        ada = Client.sign_in(self._running.url, OWNER, PASSWORD, workspace=self._workspace)
        ada.http.patch("/api/v1/auth/me", json={"name": "Ada Lovelace"}, headers={"if-match": "*"}).raise_for_status()
        self._house.slug = ada.workspaces().items[0].slug
        return ada

    def _join(self, ada: Client, email: str, name: str, *, role: str) -> Client:
        made = subprocess.run(
            [_outlast(), "users", "create", email, "--name", name],
            env=self._environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        code = re.search(r"#code=(\S+)", made.stdout)
        assert code is not None
        self._take_password(code[1])
        self._post(ada, f"/workspaces/{self._workspace}/invites", {"email": email, "role": role})
        person = Client.sign_in(self._running.url, email, PASSWORD, workspace=self._workspace)
        waiting = person.http.get("/api/v1/workspaces/invites").json()["items"][0]
        wish = {"workspace_id": waiting["workspace_id"], "invite_id": waiting["id"]}
        self._post(person, "/workspaces/invites/accept", wish)
        return person

    def _take_password(self, code: str) -> None:
        with httpx.Client(base_url=f"{self._running.url}/api/v1", headers={"x-outlast-request": "1"}) as http:
            issued = http.post("/auth/sessions", json={"code": code}).raise_for_status().json()
            by = {"authorization": f"Bearer {issued['access_token']}"}
            http.post("/auth/password", json={"new_password": PASSWORD}, headers=by).raise_for_status()

    def _sign_in(self, email: str, password: str, browser: str) -> None:
        httpx.post(
            f"{self._running.url}/api/v1/auth/sessions",
            json={"email": email, "password": password},
            headers={"user-agent": browser, "x-outlast-request": "1"},
        )

    def _ask_people_in(self, ada: Client) -> None:
        for email, role in (("new@example.com", "member"), ("charles@example.com", "viewer")):
            self._post(ada, f"/workspaces/{self._workspace}/invites", {"email": email, "role": role})
        mails = ada.http.get("/api/v1/dev/outbox").text
        found = re.findall(r"#(invite=[\w.~-]+)", mails)
        self._house.invite = found[0] if found else ""

    def _begin_sessions(self, ada: Client, grace: Client) -> None:
        """The ones worth a picture come last: they stand first in the lists."""
        _talk(ada, ada.start("invoice_check"))
        soon = datetime.now(UTC) + timedelta(seconds=2)
        self._keep("expired", _talk(ada, ada.start("guest_list", expires_at=soon)))
        stopped = ada.start("storyteller")
        ada.cancel(stopped.id, reason="no longer needed")
        self._keep("failed", _talk(ada, ada.start("invoice_check", title="Invoices of September")))
        self._keep("picture", _talk(ada, ada.start("mandelbrot")))
        _talk(ada, ada.start("survey"))
        self._keep("asleep", _sleep(ada, ada.start("weekly_review")))
        shared = _talk(grace, grace.start("expenses"))
        grace.share(shared.id, "answer", user_id=ada.me().id)
        self._keep("shared", shared)
        _talk(ada, ada.start("librarian"), "How do I group a list?")
        self._keep("chat", _talk(ada, ada.start("librarian", title="Python questions"), "How do I sort a dictionary?"))
        self._keep("report", _talk(ada, ada.start("weather_report"), "No, thanks"))
        done = ["Palmer penguins", "flipper_length_mm", "body_mass_g", "species", "Done"]
        self._keep("done", _talk(ada, ada.start("csv_explorer", title="Penguins"), *done))
        self._keep("running", ada.start("nightly_import"))
        waiting = _talk(ada, ada.start("trip", {"city": "Kyoto"}, title="Kyoto in spring"), 3, "relaxed")
        ada.share(waiting.id, "answer", user_id=grace.me().id)
        ada.share(waiting.id, "view")
        self._keep("waiting", waiting)

    def _keep(self, name: str, session: SessionItem) -> None:
        self._house.sessions[name] = session.id

    def _post(self, client: Client, path: str, body: dict[str, object]) -> None:
        answer = client.http.post(f"/api/v1{path}", json=body)
        assert answer.is_success, f"{path}: {answer.text}"


def _talk(client: Client, session: SessionItem, *answers: Json) -> SessionItem:
    """Answer what a session asks, until it asks one more time or is over."""
    left = list(answers)
    for event in follow(client, session.id):
        if isinstance(event, TERMINAL):
            break
        if isinstance(event, InputRequested):
            if not left:
                break
            client.answer(session.id, event.input, left.pop(0))
    return session


def _sleep(client: Client, session: SessionItem) -> SessionItem:
    """Wait until a session has lost its process."""
    next(event for event in follow(client, session.id) if isinstance(event, SessionHibernated))
    return session
