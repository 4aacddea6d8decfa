"""Accounts, the devices they are logged in on, and the secrets that prove it.

Other domains ask who a `Person` is, make accounts, and end log-in sessions, in their own transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from outlast.ee.cloud import audit
from outlast.ee.cloud import events as outbox
from outlast.ee.cloud.auth import (
    factor_policy,
    factor_router,
    handlers,
    mail_flows,
    mail_router,
    opaque,
    personal,
    policy,
    provider_router,
    repository,
    repository_tokens,
    sign_in_router,
    token_router,
)
from outlast.ee.cloud.auth import (
    router as routes,
)
from outlast.ee.cloud.auth.administration import issue_link
from outlast.ee.cloud.auth.authenticating import RequestAuthenticator
from outlast.ee.cloud.auth.credentials import Credentials
from outlast.ee.cloud.auth.errors import EmailTaken, UserNotFound
from outlast.ee.cloud.auth.hot import busy
from outlast.ee.cloud.auth.opaque import Kind, digest, is_token, new_token
from outlast.ee.cloud.auth.people import Person, email_key
from outlast.ee.cloud.auth.providers import read_providers
from outlast.ee.cloud.auth.service import end_login_sessions
from outlast.ee.cloud.auth.signing_up import Invitations, InvitedAddress, create_person, hash_password
from outlast.ee.cloud.context import Authenticator, Cloud
from outlast.ee.cloud.policy import Rule
from outlast.ee.cloud.routes import cloud_router
from outlast.ee.cloud.unit import Unit

__all__ = [
    "RULES",
    "EmailTaken",
    "Kind",
    "Person",
    "UserNotFound",
    "authenticator",
    "busy",
    "create_person",
    "digest",
    "email_key",
    "end_login_sessions",
    "forget_membership",
    "hash_password",
    "install",
    "invited_by",
    "is_good_token",
    "is_token",
    "issue_link",
    "issue_local_token",
    "new_token",
    "people",
    "person",
    "person_by_email",
    "purge",
    "router",
    "set_active_workspace",
]

_LOCAL = "This machine's command line"

RULES: Sequence[Rule] = (*policy.RULES, *factor_policy.RULES)
router = cloud_router("/auth", tag="auth")
for _part in (routes, token_router, sign_in_router, factor_router, provider_router, mail_router):
    router.routes.extend(_part.router.routes)


def install(cloud: Cloud) -> None:
    """Hang the domain on the cloud."""
    cloud.add(Credentials(cloud))
    cloud.add(read_providers(cloud))
    cloud.add(Invitations())
    cloud.beside(functools.partial(handlers.clean_up, cloud))
    outbox.on(cloud, mail_flows.ASKED, mail_flows.answer_asked)


def invited_by(cloud: Cloud, address_of: InvitedAddress) -> None:
    """Say how to find out whom an invitation was mailed to: they may make an account where nobody else may."""
    cloud.part(Invitations).address_of = address_of


def authenticator(cloud: Cloud) -> Authenticator:
    """What tells who makes a request."""
    return RequestAuthenticator(cloud, cloud.part(Credentials))


async def person(unit: Unit, user_id: str) -> Person:
    """An account.

    Raises:
        UserNotFound: there is none of this id.
    """
    return (await repository.by_id(unit, user_id)).person


async def people(unit: Unit, ids: Iterable[str]) -> Mapping[str, Person]:
    """Those accounts that there are of these, by id."""
    return {user_id: user.person for user_id, user in (await repository.by_ids(unit, ids)).items()}


async def person_by_email(unit: Unit, email: str) -> Person | None:
    """The account of an address."""
    user = await repository.by_email(unit, email)
    return user.person if user is not None else None


async def issue_local_token(unit: Unit, user_id: str, workspace_id: str) -> str:
    """Make the token of the server's own machine: for the command line there, with all scopes and no end."""
    scopes = personal.scopes_of(unit.cloud.policy)
    _, secret = await personal.make(
        unit, user_id, workspace_id=workspace_id, name=_LOCAL, scopes=scopes, expires_in=None, kind="local"
    )
    return secret


async def is_good_token(unit: Unit, token: str, *, user_id: str, workspace_id: str) -> bool:
    """Whether a personal access token is good, and is this user's for this workspace with all scopes of today.

    Args:
        unit: over all workspaces, or over this one.
        token: its secret.
        user_id: whose it must be.
        workspace_id: what it must open.
    """
    found = await repository_tokens.by_digest(unit, opaque.digest(token))
    if found is None or not found.is_good(unit.now):
        return False
    has_all = found.scopes >= personal.scopes_of(unit.cloud.policy)
    return has_all and (found.user_id, found.workspace_id) == (user_id, workspace_id)


async def set_active_workspace(unit: Unit, user_id: str, workspace_id: str | None) -> None:
    """Note which workspace a user looks at."""
    await repository.change(unit, user_id, active_workspace_id=workspace_id)
    unit.after_commit(functools.partial(unit.cloud.part(Credentials).forget_user, user_id))


async def forget_membership(unit: Unit, user_id: str, workspace_id: str) -> None:
    """End what somebody holds of a workspace that they belong to no more: their tokens, and that they look at it."""
    for token_id in await repository_tokens.revoke(unit, user_id, workspace_id=workspace_id):
        await audit.record(unit, "token.revoke", target="token", target_id=token_id, actor_id=user_id)
    unit.after_commit(functools.partial(unit.cloud.part(Credentials).forget_user, user_id))
    await repository.leave_workspace(unit, workspace_id, user_id=user_id)


async def purge(unit: Unit, workspace_id: str) -> None:
    """Remove what is left of a workspace that is no more: its tokens, and that anybody looked at it."""
    await repository_tokens.remove_all(unit, workspace_id)
    await repository.leave_workspace(unit, workspace_id)
