"""W1 and W4: the engine alone, without log-in, policy or records of a workspace.

The same runtime over the same SQLite file as a whole server's, behind three routes:
``POST <sessions>``, ``GET <sessions>/<id>/events`` and ``POST <sessions>/<id>/interactions``.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import Response

from outlast.http.bodies import answer, nothing, parse, read_body
from outlast.http.streaming import EventStream
from outlast.kit.ids import new_id
from outlast.kit.settings import load_settings
from outlast.protocol.api import Interaction, StartSession
from outlast.protocol.events import User
from outlast.runtime import Runtime, open_runtime
from outlast.runtime.tracking import stream_of
from outlast.streams.follow import Follow, follow
from outlast.streams.sse import Feed, projection

SESSIONS = "/sessions"
USER = User(id="ada", name="Ada")
_project = projection(owner=True)


def engine_app(runtime: Runtime) -> FastAPI:
    """Make the app.

    Args:
        runtime: An open one.

    Returns:
        Its three routes.
    """
    app, stopping = FastAPI(), asyncio.Event()

    def stream(reader: Follow, status: int) -> EventStream:
        ping, age = timedelta(seconds=15), timedelta(minutes=15)
        return EventStream(Feed(reader, project=_project, ping=ping, max_age=age, stopping=stopping), status=status)

    @app.post(SESSIONS)
    async def start(request: Request) -> Response:
        wanted, session_id = parse(await read_body(request), StartSession), new_id()
        reader = None
        if "event-stream" in request.headers.get("accept", ""):
            reader = follow(runtime.log, runtime.bus, stream_of(session_id))
            reader.await_birth()
        await runtime.host.start(wanted.app, wanted.args, user=USER, session_id=session_id)
        return answer({"id": session_id}, status=201) if reader is None else stream(reader, 201)

    @app.get(SESSIONS + "/{session_id}/events")
    async def events(session_id: str, after: int = 0) -> Response:
        return stream(follow(runtime.log, runtime.bus, stream_of(session_id), after=after), 200)

    @app.post(SESSIONS + "/{session_id}/interactions")
    async def interact(request: Request, session_id: str) -> Response:
        given = parse(await read_body(request), Interaction)
        await runtime.host.submit(session_id, given.input, given.value, by=USER)
        return nothing()

    return app


async def main(port: int, folder: Path, apps: Path) -> None:
    """Serve until stopped.

    Args:
        port: Of 127.0.0.1.
        folder: For the data.
        apps: The folder of apps.
    """
    async with await open_runtime(load_settings(data_dir=folder / "engine"), [apps]) as runtime:
        config = uvicorn.Config(engine_app(runtime), port=port, access_log=False, log_config=None, lifespan="off")
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
