"""What goes wrong with second factors, passkeys and log-in by another provider."""

from __future__ import annotations

from outlast.kit.errors import Conflict, NotFound, Refused, Unauthenticated, Unavailable


class FactorRefused(Unauthenticated):
    """The code is wrong, old, or was used before."""

    code = "auth.factor_refused"


class PasskeyRefused(Unauthenticated):
    """The answer of the passkey does not prove what was asked."""

    code = "auth.passkey_refused"


class PasskeysImpossible(Conflict):
    """Browsers make no passkeys for the address that this server is opened by."""

    code = "auth.passkeys_impossible"


class ProviderNotFound(NotFound):
    """No log-in provider of this name is set."""

    code = "auth.provider_not_found"


class ProviderUnavailable(Unavailable):
    """The log-in provider can't be reached, or says what it may not say."""

    code = "auth.provider_unavailable"


class ProviderRefused(Refused):
    """The log-in at the provider did not succeed, or its answer belongs to no log-in of this browser."""

    code = "auth.provider_refused"
