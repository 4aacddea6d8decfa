"""A host for a recorder that runs in the test itself."""

from __future__ import annotations

from datetime import UTC, datetime

from outlast.kit.clock import ManualClock
from outlast.protocol import events as e
from outlast.protocol.codec import FrameReader
from outlast.protocol.commands import (
    Acked,
    Emission,
    Recording,
    Start,
    emissions,
)  # fmt: skip
from outlast.protocol.document import Document, apply
from outlast.worker.recorder import SessionRecorder

NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Host:
    """Takes emissions; acks them when it is told to."""

    def __init__(
        self,
        recording: Recording | None = None,
        *,
        acks: bool = True,
        max_pending_bytes: int = 1 << 20,
        scratch: str = "",
    ) -> None:
        self.emissions: list[Emission] = []
        self._reader = FrameReader()
        start = Start(session="s", app="a", recording=recording, title="Old", scratch=scratch)
        self.recorder = SessionRecorder(start, self._take, clock=ManualClock(NOW), max_pending_bytes=max_pending_bytes)

    def _take(self, frame: bytes) -> None:
        for body in self._reader.feed(frame):
            self.emissions.append(emissions.decode(body))

    def ack(self) -> None:
        self.recorder.handle(Acked(emission=self.emissions[-1].emission))

    def settle(self) -> None:
        """Ack until nothing is left to be sent."""
        seen = -1
        while seen != len(self.emissions):
            seen = len(self.emissions)
            if self.emissions:
                self.ack()

    @property
    def events(self) -> list[e.WorkerEvent]:
        return [event for emission in self.emissions for event in emission.events]

    @property
    def document(self) -> Document:
        document = Document()
        for event in self.events:
            apply(document, event)
        return document
