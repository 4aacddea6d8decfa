"""A scripted app for tests of the API: it greets, asks for a word and a number, and ends."""

from __future__ import annotations

from outlast.executors.base import AppInfo
from outlast.protocol import events as e
from outlast.protocol.commands import Answered, Cancel, Message, RecordedInput, Start
from outlast.testing.fakes import FakeProcess

GREETER = AppInfo(
    name="greet",
    title="Greeter",
    doc="Greets somebody.\n\nThen asks.",
    schema={
        "type": "object",
        "properties": {"name": {"type": "string"}, "times": {"type": "integer", "minimum": 1}},
        "required": ["name"],
        "additionalProperties": False,
    },
)


class _Cancelled(Exception):
    """The host said so."""


async def converse(process: FakeProcess) -> None:
    """Play the app, from its start or from where a recording says that it was."""
    start = await process.expect(Start)
    known = start.recording.inputs if start.recording is not None else {}
    try:
        if start.recording is None or "b1" not in start.recording.blocks:
            text = f"Hello {start.args['name']}"
            await process.emit(e.BlockOpened(block="b1", kind="markdown", props={"text": text}, closed=True))
        word = await _ask(process, known, "word", kind="text", spec={"max_length": 20})
        number = await _ask(process, known, "number", kind="number", spec={"integer": True, "min": 1})
        await process.emit(e.SessionCompleted(result=[word, number]))
    except _Cancelled as cancelled:
        await process.emit(e.SessionCancelled(reason=str(cancelled)))


async def _ask(
    process: FakeProcess, known: dict[str, RecordedInput], name: str, *, kind: str, spec: dict[str, object]
) -> object:
    recorded = known.get(name)
    if recorded is not None and recorded.answered:
        return recorded.value
    if recorded is None:
        asked = e.InputRequested(input=name, block=f"b-{name}", kind=kind, label=f"Which {name}?", spec=spec)
        await process.emit(asked, e.SessionWaiting(input=name))
    command = await process.expect(Message)
    if isinstance(command, Cancel):
        raise _Cancelled(command.reason)
    assert isinstance(command, Answered)
    assert command.input == name
    return command.value
