"""Start Yera 0.10.2's server without its command line, whose imports every session would repeat.

Arguments: the folder with the apps, the port.
"""

import asyncio
import sys
from pathlib import Path


async def main() -> None:
    """Serve until the process is ended."""
    from yera.ui.run import discover_apps, start_server_process  # late: only the server needs it, not its sessions

    await start_server_process(discover_apps(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]), False)


if __name__ == "__main__":
    asyncio.run(main())
