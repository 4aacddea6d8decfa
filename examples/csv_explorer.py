"""Look into a CSV file: its columns, its gaps, and a chart of any two of them.

Shows: data frames as tables, Altair charts, tabs, an upload, a loop that ends when the reader has seen enough.
"""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from outlast import app, chart, choose, columns, metric, section, table, tabs, upload, write

PENGUINS = Path(__file__).parent / "data" / "penguins.csv"
OWN_FILE = "A file of mine"
DONE = "Done"


def load() -> tuple[str, pd.DataFrame]:
    """Ask which file, read it."""
    if choose("Which data?", ["Palmer penguins", OWN_FILE]) == OWN_FILE:
        file = upload("CSV file", accept=[".csv"], max_bytes=5_000_000)
        return file.name, pd.read_csv(file.path)
    return "Palmer penguins", pd.read_csv(PENGUINS)


def overview(data: pd.DataFrame) -> pd.DataFrame:
    """One row a column: its type, its gaps, its spread."""
    return pd.DataFrame(
        {
            "column": data.columns,
            "type": [str(kind) for kind in data.dtypes],
            "missing": [int(gaps) for gaps in data.isna().sum()],
            "distinct": [int(data[name].nunique()) for name in data],
            "example": [str(data[name].dropna().iloc[0]) if data[name].notna().any() else "" for name in data],
        }
    )


def plot(data: pd.DataFrame, x: str, y: str, colour: str | None) -> alt.Chart:
    """Points for two numbers, boxes for a number by a category, counts for two categories."""
    numeric = is_numeric_dtype(data[x]), is_numeric_dtype(data[y])
    base = alt.Chart(data[list(dict.fromkeys(name for name in (x, y, colour) if name))])
    if all(numeric):
        drawn = base.mark_circle(opacity=0.7).encode(alt.X(x).scale(zero=False), alt.Y(y).scale(zero=False))
    elif any(numeric):
        drawn = base.mark_boxplot().encode(x, y)
    else:
        drawn = base.mark_rect().encode(x, y, alt.Color("count()"))
        colour = None
    return drawn.encode(color=colour) if colour else drawn


@app(title="CSV explorer", icon="📊")
def csv_explorer() -> None:
    """Explore the Palmer penguins, or a CSV file of your own."""
    write("# CSV explorer")
    name, data = load()
    write(f"## {name}")
    counts = columns(3)
    for column, (label, value) in zip(
        counts, [("Rows", len(data)), ("Columns", data.shape[1]), ("Gaps", int(data.isna().sum().sum()))], strict=True
    ):
        with column:
            metric(label, value)
    first, second = tabs("Columns", "First rows")
    with first:
        table(overview(data))
    with second:
        table(data.head(20))

    names = [str(name) for name in data.columns]
    categories = [name for name in names if data[name].nunique() <= 8]
    while True:
        x = choose("Horizontal", [*names, DONE])
        if x == DONE:
            break
        y = choose("Vertical", names)
        colour = choose("Colour", ["none", *categories]) if categories else "none"
        with section(f"{y} by {x}"):
            chart(plot(data, x, y, None if colour == "none" else colour))
