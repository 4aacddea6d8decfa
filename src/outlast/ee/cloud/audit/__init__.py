"""The audit trail: who did what, where, when, and how it ended. Append-only, written in the transaction it tells of.

Other domains call `record` for each change that matters, and `purge` when a workspace is no more.
"""

from __future__ import annotations

from outlast.ee.cloud.audit.handlers import DenialLog
from outlast.ee.cloud.audit.policy import RULES
from outlast.ee.cloud.audit.router import router
from outlast.ee.cloud.audit.service import purge, record
from outlast.ee.cloud.context import Cloud, Denials

__all__ = ["RULES", "denials", "install", "purge", "record", "router"]


def install(cloud: Cloud) -> None:
    """Hang the domain on the cloud: it needs nothing of it."""


def denials(cloud: Cloud) -> Denials:
    """What records refusals."""
    return DenialLog(cloud)
