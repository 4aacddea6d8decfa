"""fastapi-users, with tokens that are signed (JWT) or kept in the database."""

from pathlib import Path
from urllib.parse import urlencode

import msgspec

from benchmarks.harness import Round
from benchmarks.peers import venvs
from benchmarks.processes import Server, environment
from benchmarks.wire import Connection, free_port, wait_for_port

VERSION = "15.0.5"
ALSO = ("fastapi-users-db-sqlalchemy", "aiosqlite", "asyncpg", "uvicorn", "uvloop", "httptools")
APP = Path(__file__).resolve().parent / "fastapi_users_app" / "app.py"
EMAIL, PASSWORD = "ada@example.com", "correct horse battery staple 41"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


class _Token(msgspec.Struct):
    access_token: str


class FastApiUsers:
    """Its server, with one user.

    Args:
        given: The round, whose folder it works in.
        url: Of its database.
        strategy: ``jwt`` or ``database``.
    """

    def __init__(self, given: Round, url: str, *, strategy: str) -> None:
        python = venvs.ensure("fastapi-users", VERSION, also=ALSO)
        self.port = free_port()
        command = [str(python), str(APP), str(self.port), url, strategy]
        self.server = Server(command, cwd=given.folder, environment=environment(), log=given.folder / "server.log")
        wait_for_port(self.port, alive=self.server.alive)
        self.login_body = urlencode({"username": EMAIL, "password": PASSWORD}).encode()
        with Connection(self.port) as connection:
            wish = msgspec.json.encode({"email": EMAIL, "password": PASSWORD})
            connection.request("POST", "/auth/register", body=wish, headers=JSON)
            answer = connection.request("POST", "/auth/login", body=self.login_body, headers=FORM)
        self.token = msgspec.json.decode(answer.body, type=_Token).access_token

    def close(self) -> None:
        """End the server."""
        self.server.stop()
