"""Which address a request is said to come from, and by whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.http.addresses import client_address, limit_key, networks

PROXIES = networks(["10.0.0.0/8", "::1", "127.0.0.1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.2", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["6.6.6.6, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.2", ["6.6.6.6, not-an-address, 10.9.9.9"], "10.9.9.9"),
        ("10.0.0.2", ["10.1.1.1"], "10.1.1.1"),
        ("10.0.0.2", [""], "10.0.0.2"),
        ("10.0.0.2", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.2", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::1", ["2001:DB8:0::1"], "2001:db8::1"),
        ("::ffff:10.0.0.2", ["198.51.100.1"], "198.51.100.1"),
        ("fe80::1%eth0", [], "fe80::1"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_only_a_trusted_proxys_word_is_taken(peer: str, forwarded: list[str], client: str) -> None:
    """[security 58]"""
    assert client_address(peer, forwarded, PROXIES) == client


def test_without_trusted_proxies_the_header_says_nothing() -> None:
    """[security 58]"""
    assert client_address("10.0.0.2", ["198.51.100.1"], ()) == "10.0.0.2"


@given(st.text(), st.lists(st.text(max_size=60)))
def test_any_header_gives_some_address(peer: str, forwarded: list[str]) -> None:
    client_address(peer, forwarded, PROXIES)
    client_address("10.0.0.2", forwarded, PROXIES)


def test_an_ipv6_client_counts_by_its_site() -> None:
    """[security 58]"""
    assert limit_key("2001:db8:1:2:3::4") == limit_key("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert limit_key("2001:db8:1:3::4") != limit_key("2001:db8:1:2::4")
    assert limit_key("198.51.100.1") == limit_key("::ffff:198.51.100.1") == "198.51.100.1"
    assert limit_key("local") == "local"


def test_what_is_no_network_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="300"):
        networks(["10.0.0.0/300"])
