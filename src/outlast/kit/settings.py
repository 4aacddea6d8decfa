"""The settings of a server: environment variables ``OUTLAST_<NAME>``, each with a default that suits a laptop.

The descriptions here become the reference page of the docs.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import platformdirs
from pydantic import AfterValidator, BeforeValidator, ByteSize, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from outlast.kit.errors import OutlastError

PREFIX = "OUTLAST_"
SECRET_VARIABLE = "OUTLAST_SECRET_"  # noqa: S105  (a name, no secret)
NONE = "none"

_NO_SETTINGS = {f"{PREFIX}{name}" for name in ("KILL_POINT", "SERVER", "TOKEN", "WORKSPACE")}
"""Variables that are read, but not by a server."""

_UNITS_S = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)\s*")


class InvalidSettings(OutlastError):
    """A setting has a value that can't be used; the message names its variable."""

    code = "settings.invalid"


def _duration(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    if text.replace(".", "", 1).isdigit():
        return timedelta(seconds=float(text))
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text):
        return value  # left to ISO 8601
    return timedelta(seconds=sum(float(number) * _UNITS_S[unit] for number, unit in parts))


def _listed(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _origin(value: str) -> str:
    # Compared with what browsers send, letter by letter: a wildcard, a path or a slash at the end would never match.
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?|https?://\[[0-9a-f:]+\](:\d+)?", value):
        raise ValueError(f"{value!r} is no origin; write it like https://app.example.org")
    return value


Duration: TypeAlias = Annotated[timedelta, BeforeValidator(_duration), Field(gt=timedelta(0))]
"""A duration: ``90`` (seconds), ``90s``, ``15min``, ``1h 30m``, ``2d`` or ISO 8601 (``PT15M``)."""

Names: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
"""Several names, separated by commas."""

Networks: TypeAlias = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)]
"""IP addresses and networks (``10.0.0.0/8``), separated by commas."""

Origins: TypeAlias = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)]
"""Origins of web pages: scheme, host and port exactly as browsers send them, separated by commas."""


