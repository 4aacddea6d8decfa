"""Chainlit and NiceGUI, each with a minimal app in its own manner, as their documentation shows it."""

from abc import ABC, abstractmethod
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, StorageState
from typing_extensions import override

from benchmarks.harness import Round
from benchmarks.peers import venvs
from benchmarks.processes import Server, environment
from benchmarks.wire import free_port, wait_for_port

HERE = Path(__file__).resolve().parent


class WebPeer(ABC):
    """A peer's server on loopback.

    Args:
        given: The round, whose folder it works in.
        app: ``replies``, or how many chunks a burst has.
    """

    url: str

    def __init__(self, given: Round, app: str) -> None:
        self.folder = given.folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = self._start(app)
        wait_for_port(self.port, alive=self.server.alive)

    @abstractmethod
    def _start(self, app: str) -> Server: ...

    def _serve(self, command: list[str], **extra: str) -> Server:
        return Server(command, cwd=self.folder, environment=environment(**extra), log=self.folder / "server.log")

    def sign_in(self, browser: Browser) -> StorageState | None:
        """Need nothing: whoever comes may see it."""
        return None

    def yes(self, page: Page) -> Locator:
        """Find what a person presses to answer."""
        return page.get_by_role("button", name="Yes").last

    def close(self) -> None:
        """End the server."""
        self.server.stop()


class Chainlit(WebPeer):
    """Its questions are messages with a button."""

    version = "2.12.0"

    @override
    def _start(self, app: str) -> Server:
        python = venvs.ensure("chainlit", self.version)
        command = [str(python.with_name("chainlit")), "run", str(HERE / "chainlit_app" / "app.py"), "--headless"]
        return self._serve(
            [*command, "--port", str(self.port)], BENCH_APP=app, CHAINLIT_APP_ROOT=str(self.folder)
        )  # fmt: skip


class NiceGui(WebPeer):
    """Its button stays where it is; a text is Markdown, which it makes anew for each chunk."""

    version = "3.18.0"
    text = ""

    @override
    def _start(self, app: str) -> Server:
        python = venvs.ensure("nicegui", self.version)
        self.url += "/replies" if app == "replies" else f"/burst/{app}{self.text}"
        return self._serve([str(python), str(HERE / "nicegui_app" / "app.py"), str(self.port)])


class NiceGuiPlain(NiceGui):
    """Its streams are plain text, which costs it less."""

    text = "?plain=true"
