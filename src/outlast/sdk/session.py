"""The session, as its app sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn

from typing_extensions import override

from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.sdk.context import SessionStopped, current
from outlast.sdk.plain import clean


class Secrets(Mapping[str, str]):
    """The secrets that the operator gave to this app, by name; their values never show in a `repr`."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    @override
    def __getitem__(self, name: str) -> str:
        try:
            return self._values[name]
        except KeyError:
            known = ", ".join(sorted(self._values)) or "none"
            raise KeyError(
                f"There is no secret {name!r} (there are: {known}); name it in @app(secrets=[...]) and set it."
            ) from None

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    @override
    def __len__(self) -> int:
        return len(self._values)

    @override
    def __repr__(self) -> str:
        return f"<Secrets: {', '.join(sorted(self._values)) or 'none'}>"


class Session:
    """The session that the calling code runs in.

    Example:
        ```python
        session.title = f"Order {session.args['order']}"
        token = session.secrets["SHOP_TOKEN"]
        ```
    """

    @property
    def id(self) -> str:
        """Its id."""
        return current().start.session

    @property
    def user(self) -> User | None:
        """Who started it: ``id``, ``name``, ``role``; None where nobody is known."""
        return current().start.user

    @property
    def args(self) -> Mapping[str, Json]:
        """The arguments it was started with, as JSON values."""
        return current().start.args

    @property
    def title(self) -> str:
        """Its title in lists; set it to change it."""
        return current().start.title

    @title.setter
    def title(self, title: str) -> None:
        if not isinstance(title, str):
            raise TypeError(f"A session's title is text, not {type(title).__name__}.")
        recorder = current()
        recorder.start.title = clean(title)
        recorder.retitle(recorder.start.title)

    @property
    def attempt(self) -> int:
        """How many times it was started or woken, from 1."""
        return current().start.attempt

    @property
    def secrets(self) -> Secrets:
        """The secrets that the operator gave to this app."""
        return Secrets(current().start.secrets)

    @property
    def cancelled(self) -> bool:
        """Whether a cancel has come; for threads, which are not interrupted."""
        return current().cancelled

    @override
    def __repr__(self) -> str:
        return "<the session of the calling code>"


session = Session()


def stop(result: object = None) -> NoReturn:
    """End the session here, as completed.

    Args:
        result: the session's result, as if the app had returned it.

    Example:
        ```python
        if not confirm("Go on?"):
            stop()
        ```
    """
    current()
    raise SessionStopped(result)


def log(*values: object) -> None:
    """Write a line to the session's log, which its owner sees and viewers do not.

    Args:
        *values: put into one line with spaces between, as `print` does.

    Example:
        ```python
        log("rows read:", 1200)
        ```
    """
    current().log("log", clean(" ".join(map(str, values))))
