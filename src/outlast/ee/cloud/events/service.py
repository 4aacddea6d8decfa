"""The verbs of events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from outlast.ee.cloud.context import SERVER_SCOPE
from outlast.ee.cloud.events import repository
from outlast.ee.cloud.events.errors import DeadLetterNotFound, UnclearFact
from outlast.ee.cloud.events.facts import Audience
from outlast.ee.cloud.events.relay import Relay
from outlast.ee.cloud.events.schemas import DeadLetter, DeadLetterPage
from outlast.ee.cloud.events.sight import RESERVED, stream_of
from outlast.ee.cloud.unit import Unit
from outlast.kit.ids import new_id
from outlast.kit.pages import decode_cursor, encode_cursor
from outlast.protocol.codec import Json, encode_json


async def emit(
    unit: Unit,
    kind: str,
    data: Mapping[str, Json],
    *,
    audience: Audience = "members",
    workspace_id: str | None = None,
) -> None:
    """Tell a fact: it is handled and followed if, and only if, the unit is committed.

    Args:
        unit: says when, and in which workspace.
        kind: what happened, ``member.removed``.
        data: small, and fit for the audience to read.
        audience: who may follow it in the workspace's stream; ``session`` needs ``session`` and ``owner`` in the data.
        workspace_id: where, instead of in the unit's workspace.

    Raises:
        UnclearFact: the data has a name that the stream itself needs, or lacks one that the audience needs.
    """
    if taken := RESERVED & data.keys():
        raise UnclearFact(f"A fact's data can't be named {min(taken)!r}: the stream has its own.")
    if audience == "session" and not {"session", "owner"} <= data.keys():
        raise UnclearFact(f"{kind} is for those who see a session, so its data must name session and owner.")
    where = workspace_id or unit.scope
    row = {
        "workspace_id": where,
        "id": new_id(),
        "kind": kind,
        "data": encode_json(dict(data)).decode(),
        "audience": "nobody" if where == SERVER_SCOPE else audience,
        "created_at": unit.now,
        "state": "new",
        "handled": "",
        "attempts": 0,
        "next_attempt_at": unit.now,
        "error": "",
    }
    await repository.add(unit, row)
    unit.after_commit(unit.cloud.part(Relay).wake)


async def purge(unit: Unit, workspace_id: str) -> None:
    """Remove the facts and the stream of a workspace that is no more."""
    await repository.remove_all(unit, workspace_id=workspace_id, stream=stream_of(workspace_id))


async def dead_letters(unit: Unit, *, cursor: str | None, limit: int) -> DeadLetterPage:
    """A page of the facts that could not be handled.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    after = int(decode_cursor(cursor, size=1)[0]) if cursor is not None else 0
    rows = await repository.dead(unit, after=after, limit=limit + 1)
    items = [
        DeadLetter(
            id=row["id"],
            kind=row["kind"],
            at=_moment(row["created_at"]),
            attempts=row["attempts"],
            error=row["error"],
        )
        for row in rows[:limit]
    ]
    following = encode_cursor(rows[limit - 1]["position"]) if len(rows) > limit else None
    return DeadLetterPage(items=items, next_cursor=following)


async def retry(unit: Unit, fact_id: str) -> None:
    """Have a dead letter tried again, from now on as if for the first time.

    Raises:
        DeadLetterNotFound: there is none of this id.
    """
    if not await repository.revive(unit, fact_id):
        raise _unknown(fact_id)
    unit.after_commit(unit.cloud.part(Relay).wake)


async def discard(unit: Unit, fact_id: str) -> None:
    """Give up a dead letter.

    Raises:
        DeadLetterNotFound: there is none of this id.
    """
    if not await repository.bury(unit, fact_id):
        raise _unknown(fact_id)


def _unknown(fact_id: str) -> DeadLetterNotFound:
    return DeadLetterNotFound(f"There is no dead letter {fact_id[:64]!r}.")


def _moment(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
