"""What this process holds to check credentials: keys, verified tokens, and which devices and tokens are good."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import repository, repository_sign_in, repository_tokens
from outlast.ee.cloud.auth.access_tokens import AccessTokens
from outlast.ee.cloud.auth.fresh import Fresh
from outlast.ee.cloud.auth.key_store import KeyStore
from outlast.ee.cloud.auth.passwords import PasswordHasher
from outlast.ee.cloud.auth.people import LoginSession, PersonalToken, User
from outlast.ee.cloud.caller import Caller
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.errors import InvalidToken
from outlast.ee.cloud.unit import Unit
from outlast.kit.errors import Unavailable

ISSUER = "outlast"
AUDIENCE = "outlast"

USES_WRITTEN_EVERY = timedelta(minutes=1)
"""A device's use is written down at most this often, however busy it is."""


@dataclass(frozen=True, slots=True)
class Device:
    """A log-in session with its user, and who they are as a caller."""

    session: LoginSession
    user: User
    caller: Caller

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.session.is_good(now) and self.user.disabled_at is None


@dataclass(frozen=True, slots=True)
class Key:
    """A personal access token with its user, and who they are as a caller."""

    token: PersonalToken
    user: User
    caller: Caller

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.token.is_good(now) and self.user.disabled_at is None


class Credentials:
    """One a process."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.passwords = PasswordHasher()
        self.keys = KeyStore(cloud)
        self.access_tokens = AccessTokens(self.keys.ring, issuer=ISSUER, audience=AUDIENCE)
        self._devices: Fresh[str, Device | None] = Fresh(self._load_device)
        self._keys: Fresh[str, Key | None] = Fresh(self._load_key)
        self._keys_by_id: Fresh[str, Key | None] = Fresh(self._load_key_by_id)

    async def device(self, session_id: str) -> Device | None:
        """A good device, at most a second late."""
        found = await self._devices.get(session_id)
        return found if found is not None and found.is_good(self._cloud.clock.now()) else None

    async def key(self, digest: str) -> Key | None:
        """A good personal access token, at most a second late."""
        found = await self._keys.get(digest)
        return found if found is not None and found.is_good(self._cloud.clock.now()) else None

    async def key_is_good(self, token_id: str) -> bool:
        """Whether a personal access token is good, at most a second late."""
        found = await self._keys_by_id.get(token_id)
        return found is not None and found.is_good(self._cloud.clock.now())

    async def user(self, caller: Caller) -> User:
        """Who a caller is, at most a second late. They were authenticated a moment ago, so nothing is read.

        Raises:
            InvalidToken: the credential has ended in this moment.
        """
        found: Device | Key | None = None
        if caller.login_session_id is not None:
            found = await self.device(caller.login_session_id)
        elif caller.token_id is not None:
            found = await self._keys_by_id.get(caller.token_id)
        if found is None:
            raise InvalidToken
        return found.user

    async def note_use(self, device: Device) -> None:
        """Move the idle end of a device that is used; written at most once a minute."""
        now = self._cloud.clock.now()
        if now - device.session.last_used_at < USES_WRITTEN_EVERY:
            return
        used = device.session.used(now, idle=self._cloud.settings.login_idle)
        # Held first: requests that come while it is written don't write it again.
        self._devices.put(used.id, replace(device, session=used))
        with suppress(Unavailable):  # what is only read must be answered also while nothing can be written
            async with units.writing(self._cloud) as unit:
                await repository_sign_in.touch(unit, used)
                await repository.saw(unit, used.user_id)

    async def note_use_of_key(self, key: Key, digest: str) -> None:
        """Note when a token was used last; written at most once a minute."""
        now, last = self._cloud.clock.now(), key.token.last_used_at
        if last is not None and now - last < USES_WRITTEN_EVERY:
            return
        self._keys.put(digest, replace(key, token=replace(key.token, last_used_at=now)))
        with suppress(Unavailable):
            async with units.writing(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
                await repository_tokens.touch(unit, key.token.id, now)

    def forget_device(self, session_id: str) -> None:
        """Have it read again at its next use, and its open streams looked at now."""
        self._devices.forget(session_id)
        self._cloud.viewers.recheck()

    def forget_user(self, user_id: str) -> None:
        """The same for all that is a user's."""
        self._devices.forget_all(lambda found: found is not None and found.user.id == user_id)
        for held in (self._keys, self._keys_by_id):
            held.forget_all(lambda found: found is not None and found.user.id == user_id)
        self._cloud.viewers.recheck()

    def forget_everybody(self) -> None:
        """The same for all that is held."""
        self._devices.forget_all(lambda _: True)
        for held in (self._keys, self._keys_by_id):
            held.forget_all(lambda _: True)
        self._cloud.viewers.recheck()

    async def _load_device(self, session_id: str) -> Device | None:
        async with units.looking(self._cloud) as unit:
            session = await repository_sign_in.device(unit, session_id)
            if session is None:
                return None
            user = await repository.by_id(unit, session.user_id)
        return Device(session, user, caller_of(session, user))

    async def _load_key(self, digest: str) -> Key | None:
        async with units.looking(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            return await _key_of(unit, await repository_tokens.by_digest(unit, digest))

    async def _load_key_by_id(self, token_id: str) -> Key | None:
        async with units.looking(self._cloud, workspace_id=ALL_WORKSPACES) as unit:
            return await _key_of(unit, await repository_tokens.by_id(unit, token_id))


async def _key_of(unit: Unit, token: PersonalToken | None) -> Key | None:
    if token is None:
        return None
    user = await repository.by_id(unit, token.user_id)
    caller = Caller(
        user_id=user.id,
        email=user.email,
        name=user.name,
        token_id=token.id,
        workspace_id=token.workspace_id,
        scopes=token.scopes,
        proved_at=token.created_at,
    )
    return Key(token, user, caller)


def caller_of(session: LoginSession, user: User) -> Caller:
    """Who a device's user is as a caller."""
    return Caller(
        user_id=user.id,
        email=user.email,
        name=user.name,
        login_session_id=session.id,
        level=session.level,
        proved_at=session.proved_at,
        impersonator_id=session.impersonator_id,
        operator=user.is_operator and session.impersonator_id is None,
    )


def credentials_of(unit: Unit) -> Credentials:
    """The credentials of a unit's cloud."""
    return unit.cloud.part(Credentials)
