"""What an app asks. Each function waits until somebody who may has answered, and gives the answer as a Python value.

While it waits the session needs no process. The functions of `outlast.aio` do the same for ``async def`` apps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeVar, Unpack, overload

from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.sdk.controls import control_of
from outlast.sdk.forms import form_question
from outlast.sdk.hints import shape_of
from outlast.sdk.plain import clean
from outlast.sdk.questions import Common, Question, asked, asks

T = TypeVar("T")


class AskOptions(Common, total=False):
    """What `ask` takes beside the type and ``optional``."""

    multiline: bool
    secret: bool
    format: Literal["text", "email", "url"]
    min: object
    max: object
    step: float | None
    unit: str | None
    pattern: str | None
    placeholder: str | None
    accept: Sequence[str] | None
    default: object


@overload
def ask(label: str, *, optional: Literal[False] = False, **options: Unpack[AskOptions]) -> str: ...
@overload
def ask(label: str, *, optional: Literal[True], **options: Unpack[AskOptions]) -> str | None: ...
@overload
def ask(label: str, type: type[T], *, optional: Literal[False] = False, **options: Unpack[AskOptions]) -> T: ...
@overload
def ask(label: str, type: type[T], *, optional: Literal[True], **options: Unpack[AskOptions]) -> T | None: ...
@overload
def ask(label: str, type: object, *, optional: bool = False, **options: Unpack[AskOptions]) -> Json: ...
@asks
def ask(
    label: str, type: object = str, *,
    multiline: bool = False, secret: bool = False, format: Literal["text", "email", "url"] = "text",
    min: object = None, max: object = None, step: float | None = None, unit: str | None = None,
    pattern: str | None = None, placeholder: str | None = None, accept: Sequence[str] | None = None,
    default: object = None, optional: bool = False, help: str | None = None, audience: str | None = None,
    timeout: timedelta | None = None, key: str | None = None,
) -> Question[object]:  # fmt: skip
    """Ask for a value of a type.

    Args:
        label: the question.
        type: `str`, `int`, `float`, `Decimal`, `bool`, `date`, `time`, `datetime`, `UUID`, an enum, a ``Literal``,
            a list of either, `File`, any of these in ``Annotated``; or a dataclass, TypedDict or Pydantic model,
            which becomes a form.
        multiline: text of several lines.
        secret: text that is typed unseen and shown to nobody.
        format: of text: ``email`` or ``url``.
        min: least number, earliest date, or fewest characters.
        max: greatest number, latest date, or most characters.
        step: between two numbers.
        unit: behind a number.
        pattern: a regular expression that the whole text must match.
        placeholder: shown while the text is empty.
        accept: kinds of files: ``.csv``, ``image/*``.
        default: what the control starts with.
        optional: it may be left empty, and gives None then.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Returns:
        The answer, of the type.

    Raises:
        TypeError: there is no input for the type, or an option does not fit it.
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        days = ask("How many days?", int, min=1, max=14)
        mail = ask("Where to?", format="email", optional=True)
        ```
    """
    said: dict[str, Json] = {
        "multiline": multiline or None, "secret": secret or None, "format": None if format == "text" else format,
        "min": min, "max": max, "step": step, "unit": unit, "pattern": pattern, "placeholder": placeholder,
        "accept": list(accept) if accept else None, "default": default, "optional": optional or None,
    }  # fmt: skip
    question = form_question(type, label, said)
    if question is None:
        control = control_of(shape_of(type, {}), said, label=label)
        question = Question(control.kind, label, control.spec, lambda value, _by: control.load(value))
    return asked(question, help=help, audience=audience, timeout=timeout, key=key)


@asks
def confirm(
    label: str,
    *,
    yes: str = "Yes",
    no: str = "No",
    default: bool | None = None,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[bool]:
    """Ask yes or no.

    Args:
        label: the question.
        yes: on the button for True.
        no: on the button for False.
        default: the answer that is marked beforehand.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Raises:
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        if confirm("Book it?", audience="admin"):
            write("Booked.")
        ```
    """
    spec: dict[str, Json] = {} if (yes, no) == ("Yes", "No") else {"yes": clean(yes), "no": clean(no)}
    if default is not None:
        spec["default"] = bool(default)
    return asked(
        Question("confirm", label, spec, lambda value, _by: bool(value)),
        help=help, audience=audience, timeout=timeout, key=key,
    )  # fmt: skip


@asks
def chat(
    label: str = "Message",
    *,
    placeholder: str | None = None,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[str]:
    """Ask for the next message of a conversation.

    Args:
        label: names the box.
        placeholder: shown while it is empty.
        help: a line below it.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Raises:
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        while (message := chat()) != "bye":
            write(f"You said: {message}")
        ```
    """
    spec: dict[str, Json] = {"placeholder": clean(placeholder)} if placeholder else {}
    return asked(
        Question("chat", label, spec, lambda value, _by: "" if value is None else str(value)),
        help=help, audience=audience, timeout=timeout, key=key,
    )  # fmt: skip


@dataclass(frozen=True)
class Approval:
    """A decision; true when it is an approval.

    Attributes:
        approved: the decision.
        comment: what was said beside it; empty when nothing was.
        by: who decided, where that is known.
    """

    approved: bool
    comment: str = ""
    by: User | None = None

    def __bool__(self) -> bool:
        return self.approved


@asks
def approve(
    label: str,
    *,
    details: str | None = None,
    yes: str = "Approve",
    no: str = "Reject",
    help: str | None = None,
    audience: str | None = "admin",
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[Approval]:
    """Ask somebody with the right to it for a decision, with a comment.

    Args:
        label: what is decided.
        details: what they should know, Markdown.
        yes: on the button that approves.
        no: on the button that rejects.
        help: a line below.
        audience: who may decide; None for whoever may see the session.
        timeout: how long to wait for a decision.
        key: names the input, for code that calls from several threads or tasks.

    Returns:
        The decision: true when approved, with ``comment`` and ``by``.

    Raises:
        AnswerTimeout: nobody decided in time.

    Example:
        ```python
        decision = approve("Refund 240 EUR?", details="Order 17, damaged on the way.")
        if not decision:
            stop(f"Rejected: {decision.comment}")
        ```
    """
    spec: dict[str, Json] = {} if (yes, no) == ("Approve", "Reject") else {"yes": clean(yes), "no": clean(no)}
    if details:
        spec["details"] = clean(details)

    def decision(value: Json, by: User | None) -> Approval:
        given = value if isinstance(value, dict) else {"approved": value is True}
        return Approval(bool(given.get("approved")), str(given.get("comment") or ""), by)

    return asked(Question("approve", label, spec, decision), help=help, audience=audience, timeout=timeout, key=key)
