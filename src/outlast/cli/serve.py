"""``outlast serve``: apps in a browser and behind an API."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from outlast.cli.options import DataDir, console_here, settings_of
from outlast.kit.settings import unknown_variables

if TYPE_CHECKING:
    from outlast.client import RunningServer


def serve(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders or modules of apps.")],
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any free one.  [default: 8000]")] = None,
    data_dir: DataDir = None,
    reload: Annotated[bool, typer.Option("--reload", help="Take in changed files, for new sessions.")] = False,
    pid_file: Annotated[Path | None, typer.Option(help="File to hold the server's process id while it runs.")] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the link in a browser.")] = False,
) -> None:
    """Serve apps to browsers and programs.

    Sessions are kept in the data folder: after a crash or a restart they go on where they were. The link that is
    printed signs you in, once, as the owner of the server; each start gives another.
    """
    from outlast.server.logs import configure  # late: the command line starts fast
    from outlast.server.serve import serve as run_server  # late: as above

    settings = settings_of(data_dir, host=host, port=port)
    console = Console(highlight=False, stderr=True)
    log = configure(settings)
    for name in unknown_variables():
        console.print(Text(f"{name} is no setting of Outlast; is it misspelt?", style="yellow"))

    def announce(running: RunningServer) -> None:
        out = console_here()
        out.print(Text.assemble("Outlast serves ", (", ".join(paths), "bold")))
        out.print(Text.assemble("  Open       ", (running.link, "bold cyan")), soft_wrap=True)
        out.print(f"  Data       {settings.data_dir}", soft_wrap=True)
        out.print("  Stop       Ctrl-C; sessions go on at the next start")
        if pid_file is not None:
            pid_file.write_text(f"{running.pid}\n", "utf-8")
        if open_browser:
            webbrowser.open(running.link)

    try:
        run_server(settings, paths, reload=reload, announce=announce, log=log)
        console_here().print("\nStopped." if sys.stdout.isatty() else "Stopped.")  # below the terminal's ^C
    finally:
        if pid_file is not None:
            pid_file.unlink(missing_ok=True)
