"""Who may do what with second factors, passkeys, providers and mailed proofs. All is one's own."""

from __future__ import annotations

from collections.abc import Sequence

from outlast.ee.cloud.policy import Rule, Who

RULES: Sequence[Rule] = (
    Rule(verb="factor.list", needs=Who.SIGNED_IN),
    Rule(verb="totp.enrol", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="totp.confirm", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="totp.remove", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="recovery_codes.renew", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="passkey.list", needs=Who.SIGNED_IN),
    Rule(verb="passkey.ask", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="passkey.add", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="passkey.rename", needs=Who.SIGNED_IN, when_read_only=True),
    Rule(verb="passkey.remove", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="login_session.ask_passkey", needs=Who.ANYONE, when_read_only=True, asvs="6.3.3"),
    Rule(verb="login_session.open_by_passkey", needs=Who.ANYONE, when_read_only=True, asvs="6.3.3"),
    Rule(verb="login_session.ask_second", needs=Who.ANYONE, when_read_only=True, asvs="6.3.3"),
    Rule(verb="login_session.open_second", needs=Who.ANYONE, when_read_only=True, asvs="6.3.3"),
    Rule(verb="login_session.ask_proof", needs=Who.SIGNED_IN, when_read_only=True, asvs="7.5.1"),
    Rule(verb="provider.list", needs=Who.ANYONE),
    Rule(verb="provider.sign_in", needs=Who.ANYONE, feature="sso", when_read_only=True, asvs="10.2.1"),
    Rule(verb="provider.link", needs=Who.SIGNED_IN, feature="sso", fresh=True, when_read_only=True, asvs="6.8.1"),
    Rule(verb="provider.prove", needs=Who.SIGNED_IN, feature="sso", when_read_only=True, asvs="7.5.1"),
    Rule(verb="provider.come_back", needs=Who.ANYONE, feature="sso", when_read_only=True, asvs="10.2.1"),
    Rule(verb="provider_link.list", needs=Who.SIGNED_IN),
    Rule(verb="provider_link.remove", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="password.forget", needs=Who.ANYONE, when_read_only=True, asvs="6.4.3"),
    Rule(verb="password.reset", needs=Who.ANYONE, when_read_only=True, asvs="6.4.3"),
    Rule(verb="email.ask_proof", needs=Who.ANYONE, when_read_only=True, asvs="6.3.8"),
    Rule(verb="email.verify", needs=Who.ANYONE, when_read_only=True, asvs="6.3.7"),
    Rule(verb="email.ask_change", needs=Who.SIGNED_IN, fresh=True, when_read_only=True, asvs="7.5.1"),
    Rule(verb="email.change", needs=Who.ANYONE, when_read_only=True, asvs="6.3.7"),
)
