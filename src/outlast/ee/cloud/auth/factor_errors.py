"""What goes wrong with second factors, passkeys and log-in by another provider."""

from __future__ import annotations

from outlast.kit.errors import Conflict, InvalidInput, NotFound, Refused, Unauthenticated, Unavailable


class FactorRefused(Unauthenticated):
    """The code is wrong, old, or was used before."""

    code = "auth.factor_refused"


class FactorThere(Conflict):
    """The account has such a factor already."""

    code = "auth.factor_there"


class NoFactor(NotFound):
    """The account has no such factor."""

    code = "auth.no_factor"


class SecondStepOver(Unauthenticated):
    """The log-in took too long between its steps; begin it again."""

    code = "auth.second_step_over"


class PasskeyNotFound(NotFound):
    """The account has no passkey of this id."""

    code = "auth.passkey_not_found"


class LinkNotFound(NotFound):
    """The account has no link of this id."""

    code = "auth.link_not_found"


class LastWayIn(Conflict):
    """Without this nothing would be left to sign in with."""

    code = "auth.last_way_in"


class AlreadyLinked(Conflict):
    """This person at the provider is linked to an account already."""

    code = "auth.already_linked"


class NotLinked(Conflict):
    """An account of this address exists, but is not linked to the provider."""

    code = "auth.not_linked"


class ProofRefused(InvalidInput):
    """The link of the mail is not, or no longer, good."""

    code = "auth.proof_refused"


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
