"""What the cloud refuses with before a domain is asked.

OutlastError
├── NotFound
│   └── WorkspaceNotFound       404  none such, or the caller is no member: never told apart
└── Refused
    ├── RoleTooLow              403
    ├── InsufficientScope       403  the token may not do this
    ├── ImpersonationReadOnly   403
    ├── CrossSite               403  another site's page sent the request
    └── Unauthenticated
        ├── SignInRequired      401
        ├── InvalidToken        401  a credential that is not, or no longer, good
        └── StepUpRequired      401  prove again who you are
"""

from __future__ import annotations

from collections.abc import Mapping

from outlast.kit.errors import NotFound, OutlastError, Refused, Unauthenticated

REALM = 'Bearer realm="outlast"'


class WorkspaceNotFound(NotFound):
    """No workspace of this id, or none that the caller belongs to."""

    code = "workspace.not_found"


class NoWorkspace(OutlastError):
    """Data of a workspace was asked for outside of one; the query is not made (fails closed)."""


class RoleTooLow(Refused):
    """The caller's role in the workspace does not allow this."""

    code = "role.too_low"


class InsufficientScope(Refused):
    """The token may not do this (RFC 6750 §3.1)."""

    code = "insufficient_scope"

    def __init__(self, message: str, *, scope: str) -> None:
        super().__init__(message, scope=scope)
        self.headers: Mapping[str, str] = {"www-authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"'}


class ImpersonationReadOnly(Refused):
    """Who acts as another user may look and not touch."""

    code = "impersonation.read_only"


class CrossSite(Refused):
    """The request was sent by another site's page, or does not say which page sent it."""

    code = "cross_site"


class SignInRequired(Unauthenticated):
    """The request does not say who makes it (RFC 6750 §3)."""

    def __init__(self, message: str = "Sign in first, or send a token: Authorization: Bearer.") -> None:
        super().__init__(message)
        # Without credentials no error is named (RFC 6750 §3.1).
        self.headers: Mapping[str, str] = {"www-authenticate": REALM}


class InvalidToken(Unauthenticated):
    """The token or cookie is not, or no longer, good; sign in again (RFC 6750 §3.1)."""

    code = "invalid_token"

    def __init__(self, message: str = "This sign-in is over or unknown; sign in again.") -> None:
        super().__init__(message)
        self.headers: Mapping[str, str] = {"www-authenticate": f'{REALM}, error="invalid_token"'}


class StepUpRequired(Unauthenticated):
    """This needs a fresh proof of who you are (RFC 9470 §3)."""

    code = "insufficient_user_authentication"

    def __init__(self, message: str, *, max_age_s: int, level: int = 1) -> None:
        super().__init__(message, max_age_s=max_age_s, acr_values=f"aal{level}")
        self.headers: Mapping[str, str] = {
            "www-authenticate": f'{REALM}, error="insufficient_user_authentication", '
            f'max_age="{max_age_s}", acr_values="aal{level}"'
        }
