"""A dress rehearsal: what every session does first is done once in the template.

The interpreter specialises code and fills caches on first use. Done before the fork, every session finds it done, in
memory that all of them share: it starts sooner and owns about 250 KiB less.
"""

from __future__ import annotations

from pathlib import Path

from outlast.protocol.codec import FrameReader, encode_frame
from outlast.protocol.commands import Acked, Answered, Start, commands
from outlast.protocol.events import SessionCompleted
from outlast.worker import linux
from outlast.worker.loading import AnyApp
from outlast.worker.playing import Player
from outlast.worker.recorder import SessionRecorder

_TIMES = 20  # the interpreter specialises a function after some calls


def rehearse(app: AnyApp, root: Path) -> None:
    """Talk as a session does, to nobody. The app's function is not called."""
    reader = FrameReader()
    for _ in range(_TIMES):
        frame = encode_frame(Start(session="rehearsal", app=app.name))
        (body,) = reader.feed(frame)
        start = commands.decode(body)
        assert isinstance(start, Start)
        said: list[bytes] = []
        recorder = SessionRecorder(start, said.append)
        Player(app, recorder, root=root)
        recorder.catch_up()
        recorder.log("stdout", "line\n")
        block = recorder.open("markdown", {"text": ""})
        recorder.append_text(block, "text")
        recorder.close(block)
        waiting = recorder.request("text", "Question?", {})
        recorder.handle(Acked(emission=1))
        recorder.handle(Answered(input="i1", value="answer"))
        waiting.wait()
        recorder.finish(SessionCompleted())
        recorder.handle(Acked(emission=len(said)))
        linux.die_with_parent()
        linux.prefer_to_kill(linux.TEMPLATE_OOM_SCORE)
