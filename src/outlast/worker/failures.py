"""How a run ends: the last event, made of what the app returned or raised."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from outlast.kit.errors import InvalidArguments, OutlastError, ReplayDiverged
from outlast.protocol import events as e
from outlast.protocol.codec import Json, encode_json, to_json
from outlast.protocol.commands import Limits
from outlast.sdk.context import SessionCancelled, SessionStopped
from outlast.worker.limits import exceeded
from outlast.worker.waiting import Cancellation

_OURS = Path(__file__).resolve().parent.parent
_MAX_RESULT_BYTES = 1024 * 1024
_MAX_TEXT = 64 * 1024


def result_of(value: object) -> Json:
    """An app's return value as JSON; what JSON does not have is described by its ``repr``."""
    try:
        plain = to_json(value)
        if len(encode_json(plain)) <= _MAX_RESULT_BYTES:
            return plain
    except (TypeError, OverflowError, ValueError, RecursionError):
        pass
    try:
        return repr(value)[:_MAX_TEXT]
    except Exception:  # broad: a `__repr__` of the app's own may raise anything
        return f"<{type(value).__name__}>"


def ending_of(error: BaseException, *, root: Path, limits: Limits, cancellation: Cancellation) -> e.WorkerEvent:
    """The last event of a run that an exception ended.

    Args:
        error: what came out of the app.
        root: the app's folder; frames of files below it are the app's own.
        limits: the session's.
        cancellation: the session's.

    Returns:
        A terminal event.
    """
    if ((command := cancellation.command) is not None and cancellation.delivered) or isinstance(
        error, SessionCancelled
    ):
        return e.SessionCancelled(by=command.by, reason=command.reason) if command else e.SessionCancelled()
    if isinstance(error, SessionStopped):
        return e.SessionCompleted(result=result_of(error.result))
    if isinstance(error, SystemExit):
        return _exited(error)
    limit = exceeded(error, limits)
    own = own_traceback(error, root)
    if limit is not None:
        return e.SessionFailed(code=limit.code, message=limit.message, error=own)
    if isinstance(error, ReplayDiverged):
        return e.SessionFailed(code="replay_diverged", message=error.message, error=own)
    if isinstance(error, InvalidArguments):
        return e.SessionFailed(code="invalid_arguments", message=error.message)
    return e.SessionFailed(code="app_error", message=described(error), error=own)


def _exited(error: SystemExit) -> e.WorkerEvent:
    if error.code in (None, 0):
        return e.SessionCompleted()
    what = f"sys.exit({error.code!r})" if isinstance(error.code, int) else str(error.code)[:_MAX_TEXT]
    return e.SessionFailed(code="app_exited", message=f"The app ended itself: {what}.")


def described(error: BaseException) -> str:
    """``ValueError: what it says``, on a few lines at most."""
    try:
        text = str(error)
    except Exception:  # broad: a `__str__` of the app's own may raise anything
        text = "(its text can't be shown)"
    name = type(error).__name__
    if isinstance(error, OutlastError):
        text = error.message
    return (f"{name}: {text}" if text else name)[:_MAX_TEXT]


def own_traceback(error: BaseException, root: Path) -> str:
    """The traceback with the frames of the app's own files only.

    Args:
        error: the exception.
        root: the app's folder.

    Returns:
        As Python prints it; libraries, and what runs the app, are left out.
    """
    try:
        told = traceback.TracebackException.from_exception(error, compact=True)
        _keep_own(told, _is_own(root), set())
        return "".join(told.format())[-_MAX_TEXT:]
    except Exception:  # broad: an exception of the app's own may be so odd that it can't be formatted
        return described(error)


def _is_own(root: Path) -> Callable[[str], bool]:
    folder = str(root.resolve()) + "/"

    def is_own(filename: str) -> bool:
        return (
            filename.startswith(folder) and "/site-packages/" not in filename and not filename.startswith(f"{_OURS}/")
        )

    return is_own


def _keep_own(told: traceback.TracebackException, is_own: Callable[[str], bool], seen: set[int]) -> None:
    if id(told) in seen:
        return
    seen.add(id(told))
    told.stack[:] = [frame for frame in told.stack if is_own(frame.filename)]
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _keep_own(other, is_own, seen)
