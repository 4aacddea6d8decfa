"""Builds the command line. Errors end as one clear line on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from typer.exceptions import TyperException

from outlast.cli import (
    answer,
    apps,
    attach,
    branch,
    cancel,
    db,
    delete,
    doctor,
    export,
    login,
    replay,
    restore,
    run,
    serve,
    sessions,
    share,
    tokens,
    users,
    version,
)
from outlast.cli.exits import EPILOG, Code, code_of
from outlast.cli.license import commands as license_commands
from outlast.kit.errors import OutlastError

app = typer.Typer(
    name="outlast",
    invoke_without_command=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog=EPILOG,
)

_APPS, _SESSIONS, _SERVER, _CHECKS = "Apps", "Sessions of a server", "Servers", "Checks"


@app.callback()
def outlast(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Show which Outlast this is.")] = False,
) -> None:
    """Write a Python function; serve it as a session that outlasts reloads, crashes, deploys and idle nights."""
    if show_version:
        version.version()
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command(rich_help_panel=_APPS)(serve.serve)
app.command(
    rich_help_panel=_APPS,
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    options_metavar="",
)(run.run)
app.command(rich_help_panel=_APPS)(apps.apps)
app.command(rich_help_panel=_SESSIONS)(sessions.sessions)
app.command(rich_help_panel=_SESSIONS)(attach.attach)
app.command(rich_help_panel=_SESSIONS)(answer.answer)
app.command(rich_help_panel=_SESSIONS)(cancel.cancel)
app.command(rich_help_panel=_SESSIONS)(branch.branch)
app.command(rich_help_panel=_SESSIONS)(export.export)
app.command(rich_help_panel=_SESSIONS)(share.share)
app.command(rich_help_panel=_SESSIONS)(delete.delete)
app.command(rich_help_panel=_SESSIONS)(restore.restore)
app.command(rich_help_panel=_SERVER)(login.login)
app.command(rich_help_panel=_SERVER)(login.whoami)
app.command(rich_help_panel=_SERVER)(login.logout)
app.command(rich_help_panel=_CHECKS)(replay.replay)
app.command(rich_help_panel=_CHECKS)(doctor.doctor)
app.command(rich_help_panel=_CHECKS)(version.version)
app.add_typer(db.commands, rich_help_panel=_CHECKS)
app.add_typer(users.commands, rich_help_panel=_SERVER)
app.add_typer(tokens.commands, rich_help_panel=_SERVER)
app.add_typer(license_commands, rich_help_panel=_CHECKS)


def main() -> None:
    """Run a command and exit with its code."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(words: list[str]) -> int:
    """Run a command.

    Args:
        words: of the command line, without the program's name.

    Returns:
        The exit code; what went wrong stands on stderr.
    """
    try:
        result = app(args=words, prog_name="outlast", standalone_mode=False)
    except OutlastError as error:
        _complain(error.message)
        return code_of(error)
    except TyperException as error:
        _complain(_explained(error))
        return Code.USAGE
    except (typer.Abort, KeyboardInterrupt):
        return Code.CANCELLED
    except BrokenPipeError:
        # Whoever read our output has had enough; Python must not complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Code.FAILED
    return result if isinstance(result, int) else Code.OK


def _explained(error: Exception) -> str:
    """What is wrong with the command line, and where to look."""
    message = str(getattr(error, "format_message", lambda: error)())
    context = getattr(error, "ctx", None)
    return f"{message.rstrip('.')}. See `{context.command_path if context else 'outlast'} --help`."


def _complain(message: str) -> None:
    Console(stderr=True, highlight=False).print(Text.assemble(("Error: ", "bold red"), message), soft_wrap=True)
