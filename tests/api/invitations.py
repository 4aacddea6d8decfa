"""How a test gets at the mail of an invite."""

from __future__ import annotations

import asyncio
import re

from outlast.ee.cloud import mail
from tests.api.cloud import CloudApi, Someone


async def mailed_secret(api: CloudApi, email: str, *, nth: int = 1) -> str:
    """The secret of the n-th invite that went to an address, once it is there."""
    async with asyncio.timeout(10):
        while True:
            mails = [kept.mail for kept in mail.development_outbox(api.cloud) if kept.mail.to == email]
            if len(mails) >= nth:
                found = re.search(r"#invite=(\S+)", mails[len(mails) - nth].text)
                assert found is not None
                return found[1]
            await asyncio.sleep(0.01)  # sleeps: mail is sent beside the request, and tells nobody


async def invite(api: CloudApi, by: Someone, workspace_id: str, *, email: str, role: str = "member") -> str:
    """Invite somebody; the invite's id."""
    answer = await by.http.post(f"/workspaces/{workspace_id}/invites", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
