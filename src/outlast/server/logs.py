"""The server's log: one JSON object a line, or lines for people; secrets are struck out of both.

Everything comes through the standard library's loggers: ours (`outlast.*`), uvicorn's, SQLAlchemy's, and warnings.
"""

from __future__ import annotations

import atexit
import logging
import re
import sys
import threading
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from typing import TextIO

import msgspec
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor
from typing_extensions import override

from outlast.http.correlation import request_id
from outlast.kit.settings import Settings
from outlast.protocol.codec import Json
from outlast.server.redaction import redacted

NOISY = ("httpx", "httpcore", "alembic", "aiosqlite", "asyncio", "watchfiles", "uvicorn", "urllib3", "opentelemetry")
"""Loggers of which only warnings are kept."""

MAX_WAITING = 10_000
"""Lines that wait for a slow reader of the log."""

LINGER = timedelta(milliseconds=50)
CLOSING = timedelta(seconds=2)

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x80-\x9f\u2028\u2029]")

Record = MutableMapping[str, Json]


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """One answered request: never its query string, which may hold what is nobody's business.

    Attributes:
        route: the template of its path (``/api/v1/sessions/{session_id}``).
        duration_ms: to the end of the answer; of a stream, as long as it was open.
        stream: whether it was an event stream.
        user, workspace: whose request it was, where that is known.
    """

    timestamp: datetime
    level: str = "info"
    logger: str = "outlast.access"
    event: str = "request"
    method: str
    route: str
    status: int
    duration_ms: float
    request_id: str
    stream: bool
    user: str | msgspec.UnsetType = msgspec.UNSET
    workspace: str | msgspec.UnsetType = msgspec.UNSET


class Outlet:
    """Writes lines from a thread of its own, so that whoever does not read the log holds up no request.

    Args:
        stream: where they go.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._waiting: list[str] = []
        self._dropped = 0
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Have a text written; beyond `MAX_WAITING` it is dropped and counted."""
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                self._dropped += 1
                return
            self._waiting.append(text)
        if not self._ready.is_set():
            self._ready.set()

    def flush(self) -> None:
        """Nothing: the thread does, after each piece."""

    def close(self) -> None:
        """Write what waits, if somebody reads it; safe to call twice."""
        self._closed = True
        self._ready.set()
        self._thread.join(CLOSING.total_seconds())

    def _run(self) -> None:
        while True:
            self._ready.wait()
            if not self._closed:
                time.sleep(LINGER.total_seconds())  # to wake a thread for each line would cost more than the line
            self._ready.clear()
            with self._lock:
                texts, self._waiting = self._waiting, []
                dropped, self._dropped = self._dropped, 0
            if dropped:
                texts.append(f'{{"event":"{dropped} lines of the log were dropped","level":"warning"}}\n')
            try:
                self._stream.write("".join(texts))
                self._stream.flush()
            except (OSError, ValueError):
                pass  # whoever read the log is gone; the server goes on without one
            if self._closed and not self._waiting:
                return


class AccessLog:
    """Writes a record a request, past everything that other records go through: it would cost more than the answer.

    Args:
        out: where the log goes.
    """

    def __init__(self, out: Outlet | TextIO) -> None:
        self._write = out.write
        self._encode = msgspec.json.Encoder().encode

    def write(self, record: Access) -> None:
        """Write one line."""
        self._write(self._encode(record).decode() + "\n")


def configure(settings: Settings, *, stream: TextIO | None = None) -> AccessLog | None:
    """Set up the log of this process.

    Args:
        settings: its level and format.
        stream: where it goes; standard error if left out.

    Returns:
        Where requests are told of; None when the log is for people and its level is above ``debug``.
    """
    out = stream or sys.stderr
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not out.isatty())
    outlet: Outlet | TextIO = out
    if stream is None and not out.isatty():
        outlet = Outlet(out)
        atexit.register(outlet.close)
    handler: logging.StreamHandler[Outlet | TextIO] = logging.StreamHandler(outlet)
    handler.setFormatter(_json() if as_json else _text(colors=out.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    levels = ("debug", "info") if as_json else ("debug",)
    return AccessLog(outlet) if settings.log_level in levels else None


class _Lines(ProcessorFormatter):
    """A formatter whose records never break a line: what an outsider wrote can't pose as another record."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        first, *rest = text.split("\n")
        return "\n".join([first, *(f"  {line}" for line in rest)])


def _json() -> ProcessorFormatter:
    return ProcessorFormatter(
        foreign_pre_chain=[*_facts(), structlog.processors.TimeStamper(fmt="iso", utc=True)],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact,
            structlog.processors.JSONRenderer(serializer=_serialized),
        ],
    )


def _text(*, colors: bool) -> ProcessorFormatter:
    return _Lines(
        foreign_pre_chain=[*_facts(), structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact,
            _escape,
            structlog.dev.ConsoleRenderer(
                colors=colors, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
            ),
        ],
    )


def _facts() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _add_request,
    ]


def _add_request(_logger: object, _name: str, record: Record) -> Record:
    if given := request_id.get():
        record["request_id"] = given
    return record


def _redact(_logger: object, _name: str, record: Record) -> Record:
    return {name: redacted(name, value) for name, value in record.items()}


def _escape(_logger: object, _name: str, record: Record) -> Record:
    return {
        name: value if name == "exception" else _CONTROL.sub(_visible, value) if isinstance(value, str) else value
        for name, value in record.items()
    }


def _visible(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _serialized(record: Record, **_: object) -> str:
    return _encode(record).decode()


_encode = msgspec.json.Encoder(enc_hook=repr).encode


def now() -> datetime:
    """The moment, for a record."""
    return datetime.now(UTC)
