"""A SQL console: DuckDB over real tables, in the browser, with every query and its answer kept.

Shows: a loop of questions, several lines of text as an answer, errors that are caught and shown.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import duckdb
from vega_datasets import local_data

from outlast import app, ask, choose, code, expander, markdown, step, table, write

TABLES = {
    "penguins": Path(__file__).parent / "data" / "penguins.csv",
    "weather": Path(local_data.seattle_weather.filepath),
    "airports": Path(local_data.airports.filepath),
    "employment": Path(local_data.us_employment.filepath),
}
QUERIES = {
    "Heaviest species": """
SELECT species, count(*) AS birds, round(avg(body_mass_g)) AS grams
FROM penguins GROUP BY species ORDER BY grams DESC""",
    "Rain by month": """
SELECT month(date) AS month, round(sum(precipitation)) AS mm, count(*) FILTER (weather = 'rain') AS days
FROM weather GROUP BY month ORDER BY month""",
    "States with most airports": """
SELECT state, count(*) AS airports
FROM airports GROUP BY state ORDER BY airports DESC LIMIT 10""",
}
MAX_ROWS = 200


def connect() -> duckdb.DuckDBPyConnection:
    """An in-memory database with the tables, which no query can leave: the file system is locked after loading."""
    database = duckdb.connect(config={"threads": 1})
    for name, path in TABLES.items():
        database.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{path}', nullstr = ['', 'NA'])")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


@step
def answer(sql: str) -> tuple[list[str], list[list[object]], int, int]:
    """Run one query; a replayed session shows what came out then, and touches no database."""
    started = perf_counter()
    result = connect().execute(sql)
    names = [column[0] for column in result.description or []]
    rows = [
        [cell if isinstance(cell, int | float | bool | None) else str(cell) for cell in row]
        for row in result.fetchall()
    ]
    return names, rows[:MAX_ROWS], len(rows), round(1000 * (perf_counter() - started))


@app(title="SQL console", icon="🦆")
def sql_console() -> None:
    """Ask DuckDB about penguins, Seattle's weather, airports and jobs."""
    write("# SQL console")
    with expander("Tables"):
        for name in TABLES:
            markdown(f"`{name}`")
    while True:
        picked = choose("Query", [*QUERIES, "My own", "Done"])
        if picked == "Done":
            break
        sql = QUERIES[picked].strip() if picked in QUERIES else ask("SQL", multiline=True, placeholder="SELECT …")
        code(sql, language="sql")
        try:
            names, rows, total, millis = answer(sql)
        except duckdb.Error as error:
            write(error)
            continue
        table(rows, columns=names, caption=f"{total} rows in {millis} ms")
