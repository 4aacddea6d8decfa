"""A server for tests of several on one database: ``python -m tests.process.shared_server URL FOLDER``.

Prints its address when it takes requests; ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.api.cloud import serving_cloud

SECRET = "k" * 40


async def serve(database_url: str, folder: Path) -> None:
    async with serving_cloud(database_url, folder, secret_key=SECRET) as api:
        print(api.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
