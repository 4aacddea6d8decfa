"""The verbs of log-in by other providers: begin a flow, come back from it, see and undo links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outlast.ee.cloud import audit
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import factor_repository, factors, notices, repository, sign_in
from outlast.ee.cloud.auth.factor_errors import (
    AlreadyLinked,
    LastWayIn,
    LinkNotFound,
    NotLinked,
    ProviderRefused,
)
from outlast.ee.cloud.auth.factor_repository import ProviderLink
from outlast.ee.cloud.auth.oidc_metadata import Identity, OidcProvider, ProviderAnswer
from outlast.ee.cloud.auth.people import User
from outlast.ee.cloud.auth.providers import Aim, Flow, Providers, open_flow, seal_flow
from outlast.ee.cloud.auth.sign_in import Opened
from outlast.ee.cloud.auth.signing_up import create_person
from outlast.ee.cloud.caller import Caller, Origin
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.errors import SignInRequired
from outlast.ee.cloud.unit import Unit
from outlast.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Leaving:
    """A browser that is to go to a provider.

    Attributes:
        url: where.
        cookie: what it must bring back.
    """

    url: str
    cookie: str


def page_of(site: str, provider: str) -> str:
    """The server's page that a provider sends browsers back to; the operator registers it there."""
    return f"{site}/oidc/{provider}"


async def begin(cloud: Cloud, provider: str, *, aim: Aim, site: str, caller: Caller | None = None) -> Leaving:
    """Begin a flow.

    Raises:
        ProviderNotFound: none of this name is set.
        ProviderUnavailable: it can't be asked.
    """
    client = cloud.part(Providers).client(provider)
    begun = await client.begin(page_of(site, provider), anew=aim == "prove")
    session_id = caller.login_session_id if caller is not None and aim != "sign-in" else None
    flow = Flow(provider, aim, begun, session_id, cloud.clock.now())
    return Leaving(begun.url, seal_flow(flow, box=cloud.box))


async def come_back(
    cloud: Cloud,
    provider: str,
    answer: ProviderAnswer,
    *,
    cookie: str,
    site: str,
    caller: Caller | None,
    origin: Origin,
) -> Opened:
    """End a flow: log in, link the caller's account, or take it as a fresh proof.

    Raises:
        ProviderNotFound, ProviderUnavailable: as `begin`.
        ProviderRefused: the flow is not this browser's, or the provider did not sign anybody in.
        SecondFactorRequired: another step is needed.
        NotLinked, AlreadyLinked: see `outlast.ee.cloud.auth.factor_errors`.
    """
    client = cloud.part(Providers).client(provider)
    flow = open_flow(cookie, box=cloud.box, provider=provider, now=cloud.clock.now())
    identity = await client.finish(flow.begun, answer, redirect_uri=page_of(site, provider))
    if flow.aim == "sign-in":
        return await _log_in(cloud, client.provider, identity, origin=origin)
    if caller is None:
        raise SignInRequired
    if caller.login_session_id != flow.session_id:
        raise ProviderRefused("Another device began this; begin it again.")
    async with units.writing(cloud, caller=caller, origin=origin) as unit:
        if flow.aim == "link":
            await _link_caller(unit, client.provider, identity)
        else:
            await _check_proof(unit, identity, flow)
        return await sign_in.prove(unit)


async def links(unit: Unit) -> Sequence[ProviderLink]:
    """The caller's links."""
    return await factor_repository.links_of(unit, unit.caller.user_id)


async def unlink(unit: Unit, link_id: str) -> None:
    """Undo one of the caller's links.

    Raises:
        LinkNotFound: the caller has none of this id.
        LastWayIn: nothing would be left to sign in with.
    """
    user = await repository.by_id(unit, unit.caller.user_id, lock=True)
    if not await factor_repository.remove_link(unit, user.id, link_id):
        raise LinkNotFound(f"There is no link {link_id[:64]!r}.")
    others = await factor_repository.links_of(unit, user.id)
    if user.password_hash is None and not others and not await factor_repository.passkeys_of(unit, user.id):
        raise LastWayIn("Set a password or add a passkey first: nothing else would be left to sign in with.")
    await audit.record(unit, "provider_link.remove", target="provider_link", target_id=link_id)
    what = "A link of your account to a log-in provider was removed."
    await notices.tell(unit, user.email, subject="A log-in provider was removed", what=what)


async def _log_in(cloud: Cloud, provider: OidcProvider, identity: Identity, *, origin: Origin) -> Opened:
    pending = opened = None
    method = f"oidc:{provider.name}"
    async with units.writing(cloud, origin=origin) as unit:
        link = await factor_repository.link_to(unit, issuer=identity.issuer, subject=identity.subject)
        if link is None:
            user_id = await _sign_up(unit, provider, identity)
        else:
            user_id = link.user_id
            await factor_repository.use_link(unit, link.id)
        user = await repository.by_id(unit, user_id)
        pending = await factors.pending(unit, user_id, method=method, password_changed_at=user.password_changed_at)
        if pending is None:
            opened = await sign_in.open_login(unit, user_id, method=method)
    if opened is None:
        assert pending is not None
        raise factors.SecondFactorRequired(pending)
    return opened


async def _sign_up(unit: Unit, provider: OidcProvider, identity: Identity) -> str:
    """Make an account for who is new here; never take over one because its address is the same."""
    if not provider.sign_up:
        raise ProviderRefused(f"Nobody here is linked to this person at {provider.title}; sign in, and link it then.")
    if not identity.email or not identity.email_verified:
        raise ProviderRefused(f"{provider.title} does not vouch for your e-mail address; register first, then link it.")
    if await repository.by_email(unit, identity.email) is not None:
        raise NotLinked("An account of this e-mail address exists: sign in to it another way, and link it there.")
    person = await create_person(unit, email=identity.email, name=identity.name or identity.email, verified=True)
    await _add_link(unit, provider, identity, user_id=person.id)
    return person.id


async def _link_caller(unit: Unit, provider: OidcProvider, identity: Identity) -> None:
    user: User = await repository.by_id(unit, unit.caller.user_id)
    await _add_link(unit, provider, identity, user_id=user.id)
    await notices.tell(
        unit,
        user.email,
        subject="A log-in provider was added",
        what=f"Your account can be signed in to with {provider.title} from now on ({identity.email or 'no address'}).",
    )


async def _add_link(unit: Unit, provider: OidcProvider, identity: Identity, *, user_id: str) -> None:
    link = ProviderLink(
        id=new_id(),
        user_id=user_id,
        provider=provider.name,
        issuer=identity.issuer,
        subject=identity.subject,
        email=identity.email,
        created_at=unit.now,
        last_used_at=unit.now,
    )
    if not await factor_repository.add_link(unit, link):
        raise AlreadyLinked(f"This person at {provider.title} is linked to an account already.")
    details = {"provider": provider.name, "issuer": identity.issuer}
    await audit.record(
        unit, "provider_link.add", target="provider_link", target_id=link.id, details=details, actor_id=user_id
    )


async def _check_proof(unit: Unit, identity: Identity, flow: Flow) -> None:
    link = await factor_repository.link_to(unit, issuer=identity.issuer, subject=identity.subject)
    if link is None or link.user_id != unit.caller.user_id:
        raise ProviderRefused("Somebody else signed in at the provider; begin it again as yourself.")
    # Some providers pass over the wish for a new log-in; what they can't pass over is the time that they state.
    if identity.proved_at is None or identity.proved_at < flow.at - unit.cloud.settings.fresh_for:
        raise ProviderRefused("The provider did not ask you again who you are; prove it here in another way.")
