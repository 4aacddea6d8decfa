"""The address by which people reach the server: for links in mails, passkeys and providers."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from outlast.ee.cloud.context import Cloud


def site_url(cloud: Cloud, connection: HTTPConnection) -> str:
    """The server's address, as the asking person sees it.

    Args:
        cloud: `Settings.public_url` goes before all else.
        connection: tells scheme and host. Its Host header was checked by the wall in front, so no stranger's name
            gets into a mail.

    Returns:
        An origin, like ``https://apps.example.com``; no slash at the end.
    """
    if cloud.settings.public_url:
        return cloud.settings.public_url.rstrip("/")
    host = connection.headers.get("host") or connection.url.netloc
    return f"{connection.url.scheme}://{host}"
