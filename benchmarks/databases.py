"""An empty database for a round: a file, or one of a PostgreSQL server that lives as long as the run."""

import atexit
import functools
import tempfile
import uuid
import warnings
from pathlib import Path

from benchmarks.harness import NotPossible, Round


def sqlite_url(given: Round) -> str:
    """A file in the round's folder."""
    return f"sqlite+aiosqlite:///{given.folder / 'database.sqlite3'}"


def postgresql_url(_given: Round) -> str:
    """A new database.

    Raises:
        NotPossible: There is no PostgreSQL here.
    """
    folder = _server()
    name = f"bench_{uuid.uuid4().hex}"
    _psql(folder, f"CREATE DATABASE {name};")
    return f"postgresql+asyncpg://postgres@/{name}?host={folder}"


@functools.cache
def _server() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="outlast-bench-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pgserver.postgres_server import get_server  # late: its wheel may be missing

            server = get_server(folder, cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError) as error:
        message = f"no PostgreSQL: {error}"
        raise NotPossible(message) from error
    atexit.register(server.cleanup)
    _running[folder] = server
    return folder


_running: dict[Path, object] = {}


def _psql(folder: Path, statement: str) -> None:
    run = getattr(_running[folder], "psql", None)
    assert callable(run)
    run(statement)
