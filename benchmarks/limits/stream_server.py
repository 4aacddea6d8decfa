"""W2a and W4: a process behind a pipe, SQLite commits and one uvicorn stream.

``GET /stream`` is the viewer. ``POST /write?<count>`` has the child write that many chunks of six
bytes, one ``write(2)`` each; what is read at once is committed at once and sent as one frame.
``POST /answer`` commits the answer, passes it to the child, which echoes it, commits the echo and
sends it.
"""

import asyncio
import os
import socket
import sqlite3
import sys
from pathlib import Path

import msgspec
import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

READ_BYTES = 1 << 16


def child(requests: socket.socket) -> None:
    """Echo, or write chunks.

    Args:
        requests: Lines: ``e...`` is echoed, ``w<count>`` asks for chunks.
    """
    while request := requests.recv(READ_BYTES):
        if request[:1] == b"w":
            for number in range(int(request[1:])):
                requests.sendall(b"%05d " % (number % 100_000))
        else:
            requests.sendall(request)


class Log:
    """A stream's table in SQLite, as durable as Outlast's.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, data BLOB NOT NULL)")

    def append(self, data: bytes) -> int:
        """Commit one event.

        Args:
            data: The event.

        Returns:
            Its seq.
        """
        return int(self._connection.execute("INSERT INTO events (data) VALUES (?)", (data,)).lastrowid or 0)


class Application:
    """The HTTP side.

    Args:
        log: Takes what is sent.
        process: The child's socket.
    """

    def __init__(self, log: Log, process: socket.socket) -> None:
        self._log = log
        self._process = process
        self._viewer: ASGISendCallable | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Serve one request.

        Args:
            scope: The request.
            receive: Waits for the viewer to leave.
            send: Takes the answer.
        """
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            await self._view(receive, send)
        else:
            await self._command(scope, receive, send)

    async def _view(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
        self._viewer = send
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _command(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        loop = asyncio.get_running_loop()
        message = await receive()
        body = message["body"] if message["type"] == "http.request" else b""
        if scope["path"] == "/answer":
            await asyncio.to_thread(self._log.append, body)
            await loop.sock_sendall(self._process, b"e" + body)
        else:
            await loop.sock_sendall(self._process, b"w" + scope["query_string"])
        await send({"type": "http.response.start", "status": 204, "headers": [], "trailers": False})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(self._process, READ_BYTES):
            event = msgspec.json.encode({"text": data.decode()})
            seq = await asyncio.to_thread(self._log.append, event)
            if self._viewer is not None:
                frame = b"id: %d\nevent: text\ndata: %b\n\n" % (seq, event)
                await self._viewer({"type": "http.response.body", "body": frame, "more_body": True})


def main() -> None:
    """Serve on the port given, with the database in the folder given."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        child(theirs)
        os._exit(0)
    theirs.close()
    ours.setblocking(False)
    application = Application(Log(Path(sys.argv[2]) / "limit.sqlite3"), ours)
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
