"""What goes wrong with mail."""

from __future__ import annotations

from outlast.kit.errors import InvalidInput, Unavailable


class MailRefused(InvalidInput):
    """This can't be a mail: an address or a subject that no header may hold."""

    code = "mail.invalid"


class MailUnavailable(Unavailable):
    """The server has no way to send mail."""

    code = "mail.unavailable"


class MailNotSent(Unavailable):
    """The mail server did not take the mail."""

    code = "mail.not_sent"
