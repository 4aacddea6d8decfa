"""Asks the person at the terminal, each kind of input with a control of its own."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import questionary
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console
from rich.text import Text

from outlast.cli import blocks
from outlast.cli.answers import from_text, hint
from outlast.cli.asking import Interrupted, Left, Upload, uploaded
from outlast.kit.errors import InvalidAnswer
from outlast.protocol.codec import Json
from outlast.protocol.document import Input
from outlast.protocol.inputs import check
from outlast.protocol.wording import said

MENU_AT_MOST = 30


class PromptAsker:
    """Asks at the terminal, each kind of input with a control of its own."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def ask(self, asked: Input, *, upload: Upload) -> Json:
        label = f"{asked.label} (for {asked.audience})" if asked.audience else asked.label
        if asked.kind != "form":
            return await self._one(asked.kind, asked.spec, label=label, upload=upload)
        if asked.label:
            self._console.print(Text(blocks.plain(asked.label), style="bold"))
        answers: dict[str, Json] = {}
        for field in asked.spec.get("fields", ()):
            spec, label = field.get("spec", {}), field.get("label") or field["name"]
            answers[field["input"]] = value = await self._one(field["kind"], spec, label=label, upload=upload)
            self._console.print(blocks.answered(label, said(field["kind"], spec, value=value)))
        return answers

    def explain(self, error: str) -> None:
        self._console.print(Text(f"  {blocks.plain(error)}", style="red"))

    def leaves_trace(self, asked: Input) -> bool:
        return asked.kind == "form"

    async def _one(self, kind: str, spec: Mapping[str, Json], *, label: str, upload: Upload) -> Json:
        label = blocks.plain(label or kind)
        if spec.get("help"):
            label = f"{label}  {blocks.plain(spec['help'])} "
        while True:
            try:
                if kind == "upload":
                    path = await _run(questionary.path(label, instruction=_instruction(kind, spec)))
                    value = await uploaded(str(path), spec, upload)
                elif kind == "edit_table":
                    value = await self._rows(label, spec)
                else:
                    value = await _control(kind, spec, label)
                return check(kind, spec, value)
            except InvalidAnswer as error:
                self.explain(error.message)

    async def _rows(self, label: str, spec: Mapping[str, Json]) -> Json:
        self._console.print(blocks.table(spec))
        keep, edit = "Keep it as it is", "Edit it as CSV in an editor"
        if await _run(questionary.select(label, [keep, edit])) == keep:
            return spec.get("rows", [])
        text = await asyncio.to_thread(_edited, _to_csv(spec))
        return spec.get("rows", []) if text is None else _from_csv(text, spec)


async def _control(kind: str, spec: Mapping[str, Json], label: str) -> Json:
    if kind == "confirm":
        if (spec.get("yes", "Yes"), spec.get("no", "No")) == ("Yes", "No"):
            return await _run(questionary.confirm(label, default=spec.get("default") is not False))
        return await _run(questionary.select(label, [spec["yes"], spec["no"]])) == spec["yes"]
    if kind == "approve":
        yes, no = spec.get("yes", "Approve"), spec.get("no", "Reject")
        question = f"{label}  {blocks.plain(spec['details'])}" if spec.get("details") else label
        approved = await _run(questionary.select(question, [yes, no])) == yes
        return {"approved": approved, "comment": await _run(questionary.text("Comment (may be left empty)"))}
    if kind == "choose" and len(spec["options"]) <= MENU_AT_MOST:
        options = [*spec["options"], *(["(none)"] if spec.get("optional") else [])]
        chosen = await _run(questionary.select(label, _choices(options), default=_known(spec, options)))
        return chosen if chosen in spec["options"] else None
    if kind == "choose":
        validate = _validator(kind, spec)
        return await _run(questionary.autocomplete(label, spec["options"], validate=validate, match_middle=True))
    if kind == "choose_many":
        marked = spec.get("default") or ()
        choices = [questionary.Choice(option, checked=option in marked) for option in spec["options"]]

        def fits(chosen: list[str]) -> bool | str:
            return _fault(kind, spec, chosen)

        return await _run(questionary.checkbox(label, choices, validate=fits))
    return await _typed(kind, spec, label)


