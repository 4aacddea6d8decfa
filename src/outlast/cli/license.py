"""``outlast license``: make keys, issue licences, look at them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from outlast.cli.options import AsJson, DataDir, UsageError, print_json, settings_of
from outlast.kit.clock import SystemClock
from outlast.kit.ids import new_id

if TYPE_CHECKING:
    from outlast.ee.cloud.license.documents import License

commands = typer.Typer(name="license", help="Licences: make keys, issue, look at them.", no_args_is_help=True)

PrivateKey = Annotated[Path, typer.Option("--key", help="File of the private key.", show_default=False)]
Given = Annotated[str, typer.Argument(metavar="LICENSE", help="The licence's text, or the file that holds it.")]


class Keys(msgspec.Struct, frozen=True):
    """What `outlast license keygen --json` prints."""

    private_key_file: str
    public_key: str


@commands.command()
def keygen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="New file for the private key.")],
    as_json: AsJson = False,
) -> None:
    """Make a key pair: the private key goes to a file of yours, the public key is printed."""
    from outlast.ee.cloud.license.documents import make_keys  # late: the command line starts fast

    private, public = make_keys()
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(private + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"The private key can't be written to {file}: {error.strerror}.") from error
    if as_json:
        print_json(Keys(str(file), public))
    else:
        typer.echo(public)
        typer.echo(f"The private key is in {file}: keep it to yourself.", err=True)


@commands.command()
def issue(
    *,
    key: PrivateKey,
    org: Annotated[str, typer.Option(help="Whom it is for.", show_default=False)],
    plan: Annotated[str, typer.Option(help="community, team, business or enterprise.")] = "team",
    seats: Annotated[int | None, typer.Option(min=1, help="People; by default as many as the plan has.")] = None,
    feature: Annotated[
        list[str] | None, typer.Option(help="A feature; may be repeated. By default what the plan includes.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="Days that it is valid.")] = 365,
    start: Annotated[datetime | None, typer.Option(help="Begin of its time, UTC; by default now.")] = None,
    workspace: Annotated[str, typer.Option(help="Id of the one workspace it is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Sign a licence and print its text."""
    from outlast.ee.cloud.license import documents  # late: the command line starts fast

    begin = start.replace(tzinfo=UTC) if start is not None else SystemClock().now().replace(microsecond=0)
    licence = _licence(
        org=org, plan=plan, seats=seats, features=feature, begin=begin, days=timedelta(days=days), workspace=workspace
    )
    text = documents.issue(licence, documents.text_of(str(key), what="private key"))
    if as_json:
        print_json({"text": text, "license": licence})
    else:
        typer.echo(text)


def _licence(
    *, org: str, plan: str, seats: int | None, features: list[str] | None, begin: datetime, days: timedelta,
    workspace: str,
) -> License:  # fmt: skip
    from outlast.ee.cloud.license.documents import License  # late: the command line starts fast
    from outlast.ee.cloud.license.plans import FEATURES, PLANS, TERMS  # late: the same

    bought = next((name for name in PLANS if name == plan), None)
    if bought is None:
        raise UsageError(f"There is no plan {plan!r}; the plans are {', '.join(PLANS)}.")
    if unknown := sorted(set(features or ()) - set(FEATURES)):
        raise UsageError(f"There is no feature {unknown[0]!r}; the features are {', '.join(FEATURES)}.")
    return License(
        id=new_id(),
        org=org,
        plan=bought,
        seats=TERMS[bought].seats if seats is None else seats,
        features=TERMS[bought].features if features is None else tuple(features),
        not_before=begin,
        expires_at=begin + days,
        workspace=workspace,
    )


@commands.command()
def show(license: Given, as_json: AsJson = False) -> None:  # noqa: A002  (the argument's name on the command line)
    """Show what a licence says. Whether it is genuine, `verify` tells."""
    from outlast.ee.cloud.license import documents  # late: the command line starts fast

    licence = documents.read_unverified(documents.text_of(license, what="licence"))
    if as_json:
        print_json(licence)
    else:
        _show(licence)


@commands.command()
def verify(
    license: Given,  # noqa: A002  (the argument's name on the command line)
    *,
    public_key: Annotated[
        str | None,
        typer.Option(help="The public key, or its file.  [env: OUTLAST_LICENSE_PUBLIC_KEY]", show_default=False),
    ] = None,
    workspace: Annotated[str | None, typer.Option(help="Id of the workspace that it must be good for.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Tell whether a licence is genuine and valid now; ends with 2 if not."""
    from outlast.ee.cloud.license import documents  # late: the command line starts fast

    settings = settings_of(data_dir, license_public_key=public_key)
    if not settings.license_public_key:
        raise UsageError("Say which key has signed it: --public-key, or OUTLAST_LICENSE_PUBLIC_KEY.")
    key = documents.text_of(settings.license_public_key, what="public key")
    licence = documents.verify(documents.text_of(license, what="licence"), key)
    documents.check_time(licence, SystemClock().now())
    if workspace is not None:
        documents.check_place(licence, [workspace])
    if as_json:
        print_json({"valid": True, "license": licence})
    else:
        _show(licence)
        typer.echo("It is genuine and valid.")


def _show(licence: License) -> None:
    for name, value in (
        ("id", licence.id),
        ("org", licence.org),
        ("plan", licence.plan),
        ("seats", licence.seats),
        ("features", ", ".join(licence.features) or "none"),
        ("valid from", f"{licence.not_before:%Y-%m-%d %H:%M} UTC"),
        ("expires", f"{licence.expires_at:%Y-%m-%d %H:%M} UTC"),
        ("workspace", licence.workspace or "all"),
    ):
        typer.echo(f"{name:<12}{value}")
