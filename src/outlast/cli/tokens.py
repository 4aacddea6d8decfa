"""``outlast tokens``: personal access tokens, made on the server's machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from outlast.cli.options import AsJson, DataDir, console_here, print_json

if TYPE_CHECKING:
    from outlast.ee.cloud.auth.schemas import NewToken, TokenView

commands = typer.Typer(name="tokens", help="Access tokens for programs.", no_args_is_help=True)

User = Annotated[
    str | None, typer.Option(help="E-mail address of whose it is; by default the first owner.", show_default=False)
]
Workspace = Annotated[
    str | None, typer.Option(help="Id of the workspace that it opens; by default their first.", show_default=False)
]


@commands.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    *,
    scope: Annotated[list[str], typer.Option(help="What it may do (`sessions:write`); may be repeated.")],
    user: User = None,
    workspace: Workspace = None,
    days: Annotated[int | None, typer.Option(min=1, help="How long it is good; for ever if left out.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it; it is shown this once."""

    async def run() -> NewToken:
        from outlast.cli.desk import at_the_desk, member  # late: the command line starts fast
        from outlast.ee.cloud.auth import administration  # late: as above

        async with at_the_desk(data_dir) as unit:
            user_id, workspace_id = await member(unit, user, workspace)
            expires_in = timedelta(days=days) if days is not None else None
            return await administration.make_token(
                unit, user_id, workspace_id=workspace_id, name=name, scopes=scope, expires_in=expires_in
            )

    made = asyncio.run(run())
    if as_json:
        print_json(made.model_dump(mode="json"))
    else:
        typer.echo(made.token)


@commands.command(name="list")
def list_tokens(*, user: User = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List a user's tokens, without their secrets."""

    async def run() -> Sequence[TokenView]:
        from outlast.cli.desk import at_the_desk, member  # late: the command line starts fast
        from outlast.ee.cloud.auth import administration  # late: as above

        async with at_the_desk(data_dir) as unit:
            return await administration.tokens(unit, (await member(unit, user, None))[0])

    tokens = asyncio.run(run())
    if as_json:
        print_json([token.model_dump(mode="json") for token in tokens])
        return
    grid = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in ("id", "name", "scopes", "last used", "ends"):
        grid.add_column(column)
    for token in tokens:
        used = f"{token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never"
        ends = f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "never"
        grid.add_row(token.id, token.name, " ".join(token.scopes), used, ends)
    console_here().print(grid)


@commands.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="Id of the token.")],
    *,
    user: User = None,
    data_dir: DataDir = None,
) -> None:
    """End a token now."""

    async def run() -> None:
        from outlast.cli.desk import at_the_desk, member  # late: the command line starts fast
        from outlast.ee.cloud.auth import administration  # late: as above

        async with at_the_desk(data_dir) as unit:
            await administration.revoke_token(unit, (await member(unit, user, None))[0], token)

    asyncio.run(run())
    typer.echo("The token is revoked.")
