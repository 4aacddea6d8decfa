"""``outlast users``: the accounts of the server on this machine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from outlast.cli.options import AsJson, DataDir, console_here, print_json, settings_of

if TYPE_CHECKING:
    from outlast.ee.cloud.auth.schemas import UserView

commands = typer.Typer(name="users", help="Accounts of the server on this machine.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Address of the account.")]


@commands.command(name="list")
def list_users(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the accounts."""

    async def run() -> list[UserView]:
        from outlast.cli.desk import at_the_desk  # late: the command line starts fast
        from outlast.ee.cloud.auth import administration  # late: as above

        found: list[UserView] = []
        async with at_the_desk(data_dir) as unit:
            cursor = None
            while True:
                page = await administration.users(unit, cursor=cursor)
                found += page.items
                if (cursor := page.next_cursor) is None:
                    return found

    users = asyncio.run(run())
    if as_json:
        print_json([user.model_dump(mode="json") for user in users])
        return
    grid = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in ("email", "name", "is", "last seen"):
        grid.add_column(column)
    for user in users:
        marks = [word for word, holds in (("operator", user.operator), ("disabled", user.disabled)) if holds]
        marks += [] if user.verified else ["unverified"]
        seen = f"{user.last_seen_at:%Y-%m-%d %H:%M} UTC" if user.last_seen_at else "never"
        grid.add_row(user.email, user.name, ", ".join(marks), seen)
    console_here().print(grid)


@commands.command()
def create(
    email: Email,
    *,
    name: Annotated[str | None, typer.Option(help="Their name; by default what stands before the @.")] = None,
    operator: Annotated[bool, typer.Option("--operator", help="They run the server, too.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an account, and print a link that signs its owner in, once. They choose a password there."""

    async def run() -> tuple[UserView, str]:
        from outlast.cli.desk import at_the_desk  # late: the command line starts fast
        from outlast.ee.cloud.auth import administration  # late: as above

        async with at_the_desk(data_dir) as unit:
            called = name or email.partition("@")[0]
            user = await administration.add_user(unit, email, name=called, operator=operator)
            return user, await administration.link(unit, email)

    user, code = asyncio.run(run())
    if as_json:
        print_json({"id": user.id, "email": user.email, "code": code})
    else:
        typer.echo(f"{_site(data_dir)}/#code={code}")


@commands.command()
def link(email: Email, *, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print a link that signs a user in, once, within a day."""

    async def run() -> str:
        from outlast.cli.desk import at_the_desk  # late: the command line starts fast
        from outlast.ee.cloud.auth import administration  # late: as above

        async with at_the_desk(data_dir) as unit:
            return await administration.link(unit, email)

    code = asyncio.run(run())
    if as_json:
        print_json({"code": code})
    else:
        typer.echo(f"{_site(data_dir)}/#code={code}")


@commands.command()
def disable(email: Email, *, data_dir: DataDir = None) -> None:
    """Shut a user out: their devices, tokens and links end now."""
    _set_access(email, data_dir, disabled=True)
    typer.echo(f"{email} is disabled; `outlast users enable {email}` lets them in again.")


@commands.command()
def enable(email: Email, *, data_dir: DataDir = None) -> None:
    """Let a disabled user sign in again."""
    _set_access(email, data_dir, disabled=False)
    typer.echo(f"{email} may sign in again.")


@commands.command()
def logout(email: Email, *, data_dir: DataDir = None) -> None:
    """Sign a user out of all devices."""

    async def run() -> int:
        from outlast.cli.desk import at_the_desk  # late: the command line starts fast
        from outlast.ee.cloud.auth import administration  # late: as above

        async with at_the_desk(data_dir) as unit:
            return await administration.log_out(unit, email)

    typer.echo(f"{email} was signed out of {asyncio.run(run())} devices.")


def _set_access(email: str, data_dir: DataDir, *, disabled: bool) -> None:
    async def run() -> None:
        from outlast.cli.desk import at_the_desk  # late: the command line starts fast
        from outlast.ee.cloud.auth import administration  # late: as above

        async with at_the_desk(data_dir) as unit:
            await administration.set_access(unit, email, disabled=disabled)

    asyncio.run(run())


def _site(data_dir: DataDir) -> str:
    """Where the server is reached: its public address, else where it runs now, else where it would."""
    from outlast.client import running_server  # late: the command line starts fast

    settings = settings_of(data_dir)
    running = running_server(settings.data_dir)
    here = running.url if running is not None else f"http://{settings.host}:{settings.port}"
    return (settings.public_url or here).rstrip("/")
