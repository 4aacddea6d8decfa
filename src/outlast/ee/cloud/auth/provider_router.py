"""``/auth/providers``: log-in by OpenID providers, and the links of an account to them."""

from __future__ import annotations

from starlette.responses import Response

from outlast.ee.cloud import license as licences
from outlast.ee.cloud.auth import factor_schemas as wire
from outlast.ee.cloud.auth import provider_service
from outlast.ee.cloud.auth.answers import answer_login, check_own_page, json_response
from outlast.ee.cloud.auth.cookies import jar_of
from outlast.ee.cloud.auth.errors import WrongCredentials
from outlast.ee.cloud.auth.factor_errors import (
    AlreadyLinked,
    LastWayIn,
    LinkNotFound,
    NotLinked,
    ProviderNotFound,
    ProviderRefused,
    ProviderUnavailable,
)
from outlast.ee.cloud.auth.factors import SecondFactorRequired
from outlast.ee.cloud.auth.oidc_metadata import ProviderAnswer
from outlast.ee.cloud.auth.providers import PATIENCE, Aim, Providers
from outlast.ee.cloud.auth.schemas import LoggedIn
from outlast.ee.cloud.license import FeatureMissing
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.site import site_url
from outlast.ee.cloud.work import In, Work

router = cloud_router("/auth", tag="auth")


@router.get("/providers", **does("provider.list"))
async def list_providers(work: In) -> wire.ProviderList:
    """The providers to sign in with; none where the licence does not include it."""
    try:
        licences.require_feature(work.cloud, "sso")
    except FeatureMissing:
        return wire.ProviderList(items=[])
    clients = work.cloud.part(Providers).clients.values()
    return wire.ProviderList(
        items=[wire.ProviderItem(name=one.provider.name, title=one.provider.title) for one in clients]
    )


@router.post(
    "/providers/{provider}/sign-in",
    **does("provider.sign_in", ProviderNotFound, ProviderUnavailable),
    response_model=wire.Departure,
)
async def begin_sign_in(work: In, provider: str) -> Response:
    """Begin to sign in with a provider: go to the address."""
    check_own_page(work.connection)
    return await _leave(work, provider, "sign-in")


@router.post(
    "/providers/{provider}/link",
    **does("provider.link", ProviderNotFound, ProviderUnavailable),
    response_model=wire.Departure,
)
async def begin_link(work: In, provider: str) -> Response:
    """Begin to link one's account to oneself at a provider: go to the address."""
    return await _leave(work, provider, "link")


@router.post(
    "/providers/{provider}/prove",
    **does("provider.prove", ProviderNotFound, ProviderUnavailable),
    response_model=wire.Departure,
)
async def begin_proof(work: In, provider: str) -> Response:
    """Begin to prove again who one is, at a provider that the account is linked to: go to the address."""
    return await _leave(work, provider, "prove")


@router.post(
    "/providers/{provider}/callback",
    **does(
        "provider.come_back", ProviderNotFound, ProviderUnavailable, ProviderRefused, NotLinked, AlreadyLinked,
        SecondFactorRequired, WrongCredentials, status=201,
    ),
    response_model=LoggedIn,
)  # fmt: skip
async def come_back(work: In, provider: str, body: wire.Return) -> Response:
    """End what was begun, with what the provider sent along with the browser."""
    check_own_page(work.connection)
    name = _cookie_name(work)
    opened = await provider_service.come_back(
        work.cloud,
        provider,
        ProviderAnswer(state=body.state, code=body.code, iss=body.iss, error=body.error),
        cookie=work.connection.cookies.get(name, ""),
        site=site_url(work.cloud, work.connection),
        caller=work.caller_or_none,
        origin=work.origin,
    )
    response = await answer_login(work, opened)
    _keep_cookie(work, response, "", lasts_s=0)
    return response


@router.get("/links", **does("provider_link.list"))
async def list_links(work: In) -> wire.ProviderLinkList:
    """The links of one's account, the oldest first."""
    async with work.reading() as unit:
        found = await provider_service.links(unit)
    items = [
        wire.ProviderLinkItem(
            id=link.id,
            provider=link.provider,
            email=link.email,
            created_at=link.created_at,
            last_used_at=link.last_used_at,
        )
        for link in found
    ]
    return wire.ProviderLinkList(items=items)


@router.delete("/links/{link_id}", **does("provider_link.remove", LinkNotFound, LastWayIn, status=204, modelled=False))
async def remove_link(work: In, link_id: str) -> Response:
    """Undo a link."""
    async with work.writing() as unit:
        await provider_service.unlink(unit, link_id)
    return Response(status_code=204)


async def _leave(work: Work, provider: str, aim: Aim) -> Response:
    site = site_url(work.cloud, work.connection)
    leaving = await provider_service.begin(work.cloud, provider, aim=aim, site=site, caller=work.caller_or_none)
    response = json_response(wire.Departure(url=leaving.url).model_dump_json().encode())
    _keep_cookie(work, response, leaving.cookie, lasts_s=int(PATIENCE.total_seconds()))
    return response


def _keep_cookie(work: Work, response: Response, value: str, *, lasts_s: int) -> None:
    secure = jar_of(work.cloud, work.connection).secure
    response.set_cookie(
        _cookie_name(work), value, max_age=lasts_s, path="/", secure=secure, httponly=True, samesite="strict"
    )


def _cookie_name(work: Work) -> str:
    jar = jar_of(work.cloud, work.connection)
    return f"{jar.access}-flow"
