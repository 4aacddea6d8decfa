"""Who may answer an input that was asked of somebody."""

from __future__ import annotations

from collections.abc import Collection

from outlast.protocol.events import User

ROLES = ("viewer", "member", "admin", "owner")
"""Roles of a workspace; each may answer what those before it may."""


def fits(audience: str | None, by: User | None, *, owner_id: str, known_as: Collection[str] = ()) -> bool:
    """Whether somebody is whom an input was asked of.

    Args:
        audience: a role (``owner``: also whoever started the session), or a person by a name; None for everybody.
        by: who answers; nobody knows who, with None.
        owner_id: of who started the session.
        known_as: further names of theirs that were verified, such as the e-mail address.

    Returns:
        True for the owner of the workspace, whatever the audience: somebody must be able to answer.
    """
    if not audience:
        return True
    if by is None:
        return False
    if by.role == "owner":
        return True
    if audience == "owner":
        return bool(by.id) and by.id == owner_id
    if audience in ROLES:
        return by.role in ROLES[ROLES.index(audience) :]
    return audience in (by.id, by.role) or audience.casefold() in (name.casefold() for name in known_as)
