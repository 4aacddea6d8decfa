"""Which page a request may come from."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from outlast.ee.cloud.browser import check_site
from outlast.ee.cloud.errors import CrossSite

OURS = {"host": "outlast.example.com"}


@pytest.mark.parametrize(
    "given",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "https://outlast.example.com"},
        {"sec-fetch-site": "same-origin", "origin": "https://outlast.example.com"},
        {"x-outlast-request": "1"},
    ],
)
def test_a_request_of_our_own_page_passes(given: dict[str, str]) -> None:
    """[security 62]"""
    check_site("POST", Headers({**OURS, **given}))


@pytest.mark.parametrize(
    "given",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example.com"},
        {"origin": "https://outlast.example.com.evil.com"},
        {"origin": "null"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example.com"},
        {"sec-fetch-site": "cross-site", "x-outlast-request": "1"},
        {},
    ],
)
def test_a_request_from_elsewhere_or_from_nowhere_is_refused(given: dict[str, str]) -> None:
    """[security 62]"""
    with pytest.raises(CrossSite):
        check_site("POST", Headers({**OURS, **given}))


def test_reading_may_come_from_anywhere() -> None:
    check_site("GET", Headers({**OURS, "sec-fetch-site": "cross-site"}))


def test_an_origin_that_the_operator_lists_may_send_requests() -> None:
    allowed = frozenset({"https://tools.example.com"})
    check_site("POST", Headers({**OURS, "origin": "https://tools.example.com"}), allowed=allowed)
    with pytest.raises(CrossSite):
        check_site("POST", Headers({**OURS, "origin": "http://tools.example.com"}), allowed=allowed)
