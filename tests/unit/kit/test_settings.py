"""Settings from the environment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from outlast.kit.settings import InvalidSettings, Settings, load_settings, unknown_variables


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*unknown_variables(), *(f"OUTLAST_{field.upper()}" for field in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1.5", 1.5),
        ("250ms", 0.25),
        ("90s", 90),
        ("15min", 900),
        ("1h 30m", 5400),
        ("2d", 172800),
        ("PT5S", 5),
    ],
)
def test_a_duration_is_read_as_people_write_it(monkeypatch: pytest.MonkeyPatch, text: str, seconds: float) -> None:
    monkeypatch.setenv("OUTLAST_HIBERNATE_AFTER", text)
    assert load_settings().hibernate_after == timedelta(seconds=seconds)


def test_lists_sizes_and_absent_limits_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTLAST_APP_ENV", "PATH, HOME")
    monkeypatch.setenv("OUTLAST_LIMIT_STREAM_BYTES", "2MiB")
    monkeypatch.setenv("OUTLAST_LIMIT_MEMORY_BYTES", "none")
    settings = load_settings()
    assert settings.app_env == ("PATH", "HOME")
    assert settings.limit_stream_bytes == 2 * 1024**2
    assert settings.limit_memory_bytes is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "x"),
        ("PORT", "70000"),
        ("SSE_PING", "soon"),
        ("SSE_PING", "0"),
        ("SPARES", "-1"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_can_not_be_used_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(f"OUTLAST_{name}", text)
    with pytest.raises(InvalidSettings, match=f"OUTLAST_{name}: "):
        load_settings()


def test_what_the_command_line_gives_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTLAST_PORT", "9000")
    assert load_settings().port == 9000
    assert load_settings(port=0).port == 0
    with pytest.raises(InvalidSettings, match="OUTLAST_PROT"):
        load_settings(prot=1)


def test_a_misspelt_variable_is_told() -> None:
    environ = {"OUTLAST_PROT": "1", "OUTLAST_PORT": "1", "OUTLAST_SECRET_KEY": "x", "PATH": "/bin"}
    assert unknown_variables(environ) == ["OUTLAST_PROT"]


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_the_database_lies_in_the_data_folder_unless_it_is_said_where(tmp_path: Path) -> None:
    assert load_settings(data_dir=tmp_path).url == f"sqlite+aiosqlite:///{tmp_path}/outlast.sqlite3"
    assert load_settings(database_url="postgresql+asyncpg://db/x").url == "postgresql+asyncpg://db/x"


def test_a_token_does_not_show_where_settings_are_printed() -> None:
    assert "hunter2" not in repr(load_settings(metrics_token="hunter2"))


def test_secrets_come_from_a_file_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('KEY = "from the file"\nOTHER = "kept"\n')
    settings = load_settings(secrets_file=file)
    assert settings.app_secrets({"OUTLAST_SECRET_KEY": "from outside", "PATH": "x"}) == {
        "KEY": "from outside",
        "OTHER": "kept",
    }


@pytest.mark.parametrize("text", ["KEY = 1", "KEY", "[table]\nKEY = 'x'"])
def test_a_secrets_file_that_can_not_be_used_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text(text)
    with pytest.raises(InvalidSettings, match=r"secrets\.toml"):
        load_settings(secrets_file=file).app_secrets({})
    with pytest.raises(InvalidSettings, match="can't be read"):
        load_settings(secrets_file=tmp_path / "missing.toml").app_secrets({})
