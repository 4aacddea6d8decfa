"""W9: who asks, and is this token good: what stands before everything else a client does."""

import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from benchmarks import ours
from benchmarks.databases import postgresql_url, sqlite_url
from benchmarks.harness import Better, Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.limits.start import start
from benchmarks.load import Asking, load
from benchmarks.peers import fastapi_users
from benchmarks.processes import environment, python
from benchmarks.rows import NUMBERED_ID, multiply
from benchmarks.wire import Connection, request_bytes
from outlast.client import running_server

CONNECTIONS = 32
LOG_INS = 8
DURATION_S, QUICK_S = 5.0, 3.0
PASSWORD = "correct horse battery staple 41"
PLAIN = {"Host": "127.0.0.1"}
JSON = {**PLAIN, "Content-Type": "application/json"}
OWN_PAGE = {**JSON, "X-Outlast-Request": "1"}
SETTINGS = {"OUTLAST_MAX_DEVICES": "1000000", "OUTLAST_LOG_FORMAT": "json"}

Url = Callable[[Round], str]


class _LoggedIn(msgspec.Struct):
    access_token: str


class _Me(msgspec.Struct):
    id: str


def _duration_s(given: Round) -> float:
    return QUICK_S if given.quick else DURATION_S


def _figures(port: int, me: bytes, *, log_ins: Sequence[Asking], given: Round) -> dict[str, float]:
    """Ask `me` quietly, then again while others log in."""
    (quiet,) = load(port, Asking(me, CONNECTIONS), duration_s=_duration_s(given))
    busy, *logged_in = load(port, Asking(me, CONNECTIONS), *log_ins, duration_s=_duration_s(given))
    return {
        "me_per_s": quiet.per_s,
        "me_p50_ms": quiet.percentile_ms(0.5),
        "me_p99_ms": quiet.percentile_ms(0.99),
        "busy_p99_ms": busy.percentile_ms(0.99),
        "busy_p99_ratio": busy.percentile_ms(0.99) / quiet.percentile_ms(0.99),
        "busy_me_per_s": busy.per_s,
        "log_ins_per_s": sum(each.per_s for each in logged_in),
    }


def outlast(database: Url, given: Round) -> Figures:
    """The owner, signed in by the link of the start, who then has a password."""
    url = database(given)
    settings = {**SETTINGS, "OUTLAST_DATABASE_URL": url}
    _upgrade(given, settings)
    with closing(ours.Outlast(given, **settings)) as server:
        token, user = _signed_in(server)
        me = request_bytes("GET", "/api/v1/auth/me", headers={**PLAIN, "Authorization": f"Bearer {token}"})
        figures = _figures(server.port, me, log_ins=[_log_in(name) for name in _others(url, user)], given=given)
        validate = request_bytes(
            "POST",
            "/api/v1/auth/sessions/validate",
            headers={**JSON, "Authorization": f"Bearer {token}"},
            body=msgspec.json.encode({"token": token}),
        )
        (answered,) = load(server.port, Asking(validate, CONNECTIONS), duration_s=_duration_s(given))
    return {**figures, "validate_per_s": answered.per_s}


def _upgrade(given: Round, settings: dict[str, str]) -> None:
    command = [str(Path(python()).with_name("outlast")), "db", "upgrade"]
    data = {"OUTLAST_DATA_DIR": str(given.folder / "data")}
    subprocess.run(command, env=environment(**settings, **data), check=True, capture_output=True)


def _log_in(email: str) -> Asking:
    wish = msgspec.json.encode({"email": email, "password": PASSWORD})
    return Asking(
        request_bytes("POST", "/api/v1/auth/sessions", headers=OWN_PAGE, body=wish), connections=1, status=201
    )


def _others(url: str, user: str) -> Sequence[str]:
    """More people with the same password: several at once on one account would be taken for a guesser."""
    emails = [f"other{100000000000 + number}@example.com" for number in range(1, LOG_INS + 1)]
    changes = {
        "id": NUMBERED_ID,
        "email": "'other' || CAST(100000000000 + n.i AS TEXT) || '@example.com'",
        "email_key": "'other' || CAST(100000000000 + n.i AS TEXT) || '@example.com'",
    }
    multiply(url, "users", id_=user, first=1, last=LOG_INS, changes=changes)
    return emails


