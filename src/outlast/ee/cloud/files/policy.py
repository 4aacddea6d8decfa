"""Who may do what with files. What a role allows, the service narrows: a file is its uploader's, until a session
that others see makes use of it; admins see what there is, and not what is in it."""

from __future__ import annotations

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.policy import Rule

READ = "files:read"
WRITE = "files:write"

RULES = (
    Rule(verb="file.list", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="file.get", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="file.read", needs=Role.VIEWER, scope=READ, asvs="8.2.2"),
    Rule(verb="file.usage", needs=Role.MEMBER, scope=READ),
    Rule(verb="file.upload", needs=Role.MEMBER, scope=WRITE, creates=True, asvs="5.2.1"),
    Rule(verb="file.rename", needs=Role.MEMBER, scope=WRITE, asvs="8.2.2"),
    Rule(verb="file.delete", needs=Role.MEMBER, scope=WRITE, when_read_only=True, asvs="8.2.2"),
    Rule(verb="upload.describe", needs=Role.MEMBER, scope=WRITE),
    Rule(verb="upload.create", needs=Role.MEMBER, scope=WRITE, creates=True, asvs="5.2.1"),
    Rule(verb="upload.get", needs=Role.MEMBER, scope=WRITE, asvs="8.2.2"),
    Rule(verb="upload.append", needs=Role.MEMBER, scope=WRITE, asvs="5.2.1"),
    Rule(verb="upload.delete", needs=Role.MEMBER, scope=WRITE, when_read_only=True, asvs="8.2.2"),
)
