"""A document as Markdown, to keep or to send on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from outlast.protocol.codec import Json, encode_json
from outlast.protocol.document import Block, Document, Input

MAX_CELL_CHARS = 200


def to_markdown(document: Document) -> str:
    """Write a document as Markdown (CommonMark with tables).

    Returns:
        Text that ends with a line break; pictures and files are named, not held.
    """
    children: dict[str | None, list[str]] = {}
    for key, block in document.blocks.items():
        children.setdefault(block.parent, []).append(key)
    parts = [f"# {document.title}" if document.title else ""]
    parts += _written(document, children, None, level=2)
    if document.state == "failed":
        parts.append(f"> **Failed** ({document.failure_code}): {document.failure_message}")
    elif document.state == "cancelled":
        parts.append("> **Cancelled**" + (f": {document.ended_reason}" if document.ended_reason else ""))
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def _written(
    document: Document, children: Mapping[str | None, Sequence[str]], parent: str | None, *, level: int
) -> Iterable[str]:
    for key in children.get(parent, ()):
        block = document.blocks[key]
        heading = block.props.get("title") or block.props.get("label") or ""
        if block.kind == "input":
            yield _input(document.inputs.get(str(block.props.get("input"))))
        elif block.kind in ("section", "tab", "expander"):
            yield f"{'#' * min(level, 6)} {heading}" if heading else ""
        else:
            yield _WRITERS.get(block.kind, _nothing)(block)
        yield from _written(document, children, key, level=level + (block.kind == "section"))


def _input(asked: Input | None) -> str:
    if asked is None or asked.state == "withdrawn":
        return ""
    if asked.state == "open":
        return f"**{asked.label}** _(not answered)_"
    value = "•••" if asked.secret else asked.value
    who = f" — {asked.by.name or asked.by.id}" if asked.by else ""
    return f"**{asked.label}** {_shown(value)}{who}"


def _shown(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return encode_json(value).decode()


def _fence(text: str, language: str = "") -> str:
    mark = "```"
    while mark in text:
        mark += "`"
    return f"{mark}{language}\n{text.rstrip()}\n{mark}"


def _table(block: Block) -> str:
    names = [str(column.get("name", "")) for column in block.props.get("columns", [])]
    rows = [_row(names), _row(["---"] * len(names)), *(_row(row) for row in block.props.get("rows", []))]
    return "\n".join(rows) + _caption(block)


def _row(cells: Sequence[Json]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(cell: Json) -> str:
    text = "" if cell is None else _shown(cell)
    return text.replace("|", "\\|").replace("\n", " ")[:MAX_CELL_CHARS]


def _caption(block: Block) -> str:
    caption = block.props.get("caption")
    return f"\n\n_{caption}_" if caption else ""


def _file(block: Block) -> str:
    file = block.props.get("file", {})
    words = block.props.get("caption") or block.props.get("label") or block.props.get("alt") or ""
    return f"_{block.kind}: {file.get('name', '')}_" + (f" {words}" if words else "")


def _metric(block: Block) -> str:
    props = block.props
    unit = f" {props['unit']}" if props.get("unit") else ""
    delta = f" ({props['delta']})" if props.get("delta") is not None else ""
    return f"**{props.get('label', '')}**: {_shown(props.get('value'))}{unit}{delta}"


def _progress(block: Block) -> str:
    value, total = block.props.get("value", 0), block.props.get("total")
    return f"{block.props.get('label', '') or 'Progress'}: {value:g}" + (f" of {total:g}" if total else "")


def _status(block: Block) -> str:
    lines = [f"**{block.props.get('label', '')}** ({block.props.get('state', 'running')})"]
    return "\n".join(lines + [f"- {step}" for step in block.props.get("steps", [])])


def _nothing(block: Block) -> str:
    return ""


_WRITERS: Mapping[str, Callable[[Block], str]] = {
    "markdown": lambda block: str(block.props.get("text", "")),
    "code": lambda block: _fence(str(block.props.get("text", "")), block.props.get("language") or ""),
    "thinking": lambda block: "\n".join(f"> {line}" for line in str(block.props.get("text", "")).splitlines()),
    "json": lambda block: _fence(encode_json(block.props.get("value")).decode(), "json"),
    "table": _table,
    "chart": lambda block: _fence(encode_json(block.props.get("spec")).decode(), "json") + _caption(block),
    "image": _file,
    "audio": _file,
    "video": _file,
    "file": _file,
    "metric": _metric,
    "progress": _progress,
    "status": _status,
    "note": lambda block: f"> **{block.props.get('level', 'info')}**: {block.props.get('text', '')}",
    "fault": lambda block: f"> **{block.props.get('type', '')}**: {block.props.get('message', '')}",
}
