"""What a page loads, counted by the DevTools protocol; and the way in for a test that is about something else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from playwright.async_api import Page

from tests.live_server import LiveServer

COUNTED = {"Document", "Script", "Stylesheet", "Font"}
SMALL_BYTES = 1_000
"""Compressing less than this gains nothing."""


@dataclass
class Loads:
    """Pages, scripts and styles that a tab has loaded.

    Attributes:
        wire_bytes: As compressed as they came, headers included.
        uncompressed: Addresses of those that could have been compressed.
    """

    page: Page
    wire_bytes: int = 0
    uncompressed: list[str] = field(default_factory=list)
    _urls: dict[str, str] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def of(cls, page: Page) -> Self:
        """Count what a tab loads from now on."""
        loads = cls(page)
        devtools = await page.context.new_cdp_session(page)
        devtools.on(
            "Network.responseReceived",
            lambda told: loads._came(told["requestId"], told["type"], told["response"]),
        )
        devtools.on(
            "Network.loadingFinished", lambda told: loads._finished(told["requestId"], int(told["encodedDataLength"]))
        )
        await devtools.send("Network.enable")
        return loads

    def _came(self, request: str, kind: str, response: dict[str, object]) -> None:
        if kind not in COUNTED:
            return
        self._urls[request] = str(response["url"])
        headers = response["headers"]
        assert isinstance(headers, dict)
        given = {str(name).lower(): str(value) for name, value in headers.items()}
        if "content-encoding" not in given and int(given.get("content-length", "0")) > SMALL_BYTES:
            self.uncompressed.append(str(response["url"]))

    def _finished(self, request: str, size: int) -> None:
        if request in self._urls:
            self.wire_bytes += size
            self._sizes[self._urls[request]] = size

    async def settled(self) -> None:
        """Wait until nothing more that is counted comes: two idle moments of the page in a row bring nothing."""
        before = -1
        while before != self.wire_bytes:
            before = self.wire_bytes
            await self.page.evaluate("() => new Promise((done) => requestIdleCallback(() => setTimeout(done, 300)))")

    def largest(self) -> str:
        """The largest, for who has to find out where the bytes are."""
        ordered = sorted(self._sizes.items(), key=lambda item: -item[1])
        return "\n".join(f"{size:>9,} {url}" for url, size in ordered[:12])


async def sign_in(page: Page, server: LiveServer) -> str:
    """Use up the link that the server printed, without the page of it.

    Returns:
        The address of the workspace.
    """
    running = server.running
    code = running.link.partition("#code=")[2]
    answer = await page.request.post(
        f"{running.url}/api/v1/auth/sessions", data={"code": code}, headers={"sec-fetch-site": "same-origin"}
    )
    assert answer.ok, await answer.text()
    async with server.client() as client:
        workspaces = await client.workspaces()
    return f"{running.url}/w/{workspaces.items[0].slug}"
