"""Apps, hosts and sessions: what runs between the streams and whoever shows them."""

from outlast.runtime.opening import Runtime, memory_runtime, open_runtime, upgrade_database
from outlast.runtime.router import router
from outlast.runtime.service import SessionService, SessionState

__all__ = ["Runtime", "SessionService", "SessionState", "memory_runtime", "open_runtime", "router", "upgrade_database"]
