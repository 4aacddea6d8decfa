"""Every public function has an example in its docstring, and the example runs."""

from __future__ import annotations

import contextlib
import datetime as dt
import inspect
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

import outlast
from outlast.protocol.codec import Json
from outlast.sdk.context import SessionStopped
from tests.unit.sdk.fake_recorder import FakeRecorder, Settled

REF = {"sha256": "ab" * 32, "name": "a.csv", "type": "text/csv", "size_bytes": 3}
ANSWERS: Mapping[str, Json] = {
    "text": "ada@example.org", "number": 3, "slider": 50, "confirm": True, "approve": False, "date": "2026-05-01",
    "time": "08:30", "upload": [REF], "edit_table": [["Travel", 400]], "chat": "bye",
    "form": {"name": "Ada", "age": 3},
}  # fmt: skip
NO_FUNCTIONS = {"AnswerTimeout", "App", "Approval", "SessionCancelled", "StepFailed", "aio"}


class WillingRecorder(FakeRecorder):
    """Has an answer to everything."""

    def request(self, kind: str, label: str, spec: Mapping[str, Json], **more: Json) -> Settled:  # type: ignore[explicit-override]
        options = spec.get("options", [])
        self.answers = [ANSWERS[kind] if kind in ANSWERS else options if kind == "choose_many" else options[0]]
        if kind == "choose_many":
            self.answers = [options[: spec.get("max")]]
        return super().request(kind, label, spec, **more)


def examples(name: str) -> list[str]:
    member = getattr(outlast, name)
    text = inspect.getdoc(member if not isinstance(member, outlast.sdk.session.Session) else type(member)) or ""
    return [textwrap.dedent(found) for found in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("name", sorted(set(outlast.__all__) - NO_FUNCTIONS))
def test_the_example_in_the_docstring_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("greeting.mp3", "tour.mp4"):
        (tmp_path / file).write_bytes(b"...")
    recorder = WillingRecorder(folder=tmp_path)
    recorder.files[REF["sha256"]] = b"a,b"  # type: ignore[index]
    recorder.start.args, recorder.start.secrets = {"order": 17}, {"SHOP_TOKEN": "t"}
    names = {member: getattr(outlast, member) for member in outlast.__all__}
    names |= {"date": dt.date, "time": dt.time, "timedelta": dt.timedelta, "Path": Path}
    found = examples(name)
    assert found
    for example in found:
        with contextlib.suppress(SessionStopped):
            recorder.run(lambda code=example: exec(code, dict(names)))  # type: ignore[misc]
