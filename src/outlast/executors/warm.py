"""For files that can't be forked once they are imported: each process imports the file itself, one is always ready."""

from __future__ import annotations

from outlast.executors.fork import ForkExecutor


class WarmExecutor(ForkExecutor):
    """Ready-started processes, each used once.

    They are forked from a template that has imported nothing of the app, so that threads which the file starts live
    in the process that uses them. One has always imported the file ahead of time; a burst waits for its imports.
    """

    preload = False
