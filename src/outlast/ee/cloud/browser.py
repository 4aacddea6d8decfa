"""What a browser says of the page that a request comes from (CSRF cheat sheet: Fetch Metadata, then Origin)."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from outlast.ee.cloud.errors import CrossSite

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-outlast-request"
"""Any value will do: a page of another site can't set it without being asked for by CORS first."""


def check_site(method: str, headers: Headers, *, allowed: frozenset[str] = frozenset()) -> None:
    """Let a request pass that a browser may have sent on anybody's behalf, if it came from our own page.

    Args:
        method: what only reads may come from anywhere, since it is answered to nobody else.
        headers: of the request.
        allowed: origins of other sites that may send requests (``https://tools.example.com``).

    Raises:
        CrossSite: it came from elsewhere, or does not say (ASVS 3.5.1).
    """
    if method in SAFE_METHODS:
        return
    origin = headers.get("origin")
    if origin is not None and origin in allowed:
        return
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise CrossSite("This request comes from another site's page; use the server's own pages.")
    if origin is not None:
        if urlsplit(origin).netloc != headers.get("host", ""):
            raise CrossSite("This request comes from another site's page; use the server's own pages.")
    elif site is None and CSRF_HEADER not in headers:
        raise CrossSite(
            f"This request does not say which page sent it; send the header {CSRF_HEADER}: 1, or a bearer token."
        )
