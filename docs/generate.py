"""Writes the reference pages from the code: `make docs`. With ``--check`` it only tells which ones are stale."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import get_args, get_overloads

import msgspec
import typer
from cloud_pages import permissions_page, security_page  # beside this file
from pydantic_core import PydanticUndefined

import outlast
from outlast.cli import main as command_line
from outlast.kit import errors
from outlast.kit.settings import PREFIX, Settings
from outlast.protocol import blocks, document, events, specs
from outlast.protocol.schema import ANSWERS, EVENTS, Decision

FOLDER = Path(__file__).with_name("reference")
SOURCE = Path(outlast.__file__).parent
LINE_CHARS = 90
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))
SECTIONS = ("Args", "Returns", "Yields", "Raises", "Attributes", "Example")

BLOCKS = """# Blocks

A block is one piece of a session's document. `block.opened` gives it its props, `block.updated` replaces single
props, `block.appended` adds to its text or rows. A block with a `parent` stands inside that block. `Json` is any JSON
value."""

INPUTS = """# Inputs

An input is asked by `input.requested` with a kind and a spec, and answered by an interaction
`{"input": <id>, "value": <answer>}`. The answer that is kept is the canonical one, whose type is given below; some
kinds take it in other forms too, such as a number as text. An answer that does not fit is refused with
`input.invalid_answer`. The answer to an optional input may be null.

Every spec also has these fields:"""

EVENTS_INTRO = """# Events

A session's stream is a list of events. On the wire each is flat JSON: `event` (its name), `seq` (its position, from 1),
`at` (when it was written, UTC), and its own fields. A field that holds its default is left out.

Who gets an event: `viewers` are all who may see the session, `owner` is its owner alone, and `masked` goes to all,
without what is not for them."""

SETTINGS = """# Settings

Environment variables of `outlast serve`. A duration is written `90s`, `15min`, `1h 30m`, `2d` or as a number of
seconds, a size `64MiB`, a list with commas. `none` takes a limit away. A value that can't be used stops the start with
an error that names its variable."""

SECRETS = """Secrets for apps are variables `OUTLAST_SECRET_<NAME>`, or entries of the secrets file. An app that asks
for `NAME` with `@app(secrets=["NAME"])` reads `session.secrets["NAME"]`. No app gets any other variable named
`OUTLAST_`."""

ERRORS = """# Errors

