"""Yera 0.4.0 and 0.10.2 behind one interface, each over its own HTTP and SSE protocol."""

import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from typing_extensions import override

from benchmarks.harness import Round
from benchmarks.peers import venvs
from benchmarks.processes import Server, environment
from benchmarks.swarm import Viewer
from benchmarks.wire import Connection, Frame, SseParser, WireError, free_port, wait_for_port

HERE = Path(__file__).resolve().parent


class Yera(ABC):
    """A version of Yera that serves the benchmark's apps.

    Args:
        given: The round, whose folder it works in.
    """

    version: str

    def __init__(self, given: Round) -> None:
        python = venvs.ensure("yera", self.version)
        self.folder = given.folder
        self.apps = given.folder / "apps"
        shutil.copytree(HERE / "yera_apps", self.apps)
        self.port = free_port()
        launcher = HERE / "launchers" / f"yera_{self.version.replace('.', '_')}.py"
        self._command = [str(python), str(launcher), self.apps.name, str(self.port)]
        self.server = self.start()

    def start(self) -> Server:
        """Start the server and wait until it listens."""
        self.server = Server(
            self._command,
            cwd=self.folder,
            environment=environment(YERA_HOME=str(self.folder / "home")),
            log=self.folder / "server.log",
        )
        wait_for_port(self.port, alive=self.server.alive)
        return self.server

    def connect(self) -> Connection:
        """Open a kept-alive connection."""
        return Connection(self.port)

    @abstractmethod
    def create(self, connection: Connection, app: str) -> str:
        """Create a session.

        Args:
            connection: Where to ask.
            app: The app's function.

        Returns:
            The session's id.
        """

    @abstractmethod
    def stream_path(self, session: str) -> str:
        """Say where a session's stream is.

        Args:
            session: The session's id.

        Returns:
            The path.
        """

    @abstractmethod
    def text(self, frame: Frame) -> str | None:
        """Read the text of a Markdown block off a frame.

        Args:
            frame: A frame.

        Returns:
            The text, or None for a frame of another kind.
        """

    @abstractmethod
    def question(self, frame: Frame) -> str | None:
        """Read the id of a question off a frame.

        Args:
            frame: A frame.

        Returns:
            The id, or None for a frame of another kind.
        """

    @abstractmethod
    def answer(self, connection: Connection, session: str, *, question: str, value: str) -> None:
        """Answer a question.

        Args:
            connection: Where to ask.
            session: The session's id.
            question: The question's id.
            value: The answer.
        """

    @abstractmethod
    def ended(self, frame: Frame) -> bool:
        """Say whether the session is over with this frame.

        Args:
            frame: A frame.

        Returns:
            Whether it is over.
        """

    @abstractmethod
    def fold(self, text: str, more: str) -> str:
        """Put a frame's text to what the viewer has.

        Args:
            text: What the viewer has.
            more: The frame's text.

        Returns:
            What the viewer has now.
        """

    def stream(self, connection: Connection, session: str) -> Iterator[Frame]:
        """Open a session's stream.

        Args:
            connection: A connection that nothing else uses meanwhile.
            session: The session's id.

        Returns:
            Its frames until the server pauses it.
        """
        connection.send("GET", self.stream_path(session), headers={"Accept": "text/event-stream"})
        return connection.frames()

    def wait_for_question(self, connection: Connection, session: str) -> str:
        """Follow a session to its next question.

        Args:
            connection: A connection that nothing else uses meanwhile.
            session: The session's id.

        Returns:
            The question's id.

        Raises:
            WireError: The stream ended without one.
        """
        asked = None
        for frame in self.stream(connection, session):
            asked = self.question(frame) or asked
        if asked is None:
            message = f"Yera {self.version} asked nothing"
            raise WireError(message)
        return asked

    def close(self) -> None:
        """End the server and its processes."""
        self.server.stop()


class _App040(msgspec.Struct):
    session_id: str


class _Data040(msgspec.Struct):
    content: str = ""


