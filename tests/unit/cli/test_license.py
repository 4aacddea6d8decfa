"""``outlast license``."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from outlast.cli.exits import Code
from outlast.cli.main import run_command


def _printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run_command(["license", *words]) == Code.OK
    return capsys.readouterr().out.strip()


@pytest.fixture
def keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """The private key's file, and the public key."""
    file = tmp_path / "private"
    public = _printed(capsys, "keygen", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return str(file), public


def test_a_licence_is_issued_shown_and_verified(keys: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    private, public = keys
    text = _printed(capsys, "issue", "--key", private, "--org", "Ministry of Tea", "--plan", "business", "--seats", "7")
    shown = json.loads(_printed(capsys, "show", text, "--json"))
    assert (shown["org"], shown["plan"], shown["seats"]) == ("Ministry of Tea", "business", 7)
    assert "It is genuine and valid." in _printed(capsys, "verify", text, "--public-key", public)
    verdict = json.loads(_printed(capsys, "verify", text, "--public-key", public, "--json"))
    assert verdict == {"valid": True, "license": shown}


def test_a_licence_in_a_file_is_verified_with_a_key_in_a_file(
    keys: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    private, public = keys
    licence, key = tmp_path / "licence", tmp_path / "public"
    licence.write_text(_printed(capsys, "issue", "--key", private, "--org", "T", "--workspace", "here"), "utf-8")
    key.write_text(public, "utf-8")
    words = ["verify", str(licence), "--public-key", str(key), "--workspace"]
    assert "workspace   here" in _printed(capsys, *words, "here")
    assert run_command(["license", *words, "there"]) == Code.USAGE


def test_what_is_not_genuine_or_over_is_refused(keys: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    private, public = keys
    old = _printed(capsys, "issue", "--key", private, "--org", "T", "--start", "2020-01-01", "--days", "1")
    assert run_command(["license", "verify", old, "--public-key", public]) == Code.USAGE
    assert "expired" in capsys.readouterr().err
    assert run_command(["license", "verify", old[:-2], "--public-key", public]) == Code.USAGE
    assert run_command(["license", "verify", old, "--public-key", "x"]) == Code.NOT_FOUND
    assert run_command(["license", "verify", old]) == Code.USAGE


def test_a_private_key_is_never_overwritten(keys: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    private, _ = keys
    before = Path(private).read_text("utf-8")
    assert run_command(["license", "keygen", private]) == Code.USAGE
    assert Path(private).read_text("utf-8") == before


def test_plans_and_features_that_are_none_are_named(keys: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    private, _ = keys
    issue = ["license", "issue", "--key", private, "--org", "T"]
    assert run_command([*issue, "--plan", "gold"]) == Code.USAGE
    assert "enterprise" in capsys.readouterr().err
    assert run_command([*issue, "--feature", "flight"]) == Code.USAGE
    assert "audit_export" in capsys.readouterr().err
