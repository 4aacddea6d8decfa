"""The verbs of sessions. They check access, and then have the host do it; none holds a transaction meanwhile."""

from __future__ import annotations

from datetime import datetime

import msgspec

from outlast.ee.cloud import audit, events, files, workspaces
from outlast.ee.cloud.sessions import events as facts
from outlast.ee.cloud.sessions.access import Access, Level, Sight, access_session
from outlast.ee.cloud.sessions.attachments import given_files
from outlast.ee.cloud.sessions.places import Places
from outlast.ee.cloud.sessions.schemas import end_of, etag_of, title_of
from outlast.ee.cloud.sessions.sharing import keep_in_sight
from outlast.ee.cloud.work import Work
from outlast.kit.errors import InvalidArguments, InvalidInput
from outlast.kit.ids import new_id
from outlast.protocol.api import BranchSession, Interaction, Measure, SessionUsage, StartSession, UpdateSession
from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.runtime.records import SessionRecord
from outlast.runtime.usage import usage_of


def user_of(work: Work) -> User:
    """The caller, as sessions know people."""
    caller = work.caller
    return User(id=caller.user_id, name=caller.name or caller.email, role=work.role.label if work.role else "")


async def start(work: Work, wanted: StartSession, *, session_id: str, with_files: bool) -> None:
    """Start a session of the caller's.

    Args:
        work: of the request.
        wanted: what to start.
        session_id: that it gets.
        with_files: whether the arguments may name files.

    Raises:
        AppNotFound, AppBroken, InvalidInput, TooMuch, TooManySessions, WorkspaceFileNotFound: nothing was started.
    """
    runtime = work.cloud.runtime
    title = title_of(wanted.title) if wanted.title is not None else None
    expires_at = end_of(wanted.expires_at, work.cloud.clock.now())
    async with work.cloud.part(Places).one(work, session_id):
        args = wanted.args
        try:
            if with_files:
                await runtime.registry.find(wanted.app)
                args = await _arguments(work, args, session_id)
            await runtime.host.start(
                wanted.app,
                args,
                user=user_of(work),
                title=title,
                session_id=session_id,
                workspace_id=work.workspace_id,
                expires_at=expires_at,
            )
        except BaseException:  # broad: whatever it was, nothing is kept for a session that will not be
            if with_files:
                await _forget_files(work, session_id)
            raise


async def _arguments(work: Work, args: dict[str, Json], session_id: str) -> dict[str, Json]:
    given: dict[str, Json] = {}
    for name, value in args.items():
        try:
            given[name] = await given_files(work, value, session_id=session_id, stored=False)
        except InvalidInput as error:
            raise InvalidArguments(f"{name}: {error.message}", errors={name: error.message}) from error
    return given


async def _forget_files(work: Work, session_id: str) -> None:
    await work.cloud.runtime.files.drop(session_id)
    async with work.writing() as unit:
        await files.forget_session(unit, session_id)


async def update(work: Work, session_id: str, wanted: UpdateSession) -> Access:
    """Change a session's title or end. Who may only manage it may give it another title."""
    access = await access_session(work, session_id, Level.EDIT, managing=True)
    work.check_match(etag_of(access.record), required=False)
    if wanted.expires_at is not msgspec.UNSET:
        access = await access_session(work, session_id, Level.OWNER)
        expires_at = end_of(wanted.expires_at, work.cloud.clock.now())
        runtime = work.cloud.runtime
        await runtime.records.set_expiry(session_id, expires_at)
        if (live := runtime.host.awake.get(session_id)) is not None:
            live.record.expires_at = expires_at
    if wanted.title is not msgspec.UNSET:
        await work.cloud.runtime.host.retitle(session_id, title_of(wanted.title))
    return Access(await work.cloud.part(Sight).record(session_id), access.level)


async def usage(work: Work, session_id: str) -> SessionUsage:
    """What a session may use and has used; nothing of what is said in it, so admins see it of every one."""
    record = (await access_session(work, session_id, Level.VIEW, managing=True)).record
    found = await usage_of(work.cloud.runtime.host, record)
    if record.over:
        found.removed_at = await _removed_at(work, record)
        return found
    ends, longest = [record.expires_at], work.cloud.settings.session_max_idle
    if longest is not None:
        idle = work.cloud.clock.now() - record.updated_at
        found.idle_s = Measure(limit=longest.total_seconds(), used=idle.total_seconds())
        ends.append(record.updated_at + longest)
    found.ends_at = min((at for at in ends if at is not None), default=None)
    return found


async def _removed_at(work: Work, record: SessionRecord) -> datetime | None:
    async with work.reading() as unit:
        retention = (await workspaces.settings_of(unit)).retention
    return None if retention is None else record.updated_at + retention


async def remove(work: Work, session_id: str) -> None:
    """Delete a session, but so that it can be restored."""
    access = await access_session(work, session_id, Level.OWNER, managing=True)
    await work.cloud.runtime.host.bury(session_id, by=user_of(work))
    await _tell(work, access.record, facts.DELETED)


async def restore(work: Work, session_id: str) -> Access:
    """Take a deleted session back; it has ended."""
    access = await access_session(work, session_id, Level.OWNER, managing=True, deleted=True)
    await work.cloud.runtime.host.restore(session_id)
    await _tell(work, access.record, facts.RESTORED)
    return Access(await work.cloud.part(Sight).record(session_id), access.level)


async def _tell(work: Work, record: SessionRecord, kind: str) -> None:
    async with work.writing() as unit:
        await events.emit(unit, kind, facts.told(record), audience="session")
        await audit.record(unit, kind, target="session", target_id=record.id)
        unit.after_commit(work.cloud.part(Sight).forget)


async def answer(work: Work, session_id: str, given: Interaction, *, with_files: bool) -> None:
    """Answer an input; the host refuses who is not of its audience."""
    access = await access_session(work, session_id, Level.ANSWER)
    await keep_in_sight(work, access)
    value = given.value
    if with_files:
        value = await given_files(work, value, session_id=session_id)
    await work.cloud.runtime.host.submit(
        session_id, given.input, value, by=user_of(work), known_as=(work.caller.email,)
    )


async def cancel(work: Work, session_id: str, *, reason: str) -> None:
    """Stop a session; admins may stop every one."""
    await access_session(work, session_id, Level.EDIT, managing=True)
    await work.cloud.runtime.host.cancel(session_id, by=user_of(work), reason=reason)


async def branch(work: Work, session_id: str, wanted: BranchSession) -> SessionRecord:
    """Make a session of the caller's that shares another's beginning."""
    await access_session(work, session_id, Level.EDIT)
    host = work.cloud.runtime.host
    async with work.cloud.part(Places).one(work, new_id()):
        if wanted.value is msgspec.UNSET:
            branched = await host.branch(session_id, seq=wanted.seq, by=user_of(work))
        else:
            branched = await host.branch(session_id, seq=wanted.seq, by=user_of(work), value=wanted.value)
    return await work.cloud.part(Sight).record(branched)


async def touch(work: Work, session_id: str) -> None:
    """Count a session as active now, so that it is not taken for left alone."""
    await access_session(work, session_id, Level.EDIT)
    runtime, now = work.cloud.runtime, work.cloud.clock.now()
    live = runtime.host.awake.get(session_id)
    if live is not None and not live.stopping:
        live.record.updated_at = now
        await live.put_record()
    else:
        await runtime.records.touch(session_id, now)
