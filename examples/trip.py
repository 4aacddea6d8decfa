"""Plan a trip: a few questions, a day-by-day table, and a booking that an administrator confirms.

Shows: questions in the middle of a function, `@step`, an answer that may come next week.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

from outlast import app, ask, choose, columns, confirm, metric, note, section, step, table, write

SIGHTS = Path(__file__).parent / "data" / "sights.csv"
HOURS_A_DAY = {"relaxed": 3.0, "packed": 6.0}


@step
def find_plan(city: str, days: int, style: str) -> list[dict[str, object]]:
    """Fill the days area by area, so that nobody crosses the town twice. Runs once; its result is kept."""
    with SIGHTS.open(encoding="utf-8") as file:
        sights = [row for row in csv.DictReader(file) if row["city"] == city]
    plan: list[dict[str, object]] = []
    day, spent_h = 1, 0.0
    for sight in sights:
        hours = float(sight["hours"])
        if spent_h and spent_h + hours > HOURS_A_DAY[style]:
            day, spent_h = day + 1, 0.0
        if day > days:
            break
        spent_h += hours
        plan.append(
            {
                "day": day,
                "area": sight["area"],
                "sight": sight["sight"],
                "hours": hours,
                "euros": int(sight["cost_eur"]),
            }
        )
    return plan


@step
def book(city: str, places: int) -> str:
    """Stands for a call that must not happen twice."""
    return f"{city[:3].upper()}-{places:03d}"


@app(title="Trip planner", icon="🧳")
def trip(city: Literal["Lisbon", "Kyoto", "Vienna", "Mexico City"] = "Lisbon") -> str | None:
    """Plan a trip, day by day, and have it booked."""
    write(f"# {city}")
    days = ask("How many days?", int, min=1, max=14, default=2)
    style = choose("Style", ["relaxed", "packed"])

    plan = find_plan(city, days, style)
    with section("The plan"):
        table(plan)
        left, right = columns(2)
        with left:
            metric("Sights", len(plan))
        with right:
            metric("Tickets", sum(int(str(row["euros"])) for row in plan), unit="€")

    if not confirm("Book it?", audience="admin"):
        note("Nothing was booked.", level="warning")
        return None
    reference = book(city, len(plan))
    write(f"Booked. Your reference is **{reference}**.")
    return reference
