"""What goes wrong with mail."""

from __future__ import annotations

from outlast.kit.errors import InvalidInput, NotFound, Unavailable


class MailRefused(InvalidInput):
    """This can't be a mail: an address or a subject that no header may hold."""

    code = "mail.invalid"


class MailNotSent(Unavailable):
    """The mail server did not take the mail."""

    code = "mail.not_sent"


class NoOutbox(NotFound):
    """This server keeps no mails to read."""

    code = "mail.no_outbox"
