"""Whose address a request comes from, when proxies may stand between.

``X-Forwarded-For`` is what anybody may write. Only the part that a trusted proxy wrote is believed: the list is read
from its right end, where each proxy appends its own peer, and the first address that is no trusted proxy is the client.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

IPV6_SITE_BITS = 64
"""A site gets a /64 at least, so one client has 2^64 addresses; what counts per client counts per this prefix."""

MAX_HOPS = 16


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses and networks (``10.0.0.0/8``, ``::1``).

    Raises:
        ValueError: naming the one that is neither.
    """
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)


def client_address(peer: str, forwarded_for: Iterable[str], trusted: Sequence[Network]) -> str:
    """Find the client's address.

    Args:
        peer: address of the connection.
        forwarded_for: values of the ``X-Forwarded-For`` headers, in their order.
        trusted: networks of the proxies that are believed.

    Returns:
        Its canonical text; the peer as it was given if that is no address (a Unix socket's).
    """
    client = _address(peer)
    if client is None:
        return peer
    hops = [hop for value in forwarded_for for hop in value.split(",")] if trusted else []
    for hop in reversed(hops[-MAX_HOPS:]):
        if not _is_in(client, trusted):
            break
        before = _address(hop)
        if before is None:
            break
        client = before
    return str(client)


def limit_key(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 of an IPv6 one."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, IPV6_SITE_BITS), strict=False))
    return str(found) if found is not None else address


def _is_in(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _address(text: str) -> Address | None:
    """Read an address; with a port or brackets, as some proxies write it. An IPv4 one in IPv6's clothes is IPv4."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
