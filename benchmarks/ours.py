"""Outlast as a contestant: its server, its REST API and its events, as any client sees them."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from typing_extensions import override

from benchmarks.harness import Round
from benchmarks.processes import Server, environment, python
from benchmarks.swarm import Swarm, Viewer
from benchmarks.wire import Connection, Frame, SseParser, WireError, free_port, wait_for_port
from outlast.client import running_server

APPS = Path(__file__).resolve().parent / "apps"
HIBERNATE_AT_ONCE = {"OUTLAST_HIBERNATE_AFTER": "0.05"}
"""Settings under which a session that waits loses its process at once."""
SSE = {"Accept": "text/event-stream"}
JSON = {"Content-Type": "application/json"}


class _Props(msgspec.Struct, frozen=True):
    text: str = ""


class _Event(msgspec.Struct):
    block: str = ""
    input: str = ""
    text: str | None = None
    props: _Props = _Props()


class _Session(msgspec.Struct):
    id: str


_decode = msgspec.json.Decoder(_Event).decode


class Outlast:
    """An `outlast serve` on loopback with the benchmark's apps.

    Args:
        given: The round, whose folder holds the data.
        settings: Settings, by environment variable.
    """

    def __init__(self, given: Round, **settings: str) -> None:
        self.folder = given.folder
        self.port = free_port()
        self._settings = {"OUTLAST_RATE_LIMIT": "none", **settings}
        self.sessions = ""
        self._headers: dict[str, str] = {}
        self.server = self.start()

    def start(self) -> Server:
        """Start the server and wait until it listens.

        Returns:
            The server.
        """
        data = self.folder / "data"
        self.server = Server(
            [
                str(Path(python()).with_name("outlast")),
                "serve",
                str(APPS),
                "--port",
                str(self.port),
            ],
            cwd=self.folder,
            environment=environment(OUTLAST_DATA_DIR=str(data), **self._settings),
            log=self.folder / "server.log",
        )
        wait_for_port(self.port, alive=self.server.alive)
        running = running_server(data)
        while running is None or running.pid != self.server.pid:  # told in the moment after the port is open
            time.sleep(0.01)
            running = running_server(data)
        self.sessions = f"/api/v1/workspaces/{running.workspace_id}/sessions"
        self._headers = {"Authorization": f"Bearer {running.token}"}
        return self.server

    def connect(self) -> Connection:
        """Open a kept-alive connection."""
        return Connection(self.port, headers=self._headers)

    def swarm(self) -> Swarm:
        """Make a swarm of viewers."""
        return Swarm(self.port, headers=self._headers)

    def create(self, connection: Connection, app: str, **args: int | str) -> str:
        """Start a session.

        Args:
            connection: Where to ask.
            app: The app's function.
            **args: Its arguments.

        Returns:
            The session's id.
        """
        answer = connection.request("POST", self.sessions, body=start_body(app, args), headers=JSON)
        return msgspec.json.decode(answer.body, type=_Session).id

    def create_and_follow(self, connection: Connection, app: str, **args: int | str) -> Iterator[Frame]:
        """Start a session with the request that also follows it.

        Args:
            connection: A connection that nothing else uses meanwhile.
            app: The app's function.
            **args: Its arguments.

        Returns:
            The session's frames.
        """
        connection.send("POST", self.sessions, body=start_body(app, args), headers={**JSON, **SSE})
        return connection.frames()

    def follow(self, connection: Connection, session: str, *, after: int = 0) -> Iterator[Frame]:
        """Follow a session.

        Args:
            connection: A connection that nothing else uses meanwhile.
            session: The session's id.
            after: The last seq that is known.

        Returns:
            The frames after it.
        """
        connection.send("GET", self.events_path(session, after), headers=SSE)
        return connection.frames()

    def answer(self, connection: Connection, session: str, *, question: str, value: str) -> None:
        """Answer a question.

        Args:
            connection: Where to ask.
            session: The session's id.
            question: The input's id.
            value: The answer.
        """
        connection.request("POST", self.interactions_path(session), body=answer_body(question, value), headers=JSON)

    def send_answer(self, connection: Connection, session: str, *, question: str, value: str) -> None:
        """Answer a question without waiting for the response, which the caller reads.

        Args:
            connection: Where to ask.
            session: The session's id.
            question: The input's id.
            value: The answer.
        """
        connection.send("POST", self.interactions_path(session), body=answer_body(question, value), headers=JSON)

    def interactions_path(self, session: str) -> str:
        """Say where a session takes answers.

        Args:
            session: The session's id.

        Returns:
            The path.
        """
        return f"{self.sessions}/{session}/interactions"

    def events_path(self, session: str, after: int = 0) -> str:
        """Say where a session's stream is.

        Args:
            session: The session's id.
            after: The last seq that is known.

        Returns:
            The path.
        """
        return f"{self.sessions}/{session}/events?after={after}"

    def close(self) -> None:
        """End the server and its processes."""
        self.server.stop()


class Engine(Outlast):
    """The engine of the same server without the cloud: see `benchmarks.limits.engine_server`."""

    @override
    def start(self) -> Server:
        self.sessions = "/sessions"
        command = [python(), "-m", "benchmarks.limits.engine_server", str(self.port), str(self.folder), str(APPS)]
        self.server = Server(
            command,
            cwd=APPS.parents[1],
            environment=environment(**self._settings),
            log=self.folder / "engine.log",
        )
        wait_for_port(self.port, alive=self.server.alive)
        return self.server


def database(given: Round) -> Path:
    """Say where a server keeps its database.

    Args:
        given: The server's round.

    Returns:
        The SQLite file.
    """
    return given.folder / "data" / "outlast.sqlite3"


def start_body(app: str, args: Mapping[str, int | str]) -> bytes:
    """Write the body that starts a session.

    Args:
        app: The app's function.
        args: Its arguments.

    Returns:
        JSON.
    """
    return msgspec.json.encode({"app": f"bench:{app}", "args": dict(args)})


def answer_body(question: str, value: str) -> bytes:
    """Write the body that answers a question.

    Args:
        question: The input's id.
        value: The answer.

    Returns:
        JSON.
    """
    return msgspec.json.encode({"input": question, "value": value})


def text_of(frame: Frame) -> str:
    """Read the text that a frame adds to the document.

    Args:
        frame: A frame.

    Returns:
        The text, empty for a frame of another kind.
    """
    if frame.event == b"block.appended":
        return _decode(frame.data).text or ""
    if frame.event == b"block.opened":
        return _decode(frame.data).props.text
    return ""


def question_of(frame: Frame) -> str:
    """Read the id of a question off a frame.

    Args:
        frame: A frame.

    Returns:
        The input's id, empty for a frame of another kind.
    """
    return _decode(frame.data).input if frame.event == b"input.requested" else ""


def wait_for_question(frames: Iterator[Frame]) -> str:
    """Follow a session to its next question.

    Args:
        frames: Its frames.

    Returns:
        The input's id.

    Raises:
        WireError: The session ended without one.
    """
    for frame in frames:
        if question := question_of(frame):
            return question
        if frame.event in ENDS:
            message = f"the session ended: {frame.data!r}"
            raise WireError(message)
    message = "the stream ended before the session asked"
    raise WireError(message)


ENDS = (b"session.completed", b"session.failed", b"session.cancelled", b"session.expired")


class SessionViewer(Viewer):
    """Follows one session and holds that each event comes once and in order.

    Attributes:
        seq: The last event's.
        text: All text of the document, in pieces.
        characters: How much text that is.
        question: The last question's id.
        hibernated: Whether the session has lost its process.
        ended: The last event's kind, once the session is over.
    """

    __slots__ = ("_sse", "characters", "ended", "hibernated", "question", "seq", "session", "text")

    def __init__(self, session: str = "") -> None:
        super().__init__()
        self.session = session
        self._sse = SseParser()
        self.seq = 0
        self.text: list[str] = []
        self.characters = 0
        self.question = ""
        self.hibernated = False
        self.ended = b""

    @override
    def restart(self) -> None:
        super().restart()
        self._sse = SseParser()

    @override
    def on_body(self, body: bytes) -> None:
        for frame in self._sse.feed(body):
            seq = int(frame.id)
            if seq != self.seq + 1:
                message = f"event {seq} came after {self.seq}"
                raise WireError(message)
            self.seq = seq
            self.on_frame(frame)

    def on_frame(self, frame: Frame) -> None:
        """Take one event.

        Args:
            frame: The event.
        """
        if text := text_of(frame):
            self.text.append(text)
            self.characters += len(text)
        elif question := question_of(frame):
            self.question = question
        elif frame.event in (b"session.hibernated", b"session.woken"):
            self.hibernated = frame.event == b"session.hibernated"
        elif frame.event in ENDS:
            self.ended = frame.event
