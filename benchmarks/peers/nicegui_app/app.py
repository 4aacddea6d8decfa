"""The apps of the browser's workloads in NiceGUI: ``app.py PORT`` serves ``/replies`` and ``/burst/COUNT?plain=``."""

import asyncio
import sys

from nicegui import ui

FIRST = "The first block is here."


@ui.page("/replies")
def replies() -> None:
    """Write a reply at every press."""
    count = 0

    def reply() -> None:
        nonlocal count
        ui.markdown(f"Reply {count}.")
        count += 1

    ui.markdown(FIRST)
    with ui.footer():
        ui.button("Yes", on_click=reply)


@ui.page("/burst/{count}")
def burst(count: int, plain: bool = False) -> None:
    """Stream as many chunks of six bytes into one text, of Markdown or plain."""

    async def write() -> None:
        text = ui.label() if plain else ui.markdown()
        for number in range(count):
            chunk = f"{number % 100_000:05d} "
            if isinstance(text, ui.label):
                text.text += chunk
            else:
                text.content += chunk
            await asyncio.sleep(0)

    ui.markdown(FIRST)
    with ui.footer():
        ui.button("Yes", on_click=write)


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
