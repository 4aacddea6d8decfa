"""Who may do what with accounts, devices and tokens. What is one's own is reached by no id but one's own."""

from __future__ import annotations

from collections.abc import Sequence

from outlast.ee.cloud.policy import Rule, Who

READ_ACCOUNT = "account:read"

RULES: Sequence[Rule] = (
    Rule(verb="user.register", needs=Who.ANYONE, when_read_only=True, asvs="6.3.8"),
    Rule(verb="login_session.open", needs=Who.ANYONE, when_read_only=True, asvs="7.2.4"),
    Rule(verb="login_session.refresh", needs=Who.ANYONE, when_read_only=True, asvs="10.4.5"),
    Rule(verb="login_session.validate", needs=Who.SIGNED_IN, scope=READ_ACCOUNT, when_read_only=True, asvs="9.2.1"),
    Rule(verb="login_session.prove", needs=Who.SIGNED_IN, when_read_only=True, asvs="7.5.1"),
    Rule(verb="login_session.list", needs=Who.SIGNED_IN, asvs="7.5.2"),
    Rule(verb="login_session.get", needs=Who.SIGNED_IN, asvs="7.5.2"),
    Rule(verb="login_session.end", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.2"),
    Rule(verb="login_session.end_others", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.2"),
    Rule(verb="login_session.end_current", needs=Who.SIGNED_IN, when_read_only=True, asvs="7.4.1"),
    Rule(verb="credential.revoke", needs=Who.ANYONE, when_read_only=True, asvs="7.4.1"),
    Rule(verb="signing_key.list", needs=Who.ANYONE, asvs="11.2.2"),
    Rule(verb="me.read", needs=Who.SIGNED_IN, scope=READ_ACCOUNT),
    Rule(verb="me.update", needs=Who.SIGNED_IN, when_read_only=True, asvs="8.2.3"),
    Rule(verb="avatar.read", needs=Who.SIGNED_IN, scope=READ_ACCOUNT),
    Rule(verb="avatar.change", needs=Who.SIGNED_IN, when_read_only=True),
    Rule(verb="password.change", needs=Who.SIGNED_IN, when_read_only=True, asvs="6.2.3"),
    Rule(verb="token.create", needs=Who.SIGNED_IN, fresh=True, creates=True, asvs="7.5.1"),
    Rule(verb="token.list", needs=Who.SIGNED_IN),
    Rule(verb="token.get", needs=Who.SIGNED_IN),
    Rule(verb="token.revoke", needs=Who.SIGNED_IN, when_read_only=True, asvs="7.4.1"),
    Rule(verb="user.list", needs=Who.OPERATOR),
    Rule(verb="user.set_access", needs=Who.OPERATOR, fresh=True, when_read_only=True, asvs="7.4.2"),
    Rule(verb="user.end_sessions", needs=Who.OPERATOR, fresh=True, when_read_only=True, asvs="7.4.5"),
    Rule(verb="user.end_all_sessions", needs=Who.OPERATOR, fresh=True, when_read_only=True, asvs="7.4.5"),
    Rule(verb="user.impersonate", needs=Who.OPERATOR, fresh=True, asvs="16.2.1"),
)
