"""A survey: one form, and a thank-you that repeats what was said.

Shows: a dataclass as a form, every kind of small question, results as a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from outlast import app, ask, choose, choose_many, confirm, form, metric, pick_date, section, slider, table, write


@dataclass
class Person:
    """Who answers."""

    name: str
    role: Literal["developer", "scientist", "manager", "other"] = "developer"
    years: Annotated[int, "Years with Python"] = 3


@app(title="Survey", icon="📝")
def survey(topic: str = "Python at work") -> dict[str, object]:
    """Eight questions, two minutes."""
    write(f"# {topic}")
    person = form("About you", Person)
    with section("How you work"):
        tools = choose_many("What do you use?", ["Jupyter", "VS Code", "PyCharm", "Vim", "Emacs", "Something else"])
        joy = slider("How much fun is it?", min=0, max=10, default=7)
        started = pick_date("Since when, about?", max=date(2100, 1, 1), optional=True)
        size = choose("Your team", {"alone": 1, "2 to 5": 5, "6 to 20": 20, "more": 100})
    wish = ask("What would you change?", multiline=True, optional=True)
    contact = (
        ask("E-mail, if we may ask back", format="email", optional=True) if confirm("May we write to you?") else None
    )

    write(f"## Thank you, {person.name}")
    metric("Fun", joy, unit="of 10")
    answers: dict[str, object] = {
        "role": person.role,
        "years": person.years,
        "tools": ", ".join(tools) or "none",
        "since": started.isoformat() if started else "never mind",
        "team of up to": size,
        "wish": wish or "none",
        "contact": contact or "no",
    }
    table([{"question": key, "answer": str(value)} for key, value in answers.items()])
    return answers
