"""The benchmark's apps. One file, so that one template holds numpy and pandas for all of them."""

import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from outlast import app, ask, confirm, step, write


@app
def start() -> None:
    """Show one block that needs both libraries."""
    write(f"sum {pd.Series(np.arange(10)).sum()}")


@app
def echo() -> None:
    """Ask for ever; question ``n`` is ``question n``."""
    number = 0
    while True:
        ask(f"question {number}")
        number += 1


@app
def pandas_echo() -> None:
    """Ask for ever in a process that has used both libraries."""
    write(f"sum {pd.Series(np.arange(10)).sum()}")
    while True:
        ask("go?")


@app
def chunks() -> None:
    """Write as many chunks of six bytes as the answer says."""
    count = int(ask("go?"))
    write(f"{number % 100_000:05d} " for number in range(count))


@app
def metronome() -> None:
    """Write ``<count>,<per s>`` chunks at an even pace; each holds the time at which it was written."""
    count, per_s = ask("go?").split(",")
    write(_ticks(int(count), float(per_s)))


def _ticks(count: int, per_s: float) -> Iterator[str]:
    started = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, started + number / per_s - time.monotonic()))
        yield f"@{time.monotonic_ns()}#{number} "


@app
def steps(count: int) -> None:
    """Do ``count`` durable steps of 50 ms, with a block after each."""
    for number in range(count):
        _work(number)
        write(f"step {number}")


@step
def _work(number: int) -> int:
    time.sleep(0.05)
    return number


@app
def long(events: int) -> None:
    """Fill the stream with ``events`` blocks, then ask for ever."""
    for number in range(events):
        write(f"line {number}")
    number = 0
    while True:
        ask(f"question {number}")
        number += 1


FIRST = "The first block is here."


@app
def replies() -> None:
    """Ask for ever, and write a reply to each answer."""
    write(FIRST)
    number = 0
    while True:
        confirm(f"Question {number}?")
        write(f"Reply {number}.")
        number += 1


@app
def burst(count: int) -> None:
    """Write as many chunks of six bytes into one text, once somebody says so."""
    write(FIRST)
    confirm("Go?")
    write(f"{number % 100_000:05d} " for number in range(count))
