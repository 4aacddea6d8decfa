"""Second factors, passkeys, providers and mailed proofs on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, model_validator

from outlast.ee.cloud.auth.schemas import EmailAddress, NewPassword
from outlast.ee.cloud.routes import View, Wish
from outlast.protocol.codec import Json

Code = Annotated[SecretStr, Field(min_length=6, max_length=64, description="Of the app, or a recovery code.")]
Credential = Annotated[
    dict[str, Json], Field(max_length=20, description="The browser's answer: `PublicKeyCredential.toJSON()`.")
]
Note = Annotated[SecretStr, Field(min_length=1, max_length=2000, description="`pending` of the first step's answer.")]
MailedToken = Annotated[SecretStr, Field(min_length=1, max_length=200, description="Of the link in the mail.")]
KeyName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]


class FactorList(View):
    """How an account can be proved to be one's own, besides by its password."""

    totp: bool
    passkeys: int
    recovery_codes_left: int


class NewApp(View):
    """An authenticator app's secret. It is shown once, and counts once a code of it has confirmed it."""

    secret: str
    uri: str


class Confirmation(Wish):
    """A code of the app."""

    code: Code


class RecoveryCodes(View):
    """Codes that each let their owner in once without the second factor. They are shown once."""

    recovery_codes: list[str]


class PasskeyQuestion(View):
    """What to ask the browser: `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads it."""

    options: dict[str, Json]


class NewPasskey(Wish):
    """A passkey that the browser made."""

    credential: Credential
    name: KeyName = ""


class PasskeyName(Wish):
    """A passkey's new name."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class PasskeyItem(View):
    """A passkey of one's own."""

    id: str
    name: str
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


class PasskeyList(View):
    """The passkeys of an account."""

    items: list[PasskeyItem]


class PasskeyMade(View):
    """A new passkey; with recovery codes if it is the account's first second factor."""

    passkey: PasskeyItem
    recovery_codes: list[str]


class PasskeySignIn(Wish):
    """A log-in by a passkey."""

    credential: Credential


class SecondStepAsk(Wish):
    """Asks for the question to a passkey, as the second step of a log-in."""

    pending: Note


class SecondStep(Wish):
    """The second step of a log-in: a code, or a passkey's answer."""

    pending: Note
    code: Code | None = None
    credential: Credential | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> SecondStep:  # noqa: N804  after the fields, so of the instance
        if (self.code is None) == (self.credential is None):
            raise ValueError("send either code or credential")
        return self


class ProviderItem(View):
    """A provider to sign in with."""

    name: str
    title: str


class ProviderList(View):
    """The providers to sign in with."""

    items: list[ProviderItem]


class Departure(View):
    """Where to send the browser: the provider's page."""

    url: str


class Return(Wish):
    """What the provider sent along with the browser, in the address of the page that it came back to."""

    state: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[str, Field(max_length=4096)] = ""
    iss: Annotated[str, Field(max_length=500)] | None = None
    error: Annotated[str, Field(max_length=200)] = ""


class ProviderLinkItem(View):
    """A link of one's account to a provider."""

    id: str
    provider: str
    email: str
    created_at: datetime
    last_used_at: datetime | None


class ProviderLinkList(View):
    """The links of an account."""

    items: list[ProviderLinkItem]


class MailAsk(Wish):
    """An address to send a mail to, if it is an account's."""

    email: EmailAddress


class PasswordReset(Wish):
    """A new password, by a mailed token."""

    token: MailedToken
    password: NewPassword


class MailedProofIn(Wish):
    """A mailed token."""

    token: MailedToken


class EmailChange(Wish):
    """A new address for one's account."""

    email: EmailAddress


class Accepted(View):
    """It will be done if it can be; the answer does not tell."""

    accepted: bool = True
