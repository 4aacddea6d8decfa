"""Steps: what is done once, and found again when the session is replayed."""

from __future__ import annotations

import base64
import functools
import inspect
import math
import pickle
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import ParamSpec, Protocol, TypeVar, cast, overload

from outlast.kit.errors import OutlastError, ReplayDiverged
from outlast.protocol.codec import Json
from outlast.protocol.commands import RecordedStep
from outlast.protocol.events import StepError
from outlast.sdk.context import NoSession, Pending, Recorder, current, in_session
from outlast.sdk.place import inside_step, key_here
from outlast.sdk.plain import MAX_INT, clean

P = ParamSpec("P")
R = TypeVar("R")


class StepFailed(OutlastError):
    """A step ended with an error that can't be kept as it is; the message says which."""

    code = "step.failed"


class StepTimeout(OutlastError, TimeoutError):
    """One attempt of a step took longer than its ``timeout``."""

    code = "step.timeout"


class KeyOf(Protocol):
    """Makes a call's key of the step's arguments."""

    def __call__(self, *args: Json, **kwargs: Json) -> str:
        """Give the key."""
        ...


@dataclass(frozen=True, slots=True)
class Policy:
    """How a step is tried again."""

    name: str | None = None
    retries: int = 0
    backoff: timedelta = timedelta(seconds=1)
    max_backoff: timedelta = timedelta(minutes=1)
    timeout: timedelta | None = None
    retry_on: tuple[type[Exception], ...] = (Exception,)
    key: KeyOf | None = None

    def __post_init__(self) -> None:
        if self.retries < 0 or self.backoff < timedelta(0):
            raise ValueError("A step's retries and backoff can't be negative.")
        if self.timeout is not None and self.timeout <= timedelta(0):
            raise ValueError("A step's timeout must be longer than nothing.")

    def wait_s(self, attempt: int, error: Exception) -> float | None:
        """How long to wait after a failed attempt; None when it was the last one."""
        if attempt > self.retries or not isinstance(error, self.retry_on) or isinstance(error, _NOT_THE_STEPS):
            return None
        return min(self.backoff.total_seconds() * 2.0 ** min(attempt - 1, 60), self.max_backoff.total_seconds())


_NOT_THE_STEPS = (ReplayDiverged, NoSession)
"""Errors of the session itself: neither tried again nor kept."""


class StepDecorator(Protocol):
    """What ``@step(...)`` gives: it takes the function."""

    def __call__(self, function: Callable[P, R], /) -> Callable[P, R]:
        """Make a step of the function."""
        ...


