"""A session to keep: its document as Markdown, for people; its stream as JSON, which `outlast replay` reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from outlast.protocol.codec import Json, encode_json
from outlast.protocol.document import Block, Document, Input
from outlast.protocol.events import SessionEvent
from outlast.protocol.wording import answer_lines, cell_text, progress_text

_MAX_HEADING = 6
_CELL_BREAKS = str.maketrans({"|": "\\|", "\n": " ", "\r": " "})
_NOTES = {"info": "NOTE", "success": "TIP", "warning": "WARNING", "error": "CAUTION"}


class Recording(msgspec.Struct, kw_only=True):
    """A whole stream, as `outlast export --format json` writes it.

    Attributes:
        session: id of the session.
        events: all of them, in order.
    """

    session: str
    events: list[SessionEvent]


def as_markdown(document: Document, *, link: Callable[[Mapping[str, Json]], str] | None = None) -> str:
    """Write a document as Markdown (CommonMark with GitHub's tables and alerts).

    Args:
        document: as its reader may see it (`outlast.protocol.document.shown_document`).
        link: gives the address of a stored file (a `FileRef` as JSON); by default its name.

    Returns:
        The text, with one newline at its end.
    """
    writer = _Writer(document, link or (lambda file: str(file.get("name", "file"))))
    return "\n\n".join(part.strip("\n") for part in writer.parts() if part.strip()) + "\n"


class _Writer:
    def __init__(self, document: Document, link: Callable[[Mapping[str, Json]], str]) -> None:
        self._document = document
        self._link = link
        self._children: dict[str | None, list[str]] = {}
        for key, block in document.blocks.items():
            parent = block.parent if block.parent in document.blocks else None
            self._children.setdefault(parent, []).append(key)

    def parts(self) -> Iterator[str]:
        document = self._document
        yield f"# {_one_line(document.title or document.app or 'Session')}"
        yield "*" + _facts(document) + "*"
        for key in self._children.get(None, ()):
            yield from self._block(key, 2)
        if document.state == "failed":
            yield _alert("CAUTION", f"**{document.failure_code}**: {document.failure_message}")
            if document.failure_error:
                yield _fenced(document.failure_error)
        elif document.state == "completed" and document.result is not None:
            yield f"**Result:** {_value(document.result)}"
        elif document.over and document.ended_reason:
            yield _alert("NOTE", f"{document.state.capitalize()}: {document.ended_reason}")

    def _block(self, key: str, depth: int) -> Iterator[str]:
        block = self._document.blocks[key]
        if block.kind == "input":
            asked = self._document.inputs.get(str(block.props.get("input")))
            if asked is not None:
                yield _question(asked)
            return
        if block.kind in _LEAVES:
            yield _LEAVES[block.kind](block.props)
        elif block.kind in _FILES:
            yield self._file(block)
        elif title := _title(block):
            yield f"{'#' * min(depth, _MAX_HEADING)} {_one_line(title)}"
            depth += 1
        if block.kind == "status":
            yield "\n".join(f"- {_one_line(step)}" for step in block.props.get("steps", ()))
        for child in self._children.get(key, ()):
            yield from self._block(child, depth)

    def _file(self, block: Block) -> str:
        file = block.props.get("file", {})
        words = block.props.get("alt") or block.props.get("label") or block.props.get("caption") or file.get("name", "")
        mark = "!" if block.kind == "image" else ""
        lines = [f"{mark}[{_one_line(str(words))}](<{self._link(file)}>)"]
        if block.props.get("caption"):
            lines.append(f"*{_one_line(block.props['caption'])}*")
        return "\n\n".join(lines)


def _facts(document: Document) -> str:
    facts = [document.app, document.state]
    if document.created_at is not None:
        facts.append(_moment(document.created_at))
    return ", ".join(filter(None, facts))


def _title(block: Block) -> str:
    props = block.props
    if block.kind == "status":
        return f"{props.get('label', '')} ({props.get('state', 'running')})"
    return str(props.get("title") or props.get("label") or "")


def _question(asked: Input) -> str:
    label = _one_line(asked.label or asked.kind)
    if asked.state != "submitted":
        words = "*not answered*" if asked.state == "withdrawn" else "*waits for an answer*"
        return f"> **{label}**  \n> {words}"
    who = f" ({_one_line(asked.by.name or asked.by.id)})" if asked.by else ""
    lines = answer_lines(asked)
    if len(lines) == 1 and not lines[0][0]:
        return f"> **{label}**  \n> {_one_line(lines[0][1])}{who}"
    told = "".join(f"\n> - {_one_line(name)}: {_one_line(value)}" for name, value in lines)
    return f"> **{label}**{who}\n>{told}"


def _table(props: Mapping[str, Json]) -> str:
    columns = props.get("columns", [])
    rows = props.get("rows", [])
    if not columns:
        return ""
    rule = ["---:" if column.get("type") == "number" else "---" for column in columns]
    lines = [_row([column["name"] for column in columns]), "|" + "|".join(rule) + "|", *map(_row, rows)]
    below = [str(props["caption"])] if props.get("caption") else []
    if props.get("total"):
        below.append(f"{len(rows)} of {props['total']} rows")
    return "\n".join(lines) + (f"\n\n*{_one_line('; '.join(below))}*" if below else "")


def _row(cells: Sequence[Json]) -> str:
    return "| " + " | ".join(cell_text(cell).translate(_CELL_BREAKS) for cell in cells) + " |"


def _metric(props: Mapping[str, Json]) -> str:
    unit = f" {props['unit']}" if props.get("unit") else ""
    delta = f" ({props['delta']})" if props.get("delta") is not None else ""
    return f"**{_one_line(props.get('label', ''))}:** {props.get('value')}{unit}{delta}"


def _progress(props: Mapping[str, Json]) -> str:
    return f"{_one_line(props.get('label') or 'Progress')}: {progress_text(props)}"


def _chart(props: Mapping[str, Json]) -> str:
    caption = f"\n\n*{_one_line(props['caption'])}*" if props.get("caption") else ""
    specification = _pretty(props.get("spec", {}))
    return _fenced(specification, "json") + caption


def _fault(props: Mapping[str, Json]) -> str:
    words = _alert("CAUTION", f"**{props.get('type')}**: {props.get('message')}")
    return f"{words}\n\n{_fenced(props['traceback'])}" if props.get("traceback") else words


def _thinking(props: Mapping[str, Json]) -> str:
    return f"<details><summary>Thinking</summary>\n\n{props.get('text', '')}\n\n</details>"


def _value(value: Json) -> str:
    return _one_line(value) if isinstance(value, str) else f"`{encode_json(value).decode()}`"


def _alert(level: str, text: str) -> str:
    return f"> [!{level}]\n" + "\n".join(f"> {line}" for line in text.splitlines())


def _fenced(text: str, language: str = "") -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _pretty(value: Json) -> str:
    return msgspec.json.format(encode_json(value), indent=2).decode()


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


_FILES = frozenset({"image", "audio", "video", "file"})
_LEAVES: Mapping[str, Callable[[Mapping[str, Json]], str]] = {
    "markdown": lambda props: str(props.get("text", "")),
    "code": lambda props: _fenced(str(props.get("text", "")), str(props.get("language") or "")),
    "json": lambda props: _fenced(_pretty(props.get("value")), "json"),
    "table": _table,
    "chart": _chart,
    "metric": _metric,
    "progress": _progress,
    "thinking": _thinking,
    "note": lambda props: _alert(_NOTES.get(props.get("level", "info"), "NOTE"), str(props.get("text", ""))),
    "fault": _fault,
}
