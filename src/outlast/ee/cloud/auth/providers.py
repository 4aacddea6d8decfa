"""The OpenID providers of this server, and the flows that browsers are in the middle of."""

from __future__ import annotations

import base64
import binascii
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from outlast.ee.cloud.auth.factor_errors import ProviderNotFound, ProviderRefused
from outlast.ee.cloud.auth.oidc_metadata import Begun, OidcProvider, is_safe
from outlast.ee.cloud.box import SealBroken, SecretBox
from outlast.ee.cloud.context import Cloud
from outlast.kit.settings import InvalidSettings

if TYPE_CHECKING:
    from outlast.ee.cloud.auth.oidc import OidcClient

PATIENCE = timedelta(minutes=10)
"""Time that a person has at the provider."""
_PURPOSE = "provider flow"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

Aim: TypeAlias = Literal["sign-in", "link", "prove"]
"""What a flow is for. The last two are of somebody who is signed in."""


class Entry(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A provider as its table in the file has it."""

    title: str
    issuer: str
    client_id: str
    client_secret: str = ""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    sign_up: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """What the browser's cookie holds of a flow.

    Attributes:
        provider: its name.
        begun: what ends it.
        session_id: the device that began it, when somebody was signed in.
        at: when.
    """

    provider: str
    aim: Aim
    begun: Begun
    session_id: str | None
    at: datetime


class Providers:
    """All providers that are set.

    Args:
        clients: by name, in the order of the file.
    """

    def __init__(self, clients: Mapping[str, OidcClient]) -> None:
        self.clients = clients

    def client(self, name: str) -> OidcClient:
        """A provider's client.

        Raises:
            ProviderNotFound: none of this name is set.
        """
        try:
            return self.clients[name]
        except KeyError:
            raise ProviderNotFound(f"There is no log-in provider {name[:64]!r}.") from None


def read_providers(cloud: Cloud) -> Providers:
    """The providers of the settings.

    Raises:
        InvalidSettings: the file can't be read, or what it says can't be used.
    """
    path = cloud.settings.providers_file
    if path is None:
        return Providers({})
    from outlast.ee.cloud.auth.oidc import OidcClient  # late: few servers have providers, and its libraries weigh

    entries = _entries(path)
    found = {}
    for name, entry in entries.items():
        if not _NAME.fullmatch(name):
            raise InvalidSettings(f"In {path}, [{name}] must be of small letters, digits and hyphens.")
        if not is_safe(entry.issuer) or "openid" not in entry.scopes:
            raise InvalidSettings(f"In {path}, [{name}] needs an issuer with https:// and the scope openid.")
        provider = OidcProvider(name=name, **msgspec.structs.asdict(entry))
        found[name] = OidcClient(provider, clock=cloud.clock)
    return Providers(found)


def _entries(path: Path) -> Mapping[str, Entry]:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), dict[str, Entry])
    except (OSError, ValueError) as error:  # what is wrong with TOML or its fields is a ValueError too
        raise InvalidSettings(f"The providers of {path} can't be read: {error}.") from error


def seal_flow(flow: Flow, *, box: SecretBox) -> str:
    """A flow for its browser's cookie; to nobody else it tells anything."""
    sealed = box.seal(msgspec.json.encode(flow), purpose=_PURPOSE)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_flow(text: str, *, box: SecretBox, provider: str, now: datetime) -> Flow:
    """The flow of a cookie.

    Raises:
        ProviderRefused: the browser is in no flow with this provider, or took too long.
    """
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        flow = msgspec.json.decode(box.open(sealed, purpose=_PURPOSE), type=Flow)
    except (SealBroken, binascii.Error, ValueError) as error:
        raise ProviderRefused("This log-in was not begun by this browser; begin it again.") from error
    if flow.provider != provider or now - flow.at > PATIENCE:
        raise ProviderRefused("This log-in took too long; begin it again.")
    return flow
