"""`outlast users` and `outlast tokens`: on a data folder, with a server beside and without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outlast.ee.cloud.auth import Kind, is_token
from outlast.protocol.codec import Json
from tests.process.command_line import Place

ADA = "ada@example.com"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def _json(place: Place, *words: str) -> Json:
    ended = place.run(*words, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    found: Json = json.loads(ended.stdout)
    return found


def test_an_account_is_made_with_a_link_that_is_shown_once(place: Place) -> None:
    made = place.run("users", "create", ADA, "--operator")
    assert made.returncode == 0, made.stderr
    link = made.stdout.strip()
    assert link.startswith("http://127.0.0.1:8000/#code=")
    assert is_token(Kind.LINK, link.partition("#code=")[2])
    assert place.run("users", "create", ADA).returncode == 4
    (account,) = _json(place, "users", "list")
    assert (account["email"], account["name"], account["operator"], account["verified"]) == (ADA, "ada", True, True)


def test_who_is_disabled_gets_no_link(place: Place) -> None:
    assert place.run("users", "create", ADA).returncode == 0
    assert place.run("users", "disable", ADA).returncode == 0
    assert place.run("users", "link", ADA).returncode == 3
    assert "disabled" in place.run("users", "list").stdout


def test_who_is_enabled_again_gets_one(place: Place) -> None:
    assert place.run("users", "create", ADA).returncode == 0
    assert place.run("users", "disable", ADA).returncode == 0
    assert place.run("users", "enable", ADA.upper()).returncode == 0
    assert place.run("users", "link", ADA).returncode == 0


def test_who_is_not_there_is_said_so(place: Place) -> None:
    ended = place.run("users", "link", "x@example.org")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "There is no account of x@example.org" in ended.stderr
    assert place.run("tokens", "list").returncode == 3
    assert place.run("users", "create", "nonsense").returncode == 2


def test_tokens_are_made_listed_and_revoked_beside_a_server(place: Place) -> None:
    (place.folder / "apps.py").write_text("from outlast import app\n\n@app\ndef one(): return 1\n", "utf-8")
    with place.serving():  # its first start makes the owner and a workspace
        made = _json(place, "tokens", "new", "ci", "--scope", "account:read", "--scope", "workspaces:read")
        assert is_token(Kind.PERSONAL, made["token"])
        listed = _json(place, "tokens", "list")
        assert [token["name"] for token in listed] == ["ci", "This machine's command line"]
        assert made["token"] not in str(listed)
        assert place.run("whoami", "--token", made["token"]).returncode == 0
        assert place.run("tokens", "revoke", made["id"]).returncode == 0
        assert place.run("whoami", "--token", made["token"]).returncode != 0
