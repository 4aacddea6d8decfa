"""W1 and W3: fork a process that has numpy and pandas, and answer over HTTP when it has spoken.

The template is a process of its own, forked before uvicorn starts, as it is in Outlast. ``POST /``
answers with the child's first byte; the child then waits. ``GET /pids`` names the children.
"""

import array
import asyncio
import gc
import os
import signal
import socket
import sys

import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope


def template(requests: socket.socket) -> None:
    """Fork a child on each request; it speaks on the socket that came with the request.

    Args:
        requests: One byte and one descriptor a request.
    """
    import numpy as np  # late: only the template holds them
    import pandas as pd

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    while True:
        _, rights, _, _ = requests.recvmsg(1, socket.CMSG_SPACE(4))
        if not rights:
            return
        descriptors = array.array("i")
        descriptors.frombytes(rights[0][2])
        if os.fork():
            os.close(descriptors[0])
            continue
        requests.close()
        peer = socket.socket(fileno=descriptors[0])
        peer.sendall(f"sum {pd.Series(np.arange(10)).sum()}".encode())
        peer.recv(1)
        os._exit(0)


class Application:
    """The HTTP side.

    Args:
        requests: The template's socket.
        template_pid: The template.
    """

    def __init__(self, requests: socket.socket, template_pid: int) -> None:
        self._requests = requests
        self._template_pid = template_pid
        self._children: list[socket.socket] = []

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Serve one request.

        Args:
            scope: The request.
            receive: Not used.
            send: Takes the answer.
        """
        if scope["type"] != "http":
            return
        body = await self._fork() if scope["method"] == "POST" else str(self._template_pid).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _fork(self) -> bytes:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        socket.send_fds(self._requests, [b"f"], [theirs.fileno()])
        theirs.close()
        self._children.append(ours)
        return await asyncio.get_running_loop().sock_recv(ours, 1024)


def main() -> None:
    """Serve on the port given."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        template(theirs)
        os._exit(0)
    theirs.close()
    uvicorn.run(Application(ours, pid), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
