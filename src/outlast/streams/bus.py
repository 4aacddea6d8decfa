"""The port of the bus: hints, after a commit, that a stream has grown.

Hints carry the events. They may be lost, may repeat and may come late; `follow` copes with all three, so a
backend need not be reliable. Publishing never waits and never raises. One promise is needed: a subscription whose
hints may get lost without a trace gives None from time to time, so that a reader never stays behind a silent loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from outlast.streams.log import StoredEvent


class Subscription(Protocol):
    """A reader's ear on one stream. It holds a bounded number of hints; on overflow it drops all and says so."""

    @property
    def ready(self) -> bool:
        """Whether `next` would not wait: there are hints, or a loss, a `wake` or the end is to be told."""
        ...

    def take(self) -> Sequence[StoredEvent] | None:
        """What `next` would return now, without a wait; nothing when there is nothing."""
        ...

    def attend(self, call: Callable[[], None] | None) -> None:
        """Have a function called whenever there is something to `take`, out of the very call that brought it.

        It must not raise, and must be quick: other subscribers come after it.
        """
        ...

    async def next(self) -> Sequence[StoredEvent] | None:
        """Wait for hints.

        Returns:
            Events of one or several hints in the order they were published, or None when hints were lost
            and the log must be read.
        """
        ...

    def wake(self) -> None:
        """Make a `next` that waits, or else the following one, return an empty list if there are no hints."""
        ...

    def close(self) -> None:
        """Stop listening; safe to call twice. A `next` that waits returns an empty list, as all later ones do."""
        ...


class Bus(Protocol):
    """Carries hints from who commits to who follows."""

    def publish(self, stream: str, events: Sequence[StoredEvent]) -> None:
        """Tell the subscribers of a stream what was committed."""
        ...

    def subscribe(self, stream: str) -> Subscription:
        """Listen to a stream from now on."""
        ...

    async def close(self) -> None:
        """End all subscriptions; those made later have ended from the start."""
        ...
