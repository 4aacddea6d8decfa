"""An order from basket to doorstep: steps that run once, a human's approval, and days of waiting that cost nothing.

Shows: `@step` with retries, `approve`, durable `sleep`, undoing what was done when somebody says no.
"""

from __future__ import annotations

from datetime import timedelta

from outlast import app, approve, choose_many, field, form, note, now, sleep, status, step, table, uuid, write

PRICES_EUR = {"Notebook": 9, "Fountain pen": 64, "Ink, 50 ml": 14, "Desk lamp": 120, "Standing desk": 890}
APPROVAL_FROM_EUR = 500


@step
def reserve(order: str, items: list[str]) -> list[str]:
    """Put the items aside. Safe to repeat: a shelf is named after order and item."""
    return [f"{order[:8]}/{item.split()[0].lower()}" for item in items]


@step(retries=3, backoff=timedelta(seconds=1))
def charge(order: str, euros: int) -> str:
    """Take the money; the order's id makes a repeated call harmless at the payment service."""
    return f"payment-{order[:8]}-{euros}"


@step
def release(shelves: list[str]) -> int:
    """Give back what was reserved."""
    return len(shelves)


@app(title="Order", icon="📦")
def order() -> str:
    """Order office things; large orders need an approval."""
    write("# New order")
    items = choose_many("What do you need?", list(PRICES_EUR), min=1)
    address = form("Where to?", {"name": str, "street": str, "city": field(str, "City", default="Lisbon")})
    total_eur = sum(PRICES_EUR[item] for item in items)
    table([{"item": item, "euros": PRICES_EUR[item]} for item in items], caption=f"{total_eur} € in all")

    number = str(uuid())
    with status("Reserving") as work:
        shelves = reserve(number, items)
        work.step(f"{len(shelves)} items put aside")
    if total_eur >= APPROVAL_FROM_EUR:
        decision = approve(f"Order of {total_eur} € for {address.name}", details=", ".join(items), audience="admin")
        if not decision:
            release(shelves)
            note(f"Rejected: {decision.comment or 'no reason given'}", level="error")
            return "rejected"
    payment = charge(number, total_eur)
    write(f"Paid (`{payment}`) on {now():%d %B %Y}. The parcel leaves tomorrow.")

    sleep(timedelta(days=1))
    write(f"Handed to the courier, for {address.street}, {address.city}.")
    sleep(timedelta(days=2))
    note("Delivered.", level="success")
    return "delivered"
