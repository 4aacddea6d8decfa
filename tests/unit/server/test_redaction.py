"""What looks like a secret is struck out of the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from outlast.kit.settings import load_settings
from outlast.protocol.codec import Json, decode_json
from outlast.server.logs import configure
from outlast.server.redaction import redacted, without_secrets

SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQ"
JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
TEXTS = [
    *(f"used {prefix}_{SECRET} twice" for prefix in ("olt", "olr", "oli", "olv", "oll")),
    f"Authorization: Bearer {SECRET}",
    f"basic {SECRET}=",
    f"token {JWT} is bad",
    f"postgresql+asyncpg://ada:{SECRET}@db.example.org/outlast",
    f"GET /x?token={SECRET}&a=1",
    f"http://localhost:8000/#code={SECRET}",
]


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger, as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield root
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.mark.parametrize("text", TEXTS)
def test_a_secret_in_a_text_is_struck_out(text: str) -> None:
    """[security 7]"""
    assert SECRET not in without_secrets(text)
    assert JWT not in without_secrets(text)
    assert "[redacted]" in without_secrets(text)


@pytest.mark.parametrize("text", ["olive_oil_and_more", "a basic idea", "the bearer of news", "2026-01-01T00:00:00Z"])
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize("name", ["authorization", "Cookie", "set-cookie", "new_password", "client_secret", "api_key"])
def test_a_value_whose_name_says_secret_is_struck_out(name: str) -> None:
    assert redacted(name, "plain words") == "[redacted]"
    assert redacted("headers", {name: "plain words"}) == {name: "[redacted]"}


def test_numbers_of_tokens_are_no_secrets() -> None:
    assert redacted("tokens", 3) == 3
    assert redacted("password_set", True) is True


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_reaches_the_log(form: str, root_logger: logging.Logger) -> None:
    """[security 7]"""
    out = io.StringIO()
    configure(load_settings(log_format=form), stream=out)
    log = logging.getLogger("outlast.test")
    for text in TEXTS:
        log.warning("%s", text)
        log.warning("said", extra={"words": [text], "password": SECRET})
        log.error("failed", exc_info=ValueError(text))
    assert len(out.getvalue().splitlines()) >= 3 * len(TEXTS)
    assert SECRET not in out.getvalue()
    assert JWT not in out.getvalue()


def test_a_line_of_the_log_is_one_json_object(root_logger: logging.Logger) -> None:
    """[security 84]"""
    out = io.StringIO()
    configure(load_settings(log_format="json"), stream=out)
    logging.getLogger("outlast.test").warning("signed in\r\n%s", '{"event":"forged"}', extra={"what": object()})
    (line,) = out.getvalue().splitlines()
    record: dict[str, Json] = decode_json(line.encode(), dict)
    assert record["event"] == 'signed in\r\n{"event":"forged"}'
    assert (record["level"], record["logger"]) == ("warning", "outlast.test")


def test_a_text_log_shows_what_breaks_lines_instead_of_breaking_them(root_logger: logging.Logger) -> None:
    """[security 84]"""
    out = io.StringIO()
    configure(load_settings(log_format="text"), stream=out)
    logging.getLogger("outlast.test").warning("signed in\r\n12:00:00 [info] forged \x1b[31m\u2028")
    (line,) = out.getvalue().splitlines()
    assert r"signed in\r\n12:00:00 [info] forged \x1b[31m\u2028" in line


def test_requests_are_told_of_in_json_and_for_people_only_when_asked(root_logger: logging.Logger) -> None:
    assert configure(load_settings(log_format="json"), stream=io.StringIO()) is not None
    assert configure(load_settings(log_format="json", log_level="warning"), stream=io.StringIO()) is None
    assert configure(load_settings(log_format="text"), stream=io.StringIO()) is None
    assert configure(load_settings(log_format="text", log_level="debug"), stream=io.StringIO()) is not None


def test_warnings_of_libraries_are_in_the_log(root_logger: logging.Logger) -> None:
    out = io.StringIO()
    configure(load_settings(log_format="json"), stream=out)
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("py.warnings").warning("SAWarning: look")
    assert [decode_json(line.encode(), dict)["logger"] for line in out.getvalue().splitlines()] == [
        "uvicorn.error",
        "py.warnings",
    ]