async def _typed(kind: str, spec: Mapping[str, Json], label: str) -> Json:
    validate = _validator(kind, spec)
    if spec.get("secret"):
        return await _run(questionary.password(label, validate=validate))
    default = spec.get("default")
    text = await _run(
        questionary.text(
            label,
            default="" if default is None else str(default),
            multiline=bool(spec.get("multiline")),
            instruction=_instruction(kind, spec),
            placeholder=spec.get("placeholder"),
            validate=validate,
        )
    )
    return None if text == "" else from_text(kind, spec, str(text))


def _validator(kind: str, spec: Mapping[str, Json]) -> Callable[[str], bool | str]:
    """Tell while the person types, at Enter, what is wrong."""

    def validate(text: str) -> bool | str:
        try:
            value = None if text == "" else from_text(kind, spec, text)
        except InvalidAnswer as error:
            return error.message
        return _fault(kind, spec, value)

    return validate


def _fault(kind: str, spec: Mapping[str, Json], value: Json) -> bool | str:
    """What is wrong with an answer, or that nothing is: True."""
    try:
        check(kind, spec, value)
    except InvalidAnswer as error:
        return error.message
    return True


def _instruction(kind: str, spec: Mapping[str, Json]) -> str | None:
    words = hint(kind, spec)
    if spec.get("multiline"):
        words = f"{words + ', ' if words else ''}Esc then Enter ends it"
    return f"({words}) " if words else None


def _choices(options: Sequence[str]) -> list[questionary.Choice]:
    return [questionary.Choice(blocks.plain(option), value=option) for option in options]


def _known(spec: Mapping[str, Json], options: Sequence[str]) -> str | None:
    return spec["default"] if spec.get("default") in options else None


def _leaving() -> KeyBindings:
    """Ctrl-D leaves at every control, also where there is something to delete."""
    keys = KeyBindings()

    @keys.add("c-d", eager=True)
    def leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError, style="class:aborting")

    return keys


async def _run(question: questionary.Question) -> Json:
    bound = question.application.key_bindings
    question.application.erase_when_done = True  # who answered what is shown when it is committed, whoever did
    question.application.key_bindings = merge_key_bindings([*([bound] if bound else []), _leaving()])
    try:
        with patch_stdout(raw=True):
            return await question.unsafe_ask_async()
    except EOFError:
        raise Left from None
    except KeyboardInterrupt:
        # As it is it would end the event loop with its task.
        raise Interrupted from None


def _edited(text: str) -> str | None:
    """Let the person change a text in their editor; None when that failed."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w+", suffix=".csv", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        ended = subprocess.run([*shlex.split(editor), file.name], check=False)
        return Path(file.name).read_text("utf-8") if ended.returncode == 0 else None


def _to_csv(spec: Mapping[str, Json]) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([column["name"] for column in spec["columns"]])
    writer.writerows([["" if cell is None else cell for cell in row] for row in spec.get("rows", ())])
    return target.getvalue()


def _from_csv(text: str, spec: Mapping[str, Json]) -> Json:
    rows = list(csv.reader(io.StringIO(text)))[1:]
    kinds = [column.get("type", "any") for column in spec["columns"]]
    return [[_cell(cell, kind) for cell, kind in zip(row, kinds, strict=False)] for row in rows if row]


def _cell(text: str, kind: str) -> Json:
    if text == "":
        return None
    if kind == "boolean":
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.strip().lower(), text)
    if kind in ("number", "any"):
        for shape in (int, float):
            try:
                return shape(text)
            except ValueError:
                pass
    return text
