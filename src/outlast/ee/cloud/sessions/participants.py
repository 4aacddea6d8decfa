"""Who looks at a session now: whoever has its stream open."""

from __future__ import annotations

from collections import Counter

from outlast.ee.cloud.sessions.access import Level, access_session
from outlast.ee.cloud.work import Work
from outlast.protocol.api import Participant, ParticipantList
from outlast.runtime.tracking import stream_of


async def present(work: Work, session_id: str) -> ParticipantList:
    """Everybody who has the session's stream open on this server, by name."""
    await access_session(work, session_id, Level.VIEW)
    callers = [viewer.caller for viewer in work.cloud.viewers.of(stream_of(session_id)) if viewer.caller is not None]
    names = {caller.user_id: caller.name or caller.email for caller in callers}
    counts = Counter(caller.user_id for caller in callers)
    items = [Participant(user_id=user_id, user=names[user_id], streams=number) for user_id, number in counts.items()]
    return ParticipantList(items=sorted(items, key=lambda one: (one.user, one.user_id)))
