"""The apps of the browser's workloads in Chainlit: ``BENCH_APP`` is ``replies`` or the count of a burst."""

import os

import chainlit as cl

FIRST = "The first block is here."


@cl.on_chat_start
async def begin() -> None:
    """Show the first block and ask for ever."""
    await cl.Message(FIRST).send()
    wanted = os.environ["BENCH_APP"]
    if wanted == "replies":
        number = 0
        while True:
            await _ask(f"Question {number}?")
            await cl.Message(f"Reply {number}.").send()
            number += 1
    else:
        await _ask("Go?")
        message = cl.Message("")
        for number in range(int(wanted)):
            await message.stream_token(f"{number % 100_000:05d} ")
        await message.update()


async def _ask(question: str) -> None:
    yes = cl.Action(name="yes", payload={"value": "yes"}, label="Yes")
    await cl.AskActionMessage(question, actions=[yes], timeout=3600).send()
