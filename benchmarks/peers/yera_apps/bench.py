"""The benchmark's apps as Yera spells them; runs in a peer's virtual environment."""

from importlib.metadata import version

import numpy as np
import pandas as pd
import yera as yr

# Neither version may look for a language model: that would only slow it down.
OLD = version("yera") == "0.4.0"
NO_MODEL = {"model": False} if OLD else {"llm": False}
OPEN_BLOCK = yr.markdown if OLD else yr.markdown.stream


@yr.app(**NO_MODEL)
def start():
    """Show one block that needs both libraries."""
    yr.markdown(f"sum {pd.Series(np.arange(10)).sum()}")


@yr.app(**NO_MODEL)
def echo():
    """Ask for ever; question ``n`` is ``question n``."""
    number = 0
    while True:
        yr.text_input(f"question {number}")
        number += 1


@yr.app(**NO_MODEL)
def pandas_echo():
    """Ask for ever in a process that has loaded both libraries."""
    yr.markdown(f"sum {pd.Series(np.arange(10)).sum()}")
    while True:
        yr.text_input("go?")


@yr.app(**NO_MODEL)
def chunks():
    """Write as many chunks of six bytes as the answer says."""
    count = int(yr.text_input("go?"))
    with OPEN_BLOCK() as block:
        for number in range(count):
            block.append(f"{number % 100_000:05d} ")
