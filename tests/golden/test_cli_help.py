"""The help of every command is as recorded; `python -m tests.golden.test_cli_help` records it anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

RECORDED = Path(__file__).with_name("cli_help.txt")
COMMANDS = (
    "",
    "serve",
    "run",
    "apps",
    "sessions",
    "attach",
    "answer",
    "cancel",
    "branch",
    "export",
    "share",
    "delete",
    "restore",
    "login",
    "whoami",
    "logout",
    "db",
    "db upgrade",
    "db backup",
    "db restore",
    "replay",
    "users",
    "users list",
    "users create",
    "users link",
    "users disable",
    "users enable",
    "users logout",
    "tokens",
    "tokens new",
    "tokens list",
    "tokens revoke",
    "license",
    "license keygen",
    "license issue",
    "license show",
    "license verify",
    "doctor",
    "version",
)
SHOW = """
import sys
from outlast.cli.main import run_command
for command in sys.argv[1:]:
    print(f"$ outlast {command} --help".replace("  ", " "), flush=True)
    assert run_command([*command.split(), "--help"]) == 0
    print(flush=True)
"""


def help_texts() -> str:
    """The help of all commands, as a terminal of 100 columns shows it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAST_")}
    environment = kept | {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100", "TERMINAL_WIDTH": "100"}
    # All in one process: it is the start of Python that takes long.
    ended = subprocess.run(
        [sys.executable, "-c", SHOW, *COMMANDS], env=environment, capture_output=True, text=True, check=True
    )
    lines = [line.rstrip() for line in ended.stdout.splitlines()]
    return re.sub(r"\n{3,}(?=\$ )", "\n\n", "\n".join(lines)).rstrip() + "\n"


def test_the_help_of_every_command_is_as_recorded() -> None:
    assert help_texts() == RECORDED.read_text("utf-8")


if __name__ == "__main__":
    RECORDED.write_text(help_texts(), "utf-8")
