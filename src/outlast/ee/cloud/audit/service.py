"""The verbs of the audit trail."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

from sqlalchemy import RowMapping

from outlast.ee.cloud.audit import repository
from outlast.ee.cloud.audit.errors import UnclearVerb
from outlast.ee.cloud.audit.repository import Place
from outlast.ee.cloud.audit.schemas import (
    AuditActor,
    AuditEntry,
    AuditFilter,
    AuditPage,
    AuditTarget,
    Result,
)
from outlast.ee.cloud.audit.wording import cell, neutral
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import Work
from outlast.kit.errors import InvalidCursor
from outlast.kit.ids import new_id
from outlast.kit.pages import decode_cursor, encode_cursor
from outlast.protocol.codec import Json, encode_json

Format = Literal["csv", "json"]

EXPORT_ROWS = 500
"""Read at a time: an export holds no connection while it is sent."""

_VERB = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
_COLUMNS = (
    "id", "at", "verb", "result", "code", "actor_id", "actor_name", "act_as_id", "login_session_id", "token_id",
    "ip", "user_agent", "request_id", "target_type", "target_id", "details",
)  # fmt: skip


async def record(
    unit: Unit,
    verb: str,
    *,
    target: str = "",
    target_id: str = "",
    result: Result = "ok",
    code: str = "",
    details: Mapping[str, Json] = MappingProxyType({}),
    actor_id: str = "",
    actor_name: str = "",
    workspace_id: str | None = None,
) -> None:
    """Append an entry, in the unit's transaction: it stands if what it tells of stands.

    Args:
        unit: says who, from where, when and in which workspace.
        verb: ``thing.verb``.
        target, target_id: the kind of what was acted on, and which.
        result: how it ended; ``code`` says why, where it did not end well.
        details: further facts, never a secret.
        actor_id, actor_name: who, where the unit does not know yet (a sign-in).
        workspace_id: where, instead of in the unit's workspace.

    Raises:
        UnclearVerb: the verb is not of that form.
    """
    if not _VERB.fullmatch(verb):
        raise UnclearVerb(f"{verb!r} is no verb for the audit trail; write thing.verb.")
    who = unit.caller_or_none
    by, act_as = (who.impersonator_id, who.user_id) if who and who.impersonator_id else (who and who.user_id, "")
    await repository.add(
        unit,
        {
            "workspace_id": workspace_id or unit.scope,
            "id": new_id(),
            "at": unit.now,
            "verb": verb,
            "result": result,
            "code": neutral(code),
            "actor_id": neutral(actor_id or by or ""),
            "actor_name": neutral(actor_name or (who.email if who and not act_as else "")),
            "act_as_id": act_as,
            "login_session_id": (who and who.login_session_id) or "",
            "token_id": (who and who.token_id) or "",
            "ip": neutral(unit.origin.ip),
            "user_agent": neutral(unit.origin.user_agent),
            "request_id": neutral(unit.origin.request_id),
            "target_type": target,
            "target_id": neutral(target_id),
            "details": encode_json(_neutral(details)).decode(),
        },
    )


async def purge(unit: Unit, workspace_id: str) -> None:
    """Remove every entry of a workspace whose own row is gone already."""
    await repository.remove_all(unit, workspace_id)


async def page(unit: Unit, which: AuditFilter, *, cursor: str | None, limit: int) -> AuditPage:
    """A page of the workspace's entries, the latest first.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    rows = await repository.page(unit, which, before=_place(cursor), limit=limit + 1)
    following = encode_cursor(*_key(rows[limit - 1])) if len(rows) > limit else None
    return AuditPage(items=[_entry(row) for row in rows[:limit]], next_cursor=following)


async def export(work: Work, which: AuditFilter, *, format: Format) -> AsyncIterator[bytes]:
    """The workspace's entries as a file, piece by piece, the latest first."""
    if format == "csv":
        yield _csv([_COLUMNS])
    before: Place | None = None
    while True:
        async with work.reading() as unit:
            rows = await repository.page(unit, which, before=before, limit=EXPORT_ROWS)
        if rows:
            yield _csv([[_cell(row[name]) for name in _COLUMNS] for row in rows]) if format == "csv" else _lines(rows)
        if len(rows) < EXPORT_ROWS:
            return
        before = _moment(rows[-1]["at"]), str(rows[-1]["id"])


def _neutral(value: Json) -> Json:
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, Mapping):
        return {neutral(str(name)): _neutral(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_neutral(part) for part in value]
    return value


def _csv(rows: object) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)  # type: ignore[arg-type]  # rows of texts
    return text.getvalue().encode()


def _cell(value: object) -> str:
    return cell(_moment(value).isoformat() if isinstance(value, datetime) else str(value))


def _lines(rows: object) -> bytes:
    assert isinstance(rows, list | tuple)
    return b"".join(_entry(row).model_dump_json().encode() + b"\n" for row in rows)


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(
        id=row["id"],
        at=_moment(row["at"]),
        verb=row["verb"],
        result=row["result"],
        code=row["code"] or None,
        actor=AuditActor(id=row["actor_id"], name=row["actor_name"]) if row["actor_id"] else None,
        act_as=row["act_as_id"] or None,
        login_session_id=row["login_session_id"] or None,
        token_id=row["token_id"] or None,
        ip=row["ip"],
        user_agent=row["user_agent"],
        request_id=row["request_id"],
        target=AuditTarget(type=row["target_type"], id=row["target_id"]) if row["target_type"] else None,
        details=json.loads(row["details"]),
    )


def _moment(at: object) -> datetime:
    """A moment as the database gave it; SQLite keeps no zone."""
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _key(row: RowMapping) -> tuple[str, str]:
    return _moment(row["at"]).isoformat(), row["id"]


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    at, entry_id = decode_cursor(cursor, size=2)
    try:
        return datetime.fromisoformat(str(at)), str(entry_id)
    except ValueError as error:
        raise InvalidCursor("This page cursor is not of this list; ask for the first page again.") from error
