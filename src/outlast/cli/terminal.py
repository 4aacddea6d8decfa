"""One session in the terminal: follows its stream, shows it, and asks what the app asks."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.text import Text

from outlast.cli.asking import Asker, Interrupted, Left, Upload
from outlast.cli.exits import Code
from outlast.cli.screen import Screen
from outlast.kit.errors import AlreadyAnswered, InvalidAnswer, OutlastError, SessionOver
from outlast.protocol import events as e
from outlast.protocol.codec import Json, encode_json
from outlast.protocol.document import Document, Input, fold

TICK_S = 0.1


class Played(Protocol):
    """A session as the terminal reaches it: in this process, or on a server."""

    def updates(self) -> AsyncIterator[Document | Sequence[e.SessionEvent]]:
        """What happens: events in order, and perhaps a whole document to begin with."""
        ...

    async def answer(self, input_id: str, value: Json) -> None:
        """Give an answer.

        Raises:
            InvalidAnswer, AlreadyAnswered, SessionOver: it was not taken.
        """
        ...

    async def upload(self, path: Path) -> Json:
        """Store a file of the session; gives its `FileRef` as JSON."""
        ...

    async def cancel(self, reason: str) -> None:
        """Ask the app to stop."""
        ...


class Interrupts:
    """Counts Ctrl-C: the first asks the session to stop, the second gives up waiting for that."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()

    def press(self) -> None:
        """One more Ctrl-C."""
        (self.second if self.first.is_set() else self.first).set()

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM while inside."""
        loop = asyncio.get_running_loop()
        # Plain handlers: a prompt puts its own in front and restores these, but never a loop's.
        names = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(name, lambda *_: loop.call_soon_threadsafe(self.press)) for name in names]
        try:
            yield
        finally:
            for name, handler in zip(names, before, strict=True):
                signal.signal(name, handler)


class Player:
    """Plays a session to its end.

    Args:
        session: where it runs.
        screen: what shows it; None writes each event as a line of JSON to standard output instead.
        asker: who answers; None only watches.
        console: where to say what is no part of the session.
        may_cancel: Ctrl-C cancels the session; else it only stops looking at it.
    """

    def __init__(
        self, session: Played, screen: Screen | None, asker: Asker | None, *, console: Console, may_cancel: bool = True
    ) -> None:
        self.document = Document()
        self._session = session
        self._screen = screen
        self._asker = asker
        self._console = console
        self._may_cancel = may_cancel
        self._updates: asyncio.Queue[Document | Sequence[e.SessionEvent] | BaseException | None] = asyncio.Queue()
        self._asking: asyncio.Task[None] | None = None
        self._asked = ""
        self._sending = False
        self._cancelling: asyncio.Task[None] | None = None
        self._upload: Upload = session.upload

    async def play(self, interrupts: Interrupts) -> Code:
        """Follow the session until it is over, is left, or cannot go on.

        Returns:
            The exit code.

        Raises:
            NoAnswer: it asks, and nobody answers.
            OutlastError: the stream broke for good.
        """
        reading = asyncio.create_task(self._read())
        stop = asyncio.create_task(interrupts.first.wait())
        give_up = asyncio.create_task(interrupts.second.wait())
        try:
            while not self.document.over:
                if give_up.done():
                    return Code.CANCELLED
                if stop.done() and not self._may_cancel:
                    return Code.NO_ANSWER
                if stop.done() and self._cancelling is None:
                    await self._stop_asking()
                    self._say("Stopping; press Ctrl-C again to kill it at once.")
                    self._cancelling = asyncio.create_task(self._session.cancel("Ctrl-C"))
                if (code := await self._settle_asking(interrupts)) is not None:
                    return code
                self._ask_next()
                if not await self._step({give_up, *(() if self._cancelling else (stop,))}):
                    break
            if self._screen is not None:
                self._screen.show(flush=True)
            return self._end()
        finally:
            await self._stop_asking()
            for task in (reading, stop, give_up, *([self._cancelling] if self._cancelling else [])):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            if self._screen is not None:
                self._screen.close()

    async def _read(self) -> None:
        try:
            async for update in self._session.updates():
                self._updates.put_nowait(update)
            self._updates.put_nowait(None)
        except (OutlastError, OSError) as error:
            self._updates.put_nowait(error)

    async def _step(self, others: set[asyncio.Task[bool]]) -> bool:
        """Wait for something to happen and take it in; False when the stream has ended."""
        getting = asyncio.create_task(self._updates.get())
        waits: set[asyncio.Task[object]] = {getting, *others}
        if self._asking is not None:
            waits.add(self._asking)
        unfinished = self._screen is not None and self._screen.unfinished
        await asyncio.wait(waits, timeout=TICK_S if unfinished else None, return_when=asyncio.FIRST_COMPLETED)
        going_on = True
        if getting.done():
            going_on = self._take(getting.result())
        else:
            getting.cancel()
        while going_on and not self._updates.empty():
            going_on = self._take(self._updates.get_nowait())
        if self._screen is not None and self._asking is None:
            self._screen.show()
        elif self._screen is not None:
            self._screen.show(flush=True)
        return going_on

    def _take(self, update: Document | Sequence[e.SessionEvent] | BaseException | None) -> bool:
        if update is None:
            return False
        if isinstance(update, BaseException):
            raise update
        if isinstance(update, Document):
            self.document = update
            if self._screen is not None:
                self._screen.start_from(update)
            return True
        fold(self.document, update)
        if self._screen is not None:
            self._screen.document = self.document
            self._screen.note(update)
        else:
            for event in update:
                sys.stdout.write(encode_json(event).decode() + "\n")
            sys.stdout.flush()
        return True

    # -- questions -----------------------------------------------------------------------------------

    def _ask_next(self) -> None:
        """Begin to ask, or stop asking what somebody else has answered."""
        asked = self.document.inputs.get(self._asked)
        if self._asking is not None and not self._sending and asked is not None and asked.state != "open":
            self._asking.cancel()
            return
        if self._asker is None or self._asking is not None or self._cancelling is not None or self.document.over:
            return
        for key, each in self.document.inputs.items():
            if each.state == "open":
                if self._screen is not None:
                    self._screen.show(flush=True)
                self._asked = key
                self._asking = asyncio.create_task(self._ask(self._asker, key, each))
                return

    async def _ask(self, asker: Asker, key: str, asked: Input) -> None:
        while True:
            value = await asker.ask(asked, upload=self._upload)
            if self._screen is not None and asker.leaves_trace(asked):
                self._screen.answered_here.add(key)
            self._sending = True
            try:
                await self._session.answer(key, value)
            except InvalidAnswer as error:
                asker.explain(error.message)
            except AlreadyAnswered:
                asker.explain("Somebody else has answered this.")
                return
            except SessionOver:
                return
            else:
                return
            finally:
                self._sending = False

    async def _settle_asking(self, interrupts: Interrupts) -> Code | None:
        if self._asking is None or not self._asking.done():
            return None
        asking, self._asking = self._asking, None
        try:
            await asking
        except asyncio.CancelledError:
            self._asked = ""
        except Interrupted:
            interrupts.press()
        except Left:
            return Code.NO_ANSWER
        self._wait_for_answer()
        return None

    def _wait_for_answer(self) -> None:
        """Fold the answer in before its event comes, so that the same question is not asked again."""
        asked = self.document.inputs.get(self._asked)
        if asked is not None and asked.state == "open":
            asked.state = "submitted"

    async def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
            self._asking = None

    # -- the end -------------------------------------------------------------------------------------

    def _end(self) -> Code:
        document = self.document
        if document.state == "completed":
            if document.result is not None and self._screen is not None:
                result = document.result
                said = result if isinstance(result, str) else encode_json(result).decode()
                self._say(f"Done: {said}", style="green")
            return Code.OK
        if document.state == "cancelled":
            self._say(f"Cancelled{f': {document.ended_reason}' if document.ended_reason else ''}.", style="yellow")
            return Code.CANCELLED
        if document.state == "expired":
            self._say(f"Ended: over its limit of {document.ended_reason}.", style="red")
        elif document.state == "failed":
            if document.failure_error:
                self._say(document.failure_error.rstrip(), style="dim")
            self._say(f"Failed ({document.failure_code}): {document.failure_message}", style="red")
        return Code.FAILED

    def _say(self, text: str, *, style: str = "dim") -> None:
        if self._screen is not None:
            self._screen.close()
        self._console.print(Text(text, style=style))
