"""The command line signed in to a server elsewhere: every command works against it without options."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import msgspec
import pytest

from outlast.cli.credentials import Credentials, FileKeeper, read_credentials, write_credentials
from outlast.client.tokens import Tokens
from tests.api.cloud import PASSWORD, CloudApi, Someone, serving_cloud
from tests.process.command_line import OUTLAST, Place

LIMIT_S = 15


class Terminal:
    """Runs commands against a data folder of its own, where no server runs."""

    def __init__(self, folder: Path) -> None:
        self.place = Place(folder)
        folder.mkdir()

    async def run(self, *words: str, said: str = "", **environment: str) -> tuple[int, str, str]:
        """Run a command; its exit code, output and errors."""
        process = await asyncio.create_subprocess_exec(
            OUTLAST,
            *words,
            cwd=self.place.folder,
            env={**self.place.environment, **environment},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(LIMIT_S):
            output, errors = await process.communicate(said.encode())
        assert process.returncode is not None
        return process.returncode, output.decode(), errors.decode()

    async def told(self, *words: str, said: str = "", **environment: str) -> str:
        """Run a command that goes well; its output."""
        code, output, errors = await self.run(*words, said=said, **environment)
        assert code == 0, errors
        return output

    @property
    def credentials(self) -> Path:
        return self.place.folder / "data" / "credentials.json"


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[CloudApi]:
    async with serving_cloud(sqlite_url, tmp_path) as api:
        yield api


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    return await api.someone("ada")


@pytest.fixture
async def workspace(api: CloudApi, ada: Someone) -> str:
    return await api.workspace(ada)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "elsewhere")


@pytest.fixture
def signed_in(terminal: Terminal, api: CloudApi, ada: Someone, workspace: str) -> Terminal:
    """A terminal after a login."""
    tokens = Tokens(access=ada.access_token, refresh=ada.refresh_token, expires_at=time.time() + 600)
    terminal.credentials.parent.mkdir()
    write_credentials(terminal.credentials, Credentials(url=api.url, tokens=tokens, workspace_id=workspace))
    return terminal


@pytest.fixture
async def session(ada: Someone, workspace: str) -> str:
    """A session that waits for an answer."""
    wish = {"app": "talk:greet", "args": {"name": "Ada"}}
    return str((await ada.http.post(f"/workspaces/{workspace}/sessions", json=wish)).json()["id"])


async def test_a_login_is_kept_for_later_commands(terminal: Terminal, api: CloudApi, workspace: str) -> None:
    words = ("login", "--server", api.url, "--email", "ada@example.com", "--workspace", "Acme")
    assert "workspace Acme" in await terminal.told(*words, said=f"{PASSWORD}\n")
    assert terminal.credentials.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in terminal.credentials.read_text()
    who = json.loads(await terminal.told("whoami", "--json"))
    assert (who["email"], who["workspace_id"], who["role"]) == ("ada@example.com", workspace, "owner")


async def test_who_signed_in_plays_a_session_without_options(signed_in: Terminal, session: str) -> None:
    code, output, errors = await signed_in.run("attach", session[-8:], said="hi\n3\n")
    assert (code, output.splitlines()[0]) == (0, "Hello Ada"), errors
    assert json.loads(await signed_in.told("sessions", "--json"))["items"][0]["state"] == "completed"
    assert "Hello Ada" in await signed_in.told("export", session)


async def test_who_signed_in_shares_deletes_and_restores(signed_in: Terminal, session: str) -> None:
    assert "/#share=" in await signed_in.told("share", session)
    await signed_in.told("delete", session, "--yes")
    assert "No sessions." in await signed_in.told("sessions")
    await signed_in.told("restore", session[-8:])


async def test_a_login_renews_itself_also_for_two_commands_at_once(signed_in: Terminal, ada: Someone) -> None:
    kept = read_credentials(signed_in.credentials)
    assert kept is not None
    over = Tokens(access="", refresh=ada.refresh_token, expires_at=0.0)
    write_credentials(signed_in.credentials, msgspec.structs.replace(kept, tokens=over))
    await asyncio.gather(signed_in.told("sessions"), signed_in.told("apps"))
    renewed = read_credentials(signed_in.credentials)
    assert renewed is not None
    assert renewed.tokens.refresh not in ("", ada.refresh_token)
    assert renewed.workspace_id == kept.workspace_id


async def test_a_logout_ends_the_login_on_the_server_too(signed_in: Terminal) -> None:
    kept = read_credentials(signed_in.credentials)
    assert kept is not None
    assert "Signed out" in await signed_in.told("logout")
    assert not signed_in.credentials.exists()
    write_credentials(signed_in.credentials, kept)
    code, _, errors = await signed_in.run("sessions")
    assert (code, "sign in again" in errors) == (1, True), errors


async def test_a_personal_access_token_signs_in_too(
    terminal: Terminal, api: CloudApi, ada: Someone, workspace: str
) -> None:
    token = await api.token(ada, workspace, scopes=await api.scopes())
    assert "as ada@example.com" in await terminal.told("login", "--server", api.url, "--token", token)
    terminal.credentials.unlink()
    place = {"OUTLAST_SERVER": api.url, "OUTLAST_TOKEN": token}
    assert "No sessions." in await terminal.told("sessions", **place)


@pytest.mark.parametrize(
    ("words", "environment", "code", "hint"),
    [
        (["sessions"], {}, 5, "outlast login --server URL"),
        (["login", "--email", "a@b.c"], {}, 2, "--server"),
        (["sessions", "--server", "http://127.0.0.1:9"], {}, 1, "outlast login --server http://127.0.0.1:9"),
        (["logout"], {}, 0, ""),
    ],
)
async def test_who_is_not_signed_in_is_told_what_to_do(
    terminal: Terminal, words: list[str], environment: Mapping[str, str], code: int, hint: str
) -> None:
    ended, _, errors = await terminal.run(*words, **environment)
    assert (ended, hint in errors) == (code, True), errors


async def test_a_wrong_password_or_workspace_signs_nobody_in(terminal: Terminal, api: CloudApi, workspace: str) -> None:
    words = ("login", "--server", api.url, "--email", "ada@example.com")
    (wrong, _, _), (elsewhere, _, errors) = await asyncio.gather(
        terminal.run(*words, said="wrong\n"),
        terminal.run(*words, "--workspace", "Umbrella", said=f"{PASSWORD}\n"),
    )
    assert (wrong, elsewhere, "Acme" in errors) == (1, 3, True), errors
    assert not terminal.credentials.exists()


def test_credentials_of_another_server_are_not_shown_to_this_one(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    write_credentials(path, Credentials(url="https://one.example", tokens=Tokens(access="a")))
    assert FileKeeper(path, "https://one.example").load().access == "a"
    with pytest.raises(Exception, match="signed out"):
        FileKeeper(path, "https://other.example").load()
