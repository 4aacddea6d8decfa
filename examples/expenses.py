"""An expense claim: a table to fill in, an approval that may take a week, a reminder on the way.

Shows: `edit_table`, `approve` with a time limit, a Pydantic-like argument form by type hints, a loop until it is right.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from outlast import AnswerTimeout, Approval, app, approve, edit_table, metric, note, session, step, table, write

REMIND_AFTER = timedelta(days=3)
MAX_REMINDERS = 2


class Centre(Enum):
    """Who pays."""

    RESEARCH = "Research"
    SALES = "Sales"
    OFFICE = "Office"


@step
def pay(claimant: str, euros: float) -> str:
    """Order the transfer; the reference makes a repeated order harmless."""
    return f"SEPA-{claimant[:3].upper()}-{round(100 * euros)}"


def decide(label: str, details: str) -> Approval | None:
    """Wait for the approver, remind twice, then give up."""
    for reminder in range(MAX_REMINDERS + 1):
        try:
            return approve(label, details=details, audience="approver", timeout=REMIND_AFTER)
        except AnswerTimeout:
            if reminder < MAX_REMINDERS:
                note(f"Nobody answered for {REMIND_AFTER.days} days: reminder {reminder + 1} sent.", level="warning")
    return None


@app(title="Expenses", icon="🧾")
def expenses(purpose: str = "Conference in Lisbon", centre: Centre = Centre.RESEARCH) -> str:
    """Claim what you paid for the company."""
    write(f"# {purpose}\n\nPaid by {centre.value}.")
    rows: list[dict[str, object]] = [
        {"what": "Train", "euros": 84.5, "receipt": True},
        {"what": "Hotel, two nights", "euros": 236.0, "receipt": True},
        {"what": "Dinner", "euros": 31.2, "receipt": False},
    ]
    while True:
        rows = edit_table("Your expenses", rows)
        total = sum(float(str(row["euros"] or 0)) for row in rows)
        table(rows, caption=f"{total:.2f} €")
        missing = [str(row["what"]) for row in rows if not row["receipt"]]
        if missing:
            note(f"Without a receipt: {', '.join(missing)}", level="warning")

        decision = decide(f"{purpose}: {total:.2f} €", details=", ".join(str(row["what"]) for row in rows))
        if decision is None:
            note("Nobody decided. The claim is closed; start it again when the approver is back.", level="error")
            return "expired"
        if decision.approved:
            break
        note(f"Sent back: {decision.comment or 'please check it again'}", level="warning")

    reference = pay(session.user.name if session.user and session.user.name else "me", total)
    metric("Paid", round(total, 2), unit="€")
    write(f"The transfer is on its way: `{reference}`.")
    return reference