@overload
def step(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def step(name: str, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
@overload
def step(
    *,
    name: str | None = None,
    retries: int = 0,
    backoff: timedelta = ...,
    max_backoff: timedelta = ...,
    timeout: timedelta | None = None,
    retry_on: type[Exception] | tuple[type[Exception], ...] = Exception,
    key: KeyOf | None = None,
) -> StepDecorator: ...
def step(*given: object, **options: object) -> object:
    """Run a function once and keep its result: a decorator, or a call.

    The result is committed before the app goes on, and a replay takes it instead of running the function. A step
    that was cut off (the machine failed inside it) runs again: what it does should bear that. An error that ends
    the step is kept too and raised again. Results are kept as JSON where that gives back the same value, else pickled.
    Outside of a session the function just runs.

    Args:
        *given: the function to decorate; or, to run it now, a name, the function and its arguments.
        name: in the stream; the function's own unless given. A replay must find the same name.
        retries: how often to try again after an error.
        backoff: wait before the first retry; doubled for each further one, up to ``max_backoff``.
        max_backoff: the longest wait.
        timeout: of one attempt; for ``async def`` functions only.
        retry_on: which errors are worth another try.
        key: names each call, made of the function's arguments, for steps that run in several threads or tasks:
            ``@step(key=lambda page: f"page-{page}")``. Else they are counted in the order they begin, which must be the
            same in every run.

    Returns:
        The function as a step; or, for the call, its result (awaitable for an ``async def``).

    Raises:
        TypeError: the result can't be kept.
        StepFailed: the error can't be kept as it is.

    Example:
        ```python
        @step(retries=3)
        def charge(order: int) -> str:
            return f"receipt {order}"


        receipt = charge(17)
        rate = step("rate", lambda: 1.08)
        ```
    """
    if given and isinstance(given[0], str):
        if len(given) < 2 or not callable(given[1]):
            raise TypeError('step("name", function, ...) takes a function to run now; to decorate, write @step.')
        return _as_step(given[1], Policy(name=given[0]))(*given[2:], **options)
    if given:
        if len(given) > 1 or options or not callable(given[0]):
            raise TypeError("Write @step, @step(retries=3), or step('name', function, ...).")
        return _as_step(given[0], Policy())
    retry_on = options.get("retry_on", Exception)
    if isinstance(retry_on, type):
        options["retry_on"] = (retry_on,)
    policy = Policy(**cast("dict[str, Json]", options))
    return lambda function: _as_step(function, policy)


def _as_step(function: Json, policy: Policy) -> Json:
    name: str = policy.name or str(getattr(function, "__name__", "step"))
    if inspect.iscoroutinefunction(inspect.unwrap(function)):

        @functools.wraps(function)
        async def async_step(*args: Json, **kwargs: Json) -> object:
            if not in_session():
                return await function(*args, **kwargs)
            key = policy.key(*args, **kwargs) if policy.key else None
            return await _run_async(name, policy, lambda: function(*args, **kwargs), key=key)

        return async_step
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"The step {name!r} is a generator; return a list instead, or stream it by write().")
    if policy.timeout is not None:
        raise TypeError(f"The step {name!r} has a timeout, which only an `async def` can be held to.")

    @functools.wraps(function)
    def sync_step(*args: Json, **kwargs: Json) -> object:
        if not in_session():
            return function(*args, **kwargs)
        key = policy.key(*args, **kwargs) if policy.key else None
        return _run(name, policy, lambda: function(*args, **kwargs), key=key)

    return sync_step


def _run(name: str, policy: Policy, work: Callable[[], object], *, key: str | None) -> object:
    recorder = current()
    step_id, recorded = recorder.begin_step(name, key=key_here(key))
    if recorded is not None:
        return _recorded(name, recorded)
    attempt, result = 0, None
    with inside_step(step_id):
        while True:
            attempt += 1
            try:
                result = work()
                break
            except Exception as error:  # broad: whatever the author's function raises is tried again or kept
                wait_s = policy.wait_s(attempt, error)
                if wait_s is None:
                    failed = _Failed(name, error)
                    if failed.kept is not None:
                        recorder.finish_step(step_id, name, error=failed.kept, attempts=attempt).wait()
                    raise failed.error from error.__cause__ if failed.error is error else error
            time.sleep(wait_s)
    if inspect.isawaitable(result):
        if isinstance(result, Coroutine):
            result.close()
        raise TypeError(f"The step {name!r} gave an awaitable; make its function `async def`.")
    _finish(recorder, step_id, name, result=result, attempts=attempt).wait()
    return result


async def _run_async(name: str, policy: Policy, work: Callable[[], Awaitable[object]], *, key: str | None) -> object:
    import asyncio  # late: only async apps pay for it

    recorder = current()
    step_id, recorded = recorder.begin_step(name, key=key_here(key))
    if recorded is not None:
        return _recorded(name, recorded)
    attempt, result = 0, None
    with inside_step(step_id):
        while True:
            attempt += 1
            try:
                result = await _one_attempt(name, policy, work)
                break
            except Exception as error:  # broad: whatever the author's function raises is tried again or kept
                wait_s = policy.wait_s(attempt, error)
                if wait_s is None:
                    failed = _Failed(name, error)
                    if failed.kept is not None:
                        await recorder.finish_step(step_id, name, error=failed.kept, attempts=attempt)
                    raise failed.error from error.__cause__ if failed.error is error else error
            await asyncio.sleep(wait_s)
    await _finish(recorder, step_id, name, result=result, attempts=attempt)
    return result


async def _one_attempt(name: str, policy: Policy, work: Callable[[], Awaitable[object]]) -> object:
    if policy.timeout is None:
        return await work()
    import asyncio  # late: only async apps pay for it

    limit = asyncio.timeout(policy.timeout.total_seconds())
    try:
        async with limit:
            return await work()
    except TimeoutError as error:
        if limit.expired():
            raise StepTimeout(f"The step {name!r} took longer than {policy.timeout}.") from error
        raise


class _Failed:
    """How a step's last error is raised and kept, such that every replay raises the same.

    ``kept`` None: the error is the session's and not the step's.
    """

    def __init__(self, name: str, error: Exception) -> None:
        self.error: Exception = error
        self.kept: StepError | None = None
        if isinstance(error, _NOT_THE_STEPS):
            return
        kind, message = type(error).__name__, clean(str(error))
        pickled = _pickled_error(error)
        if pickled is None:
            self.error = _step_failed(name, kind, message)
        self.kept = StepError(type=kind, message=message, pickled=pickled)


def _step_failed(name: str, kind: str, message: str) -> StepFailed:
    return StepFailed(f"The step {name!r} failed: {kind}: {message}")


def _pickled_error(error: Exception) -> str | None:
    """The error pickled, if it comes back as the same type; many errors with own constructors don't."""
    try:
        data = pickle.dumps(error)
        if type(pickle.loads(data)) is type(error):  # noqa: S301  made in the line above
            return base64.b64encode(data).decode()
    except Exception:  # broad: pickling runs the code of foreign classes
        pass
    return None


def _recorded(name: str, recorded: RecordedStep) -> object:
    if recorded.error is not None:
        error = recorded.error
        if error.pickled is None:
            raise _step_failed(name, error.type, error.message)
        raise cast("Exception", _unpickled(name, error.pickled))
    return recorded.result if recorded.pickled is None else _unpickled(name, recorded.pickled)


def _unpickled(name: str, pickled: str) -> object:
    try:
        # Only a session process opens it, and only what a run of the same app wrote.
        return pickle.loads(base64.b64decode(pickled))  # noqa: S301
    except Exception as error:  # broad: unpickling runs the code of foreign classes
        raise ReplayDiverged(
            f"The kept result of the step {name!r} can't be read any more ({type(error).__name__}: {error}): "
            "a class it needs has moved or changed. Branch the session before this step."
        ) from error


def _finish(recorder: Recorder, step_id: str, name: str, *, result: object, attempts: int) -> Pending:
    if is_exact_json(result):
        return recorder.finish_step(step_id, name, result=result, attempts=attempts)
    try:
        data = pickle.dumps(result)
    except Exception as error:  # broad: pickling runs the code of foreign classes
        raise TypeError(
            f"The result of the step {name!r} ({type(result).__name__}) can't be kept: {error}. "
            "Return plain values, dataclasses or DataFrames, not open files, connections or functions."
        ) from error
    return recorder.finish_step(step_id, name, pickled=base64.b64encode(data).decode(), attempts=attempts)


def is_exact_json(value: object, depth: int = 0) -> bool:
    """Whether JSON gives back the same value: no tuples, subclasses, NaN, or keys that are not text."""
    kind = type(value)
    if value is None or kind is bool:
        return True
    if isinstance(value, str) and kind is str:
        return clean(value) == value
    if isinstance(value, int) and kind is int:
        return -MAX_INT <= value <= MAX_INT
    if isinstance(value, float) and kind is float:
        return math.isfinite(value)
    if depth > 64:
        return False
    if isinstance(value, list) and kind is list:
        return all(is_exact_json(part, depth + 1) for part in value)
    if isinstance(value, dict) and kind is dict:
        return all(type(k) is str and is_exact_json(k) and is_exact_json(v, depth + 1) for k, v in value.items())
    return False
