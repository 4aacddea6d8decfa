"""A device's name for people, from what its browser says it is."""

from __future__ import annotations

import functools

MAX_USER_AGENT = 400
UNKNOWN = "Unknown device"


@functools.lru_cache(maxsize=1024)
def device_label(user_agent: str) -> str:
    """Name a device.

    Args:
        user_agent: the header's value, of any length; anything may stand in it.

    Returns:
        As ``Firefox on Linux``, ``curl`` or `UNKNOWN`.
    """
    from ua_parser import parse  # late: its patterns are a megabyte, and only a log-in asks for them

    found = parse(user_agent[:MAX_USER_AGENT])
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    if not browser:
        product = user_agent[:MAX_USER_AGENT].partition("/")[0].strip()
        browser = product if product.replace("-", "").isalnum() and product.isascii() and len(product) < 40 else ""
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or UNKNOWN
