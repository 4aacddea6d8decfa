"""Signing in and out, and who one is: the calls, and the shapes of their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from outlast.client.calls import Call, post
from outlast.client.tokens import Issued
from outlast.kit.errors import OutlastError

SECOND_FACTOR = "auth.second_factor_required"
"""The code of a refusal that asks for a second factor; its details say which there are."""

AskCode: TypeAlias = Callable[[Sequence[str]], str]
"""Asks for a code of a second factor; given which kinds there are (``totp``, ``recovery``)."""


class Me(msgspec.Struct, kw_only=True):
    """Who calls.

    Attributes:
        active_workspace_id: the workspace that this user works in; None for a member of none.
        login_session_id: the login session that calls; None for a personal access token.
    """

    id: str
    email: str = ""
    name: str = ""
    active_workspace_id: str | None = None
    login_session_id: str | None = None


class WorkspaceItem(msgspec.Struct, kw_only=True):
    """A workspace of the caller's; ``role`` is theirs."""

    id: str
    name: str
    slug: str = ""
    role: str = ""


class WorkspaceList(msgspec.Struct, kw_only=True):
    """A page of workspaces, the oldest first."""

    items: list[WorkspaceItem]
    next_cursor: str | None = None


def log_in(email: str, password: str) -> Call[Issued]:
    """Begin a login session by password"""
    return post("/auth/sessions", {"email": email, "password": password}, Issued, in_workspace=False)


def log_in_further(refusal: OutlastError, ask_code: AskCode | None) -> Call[Issued]:
    """Go on with a log-in that asks for a second factor.

    Args:
        refusal: of the first step.
        ask_code: gives the code.

    Raises:
        OutlastError: the refusal itself, if it is another, or nobody can be asked.
    """
    if refusal.code != SECOND_FACTOR or ask_code is None:
        raise refusal
    factors = refusal.details.get("factors")
    kinds = [str(kind) for kind in factors] if isinstance(factors, list) else []
    wish = {"pending": str(refusal.details.get("pending", "")), "code": ask_code(kinds)}
    return post("/auth/sessions/second-factor", wish, Issued, in_workspace=False)


def who_am_i() -> Call[Me]:
    """The caller."""
    return Call(method="GET", path="/auth/me", shape=Me, repeatable=True, in_workspace=False)


def list_workspaces(cursor: str | None) -> Call[WorkspaceList]:
    """A page of the caller's workspaces."""
    params: Mapping[str, str] = {"cursor": cursor} if cursor else {}
    return Call(
        method="GET", path="/workspaces", shape=WorkspaceList, params=params, repeatable=True, in_workspace=False
    )


def log_out() -> Call[None]:
    """End the login session that calls."""
    return Call(method="DELETE", path="/auth/sessions/current", shape=None, in_workspace=False)
