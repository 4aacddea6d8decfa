"""Asking, apart from what is asked: a `Question` waits in a thread or on an event loop, and asks again if it must.

Each input function builds a question; `asks` makes the blocking function of it, `awaited` the one for `aio`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Generic, ParamSpec, TypedDict, TypeVar, Unpack, cast

from outlast.kit.errors import OutlastError
from outlast.protocol.codec import Json
from outlast.protocol.commands import Answered
from outlast.protocol.events import User
from outlast.protocol.requests import check_request
from outlast.sdk.context import Pending, current
from outlast.sdk.place import container, key_here, open_block, step_scope
from outlast.sdk.plain import clean
from outlast.sdk.streaming import refuse_on_loop

P = ParamSpec("P")
T = TypeVar("T")


class AskedInStep(OutlastError):
    """A step asked a person or slept; its result is kept, and not what happens inside it."""

    code = "asked_in_step"


class NotAccepted(Exception):
    """An answer that fits the input's spec but not its type: the question is asked again with the reason."""


@dataclass(frozen=True)
class Control:
    """One input: how it is asked, and how its answer becomes a Python value."""

    kind: str
    spec: Mapping[str, Json]
    load: Callable[[Json], object]
    name: str = ""
    label: str = ""


@dataclass(frozen=True)
class Question(Generic[T]):
    """What is asked, and what the app gets.

    Attributes:
        kind: of the input.
        label: the question.
        spec: as the kind has it.
        load: turns the answer into what the app gets; raises `NotAccepted` to ask again.
        fields: of a form; its spec and its answers name them by ids that are given when it is asked.
    """

    kind: str
    label: str
    spec: Mapping[str, Json]
    load: Callable[[Json, User | None], T]
    fields: Sequence[Control] = ()
    help: str | None = None
    audience: str | None = None
    timeout: timedelta | None = None
    key: str | None = None
    _ids: list[str] = field(default_factory=list)

    def begin(self) -> Pending:
        """Ask; the answer may be there already, from a former run."""
        if step_scope() is not None:
            raise AskedInStep(
                f"{self.label!r} is asked inside a step. A step runs in one go and keeps only its result; "
                "ask before it and give it the answer."
            )
        spec = {**self.spec, "help": clean(self.help)} if self.help else dict(self.spec)
        recorder = current()
        if self.fields:
            self._ids[:] = recorder.input_ids(len(self.fields))
            spec["fields"] = [
                {"input": id, "name": f.name, "kind": f.kind, "label": f.label, "spec": dict(f.spec)}
                for id, f in zip(self._ids, self.fields, strict=True)
            ]
        check_request(self.kind, spec)  # here, and not at the host, so that it fails at the author's line
        return recorder.request(
            self.kind,
            clean(self.label),
            spec,
            audience=self.audience,
            parent=container(),
            key=key_here(self.key),
            timeout=self.timeout,
        )

    def accept(self, answered: Answered) -> T:
        """Turn the answer into what the app gets."""
        value = answered.value
        if self.fields:
            given = value if isinstance(value, dict) else {}
            value = {f.name: given.get(id, given.get(f.name)) for id, f in zip(self._ids, self.fields, strict=True)}
        return self.load(value, answered.by)

    def again(self, wrong: NotAccepted, times: int) -> Question[T]:
        """Show why the answer was not accepted, and give the question to ask next."""
        open_block("note", {"text": clean(str(wrong)), "level": "error"}, key=self._key(times, "note"), closed=True)
        return replace(self, key=self._key(times, "again"), _ids=[])

    def _key(self, times: int, use: str) -> str | None:
        return f"{self.key}.{use}.{times}" if self.key else None

    def wait(self) -> T:
        """Block the calling thread until there is an answer that is accepted."""
        question, times = self, 0
        while True:
            try:
                return question.accept(question.begin().wait())
            except NotAccepted as wrong:
                times += 1
                question = self.again(wrong, times)

    async def answer(self) -> T:
        """As `wait`, without blocking the event loop."""
        question, times = self, 0
        while True:
            try:
                return question.accept(await question.begin())
            except NotAccepted as wrong:
                times += 1
                question = self.again(wrong, times)


class Common(TypedDict, total=False):
    """What every input takes."""

    help: str | None
    audience: str | None
    timeout: timedelta | None
    key: str | None


def asked(question: Question[T], **common: Unpack[Common]) -> Question[T]:
    """The question with what every input takes."""
    return Question(
        question.kind,
        question.label,
        question.spec,
        question.load,
        fields=question.fields,
        help=common.get("help"),
        audience=common.get("audience"),
        timeout=common.get("timeout"),
        key=common.get("key"),
    )


def asks(build: Callable[P, Question[T]]) -> Callable[P, T]:
    """Make the blocking function of one that builds a question."""

    @functools.wraps(build)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        question = build(*args, **kwargs)
        refuse_on_loop(build.__name__)
        return question.wait()

    # What `help()` and editors show is what the caller gets, not the question.
    signature = inspect.signature(build)
    ask.__signature__ = signature.replace(return_annotation=_answer_of(signature.return_annotation))  # type: ignore[attr-defined]
    ask.__annotations__ = {**build.__annotations__, "return": _answer_of(build.__annotations__.get("return"))}
    return ask


def _answer_of(annotation: object) -> object:
    if isinstance(annotation, str) and annotation.startswith("Question[") and annotation.endswith("]"):
        return annotation[len("Question[") : -1]
    return annotation


def awaited(ask: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Make the awaitable function of a blocking one that `asks` made."""
    build = cast("Callable[P, Question[T]]", inspect.unwrap(ask))

    @functools.wraps(ask)
    async def ask_async(*args: P.args, **kwargs: P.kwargs) -> T:
        return await build(*args, **kwargs).answer()

    return ask_async