An error of the API is a problem document (RFC 9457) with a stable `code`. In Python all errors are classes of one tree,
in `outlast.kit.errors`."""

FAILURES: Mapping[str, str] = {
    "app_error": "The app raised an exception; the message names it.",
    "app_exited": "The app called `sys.exit` with a code other than 0.",
    "exited": "The process ended by `os._exit`, past Python.",
    "killed": "A signal ended the process: a segmentation fault, an abort, or repeated kills from outside.",
    "interrupted": "The process was lost and the app is not durable.",
    "invalid_arguments": "The arguments no longer fit the app's parameters.",
    "replay_diverged": "The replayed code asked something else than was recorded; see explain/replay.md.",
    "protocol_violation": "The process sent what no session process may send.",
    "limit_cpu": "Over the CPU time.",
    "limit_memory": "Over the memory.",
    "limit_open_files": "Too many open files.",
    "limit_processes": "Too many processes or threads.",
    "limit_stream_bytes": "Too many bytes of events in all.",
    "limit_bytes_per_s": "Too many bytes of events a second, for too long.",
}
"""Codes of ``session.failed``; `_failures` holds that the code knows each of them."""


def prose(text: str | None) -> str:
    """Turn a docstring into Markdown: its sections into lists, its example into a block that runs."""
    parts = re.split(rf"^({'|'.join(SECTIONS)}):[ ]*$", inspect.cleandoc(text or ""), flags=re.MULTILINE)
    out = [parts[0].strip().replace("``", "`")]
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        body = inspect.cleandoc(body)
        if title == "Example":
            out.append(re.sub(r"^```python$", "<!-- docs: session -->\n```python", body, flags=re.MULTILINE))
        elif title in ("Returns", "Yields"):
            out.append(f"**{title}:** {_joined(body)}")
        else:
            out.append(f"**{title}**\n\n" + "\n".join(f"- {_entry(item)}" for item in _items(body)))
    return "\n\n".join(part for part in out if part)


def _items(body: str) -> Iterable[str]:
    return (_joined(item) for item in re.split(r"\n(?=\S)", body))


def _joined(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text.strip()).replace("``", "`")


def _entry(item: str) -> str:
    name, colon, rest = item.partition(": ")
    names = ", ".join(part if "`" in part else f"`{part}`" for part in name.split(", "))
    return f"{names}: {rest}" if colon else item


def row(*cells: str) -> str:
    """One line of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; empty without rows."""
    lines = [row(*cells) for cells in rows]
    return "\n".join([row(*header), row(*("---" for _ in header)), *lines]) if lines else ""


def _types(shape: type) -> Mapping[str, str]:
    """The annotations of a struct and its bases, as they are written."""
    annotations = (inspect.get_annotations(base) for base in reversed(shape.__mro__))
    return {name: str(written) for each in annotations for name, written in each.items()}


def wire_type(annotation: str) -> str:
    """Say a Python annotation in the words of JSON: ``list[str] | None`` is ``string[] | null``."""
    text = re.sub(r"\b(e|blocks|outlast\.protocol\.\w+|typing|__main__)\.", "", annotation)
    text = re.sub(r"Literal\[(.*?)\]", lambda found: found[1].replace("'", '"').replace(", ", " | "), text)
    text = re.sub(r"dict\[str, (\w+)\]", r"{[name]: \1}", text)
    while "list[" in text:
        text = re.sub(r"list\[([^\[\]]+(?:\[\])*)\]", r"\1[]", text)
    words = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "None": "null", "Any": "Json"}
    words |= {"Rows": "Json[][]", "Sha256": "string"}
    return re.sub(r"(?<![\"\w])\w+(?![\"\w])", lambda found: words.get(found[0], found[0]), text)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    has_factory = field.default_factory is not msgspec.NODEFAULT
    value = field.default_factory() if has_factory else field.default
    return f"`{msgspec.json.encode(value).decode()}`"


def fields(shape: type[msgspec.Struct], *, without: Iterable[str] = ()) -> str:
    """The fields of a struct as a table."""
    written = _types(shape)
    return table(
        ("field", "type", "default"),
        (
            (f"`{field.encode_name}`", f"`{wire_type(written[field.name])}`", _default(field))
            for field in msgspec.structs.fields(shape)
            if field.encode_name not in set(without)
        ),
    )


def blocks_page() -> str:
    """Reference of block kinds."""
    out = [BLOCKS]
    for kind, shape in blocks.KINDS.items():
        marks = []
        if kind in blocks.CONTAINERS:
            marks.append("May hold other blocks.")
        if kind in blocks.TEXT_KINDS:
            marks.append("Its `text` may be appended to.")
        out.append("\n\n".join(filter(None, (f"## `{kind}`", prose(shape.__doc__), " ".join(marks), fields(shape)))))
    out.append("## Parts of props")
    out += [
        f"### `{part.__name__}`\n\n{prose(part.__doc__)}\n\n{fields(part)}" for part in (blocks.FileRef, blocks.Column)
    ]
    return "\n\n".join(out)


def inputs_page() -> str:
    """Reference of input kinds."""
    out = [f"{INPUTS}\n\n{fields(specs.Spec)}"]
    common = [field.encode_name for field in msgspec.structs.fields(specs.Spec)]
    for kind, shape in specs.KINDS.items():
        answer = ANSWERS[kind]
        plain = isinstance(answer, type) and not isinstance(answer, types.GenericAlias)
        name = wire_type(answer.__name__ if plain else str(answer))
        parts = (f"## `{kind}`", prose(shape.__doc__), f"Answer: `{name}`", fields(shape, without=common))
        out.append("\n\n".join(filter(None, parts)))
    parts_of = (specs.Field, Decision)
    out += [f"## `{part.__name__}`\n\n{prose(part.__doc__)}\n\n{fields(part)}" for part in parts_of]
    return "\n\n".join(out)


def events_page() -> str:
    """Reference of events."""
    out = [EVENTS_INTRO]
    worker = get_args(events.WorkerEvent)
    for name, shape in EVENTS.items():
        written = "the session process" if shape in worker else "the host"
        terminal = " It is the last one of a stream." if shape in events.TERMINAL else ""
        facts = f"Who gets it: `{shape.visibility}`. Written by {written}.{terminal}"
        parts = (f"## `{name}`", prose(shape.__doc__), facts, fields(shape, without=("seq", "at")))
        out.append("\n\n".join(filter(None, parts)))
    out.append("# The document\n\nWhat the events fold into; a snapshot is this as JSON.")
    held = (document.Document, document.Block, document.Input)
    out += [f"## `{shape.__name__}`\n\n{prose(shape.__doc__)}\n\n{fields(shape)}" for shape in held]
    return "\n\n".join(out)


def settings_page() -> str:
    """Reference of settings."""

    def shown(name: str) -> str:
        field = Settings.model_fields[name]
        if field.default_factory is not None:
            return "the user's data folder"
        value = field.default
        if value is PydanticUndefined or value in ("", ()) or value is None:
            return "`none`" if value is None else ""
        if isinstance(value, timedelta):
            seconds = value.total_seconds()
            size, unit = next(((s, u) for s, u in _UNITS if seconds >= s and not seconds % s), (1, "s"))
            return f"`{seconds / size:g}{unit}`"
        if isinstance(value, tuple):
            return f"`{','.join(map(str, value))}`"
        return f"`{value.human_readable().replace('.0', '')}`" if hasattr(value, "human_readable") else f"`{value}`"

    rows = ((f"`{PREFIX}{n.upper()}`", shown(n), f.description or "") for n, f in Settings.model_fields.items())
    return f"{SETTINGS}\n\n{table(('variable', 'default', 'meaning'), rows)}\n\n{SECRETS}"


def errors_page() -> str:
    """Reference of errors."""
    tree = (errors.__doc__ or "").partition("\n\n")[2].strip("\n")
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.OutlastError)]
    codes = [(f"`{c.code}`", str(c.status), f"`{c.__name__}`", _first(c.__doc__)) for c in classes]
    return "\n\n".join(
        (
            ERRORS,
            f"```text\n{inspect.cleandoc(tree)}\n```",
            "## Codes",
            table(("code", "status", "class", "meaning"), codes),
            "## Why a session failed",
            "`session.failed` has one of these codes.",
            table(("code", "meaning"), _failures()),
        )
    )


def _first(text: str | None) -> str:
    return _joined(inspect.cleandoc(text or "").partition("\n\n")[0])


def _failures() -> Iterable[tuple[str, str]]:
    known = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    for code, meaning in FAILURES.items():
        limit = code.removeprefix("limit_")
        if f'"{code}"' not in known and f'limit="{limit}"' not in known and f'"{limit}"' not in known:
            raise SystemExit(f"docs/generate.py explains the failure {code!r}, which the code does not know")
        yield f"`{code}`", meaning


def cli_page() -> str:
    """Reference of the command line."""
    root = typer.main.get_command(command_line.app)
    out = [f"# Command line\n\n{_joined(root.help or '')}\n\n{root.epilog or ''}"]
    context = typer.Context(root, info_name="outlast")
    for name, command in getattr(root, "commands", {}).items():
        if not command.hidden:
            inner = typer.Context(command, info_name=name, parent=context)
            usage = " ".join(command.get_usage(inner).split()).removeprefix("Usage: ").replace("{ID}", "ID")
            rows = [
                r
                for p in command.get_params(inner)
                if (r := p.get_help_record(inner)) and not getattr(p, "hidden", False)
            ]
            parts = (f"## `outlast {name}`", inspect.cleandoc(command.help or ""), f"```text\n{usage}\n```")
            out.append("\n\n".join((*parts, table(("option", "meaning"), ((f"`{a}`", b) for a, b in rows)))))
    return "\n\n".join(out)


def sdk_page() -> str:
    """Reference of what an app imports."""
    names = [name for name in sorted(outlast.__all__, key=str.lower) if not name.startswith("__")]
    intro = "# What an app imports\n\nEverything here comes by `from outlast import <name>`."
    return "\n\n".join([intro, *(_member(name, getattr(outlast, name)) for name in names)])


def _member(name: str, member: object) -> str:
    if inspect.ismodule(member):
        names = sorted(member.__all__)
        rows = [(f"`{name}.{key}`", _first(inspect.getdoc(getattr(member, key)))) for key in names]
        return f"## `{name}`\n\n{prose(member.__doc__)}\n\n{table(('function', 'meaning'), rows)}"
    parts = [f"## `{name}`"]
    if inspect.isfunction(member):
        parts.append(f"<!-- docs: skip, a signature -->\n```python\n{_signatures(member)}\n```")
    parts.append(prose(inspect.getdoc(member)))
    holder = member if inspect.isclass(member) else type(member)
    if not inspect.isfunction(member) and holder.__module__.startswith("outlast."):
        rows = [
            (f"`{key}`", _first(inspect.getdoc(value)))
            for key, value in vars(holder).items()
            if not key.startswith("_") and (callable(value) or isinstance(value, property)) and inspect.getdoc(value)
        ]
        parts.append(table(("member", "meaning"), rows))
    return "\n\n".join(part for part in parts if part)


def _signatures(function: Callable[..., object]) -> str:
    """As they are written in the source, which reads better than what introspection makes of them."""
    plain = inspect.unwrap(function)
    loose = any(p.kind is p.VAR_KEYWORD for p in inspect.signature(plain).parameters.values())
    written = [_signature(each) for each in (get_overloads(plain) if loose else [])] or [_signature(plain)]
    return "\n".join(f"{function.__name__}{each}" for each in written)


def _signature(function: Callable[..., object]) -> str:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef)
    result = f" -> {ast.unparse(definition.returns)}" if definition.returns else ""
    # Whoever calls gets the answer: the question around it is how the function is built.
    answer = re.sub(r"Question\[(.*)\]$", r"\1", result)
    given = re.sub(r"(: (?:[^=,\[]|\[[^\]]*\])+)=", r"\1 = ", ast.unparse(definition.args))
    if len(given) > LINE_CHARS:
        lines = re.split(r", (?![^\[(]*[\])])", given)
        given = "\n    " + ",\n    ".join(lines) + ",\n"
    return f"({given}){answer}"


PAGES: Mapping[str, Callable[[], str]] = {
    "blocks.md": blocks_page,
    "cli.md": cli_page,
    "errors.md": errors_page,
    "events.md": events_page,
    "inputs.md": inputs_page,
    "permissions.md": permissions_page,
    "sdk.md": sdk_page,
    "security.md": security_page,
    "settings.md": settings_page,
}


def main() -> int:
    """Write the pages, or with ``--check`` compare them."""
    stale = []
    for name, make in PAGES.items():
        text = make().rstrip() + "\n"
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, "utf-8")
    if "--check" in sys.argv and stale:
        print(f"stale in docs/reference: {', '.join(stale)}; run `make docs`")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
