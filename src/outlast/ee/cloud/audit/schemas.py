"""The audit trail on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from outlast.ee.cloud.routes import View
from outlast.protocol.codec import Json

Result = Literal["ok", "denied", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries a list shows; None is all.

    Attributes:
        verb: a verb, or all of one thing: ``session.*``.
        since, until: moments, the second excluded.
    """

    actor: str | None = None
    verb: str | None = None
    target: str | None = None
    result: Result | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditActor(View):
    """Who did it: an account as it was called then; the server itself has no id."""

    id: str
    name: str


class AuditTarget(View):
    """What it was done to."""

    type: str
    id: str


class AuditEntry(View):
    """One thing that was done or refused.

    Attributes:
        at: when, UTC.
        verb: what, ``thing.verb``.
        result: how it ended; `code` says why it was denied or failed.
        act_as: the account that the actor acted as, if they did.
        login_session_id, token_id: by which device or token.
    """

    id: str
    at: datetime
    verb: str
    result: Result
    code: str | None
    actor: AuditActor | None
    act_as: str | None
    login_session_id: str | None
    token_id: str | None
    ip: str
    user_agent: str
    request_id: str
    target: AuditTarget | None
    details: dict[str, Json]


class AuditPage(View):
    """A page of entries, the latest first."""

    items: list[AuditEntry]
    next_cursor: str | None
