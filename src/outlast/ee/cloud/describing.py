"""What a route's rule says of it in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable

from outlast.ee.cloud.errors import StepUpRequired
from outlast.ee.cloud.policy import Policy, Who
from outlast.ee.cloud.routes import VERB
from outlast.http.openapi import refuse, take_header
from outlast.http.problems import IdempotencyKeyReused, PreconditionFailed, RequestInFlight
from outlast.protocol.codec import Json


def by_rules(policy: Policy) -> Callable[[Json], None]:
    """What completes a described operation by the rule of its verb; see `outlast.http.openapi.install`."""

    def refine(described: Json) -> None:
        if VERB not in described:
            return
        rule = policy.rule(described[VERB])
        if rule.needs is Who.ANYONE:
            described["security"] = []
        if rule.fresh:
            refuse(described, StepUpRequired)
        if rule.creates:
            refuse(described, RequestInFlight, IdempotencyKeyReused)
            take_header(described, "idempotency-key", description="The same request sent again is done once.")
        if str(PreconditionFailed.status) in described["responses"]:
            take_header(described, "if-match", description="The ETag of the version that this changes.")

    return refine
