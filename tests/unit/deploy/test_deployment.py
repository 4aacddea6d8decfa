"""The files that operators start from: they parse, fit together, and name settings that are there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from outlast.kit.settings import load_settings, unknown_variables
from outlast.protocol.codec import Json

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = ROOT / "Dockerfile"
UNIT = ROOT / "deploy" / "outlast.service"
LOCK = ROOT / "deploy" / "requirements.lock"


def _instructions() -> Sequence[tuple[str, str]]:
    """The instructions of the Dockerfile, with continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines) if word]


def _stages() -> Sequence[Sequence[tuple[str, str]]]:
    stages: list[list[tuple[str, str]]] = []
    for word, rest in _instructions():
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest))
    return stages


def _compose() -> Mapping[str, Json]:
    loaded: Mapping[str, Json] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return loaded


def test_the_image_runs_as_a_user_of_its_own_without_a_compiler() -> None:
    final = _stages()[-1]
    words = [word for word, _ in final]
    assert ("USER", "10001") in final
    assert words.index("USER") > max(number for number, word in enumerate(words) if word == "RUN")
    installed = " ".join(rest for word, rest in _instructions() if word == "RUN")
    assert not re.search(r"\b(gcc|g\+\+|build-essential|clang|make|curl|wget)\b", installed)
    assert "--no-install-recommends" in installed


def test_the_image_installs_what_the_lock_pins_and_nothing_that_must_be_built() -> None:
    (install,) = [rest for word, rest in _stages()[0] if word == "RUN" and "-r " in rest]
    assert "--require-hashes" in install
    assert "--only-binary=:all:" in install
    assert ("COPY", "deploy/requirements.lock /src/") in _stages()[0]


def test_what_the_image_copies_is_there_and_let_through() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [part for word, rest in _stages()[0] if word == "COPY" for part in shlex.split(rest)[:-1]]
    assert copied
    assert set(copied) <= allowed
    assert all((ROOT / part).exists() for part in copied)


def test_the_image_asks_itself_whether_it_lives() -> None:
    (check,) = [rest for word, rest in _stages()[-1] if word == "HEALTHCHECK"]
    assert "/healthz" in check
    compile(re.sub(r'^.*"-c", "(.*)"\]$', r"\1", check), "healthcheck", "exec")


def test_the_image_holds_no_secret_and_sets_settings_that_are_there() -> None:
    pairs = dict(
        pair.split("=", 1) for word, rest in _instructions() if word in ("ENV", "ARG") for pair in shlex.split(rest)
    )
    assert unknown_variables(pairs) == []
    assert not any(re.search(r"token|password|secret|key", name, re.IGNORECASE) for name in pairs)


def test_the_server_of_the_image_needs_only_what_the_whole_lock_pins() -> None:
    pin = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", re.MULTILINE)
    whole = set(pin.findall((ROOT / "requirements.lock").read_text("utf-8")))
    text = LOCK.read_text("utf-8")
    assert set(pin.findall(text)) - whole == set(), "run `make lock`"
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pin.findall(text))


def test_compose_starts_the_server_after_its_database_is_up_to_date() -> None:
    services = _compose()["services"]
    assert set(services) == {"db", "upgrade", "server", "proxy"}
    assert services["upgrade"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert services["upgrade"]["command"] == ["db", "upgrade"]
    assert services["server"]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"
    assert services["proxy"]["depends_on"]["server"]["condition"] == "service_healthy"


def test_compose_lets_nobody_in_but_through_the_proxy() -> None:
    services = _compose()["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["server"]["cap_drop"] == ["ALL"]
    assert services["server"]["read_only"] is True
    assert services["server"]["init"] is True


def test_compose_has_no_password_of_its_own() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    asked = re.findall(r"POSTGRES_PASSWORD:\?", text)
    assert len(asked) == 2
    assert not re.search(r"PASSWORD:-", text)


def test_compose_sets_settings_that_are_there_and_trusts_its_own_proxy_alone() -> None:
    compose = _compose()
    environment: Mapping[str, str] = compose["services"]["server"]["environment"]
    assert unknown_variables(environment) == []
    (config,) = compose["networks"]["default"]["ipam"]["config"]
    assert environment["OUTLAST_TRUSTED_PROXIES"] == config["subnet"]
    mounts = [mount.split(":")[0] for service in compose["services"].values() for mount in service.get("volumes", [])]
    assert {mount for mount in mounts if re.fullmatch(r"\w+", mount)} == set(compose["volumes"])


def _settings_of(path: Path) -> Mapping[str, str]:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_example_settings_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings_of(ROOT / "deploy" / "outlast.env")
    assert unknown_variables(settings) == []
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    loaded = load_settings()
    assert loaded.public_url == "https://apps.example.org"
    assert [str(network) for network in loaded.trusted_proxies] == ["127.0.0.1/32"]


def test_the_unit_starts_the_server_and_stops_it_alone() -> None:
    options = re.findall(r"^(\w+)=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)
    values = dict(options)
    assert values["ExecStart"] == "/opt/outlast/bin/outlast serve /srv/apps"
    assert values["KillMode"] == "mixed"
    assert values["OOMPolicy"] == "continue"
    assert values["User"] not in ("", "root")
    assert values["StateDirectoryMode"] == "0700"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_unit_and_finds_it_well_confined(tmp_path: Path) -> None:
    unit = tmp_path / "outlast.service"
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/outlast/bin/outlast", "/bin/true"))
    verified = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(unit)], capture_output=True, text=True
    )
    assert rated.returncode == 0, rated.stdout


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_passes_streams_on_at_once_and_keeps_the_operators_pages(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text("utf-8")
    assert "proxy_buffering off" in text or "flush_interval -1" in text
    assert "metrics" in text
    assert text.count("{") == text.count("}")
    if name == "nginx.conf":
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
        assert "proxy_set_header Host $http_host;" in text
