"""Who may do what with apps and sessions.

The role in the workspace opens the door; what may be done with one session is its `access.Level`. Admins see that
there is a session, and may retitle, stop, delete and restore it; what is said in it is its owner's to share.
"""

from __future__ import annotations

from collections.abc import Sequence

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.policy import Rule, Who

READ = "sessions:read"
WRITE = "sessions:write"

RULES: Sequence[Rule] = (
    Rule(verb="app.list", needs=Role.VIEWER, scope=READ),
    Rule(verb="app.get", needs=Role.VIEWER, scope=READ),
    Rule(verb="session.start", needs=Role.MEMBER, scope=WRITE, creates=True),
    Rule(verb="session.list", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="session.get", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="session.update", needs=Role.MEMBER, scope=WRITE, asvs="8.2.2"),
    Rule(verb="session.delete", needs=Role.MEMBER, scope=WRITE, when_read_only=True, asvs="8.2.2"),
    Rule(verb="session.restore", needs=Role.MEMBER, scope=WRITE, asvs="8.2.2"),
    Rule(verb="session.follow", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="session.history", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="session.export", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="session.answer", needs=Role.MEMBER, scope=WRITE, asvs="8.2.2"),
    Rule(verb="session.cancel", needs=Role.MEMBER, scope=WRITE, when_read_only=True, asvs="8.2.2"),
    Rule(verb="session.branch", needs=Role.MEMBER, scope=WRITE, creates=True, asvs="8.2.2"),
    Rule(verb="session.touch", needs=Role.MEMBER, scope=WRITE, asvs="8.2.2"),
    Rule(verb="session.usage", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="session.participants", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="session.upload", needs=Role.MEMBER, scope=WRITE, asvs="8.2.2"),
    Rule(verb="session.file", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="share.list", needs=Role.MEMBER, scope=READ, asvs="8.2.2"),
    Rule(verb="share.create", needs=Role.MEMBER, scope=WRITE, creates=True, asvs="8.2.2"),
    Rule(verb="share.revoke", needs=Role.VIEWER, scope=WRITE, when_read_only=True, asvs="8.2.2"),
    Rule(verb="share.open", needs=Who.SIGNED_IN, scope=WRITE, asvs="8.2.2"),
    Rule(verb="stream.follow", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
)
