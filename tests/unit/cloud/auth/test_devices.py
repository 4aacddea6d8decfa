"""Names of devices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.auth.devices import UNKNOWN, device_label

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME} Mobile Safari/537.36", "Chrome Mobile on Android"),
        ("curl/8.14.1", "curl"),
        ("outlast/0.1.0", "outlast"),
        ("", UNKNOWN),
        ("<script>alert(1)</script>", UNKNOWN),
        ("evil\r\nname/1", UNKNOWN),
    ],
)
def test_a_device_has_a_name_that_people_know(user_agent: str, label: str) -> None:
    """[security 32]"""
    assert device_label(user_agent) == label


@given(st.text(max_size=1000))
def test_whatever_a_browser_says_the_name_is_short_and_plain(user_agent: str) -> None:
    label = device_label(user_agent)
    assert label
    assert len(label) < 120
    assert "\n" not in label
    assert "<" not in label
