"""Turn a table from one format into another: CSV, JSON, JSON Lines or Markdown.

Shows: text or upload as input, an error that the reader can put right, a file to download.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from outlast import app, ask, choose, code, file, note, table, upload, write

FORMATS = ("csv", "json", "jsonl", "markdown")
SUFFIX = {"csv": ".csv", "json": ".json", "jsonl": ".jsonl", "markdown": ".md"}
PENGUINS = Path(__file__).parent / "data" / "penguins.csv"

Records = list[dict[str, object]]


def parse(text: str, kind: str) -> Records:
    """Read records.

    Raises:
        ValueError: the text is not of that format, with the place where it is not.
    """
    if kind == "csv":
        return [dict(row) for row in csv.DictReader(io.StringIO(text), strict=True)]
    if kind == "jsonl":
        return [checked(json.loads(line)) for line in text.splitlines() if line.strip()]
    if kind == "json":
        loaded = json.loads(text)
        return [checked(record) for record in (loaded if isinstance(loaded, list) else [loaded])]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if "|" in line]
    if len(rows) < 2:
        raise ValueError("a Markdown table has a line of names, a line of dashes and lines of cells, all with |")
    return [dict(zip(rows[0], row, strict=False)) for row in rows[2:]]


def checked(record: object) -> dict[str, object]:
    """Let only objects through."""
    if isinstance(record, dict):
        return record
    raise ValueError(f"each record must be an object; this is none: {record!r:.60}")


def render(records: Records, kind: str) -> str:
    """Write records."""
    if kind == "json":
        return json.dumps(records, indent=2, ensure_ascii=False) + "\n"
    if kind == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    names = list(dict.fromkeys(name for record in records for name in record))
    if kind == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        return out.getvalue()
    lines = [names, ["---"] * len(names), *([str(record.get(name, "")) for name in names] for record in records)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def source() -> tuple[str, str, str]:
    """Ask for the table: name, text and format."""
    place = choose("Where is the table?", ["Sample: penguins", "I paste it", "I upload it"])
    if place == "I upload it":
        given = upload("Table", accept=list(SUFFIX.values()), max_bytes=2_000_000)
        kinds = [kind for kind, suffix in SUFFIX.items() if given.name.lower().endswith(suffix)]
        return Path(given.name).stem, given.read_text(), kinds[0]
    if place == "I paste it":
        kind = choose("Its format", list(FORMATS))
        return "table", ask("The table", multiline=True), kind
    return "penguins", "".join(PENGUINS.read_text(encoding="utf-8").splitlines(keepends=True)[:12]), "csv"


@app(title="File converter", icon="🔁")
def convert() -> None:
    """CSV to JSON to Markdown, and back."""
    write("# File converter")
    while True:
        name, text, kind = source()
        try:
            records = parse(text, kind)
            break
        except (ValueError, csv.Error) as error:
            note(f"This is not {kind}: {error}", level="error")
    table(records, caption=f"{len(records)} records")
    target = choose("Into which format?", [each for each in FORMATS if each != kind])
    result = render(records, target)
    code(result[:2000], language=target)
    file(result.encode(), name=name + SUFFIX[target])
