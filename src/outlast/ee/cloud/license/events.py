"""Facts of the licence."""

from __future__ import annotations

INSTALLED = "license.installed"
"""Another licence is in force: ``plan``, ``expires_at``."""
