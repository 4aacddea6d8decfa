"""What the repository's files may not say."""

from __future__ import annotations

import re
import tomllib

from tests.meta.source import ROOT, check, tracked

KINDS = ("breaking", "security", "feature", "fix", "deprecation")
# Put together here so that this file does not break its own rule.
MACHINE_PATH = re.compile(r"(?<![\w./~$}-])/(?:" + "|".join(["work", "tmp", "root", "home", "Users"]) + r")/\w")
REGISTRY = re.compile(
    "|".join([r"pypi\." + "org", "pythonhosted" + r"\.org", r"registry\.npm" + "js", r"--(extra-)?index-" + "url"])
)
NEUTRAL = {"Makefile": "switches the registry's address off in the lock file"}


def _texts() -> dict[str, str]:
    texts = {}
    for name in tracked():
        try:
            texts[name] = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return texts


def _lines_with(pattern: re.Pattern[str]) -> dict[str, int]:
    return {
        f"{name}:{number}": 1
        for name, text in _texts().items()
        if name not in NEUTRAL
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    }


def test_no_file_names_a_path_of_one_machine() -> None:
    check("machine_path", _lines_with(MACHINE_PATH))


def test_no_file_names_a_package_registry() -> None:
    check("registry", _lines_with(REGISTRY))


def test_the_lock_file_pins_each_package_by_hash_and_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert "file:" not in text
    pins = re.findall(r"^[a-z0-9][\w.\[\]-]*==\S+ .*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    packages = re.findall(r"^[a-z0-9]", text, re.MULTILINE)
    assert len(pins) == len(packages) > 0


def test_the_lock_file_covers_what_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(r for name, reqs in extras.items() if name != "ray" for r in reqs)]
    names = {re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    assert names - locked == set(), "run `make lock`"


def test_a_change_note_has_a_kind_and_a_text() -> None:
    notes = {n: ROOT / n for n in tracked() if n.startswith("changes/") and n != "changes/README.md"}
    name = re.compile(rf"changes/[a-z0-9-]+\.({'|'.join(KINDS)})\.md")
    assert [n for n, path in notes.items() if not name.fullmatch(n) or not path.read_text("utf-8").strip()] == []


def test_every_file_ends_with_one_newline() -> None:
    texts = {n: t for n, t in _texts().items() if n.endswith((".py", ".md", ".toml", ".sh", ".sql", ".ts", ".tsx"))}
    assert [n for n, text in texts.items() if text and (not text.endswith("\n") or text.endswith("\n\n"))] == []
