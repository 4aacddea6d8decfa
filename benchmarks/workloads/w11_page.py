"""W11: in Chromium, from opening a page to its first block, and from answering to the reply."""

from collections.abc import Callable
from contextlib import closing
from functools import partial

from benchmarks.browser import FIRST, Site, Tab, chromium, fresh_tab
from benchmarks.harness import Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.ours_in_browser import OutlastSite
from benchmarks.peers.web import Chainlit, NiceGui
from benchmarks.wire import percentile

LOADS = 5
ANSWERS = 40
WARM_UP = 5


def outlast(given: Round) -> Figures:
    """The page is that of a session which waits; a new one is started from its form besides."""
    with closing(OutlastSite(given, "replies")) as site:
        figures = dict(measure(site, given))
        with chromium() as browser, fresh_tab(browser, site.sign_in(browser)) as tab:
            tab.page.goto(site.start_url)
            start = tab.page.get_by_role("button", name="Start", exact=True)
            figures["start_ms"] = tab.press(start, FIRST)
    return figures


def peer(serve: Callable[[Round, str], Site], given: Round) -> Figures:
    """The page runs the app when it is opened."""
    with closing(serve(given, "replies")) as site:
        return measure(site, given)


def measure(site: Site, given: Round) -> Figures:
    """Load the page with empty caches a few times, then again, then answer in it.

    Args:
        site: The contestant.
        given: The round.

    Returns:
        The figures.
    """
    first: list[Figures] = []
    with chromium() as browser:
        state = site.sign_in(browser)
        for _ in range(given.size(LOADS, 1) - 1):
            with fresh_tab(browser, state) as tab:
                first.append({"page_ms": tab.open(site.url), **tab.load()})
        with fresh_tab(browser, state) as tab:
            first.append({"page_ms": tab.open(site.url), **tab.load()})
            again = [tab.open(site.url) for _ in range(given.size(LOADS, 1))]
            replies = _answer(site, tab, given.size(ANSWERS, 10))
    return {
        **{key: percentile([figures[key] for figures in first], 0.5) for key in first[0]},
        "again_ms": percentile(again, 0.5),
        "reply_ms": percentile(replies, 0.5),
        "reply_p95_ms": percentile(replies, 0.95),
    }


def _answer(site: Site, tab: Tab, count: int) -> list[float]:
    return [tab.press(site.yes(tab.page), f"Reply {number}.") for number in range(count + WARM_UP)][WARM_UP:]


WORKLOAD = Workload(
    name="W11",
    title="in Chromium: opening the page of a session -> its first block is on the screen, "
    "and pressing an answer -> the reply is (40 in sequence). A peer's page begins its session when it is opened",
    metrics=(
        Metric("page_ms", "page -> first block, empty cache, ms", at_most=400, digits=0),
        Metric("again_ms", "page -> first block, again, ms", digits=0),
        Metric("start_ms", "Start pressed -> first block of a new session, ms", digits=0),
        Metric("reply_ms", "answer -> reply, p50, ms", at_most=20, digits=1),
        Metric("reply_p95_ms", "answer -> reply, p95, ms", digits=1),
        Metric("kb", "first load, kB over the wire", at_most=250, digits=0),
        Metric("requests", "first load, requests", digits=0),
        Metric("first_paint_ms", "first load, first contentful paint, ms", digits=0),
        Metric("longest_task_ms", "first load, longest task, ms", digits=0),
        Metric("blocking_ms", "first load, blocking time, ms", digits=0),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, outlast),
        Contestant(f"Chainlit {Chainlit.version}", Kind.PEER, partial(peer, Chainlit)),
        Contestant(f"NiceGUI {NiceGui.version}", Kind.PEER, partial(peer, NiceGui)),
    ),
)