def _signed_in(server: ours.Outlast) -> tuple[str, str]:
    """Sign in by the link, set a password; the access token after that, and the user's id."""
    running = running_server(server.folder / "data")
    assert running is not None
    code = running.link.partition("#code=")[2]
    with Connection(server.port) as connection:
        wish = msgspec.json.encode({"code": code})
        answer = connection.request("POST", "/api/v1/auth/sessions", body=wish, headers=OWN_PAGE)
        token = msgspec.json.decode(answer.body, type=_LoggedIn).access_token
        bearer = {**JSON, "Authorization": f"Bearer {token}"}
        wish = msgspec.json.encode({"new_password": PASSWORD})
        answer = connection.request("POST", "/api/v1/auth/password", body=wish, headers=bearer)
        token = msgspec.json.decode(answer.body, type=_LoggedIn).access_token
        bearer = {**PLAIN, "Authorization": f"Bearer {token}"}
        found = connection.request("GET", "/api/v1/auth/me", headers=bearer)
    return token, msgspec.json.decode(found.body, type=_Me).id


def limit(given: Round) -> Figures:
    """An empty FastAPI route."""
    server, port = start("empty_server", given)
    with server:
        asking = Asking(request_bytes("GET", "/empty", headers=PLAIN), CONNECTIONS)
        (quiet,) = load(port, asking, duration_s=_duration_s(given))
    figures = {"me_p50_ms": quiet.percentile_ms(0.5), "me_p99_ms": quiet.percentile_ms(0.99)}
    return {"me_per_s": quiet.per_s, **figures}


def peer(url: Url, strategy: str, given: Round) -> Figures:
    """The same user, by fastapi-users."""
    with closing(fastapi_users.FastApiUsers(given, url(given), strategy=strategy)) as server:
        me = request_bytes("GET", "/me", headers={**PLAIN, "Authorization": f"Bearer {server.token}"})
        headers = {**PLAIN, **fastapi_users.FORM}
        log_in = Asking(request_bytes("POST", "/auth/login", headers=headers, body=server.login_body), LOG_INS)
        return _figures(server.port, me, log_ins=[log_in], given=given)


def _workload(name: str, kind: str, url: Url) -> Workload:
    return Workload(
        name=name,
        title=f"authenticated requests on {kind}, {CONNECTIONS} connections; the same beside {LOG_INS} that log in",
        metrics=(
            Metric("me_per_s", "`GET /auth/me` a second", Better.MORE, at_most_limits=2.5, digits=0),
            Metric(
                "validate_per_s",
                "`POST /auth/sessions/validate` a second",
                Better.MORE,
                at_most_limits=2.5,
                limit_key="me_per_s",
                digits=0,
            ),
            Metric("me_p50_ms", "`me`, p50, ms"),
            Metric("me_p99_ms", "`me`, p99, ms"),
            Metric("busy_p99_ms", "`me` beside log-ins, p99, ms"),
            Metric("busy_p99_ratio", "that, in quiet p99s", at_most=2),
            Metric("busy_me_per_s", "`me` a second beside log-ins", Better.MORE, digits=0),
            Metric("log_ins_per_s", "log-ins a second", Better.MORE, digits=1),
        ),
        contestants=(
            Contestant("Outlast", Kind.OUTLAST, partial(outlast, url)),
            Contestant("bare limit", Kind.LIMIT, limit),
            Contestant("fastapi-users, JWT", Kind.PEER, partial(peer, url, "jwt")),
            Contestant("fastapi-users, database", Kind.PEER, partial(peer, url, "database")),
        ),
    )


ON_SQLITE = _workload("W9a", "SQLite", sqlite_url)
ON_POSTGRESQL = _workload("W9b", "PostgreSQL", postgresql_url)
