"""Every secret that is issued is told once: it stands in no table, no log line, and no other answer."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest

from outlast.ee.cloud import auth, mail
from outlast.ee.cloud import unit as units
from tests.api.cloud import PASSWORD, CloudApi, Someone, serving_cloud
from tests.api.tenants import dump

NEW_PASSWORD = "quite another long sentence 77"
EMAIL = "ada@example.com"
OWN_PAGE = {"sec-fetch-site": "same-origin"}


@dataclass
class Tour:
    """Does what issues secrets, and keeps all that was answered.

    Attributes:
        issued: each secret by what it is.
    """

    api: CloudApi
    issued: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    def client(self, **headers: str) -> httpx.AsyncClient:
        client = self.api.client(**{"x-outlast-request": "1", **headers})
        client.event_hooks["response"] = [self._keep]
        return client

    async def _keep(self, answer: httpx.Response) -> None:
        await answer.aread()
        headers = [f"{name}: {value}" for name, value in answer.headers.multi_items() if name != "set-cookie"]
        self.answers.append("\n".join([*headers, answer.text]))

    async def mailed(self, purpose: str) -> str:
        """The secret of the latest mail for a purpose."""
        async with asyncio.timeout(10):
            while True:
                for kept in reversed(mail.development_outbox(self.api.cloud)):
                    if found := re.search(rf"#{purpose}=(\S+)", kept.mail.text):
                        self.issued[f"mailed {purpose}"] = found[1]
                        return found[1]
                await asyncio.sleep(0.01)  # sleeps: mail is sent beside the request, and tells nobody

    async def sign_up(self) -> None:
        anyone = self.client()
        await _post(anyone, "/auth/users", {"email": EMAIL, "name": "Ada", "password": PASSWORD})
        await _post(anyone, "/auth/email/verify", {"token": await self.mailed("verify")})

    async def log_in(self, name: str, **shown: str) -> Someone:
        answer = await _post(self.client(), "/auth/sessions", shown)
        self.issued |= {f"{name} {kind}": answer[f"{kind}_token"] for kind in ("access", "refresh")}
        http = self.client(authorization=f"Bearer {answer['access_token']}")
        me = (await http.get("/auth/me")).json()
        return Someone(me["id"], EMAIL, http, answer["access_token"], answer["refresh_token"])

    async def browse(self) -> None:
        """Log in as a browser, whose secrets are cookies."""
        browser = self.client(**OWN_PAGE, origin=self.api.url)
        await _post(browser, "/auth/sessions", {"email": EMAIL, "password": PASSWORD})
        cookies = {name: value for name, value in browser.cookies.items() if len(value) > 20}
        assert cookies
        self.issued |= {f"cookie {name}": value for name, value in cookies.items()}

    async def fill(self, ada: Someone) -> None:
        """A token, an invite, and a link to a session."""
        place = await self.api.workspace(ada)
        wish = {"name": "ci", "workspace_id": place, "scopes": ["sessions:read"]}
        self.issued["personal token"] = (await _post(ada.http, "/auth/tokens", wish))["token"]
        await _post(ada.http, f"/workspaces/{place}/invites", {"email": "bo@example.com", "role": "member"})
        await self.mailed("invite")
        started = await _post(ada.http, f"/workspaces/{place}/sessions", {"app": "talk:greet", "args": {"name": "A"}})
        shares = f"/workspaces/{place}/sessions/{started['id']}/shares"
        self.issued["share link"] = (await _post(ada.http, shares, {"level": "view"}))["token"]
        for path in ("members", "invites", "audit", "files", "sessions", "license"):
            assert (await ada.http.get(f"/workspaces/{place}/{path}")).is_success
        for path in (shares, "/auth/tokens", "/auth/sessions", "/auth/factors", "/workspaces"):
            assert (await ada.http.get(path)).is_success

    async def enrol(self, ada: Someone) -> None:
        made = await _post(ada.http, "/auth/totp", {})
        self.issued["app"] = made["secret"]
        codes = await _post(ada.http, "/auth/totp/confirm", {"code": pyotp.TOTP(made["secret"]).now()})
        self.issued |= {f"recovery code {n}": code for n, code in enumerate(codes["recovery_codes"])}

    async def reset(self) -> None:
        anyone = self.client()
        await _post(anyone, "/auth/password/forgot", {"email": EMAIL})
        await _post(anyone, "/auth/password/reset", {"token": await self.mailed("reset"), "password": NEW_PASSWORD})
        refused = await anyone.post("/auth/sessions", json={"email": EMAIL, "password": NEW_PASSWORD})
        assert refused.status_code == 401
        self.issued["pending"] = refused.json()["pending"]

    async def walk(self) -> None:
        self.issued |= {"password": PASSWORD, "password afterwards": NEW_PASSWORD}
        await self.sign_up()
        ada = await self.log_in("log-in", email=EMAIL, password=PASSWORD)
        renewed = await _post(self.client(), "/auth/sessions/refresh", {"refresh_token": ada.refresh_token})
        self.issued |= {f"renewed {kind}": renewed[f"{kind}_token"] for kind in ("access", "refresh")}
        async with units.writing(self.api.cloud) as unit:
            self.issued["sign-in link"] = await auth.issue_link(unit, ada.id, expires_in=timedelta(hours=1))
        await self.log_in("link", code=self.issued["sign-in link"])
        await self.browse()
        await self.fill(ada)
        await self.enrol(ada)
        await self.reset()
        for kind, status in {"application/json": 400, "text/plain": 422}.items():
            said = f'{{"password": "{PASSWORD}"'.encode()
            garbled = await self.client(**{"content-type": kind}).post("/auth/sessions", content=said)
            assert garbled.status_code == status


async def _post(http: httpx.AsyncClient, path: str, body: object) -> dict[str, str]:
    answer = await http.post(path, json=body)
    assert answer.is_success, answer.text
    found: dict[str, str] = answer.json() if answer.content else {}
    return found


def _standing(issued: dict[str, str], texts: Sequence[str], *, times: int = 0) -> list[str]:
    """What stands in more than so many of the texts."""
    return [name for name, secret in issued.items() if sum(secret in text for text in texts) > times]


async def test_secrets_are_told_once_and_kept_nowhere(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """[security 5] [security 7]"""
    caplog.set_level(logging.DEBUG, "outlast")
    caplog.set_level(logging.DEBUG, "uvicorn")
    async with serving_cloud(database_url, tmp_path, sign_up=True) as api:
        tour = Tour(api)
        await tour.walk()
        assert len(tour.issued) > 20
        held = [" ".join(row) for rows in (await dump(api.cloud, but=())).values() for row in rows]
    assert _standing(tour.issued, held) == []
    assert _standing(tour.issued, [path.read_text("latin-1") for path in tmp_path.rglob("*") if path.is_file()]) == []
    assert _standing(tour.issued, [caplog.text]) == []
    assert _standing(tour.issued, tour.answers, times=1) == []
    untold = {
        name: secret for name, secret in tour.issued.items() if name.split()[0] in ("mailed", "cookie", "password")
    }
    assert _standing(untold, tour.answers) == []