class _Event040(msgspec.Struct):
    block_type: str
    block_id: str
    data: _Data040


class Yera040(Yera):
    """Yera 0.4.0: a spawned process and a manager process a session, JSON over SSE."""

    version = "0.4.0"

    @override
    def create(self, connection: Connection, app: str) -> str:
        body = msgspec.json.encode({"app_id": f"bench.{app}"})
        answer = connection.request("POST", "/api/session", body=body, headers={"Content-Type": "application/json"})
        return msgspec.json.decode(answer.body, type=_App040).session_id

    @override
    def stream_path(self, session: str) -> str:
        return f"/api/session/{session}/stream"

    @override
    def text(self, frame: Frame) -> str | None:
        if b'"block_type": "markdown"' not in frame.data:
            return None
        return msgspec.json.decode(frame.data, type=_Event040).data.content

    @override
    def question(self, frame: Frame) -> str | None:
        if b'"event_class": "prompt"' not in frame.data:
            return None
        return msgspec.json.decode(frame.data, type=_Event040).block_id

    @override
    def answer(self, connection: Connection, session: str, *, question: str, value: str) -> None:
        body = msgspec.json.encode({"blockId": question, "blockType": "input_request", "value": value})
        path = f"/api/session/{session}/interaction"
        connection.request("POST", path, body=body, headers={"Content-Type": "application/json"})

    @override
    def ended(self, frame: Frame) -> bool:
        return b'"block_type": "exit"' in frame.data

    @override
    def fold(self, text: str, more: str) -> str:
        return text + more


class Yera0102(Yera):
    """Yera 0.10.2: a spawned process a session, HTML fragments over SSE, at most 16 sessions at once."""

    version = "0.10.2"

    @override
    def create(self, connection: Connection, app: str) -> str:
        answer = connection.request("POST", f"/apps/{self.apps.name}/bench/{app}/sessions")
        return answer.headers[b"hx-redirect"].decode().removeprefix("/")

    @override
    def stream_path(self, session: str) -> str:
        return f"/sessions/{session}/stream"

    @override
    def text(self, frame: Frame) -> str | None:
        if b'id="block-md-live-' not in frame.data or b'hx-swap-oob="morph"' not in frame.data:
            return None
        return unescape(_TAG.sub(b"", frame.data).decode())

    @override
    def question(self, frame: Frame) -> str | None:
        found = _REQUEST_ID.search(frame.data)
        return found[1].decode() if found else None

    @override
    def answer(self, connection: Connection, session: str, *, question: str, value: str) -> None:
        form = urlencode({"request_id": question, "data_type": "text", "payload": msgspec.json.encode(value)})
        connection.request(
            "POST",
            f"/sessions/{session}/input",
            body=form.encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    @override
    def ended(self, frame: Frame) -> bool:
        return b'id="block-exit' in frame.data

    @override
    def fold(self, text: str, more: str) -> str:
        return more  # each frame holds the whole of the block


_TAG = re.compile(rb"<[^>]*>")
_REQUEST_ID = re.compile(rb'name="request_id" value="([^"]+)"')


class YeraViewer(Viewer):
    """Folds a session's text as it arrives.

    Args:
        peer: Whose frames to read.
        size: Characters of text after which the viewer has everything.
    """

    __slots__ = ("_parser_sse", "_peer", "_size", "complete", "failed", "text")

    def __init__(self, peer: Yera, size: int) -> None:
        super().__init__()
        self._parser_sse = SseParser()
        self._peer = peer
        self._size = size
        self.text = ""
        self.complete = False
        self.failed = False

    @override
    def on_body(self, body: bytes) -> None:
        """Take a piece of the stream."""
        for frame in self._parser_sse.feed(body):
            more = self._peer.text(frame)
            if more is not None:
                self.text = self._peer.fold(self.text, more)
                self.complete = len(self.text.strip()) >= self._size
            elif self._peer.ended(frame) and not self.complete:
                self.failed = True
