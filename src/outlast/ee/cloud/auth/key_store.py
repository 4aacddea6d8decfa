"""The signing keys in the database, and their rotation; all servers on one database share them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import repository_sign_in
from outlast.ee.cloud.auth.access_tokens import LEEWAY, LIFETIME
from outlast.ee.cloud.auth.signing_keys import KeyRing, SigningKey
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.unit import Unit

ROTATE_AFTER = timedelta(days=30)
_RELOAD_PAUSE_S = 1.0
_PURPOSE = "signing key"


class KeyStore:
    """Loads the keys, and makes a new one when the newest is old."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._reloaded_at = -_RELOAD_PAUSE_S
        self.ring = KeyRing(rotate_after=ROTATE_AFTER, verify_for=LIFETIME + LEEWAY)

    async def make_ready(self, now: datetime) -> None:
        """See to it that there is a key that signs. Costs a comparison, but for once a month."""
        if not self.ring.is_due(now):
            return
        async with units.writing(self._cloud) as unit:
            keys = await self._read(unit)
            self.ring.replace(keys)
            if self.ring.is_due(now):  # else another server was quicker
                made = SigningKey.made(now)
                sealed = self._cloud.box.seal(made.secret(), purpose=_PURPOSE)
                await repository_sign_in.add_signing_key(unit, kid=made.kid, sealed=sealed, made_at=now)
                keys.append(made)
            gone = [key.kid for key in KeyRing(keys, rotate_after=ROTATE_AFTER, verify_for=LIFETIME).retired(now)]
            await repository_sign_in.drop_signing_keys(unit, gone)
            unit.after_commit(lambda: self.ring.replace(keys))

    async def reload(self) -> None:
        """Look for keys that another server has made; at most once a second, whatever is presented."""
        if time.monotonic() - self._reloaded_at < _RELOAD_PAUSE_S:
            return
        self._reloaded_at = time.monotonic()
        async with units.looking(self._cloud) as unit:
            self.ring.replace(await self._read(unit))

    async def _read(self, unit: Unit) -> list[SigningKey]:
        rows = await repository_sign_in.signing_key_rows(unit)
        return [SigningKey.from_secret(self._cloud.box.open(row, purpose=_PURPOSE), at) for row, at in rows]
