"""The log is written beside the server, and never holds it up."""

from __future__ import annotations

import os
import threading
from io import StringIO

from outlast.server.logs import MAX_WAITING, Outlet


def test_what_is_logged_is_written_in_order() -> None:
    out = StringIO()
    outlet = Outlet(out)
    for number in range(1000):
        outlet.write(f"{number}\n")
    outlet.close()
    assert out.getvalue().split() == [str(number) for number in range(1000)]


def test_a_log_that_nobody_reads_holds_nobody_up_and_tells_later_what_it_dropped() -> None:
    read, write = os.pipe()
    with os.fdopen(read) as reader, os.fdopen(write, "w") as out:
        outlet = Outlet(out)
        line = "x" * 99 + "\n"
        for _ in range(3 * MAX_WAITING):  # the pipe takes 64 KiB, and the rest waits or is dropped
            outlet.write(line)
        lines: list[str] = []
        reading = threading.Thread(target=lambda: lines.extend(reader))
        reading.start()
        outlet.close()
        out.close()
        reading.join()
    assert MAX_WAITING <= lines.count(line) < 3 * MAX_WAITING
    dropped = 3 * MAX_WAITING - lines.count(line)
    told = [line for line in lines if "dropped" in line]
    assert sum(int(line.split('"event":"')[1].split()[0]) for line in told) == dropped


def test_a_log_whose_reader_is_gone_breaks_nothing() -> None:
    out = StringIO()
    out.close()
    outlet = Outlet(out)
    outlet.write("lost\n")
    outlet.close()
