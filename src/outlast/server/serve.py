"""``outlast serve``: a runtime and the HTTP server over it, from the first file to the last process."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override
from watchfiles import awatch

from outlast.client.running import SERVER_FILE, RunningServer
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.events import SessionFacts
from outlast.ee.cloud.first_start import Opening, begin
from outlast.ee.cloud.mount import open_cloud
from outlast.kit.errors import OutlastError, ProtocolViolation
from outlast.kit.private import write_private
from outlast.kit.settings import Settings
from outlast.protocol.codec import decode_json, encode_json
from outlast.runtime import Runtime, open_runtime
from outlast.server.app import create_app
from outlast.server.logs import AccessLog
from outlast.server.operations import front_door, start_tracing, stop_tracing

logger = logging.getLogger("outlast.server")

GRACE = timedelta(seconds=10)


class PortTaken(OutlastError):
    """The address can't be listened on; mostly another program does already."""

    code = "port_taken"


class HttpServer(uvicorn.Server):
    """Stops in an order that real clients bear.

    The port is closed first and then the event streams end cleanly: an EventSource that comes back meets a refused
    connection, which it tries again, and never a 503, after which it gives up for good. Then requests finish; the
    runtime is closed by who opened it, when `serve` returns.
    """

    def __init__(self, config: uvicorn.Config, *, stopping: asyncio.Event, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._on_started = on_started

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Up to its first wait the call below closes the port and marks connections to end with their response.
        self._stopping.set()
        await super().shutdown(sockets)

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; unlike uvicorn's own, without raising the signal again at the end."""
        loop = asyncio.get_running_loop()
        handled: list[signal.Signals] = []
        try:
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(name, self.handle_exit, name, None)
                handled.append(name)
        except (ValueError, RuntimeError, NotImplementedError):
            pass  # not the main thread: whoever started it there stops it
        try:
            yield
        finally:
            for name in handled:
                loop.remove_signal_handler(name)


def serve(
    settings: Settings,
    paths: Sequence[str | Path],
    *,
    reload: bool = False,
    announce: Callable[[RunningServer], None] | None = None,
    log: AccessLog | None = None,
) -> None:
    """Serve apps until SIGINT or SIGTERM.

    Args:
        settings: address, data folder, limits.
        paths: files, folders and modules of apps.
        reload: take in changed files for new sessions.
        announce: called once, when requests are taken.
        log: where requests are told of.

    Raises:
        PortTaken: choose another port or host.
        InvalidInput: one of the paths leads nowhere.
    """
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(serve_async(settings, paths, reload=reload, announce=announce, log=log))


async def serve_async(
    settings: Settings,
    paths: Sequence[str | Path],
    *,
    reload: bool = False,
    announce: Callable[[RunningServer], None] | None = None,
    log: AccessLog | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """The same on a running event loop; setting ``stop`` ends it as a signal does."""
    stopping = asyncio.Event()
    with contextlib.closing(_listen(settings.host, settings.port)) as listener:
        url = f"http://{_url_host(settings.host)}:{listener.getsockname()[1]}"
        traces = start_tracing(settings)
        runtime = await open_runtime(settings, paths, companion=SessionFacts)
        try:
            cloud = open_cloud(runtime, settings, stopping=stopping)
            running = _running(settings.public_url or url, url, await begin(cloud))
            app = create_app(cloud, hosts=(_url_host(settings.host),))
            with _told(settings.data_dir / SERVER_FILE, running) as tell:

                def started() -> None:
                    tell()
                    if announce is not None:
                        announce(running)

                front = front_door(app.state.front, cloud, log=log, traces=traces)
                server = HttpServer(config_of(front), stopping=stopping, on_started=started)
                async with _beside(server, cloud, paths if reload else (), stop=stop):
                    # What start-up made stays for good: the collector need not look at it again.
                    gc.collect()
                    gc.freeze()
                    await server.serve(sockets=[listener])
        finally:
            await runtime.close()
            await stop_tracing(traces)


def _running(site: str, url: str, opening: Opening) -> RunningServer:
    link = f"{site}/#code={opening.code}" if opening.code is not None else f"{site}/"
    return RunningServer(url=url, token=opening.token, pid=os.getpid(), workspace_id=opening.workspace_id, link=link)


def config_of(app: ASGIApp) -> uvicorn.Config:
    """How uvicorn serves the app: no access log, no lifespan, a bounded wait for requests at its end."""
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=int(GRACE.total_seconds()),
    )


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # late: there is none for Windows
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"Can't listen on {host}:{port}: {_way_out(error, port)}") from error
    return listener


def _way_out(error: OSError, port: int) -> str:
    """Why an address can't be listened on, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        other = port % 65535 + 1
        return (
            "another program does, perhaps another `outlast serve`. Stop that one, or choose another port: "
            f"--port {other}, or OUTLAST_PORT={other}."
        )
    if error.errno == errno.EACCES:
        return "ports below 1024 are for administrators. Choose a higher one: --port 8000."
    return f"{error.strerror}. Choose another --host or --port."


def _url_host(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "localhost"
    return f"[{host}]" if ":" in host else host


@contextlib.contextmanager
def _told(path: Path, running: RunningServer) -> Iterator[Callable[[], None]]:
    """Write ``server.json`` when called, and remove it at the end if it is still ours."""
    yield lambda: write_private(path, encode_json(running))
    with contextlib.suppress(FileNotFoundError, ProtocolViolation):
        if decode_json(path.read_bytes(), RunningServer).pid == running.pid:
            path.unlink()


@contextlib.asynccontextmanager
async def _beside(
    server: HttpServer, cloud: Cloud, watched: Sequence[str | Path], *, stop: asyncio.Event | None
) -> AsyncIterator[None]:
    """Run what goes on beside the server: the cloud's jobs, the watch on files, and the wait for ``stop``."""

    async def stop_when_told(told: asyncio.Event) -> None:
        await told.wait()
        server.should_exit = True

    tasks = []
    if stop is not None:
        tasks.append(asyncio.create_task(stop_when_told(stop)))
    if existing := [path for path in map(Path, watched) if path.exists()]:
        tasks.append(asyncio.create_task(_reload_changed(cloud.runtime, existing)))
    cloud.start()
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await cloud.close()


async def _reload_changed(runtime: Runtime, paths: Sequence[Path]) -> None:
    # Editors save by renaming: watch a file's folder, or the watch is lost with the old file.
    folders = {path if path.is_dir() else path.parent for path in paths}
    async for changes in awatch(*folders, step=50):
        for _, name in sorted(changes):
            try:
                if name.endswith(".py") and await runtime.registry.reload(Path(name)):
                    logger.info("Took in the new %s; running sessions keep the code they started with.", name)
            except (OutlastError, OSError) as error:
                logger.warning("%s could not be taken in: %s", name, error)
