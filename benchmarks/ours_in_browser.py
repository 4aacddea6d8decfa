"""Outlast as a contestant in a browser: its server with the built client."""

from contextlib import closing

import msgspec
from playwright.sync_api import Browser, Locator, Page, StorageState

from benchmarks import ours
from benchmarks.harness import NotPossible, Round
from outlast.client import RunningServer, running_server
from outlast.server.static import CLIENT


class _Workspace(msgspec.Struct):
    slug: str


class _Workspaces(msgspec.Struct):
    items: list[_Workspace]


class OutlastSite:
    """A server, and a session of it that has asked its first question.

    Args:
        given: The round, whose folder holds the data.
        app: The app's function.
        **args: Its arguments.

    Attributes:
        url: Of the session.
        start_url: Of the form that starts another one.
    """

    def __init__(self, given: Round, app: str, **args: int | str) -> None:
        if not (CLIENT / "index.html").exists():
            message = "the web client is not built"
            raise NotPossible(message)
        self._server = ours.Outlast(given)
        self._state: StorageState | None = None
        running = running_server(given.folder / "data")
        if running is None:
            raise NotPossible("the server has gone")
        self._running: RunningServer = running
        with self._server.connect() as connection, self._server.connect() as viewer:
            answer = connection.request("GET", "/api/v1/workspaces")
            slug = msgspec.json.decode(answer.body, type=_Workspaces).items[0].slug
            session = self._server.create(connection, app, **args)
            ours.wait_for_question(self._server.follow(viewer, session))
        self.url = f"{running.url}/w/{slug}/sessions/{session}"
        self.start_url = f"{running.url}/w/{slug}/start/bench:{app}"

    def sign_in(self, browser: Browser) -> StorageState | None:
        """Use up the link that the server printed, the first time."""
        if self._state is not None:
            return self._state
        code = self._running.link.partition("#code=")[2]
        with closing(browser.new_context()) as context:
            context.request.post(
                f"{self._running.url}/api/v1/auth/sessions",
                data={"code": code},
                headers={"sec-fetch-site": "same-origin"},
                fail_on_status_code=True,
            )
            self._state = context.storage_state()
        return self._state

    def yes(self, page: Page) -> Locator:
        """Find what a person presses to answer."""
        return page.get_by_role("button", name="Yes", exact=True).last

    def close(self) -> None:
        """End the server."""
        self._server.close()
