"""W5: uvicorn sends the same frames to every viewer; there is no session behind them.

``GET /stream`` is a viewer. ``POST /go?<events>,<per_s>`` sends events of the size of Outlast's,
each with the time at which it was written.
"""

import asyncio
import sys
import time

import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPResponseBodyEvent, Scope

FRAME = (
    b"id: %d\nevent: block.appended\n"
    b'data: {"kind":"block.appended","seq":%d,"at":"2026-01-01T00:00:00.000000Z","block":"markdown-1",'
    b'"text":"@%d#%d "}\n\n'
)


class Application:
    """Sends each event to all viewers, in one loop and without a task a viewer."""

    def __init__(self) -> None:
        self._viewers: list[ASGISendCallable] = []
        self._sending: asyncio.Task[None] | None = None

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
            headers = [(b"content-type", b"text/event-stream")]
            await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
            await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
            self._viewers.append(send)
            while (await receive())["type"] != "http.disconnect":
                pass
            self._viewers.remove(send)
        else:
            events, per_s = scope["query_string"].decode().split(",")
            self._sending = asyncio.create_task(self._send(int(events), float(per_s)))
            await send({"type": "http.response.start", "status": 204, "headers": [], "trailers": False})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, events: int, per_s: float) -> None:
        started = time.monotonic()
        for number in range(events):
            await asyncio.sleep(max(0.0, started + number / per_s - time.monotonic()))
            frame = FRAME % (number + 1, number + 1, time.monotonic_ns(), number)
            message: HTTPResponseBodyEvent = {"type": "http.response.body", "body": frame, "more_body": True}
            for send in tuple(self._viewers):
                await send(message)


if __name__ == "__main__":
    uvicorn.run(Application(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off")
