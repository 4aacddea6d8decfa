"""The licence over HTTP."""

from __future__ import annotations

from outlast.ee.cloud.license import service
from outlast.ee.cloud.license.errors import LicenseFixed, LicenseRefused
from outlast.ee.cloud.license.licensing import Licensing
from outlast.ee.cloud.license.schemas import InstallLicense, LicenseDetails, LicenseSummary
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.work import In, Work
from outlast.http.problems import PreconditionFailed, PreconditionRequired

router = cloud_router("", tag="license")


@router.get("/license", **does("license.show"))
async def show_license(work: In) -> LicenseSummary:
    """The plan of this server, and whether its licence is valid."""
    async with work.reading() as unit:
        return await service.summary(unit)


@router.get("/workspaces/{workspace_id}/license", **does("license.get"))
async def get_license(work: In) -> LicenseDetails:
    """The licence of this server, as its admins see it."""
    return await _details(work)


@router.put(
    "/workspaces/{workspace_id}/license",
    **does("license.install", LicenseRefused, LicenseFixed, PreconditionFailed, PreconditionRequired),
)
async def install_license(work: In, wish: InstallLicense) -> LicenseDetails:
    """Put a newer licence into force; it is the whole server's, unless it names this workspace."""
    async with work.writing() as unit:
        work.check_match(await service.etag(unit, lock=True))
        await service.install(unit, text=wish.text)
    return await _details(work)


async def _details(work: Work) -> LicenseDetails:
    await work.cloud.part(Licensing).recount()
    async with work.reading() as unit:
        work.tag(await service.etag(unit))
        return await service.details(unit)
