"""How long a page's tasks keep its thread busy, by the DevTools protocol's trace."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page

LONGEST_MS = 100.0
"""The bar, on a machine that needs `CALIBRATION_MS` for the calibration; a slower one has more time."""
CALIBRATION_MS = 20.0

# Work of the kind that a page does: strings, elements, their layout. The fastest of some runs, a task each.
_CALIBRATE = """
async () => {
  let fastest = Infinity;
  for (let run = 0; run < 9; run += 1) {
    await new Promise((resolve) => setTimeout(resolve));
    const from = performance.now();
    const box = document.body.appendChild(document.createElement("div"));
    for (let line = 0; line < 1000; line += 1) {
      const row = box.appendChild(document.createElement("p"));
      row.append(...`row ${line} of a box that nobody sees for long`.split(" ").map((word) => {
        const piece = document.createElement("span");
        piece.textContent = word;
        return piece;
      }));
    }
    box.getBoundingClientRect();
    box.remove();
    fastest = Math.min(fastest, performance.now() - from);
  }
  return fastest;
}
"""


class Tasks:
    """What a page was busy with while it was watched.

    Attributes:
        longest_ms: The longest tasks, the worst first: time of the processor, which other programs do not lengthen.
        bar_ms: How long one may be on this machine.
    """

    def __init__(self, bar_ms: float) -> None:
        self.longest_ms: list[float] = []
        self.bar_ms = bar_ms


@asynccontextmanager
async def watched(browser: Browser, page: Page) -> AsyncIterator[Tasks]:
    """Watch the tasks of a page; they are known afterwards."""
    calibration_ms = float(await page.evaluate(_CALIBRATE))
    tasks = Tasks(LONGEST_MS * max(1.0, calibration_ms / CALIBRATION_MS))
    await browser.start_tracing(page=page, categories=["disabled-by-default-devtools.timeline"])
    yield tasks
    events = json.loads(await browser.stop_tracing())["traceEvents"]
    pages = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    busy = [
        event.get("tdur", 0) / 1000
        for event in events
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) in pages
    ]
    assert busy, "the trace tells of no task"
    tasks.longest_ms = sorted(busy, reverse=True)[:5]