class Settings(BaseSettings):
    """All settings. ``none`` as a value means no limit, where a limit may be absent."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_parse_none_str=NONE, frozen=True, extra="forbid", env_ignore_empty=True
    )

    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("outlast"),
        description="Folder of the database, stored files, keys and credentials.",
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL of the database, `sqlite+aiosqlite://` or `postgresql+asyncpg://`; "
        "empty for the file `outlast.sqlite3` in the data folder.",
    )
    secrets_file: Path | None = Field(
        default=None,
        description='TOML file of secrets for apps (`NAME = "value"`). '
        "A variable `OUTLAST_SECRET_<NAME>` goes before an entry of the same name.",
    )

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="TCP port to listen on; 0 for any free one.")
    allowed_hosts: Names = Field(
        default=(), description="Names, besides the address listened on, that a request's `Host` header may have."
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[a-z0-9.\-\[\]:]+)?$",
        description="Address by which browsers reach the server, when a proxy stands before it "
        "(`https://apps.example.org`). With `https` browsers are told never to come without TLS.",
    )
    trusted_proxies: Networks = Field(
        default=(),
        description="Addresses or networks of proxies whose `X-Forwarded-For` is believed (`127.0.0.1,10.0.0.0/8`).",
    )
    cors_origins: Origins = Field(
        default=(),
        description="Origins whose pages may call the API with a bearer token (`https://app.example.org`); "
        "cookies are never taken from them.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important messages that the server logs."
    )
    log_format: Literal["auto", "text", "json"] = Field(
        default="auto", description="`json`: one object a line, requests included; `auto` is `text` on a terminal."
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="Bearer token for `/metrics`; with one, it is asked of everybody."
    )
    metrics_hosts: Networks = Field(
        default=(ip_network("127.0.0.1/32"), ip_network("::1/128")),
        description="Addresses or networks that may read `/metrics` without a token, directly and not through a proxy.",
    )
    otel_endpoint: str = Field(
        default="",
        description="URL of an OpenTelemetry collector (OTLP over HTTP, `http://localhost:4318`) that traces are sent "
        "to; `OTEL_EXPORTER_OTLP_ENDPOINT` works too. Needs `outlast[otel]`.",
    )
    sse_ping: Duration = Field(
        default=timedelta(seconds=15), description="Time between two comments on an event stream that is silent."
    )
    sse_max_age: Duration = Field(
        default=timedelta(minutes=15), description="Age at which an event stream ends cleanly; clients reconnect."
    )
    max_upload_bytes: ByteSize = Field(
        default=ByteSize(100 * 1024**2), gt=0, description="Size of one uploaded file (`100MiB`)."
    )
    storage_url: str = Field(
        default="",
        description="Where files are stored: `s3://bucket/prefix`, `gs://bucket/prefix`, `az://account/container` "
        "(credentials from the provider's own variables), `file:///folder`; empty for `storage` in the data folder.",
    )
    workspace_quota_bytes: ByteSize = Field(
        default=ByteSize(10 * 1024**3), gt=0, description="Size of all files of one workspace (`10GiB`)."
    )

    license: str = Field(
        default="", description="The licence: its text, or the path of the file that holds it; empty for community."
    )
    license_public_key: str = Field(
        default="",
        description="Public key that the licence is verified with, its text or its file's path; needed with a licence.",
    )

    owner_email: str = Field(
        default="owner@localhost", description="E-mail address of the owner's account that the first start makes."
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key (32 bytes or more) that seals secrets in the database; the same for every server on one "
        "database. When not set, made at the first start and kept in the data folder's `keys`.",
    )
    rate_limit: int | None = Field(
        default=1200, ge=1, description="Requests a minute that one device or token may make; `none` for no limit."
    )
    fresh_for: Duration = Field(
        default=timedelta(minutes=10),
        description="Time for which a proof of identity counts as fresh: for passwords, keys, signing devices out.",
    )
    login_idle: Duration = Field(
        default=timedelta(days=14), description="Time without use after which a device is logged out."
    )
    login_lifetime: Duration = Field(
        default=timedelta(days=90), description="Time after which a device is logged out however much it is used."
    )
    refresh_grace: Duration = Field(
        default=timedelta(seconds=10),
        description="Time for which a used refresh token still gives its successor, for a retry; later is an attack.",
    )
    max_devices: int = Field(
        default=50, ge=1, description="Devices that one user may be logged in on; the one longest unused goes first."
    )
    sign_up: bool = Field(
        default=True, description="Whether anybody may make an account; if not, people come by invitation."
    )

    smtp_url: SecretStr | None = Field(
        default=None,
        description="Mail server: `smtp://user:password@mail.example.org:587` (STARTTLS), `smtps://…:465` (TLS) or "
        "`smtp+plain://localhost:25`. Without one no mail is sent; on a laptop it is kept for `/api/v1/dev/outbox`.",
    )
    mail_from: str = Field(
        default="Outlast <outlast@localhost>", max_length=200, description="Sender of mails, with or without a name."
    )
    providers_file: Path | None = Field(
        default=None,
        description="TOML file of OpenID providers that people may sign in with, a table for each: "
        "`[name]` with `title`, `issuer`, `client_id`, `client_secret`.",
    )

    hibernate_after: Duration = Field(
        default=timedelta(seconds=60),
        description="Time that a session waits for an answer or a timer before its process is ended.",
    )
    session_max_idle: Duration | None = Field(
        default=None, description="Time after which a session that nobody and nothing moved is ended."
    )
    cancel_grace: Duration = Field(
        default=timedelta(seconds=5), description="Time that a cancelled app has for its clean-up before it is killed."
    )
    max_sessions: int = Field(
        default=200, ge=1, description="Sessions that have a process at one time; more starts get `too_much`."
    )
    wake_concurrency: int = Field(
        default=8, ge=1, description="Sessions that are woken at one time after a restart of the server."
    )
    spares: int = Field(default=1, ge=0, le=64, description="Processes kept ready-forked for each file of apps.")

    limit_wall_time: Duration | None = Field(
        default=None, description="Wall time that a session may run, not counting the time it waits."
    )
    limit_cpu: Duration | None = Field(default=None, description="CPU time of one session process.")
    limit_memory_bytes: ByteSize | None = Field(
        default=ByteSize(1024**3), gt=0, description="Memory that a session may own beyond its template (`1GiB`)."
    )
    limit_open_files: int | None = Field(default=1024, ge=16, description="Open files of one session process.")
    limit_processes: int | None = Field(
        default=64, ge=1, description="Processes and threads that a session may have at one time."
    )
    limit_stream_bytes: ByteSize | None = Field(
        default=ByteSize(64 * 1024**2), gt=0, description="Size of all events of one session (`64MiB`)."
    )
    limit_bytes_per_s: ByteSize | None = Field(
        default=ByteSize(8 * 1024**2), gt=0, description="Bytes of events a second that a session may go on writing."
    )

    app_env: Names | None = Field(
        default=None,
        description="Environment variables that apps get, separated by commas; `none` for all but `OUTLAST_*`.",
    )
    sandbox: bool = Field(
        default=True,
        description="Where the kernel has Landlock: a session process can't read the data folder "
        "and writes only to its scratch folder.",
    )

    @property
    def url(self) -> str:
        """The database's URL, with the default put in."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'outlast.sqlite3'}"

    def app_secrets(self, environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
        """The secrets that apps may ask for, by name.

        Args:
            environ: where the variables `OUTLAST_SECRET_<NAME>` are looked for.

        Raises:
            InvalidSettings: the secrets file can't be read or holds something other than texts.
        """
        found: dict[str, str] = {}
        if self.secrets_file is not None:
            try:
                entries = tomllib.loads(self.secrets_file.read_text("utf-8"))
            except (OSError, ValueError) as error:
                raise InvalidSettings(f"The secrets file {self.secrets_file} can't be read: {error}.") from error
            for name, value in entries.items():
                if not isinstance(value, str):
                    raise InvalidSettings(f"In {self.secrets_file}, {name} must be a text in quotes.")
                found[name] = value
        for variable, value in environ.items():
            if variable.startswith(SECRET_VARIABLE):
                found[variable.removeprefix(SECRET_VARIABLE)] = value
        return found


def load_settings(**given: object) -> Settings:
    """Read the settings.

    Args:
        given: settings that go before the environment (from the command line).

    Raises:
        InvalidSettings: naming the variable, and what is wrong with its value.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        wrong = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors() if e["loc"]]
        raise InvalidSettings("These settings can't be used. " + "; ".join(wrong) + ".") from error


def unknown_variables(environ: Mapping[str, str] = os.environ) -> Sequence[str]:
    """The variables named like settings that are none: misspelt, most likely."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | _NO_SETTINGS
    return sorted(
        name
        for name in environ
        if name.startswith(PREFIX) and not name.startswith(SECRET_VARIABLE) and name.upper() not in known
    )
