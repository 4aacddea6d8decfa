"""Start a bare limit's server."""

from pathlib import Path

from benchmarks.harness import Round
from benchmarks.processes import Server, environment, python
from benchmarks.wire import free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[2]


def start(name: str, given: Round) -> tuple[Server, int]:
    """Start one of the servers beside this file.

    Args:
        name: Its module.
        given: The round, whose folder it works in.

    Returns:
        The server, which listens, and its port.
    """
    port = free_port()
    command = [python(), "-m", f"benchmarks.limits.{name}", str(port), str(given.folder)]
    server = Server(command, cwd=ROOT, environment=environment(), log=given.folder / f"{name}.log")
    wait_for_port(port, alive=server.alive)
    return server, port
