"""What the audit trail refuses."""

from __future__ import annotations

from outlast.kit.errors import OutlastError


class UnclearVerb(OutlastError):
    """An entry's verb is not of the form ``thing.verb``; whoever wrote it must name it so."""

    code = "audit.unclear_verb"
