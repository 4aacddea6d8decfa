"""What the outbox refuses.

OutlastError
└── NotFound
    └── DeadLetterNotFound      404
"""

from __future__ import annotations

from outlast.kit.errors import NotFound, OutlastError


class DeadLetterNotFound(NotFound):
    """No dead letter of this id in the workspace."""

    code = "dead_letter.not_found"


class UnclearFact(OutlastError):
    """A fact can't be told as it is; whoever emits it must mend it."""

    code = "events.unclear_fact"
