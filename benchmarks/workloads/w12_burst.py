"""W12: in Chromium, a burst of chunks of six bytes until all of it is on the screen."""

from collections.abc import Callable
from contextlib import closing
from functools import partial

from benchmarks.browser import Site, chromium, fresh_tab
from benchmarks.harness import Contestant, Figures, Kind, Metric, NotPossible, Round, Workload
from benchmarks.ours_in_browser import OutlastSite
from benchmarks.peers.web import Chainlit, NiceGui, NiceGuiPlain
from benchmarks.workloads.w2a_chunks import text_of

FEW, MANY = 5_000, 100_000
QUICK = 500


def outlast(count: int, given: Round) -> Figures:
    """One text of Markdown."""
    wanted = given.size(count, QUICK)
    with closing(OutlastSite(given, "burst", count=wanted)) as site:
        return measure(site, wanted)


def peer(serve: Callable[[Round, str], Site], count: int, given: Round) -> Figures:
    """One message."""
    wanted = given.size(count, QUICK)
    with closing(serve(given, str(wanted))) as site:
        return measure(site, wanted)


def measure(site: Site, count: int) -> Figures:
    """Press the button that begins the burst, and wait for its end.

    Args:
        site: The contestant.
        count: How many chunks it writes.

    Returns:
        The figures.

    Raises:
        NotPossible: It did not come, or not all of it.
    """
    end = text_of(count).strip()[-11:]
    with chromium() as browser, fresh_tab(browser, site.sign_in(browser)) as tab:
        tab.open(site.url)
        took_ms = tab.press(site.yes(tab.page), end)
        longest_ms = tab.longest_task_ms()
        if tab.numbers(end) != count:
            message = "the end was shown, but not all before it"
            raise NotPossible(message)
    return {"s": took_ms / 1000, "longest_task_ms": longest_ms}


def _workload(name: str, count: int, *, goal_s: float, contestants: tuple[Contestant, ...]) -> Workload:
    return Workload(
        name=name,
        title=f"in Chromium: answering -> {count:,} chunks of 6 bytes, written at once, are on the screen",
        metrics=(
            Metric("s", f"{count:,} chunks on the screen, s", at_most=goal_s),
            Metric("longest_task_ms", "longest task of the page meanwhile, ms", digits=0),
        ),
        contestants=(Contestant("Outlast", Kind.OUTLAST, partial(outlast, count)), *contestants),
    )


FEW_CHUNKS = _workload(
    "W12a",
    FEW,
    goal_s=0.5,
    contestants=(
        Contestant(f"Chainlit {Chainlit.version}", Kind.PEER, partial(peer, Chainlit, FEW)),
        Contestant(f"NiceGUI {NiceGui.version}", Kind.PEER, partial(peer, NiceGui, FEW)),
        Contestant(f"NiceGUI {NiceGui.version}, plain text", Kind.PEER, partial(peer, NiceGuiPlain, FEW)),
    ),
)
MANY_CHUNKS = _workload(
    "W12b",
    MANY,
    goal_s=1.5,
    contestants=(Contestant(f"NiceGUI {NiceGui.version}, plain text", Kind.PEER, partial(peer, NiceGuiPlain, MANY)),),
)
