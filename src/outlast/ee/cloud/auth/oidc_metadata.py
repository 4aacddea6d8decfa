"""The terms of a log-in at an OpenID provider: what the operator sets, what it says of itself and of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from outlast.ee.cloud.auth.factor_errors import ProviderUnavailable

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Of ID tokens. None that is symmetric: its key would be our client secret, or a public key (RFC 8725 §3.1)."""
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """A provider as the operator set it.

    Args:
        name: in paths, like ``corporate``.
        title: on the button, like ``Example Corp``.
        issuer: exactly as its metadata and tokens spell it.
        client_id: what it calls this server.
        client_secret: empty for a public client.
        scopes: asked for.
        sign_up: a person who is new here gets an account.
    """

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: Sequence[str] = ("openid", "email", "profile")
    sign_up: bool = True


@dataclass(frozen=True, slots=True)
class Begun:
    """A flow that was begun; all but the address is for the browser's sealed cookie.

    Args:
        url: where the browser goes.
        state: comes back with the code; proves that this flow was meant.
        nonce: comes back in the ID token; proves that it was made for this flow.
        verifier: PKCE; proves to the provider that who ends the flow has begun it.
    """

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, to their provider.

    Args:
        issuer: the provider.
        subject: names the person at the provider, for good: accounts are linked by these two and never by e-mail,
            which its owner at the provider may change to another's (OIDC Core §5.7).
        email: empty if not told.
        email_verified: the provider says that the address is the person's.
        name: to show; empty if not told.
        proved_at: when they proved there who they are; nothing if not told.
    """

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of a provider's metadata (OpenID Connect Discovery 1.0 §3) that a log-in needs.

    Args:
        issuer: the same as was asked for.
        authorization_endpoint: where the browser goes.
        token_endpoint: where the code is traded.
        jwks_uri: its keys.
        userinfo_endpoint: empty if it has none.
        token_method: how the client authenticates at the token endpoint.
        tells_issuer: its answers carry ``iss`` (RFC 9207).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    token_method: str
    tells_issuer: bool


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What came back with the browser, in the address.

    Args:
        state: of the flow.
        code: to trade; empty with an error.
        iss: the provider, by providers that tell.
        error: like ``access_denied``.
    """

    state: str
    code: str = ""
    iss: str | None = None
    error: str = ""


def read_metadata(document: Mapping[str, object], issuer: str) -> Metadata:
    """Read a metadata document.

    Args:
        document: as it was fetched.
        issuer: whose it must be; another's could be used to mix up providers (Discovery §4.3).

    Raises:
        ProviderUnavailable: it is another's, lacks something, or an endpoint is not safe to use.
    """
    if document.get("issuer") != issuer:
        raise ProviderUnavailable(
            "The provider's metadata is for another issuer; the operator must set the issuer exactly as it says."
        )
    methods = document.get("token_endpoint_auth_methods_supported")
    basic = not isinstance(methods, list) or "client_secret_basic" in methods  # the default (§3)
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(document, "authorization_endpoint"),
        token_endpoint=_endpoint(document, "token_endpoint"),
        jwks_uri=_endpoint(document, "jwks_uri"),
        userinfo_endpoint=_endpoint(document, "userinfo_endpoint") if document.get("userinfo_endpoint") else "",
        token_method="client_secret_basic" if basic else "client_secret_post",
        tells_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def is_safe(url: str) -> bool:
    """Whether secrets may go there: HTTPS, or this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL_NAMES))


def _endpoint(document: Mapping[str, object], name: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not is_safe(url):
        raise ProviderUnavailable(f"The provider's metadata has no {name} with HTTPS; tell the server's operator.")
    return url
